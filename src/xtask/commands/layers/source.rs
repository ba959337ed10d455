//! The modules of a crate and what each imports: the paths of its `use` lines, and those in its
//! code that begin with `crate` or `super`. Tests are left out. That a module names its own
//! children is no import: it consists of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::run::TaskError;
use crate::stamp;

/// Folders of a crate that are not part of it.
const APART: [&str; 3] = ["tests", "benches", "contract"];

/// The files of a crate, each by the path of its module.
pub(super) struct Modules {
    by_path: BTreeMap<Vec<String>, Module>,
}

/// One file.
pub(super) struct Module {
    /// The file, from the crate's folder.
    pub(super) file: PathBuf,
    /// Every imported path, its segments as written.
    pub(super) imports: Vec<Vec<String>>,
    /// The code without comments and tests.
    pub(super) code: String,
}

impl Modules {
    /// Reads the crate in `folder`.
    ///
    /// # Errors
    /// When a file can't be read.
    pub(super) fn read(folder: &Path) -> Result<Self, TaskError> {
        let mut by_path = BTreeMap::new();
        let mut test_only = BTreeSet::new();
        for path in stamp::files(folder)? {
            let Ok(file) = path.strip_prefix(folder) else { continue };
            let apart = file.iter().next().is_some_and(|first| APART.iter().any(|name| first == *name));
            if apart || file.extension().is_none_or(|extension| extension != "rs") {
                continue;
            }
            let module = module_path(file);
            let text = fs::read_to_string(&path).map_err(|error| TaskError::file(&path, &error))?;
            let (code, tests) = without_tests(&text);
            test_only.extend(tests.into_iter().map(|name| [module.as_slice(), &[name]].concat()));
            by_path.insert(module, Module { file: file.to_owned(), imports: imports(&code), code });
        }
        by_path.retain(|path, _| !test_only.iter().any(|test| path.starts_with(test)));
        Ok(Self { by_path })
    }

    /// All files.
    pub(super) fn files(&self) -> impl Iterator<Item = &Module> {
        self.by_path.values()
    }

    /// The files of the crate that each file imports.
    pub(super) fn arrows(&self) -> BTreeMap<&Path, BTreeSet<&Path>> {
        let arrows = self.by_path.iter().map(|(from, module)| {
            let targets = module.imports.iter().filter_map(|import| self.target(from, import));
            let targets = targets.filter(|file| *file != module.file).collect();
            (module.file.as_path(), targets)
        });
        arrows.collect()
    }

    /// The file that an import in the module `from` names, when it is of this crate and no child of
    /// the module.
    fn target(&self, from: &[String], import: &[String]) -> Option<&Path> {
        let mut path = match import.first()?.as_str() {
            "crate" => Vec::new(),
            "super" => from.to_vec(),
            _ => return None,
        };
        for segment in import {
            match segment.as_str() {
                "crate" | "self" => {}
                "super" => drop(path.pop()),
                other => path.push(other.to_owned()),
            }
        }
        let (module, item) = self.place(&path);
        let file = self.by_path.get(module)?;
        // What a module passes on from its child is imported from the child.
        let passed_on = item.and_then(|item| {
            let of_child = file.imports.iter().find(|import| import.len() > 1 && import.last() == Some(item))?;
            self.by_path.get(self.place(&[module, of_child].concat()).0).filter(|child| child.file != file.file)
        });
        Some(passed_on.unwrap_or(file).file.as_path())
    }

    /// The longest part of a path that is a module, and the item that follows.
    fn place<'a>(&self, path: &'a [String]) -> (&'a [String], Option<&'a String>) {
        let known = |length: &usize| path.get(..*length).is_some_and(|path| self.by_path.contains_key(path));
        let length = (0..=path.len()).rev().find(known).unwrap_or_default();
        let (module, items) = path.split_at(length);
        (module, items.first())
    }
}

/// `a/b.rs` and `a/b/mod.rs` are the module `a::b`; `lib.rs` and `main.rs` are the crate itself.
fn module_path(file: &Path) -> Vec<String> {
    let file = file.with_extension("");
    let mut path: Vec<String> = file.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    let own = |name: &String| name == "mod" || (path.len() == 1 && (name == "lib" || name == "main"));
    if path.last().is_some_and(own) {
        path.pop();
    }
    path
}

/// The code up to the tests at the file's end, without comments, and the modules that only tests
/// have.
fn without_tests(text: &str) -> (String, Vec<String>) {
    let (mut code, mut tests) = (String::new(), Vec::new());
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line == "#[cfg(test)]" {
            match lines.next().and_then(|next| next.trim_start_matches("pub(crate) ").strip_prefix("mod ")) {
                Some(module) if module.ends_with(';') => tests.push(module.trim_end_matches(';').to_owned()),
                Some(_) => break,
                None => {}
            }
            continue;
        }
        let line = line.trim_start();
        let comment = if line.starts_with("//") { Some(0) } else { line.find(" //") };
        code.push_str(comment.and_then(|start| line.get(..start)).unwrap_or(line));
        code.push('\n');
    }
    (code, tests)
}

/// The paths of all `use` lines, trees taken apart, and the paths between them that begin with
/// `crate` or `super`.
fn imports(code: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let mut rest = code;
    while let Some(start) = start_of_use(rest) {
        found.extend(paths(rest.get(..start).unwrap_or_default()));
        rest = rest.get(start..).unwrap_or_default();
        let end = rest.find(';').unwrap_or(rest.len());
        let tree: String = rest.get(..end).unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
        take_apart(&tree, &mut Vec::new(), &mut found);
        rest = rest.get(end..).unwrap_or_default();
    }
    found.extend(paths(rest));
    found
}

/// Paths in expressions and signatures that begin with `crate` or `super`.
fn paths(code: &str) -> impl Iterator<Item = Vec<String>> {
    let words = code.split(|letter: char| !(letter.is_alphanumeric() || matches!(letter, '_' | ':')));
    words.filter(|word| word.starts_with("crate::") || word.starts_with("super::")).map(|word| segments(word).collect())
}

/// Where the tree of the next `use` begins.
fn start_of_use(code: &str) -> Option<usize> {
    let mut offset = 0;
    for line in code.split_inclusive('\n') {
        let visible = line.strip_prefix("pub").map_or(line, |rest| {
            let rest = rest.strip_prefix('(').and_then(|rest| rest.split_once(')')).map_or(rest, |(_, rest)| rest);
            rest.trim_start()
        });
        if let Some(tree) = visible.strip_prefix("use ") {
            return Some(offset + line.len() - tree.len());
        }
        offset += line.len();
    }
    None
}

fn take_apart(tree: &str, before: &mut Vec<String>, found: &mut Vec<Vec<String>>) {
    let tree = tree.trim().trim_start_matches("::");
    let length = before.len();
    match tree.split_once('{') {
        Some((path, inside)) => {
            before.extend(segments(path));
            let inside = inside.trim_end().strip_suffix('}').unwrap_or(inside);
            let (mut depth, mut start) = (0_usize, 0);
            for (place, letter) in inside.char_indices() {
                match letter {
                    '{' => depth += 1,
                    '}' => depth = depth.saturating_sub(1),
                    ',' if depth == 0 => {
                        take_apart(inside.get(start..place).unwrap_or_default(), before, found);
                        start = place + 1;
                    }
                    _ => {}
                }
            }
            take_apart(inside.get(start..).unwrap_or_default(), before, found);
        }
        None if tree.is_empty() => {}
        None => {
            before.extend(segments(tree.split(" as ").next().unwrap_or(tree)));
            found.push(before.clone());
        }
    }
    before.truncate(length);
}

fn segments(path: &str) -> impl Iterator<Item = String> {
    path.split("::").map(str::trim).filter(|segment| !segment.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trees_are_taken_apart() {
        let code = "use crate::a::{self, b::{C, D as E}};\npub(crate) use super::x;\nlet used = super::y::f(1);\nuse std::fs;\n";
        let found: Vec<String> = imports(code).iter().map(|path| path.join("::")).collect();
        assert_eq!(found, ["crate::a::self", "crate::a::b::C", "crate::a::b::D", "super::x", "super::y::f", "std::fs"]);
    }

    // Imports of tests make no circle: nothing of them is linked.
    #[test]
    fn tests_and_comments_are_left_out() {
        let text = "use crate::a; // use crate::b;\n#[cfg(test)]\nmod check_tests;\n/// use crate::c;\nfn f() {}\n\
                    #[cfg(test)]\nmod tests {\n    use crate::d;\n}\n";
        let (code, tests) = without_tests(text);
        assert_eq!(imports(&code), [["crate", "a"]]);
        assert_eq!(tests, ["check_tests"]);
    }

    // An arrow to the parent alone would hide which of its children import each other.
    #[test]
    fn what_a_parent_passes_on_is_of_its_child() {
        let module = |file: &str, text: &str| {
            let path = module_path(Path::new(file));
            (path, Module { file: file.into(), imports: imports(text), code: String::new() })
        };
        let modules = Modules {
            by_path: BTreeMap::from([
                module("lib.rs", ""),
                module("a/mod.rs", "pub use b::Thing;\nuse c::Other;\n"),
                module("a/b.rs", "use super::c::Other;\n"),
                module("a/c.rs", "use crate::a::Thing;\nuse crate::a::Own;\nuse std::fs;\n"),
            ]),
        };
        let arrows: Vec<(String, Vec<String>)> = modules
            .arrows()
            .into_iter()
            .map(|(from, to)| (from.display().to_string(), to.iter().map(|file| file.display().to_string()).collect()))
            .filter(|(_, to): &(String, Vec<String>)| !to.is_empty())
            .collect();
        let expected = [("a/b.rs", vec!["a/c.rs"]), ("a/c.rs", vec!["a/b.rs", "a/mod.rs"])];
        assert_eq!(arrows, expected.map(|(from, to)| (from.to_owned(), to.into_iter().map(str::to_owned).collect())));
    }

    #[test]
    fn files_are_modules() {
        let of = |file: &str| module_path(Path::new(file)).join("::");
        assert_eq!([of("lib.rs"), of("a/mod.rs"), of("a/b.rs"), of("a/main.rs")], ["", "a", "a::b", "a::main"]);
    }
}
