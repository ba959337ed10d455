//! Every page of the repository links to what exists: files, headings, and file names in backticks.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

/// Folders whose files are made by commands, so that the repository does not hold them.
const MADE: [&str; 3] = ["demo/", "target/", "dist/"];
/// Endings of names that are looked for when a page has them in backticks with a folder before
/// them.
const ENDINGS: [&str; 10] = ["md", "rs", "ts", "mjs", "py", "json", "svelte", "toml", "html", "css"];

/// The pages, by path, without their code blocks.
type Pages = BTreeMap<String, String>;

/// The files and headings that a page names and that do not exist.
fn missing(pages: &Pages, files: &BTreeSet<String>) -> Vec<String> {
    let mut missing = Vec::new();
    for (page, text) in pages {
        for target in links(text) {
            let (path, heading) = target.split_once('#').unwrap_or((target, ""));
            let file = if path.is_empty() { page.clone() } else { beside(page, path) };
            let folder = format!("{}/", file.trim_end_matches('/'));
            if !files.contains(&file) && !files.iter().any(|known| known.starts_with(&folder)) {
                missing.push(format!("{page} links to {target}: there is no such file"));
            } else if !heading.is_empty() && !pages.get(&file).is_some_and(|text| has_heading(text, heading)) {
                missing.push(format!("{page} links to {target}: there is no such heading"));
            }
        }
        for name in names(text) {
            let end = format!("/{name}");
            if !files.iter().any(|known| known == name || known.ends_with(&end)) {
                missing.push(format!("{page} names {name}: there is no such file"));
            }
        }
    }
    missing
}

/// Targets of links inside the repository.
fn links(text: &str) -> Vec<&str> {
    let ends = text.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
    ends.map(|(target, _)| target).filter(|target| !target.contains("://") && !target.contains(' ')).collect()
}

/// Paths of files in backticks, such as `engine/draw/SPEC.md`.
fn names(text: &str) -> Vec<&str> {
    let is_name = |word: &&str| {
        let path = word.chars().all(|letter| letter.is_ascii_alphanumeric() || "_-./".contains(letter));
        let file = word.rsplit_once('.').is_some_and(|(_, ending)| ENDINGS.contains(&ending));
        path && file && word.find('/').is_some_and(|at| at > 0) && !MADE.iter().any(|made| word.starts_with(made))
    };
    text.lines().flat_map(|line| line.split('`').skip(1).step_by(2)).filter(is_name).collect()
}

/// A path that a page writes as seen from its own folder.
fn beside(page: &str, path: &str) -> String {
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// Whether a page has a heading whose address, as GitHub makes it, is `address`.
fn has_heading(text: &str, address: &str) -> bool {
    let addressed = |heading: &str| -> String {
        let kept = heading.chars().filter(|letter| letter.is_alphanumeric() || "-_ ".contains(*letter));
        kept.map(|letter| if letter == ' ' { '-' } else { letter }).flat_map(char::to_lowercase).collect()
    };
    text.lines()
        .filter(|line| line.starts_with('#'))
        .any(|line| addressed(line.trim_start_matches('#').trim()) == address)
}

fn without_code_blocks(text: &str) -> String {
    let mut inside = false;
    let mut kept = String::new();
    for line in text.lines() {
        let fence = line.trim_start().starts_with("```");
        inside ^= fence;
        if !inside && !fence {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
}

#[test]
fn pages_name_what_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let listed = Command::new("git").args(["ls-files", "-z"]).current_dir(&root).output().expect("git");
    assert!(listed.status.success(), "the list of files: {}", String::from_utf8_lossy(&listed.stderr));
    let listed = String::from_utf8(listed.stdout).expect("names of files");
    let files: BTreeSet<String> = listed.split_terminator('\0').map(str::to_owned).collect();
    let read = |page: &String| {
        let text = std::fs::read_to_string(root.join(page)).unwrap_or_else(|error| panic!("{page}: {error}"));
        (page.clone(), without_code_blocks(&text))
    };
    let pages: Pages = files.iter().filter(|file| file.ends_with(".md")).map(read).collect();
    assert!(pages.contains_key("README.md"), "the pages are found");
    let missing = missing(&pages, &files);
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn a_wrong_link_heading_or_name_is_found() {
    let files: BTreeSet<String> = ["README.md", "src/cli/README.md", "src/cli/verify.rs"].map(str::to_owned).into();
    let found = |text: &str| {
        let cli = "# The command line\n\n## Serve (`serve.rs`, `cli/`)\n";
        let pages = [("README.md", text), ("src/cli/README.md", cli)];
        missing(&pages.map(|(page, text)| (page.to_owned(), without_code_blocks(text))).into(), &files).len()
    };
    assert_eq!(
        found("[a](src/cli/README.md#serve-servers-cli), [b](src/cli/), [c](https://example.org), `cli/verify.rs`"),
        0
    );
    assert_eq!(found("[a](src/cli/serve.rs)"), 1, "a file");
    assert_eq!(found("[a](src/cli/README.md#run)"), 1, "a heading");
    assert_eq!(found("[a](#here)"), 1, "a heading of the same page");
    assert_eq!(found("see `cli/serve.rs`"), 1, "a name");
    assert_eq!(
        found("```text\n[a](nowhere.md)\n```\n`demo/kaoping-verify.html`, `/verify/page.html`"),
        0,
        "no page of the repository"
    );
    assert_eq!(beside("src/cli/README.md", "../../README.md"), "README.md");
}
