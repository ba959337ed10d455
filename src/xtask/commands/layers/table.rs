//! The table of layers in `src/README.md`: the only place that lists the crates that each crate may
//! depend on.

use crate::run::TaskError;

/// Words of the table, and the packages that they mean.
const GROUPS: [(&str, &[&str]); 7] = [
    ("async", &["tokio", "async-std", "smol", "futures-executor"]),
    ("browser", &["wasm-bindgen", "js-sys", "web-sys"]),
    ("browser storage", &["web-sys", "gloo", "rexie", "indexed_db_futures"]),
    ("clock", &["chrono", "jiff", "web-time", "instant"]),
    ("drivers", &["rusqlite", "libsqlite3-sys", "tokio-postgres", "deadpool-postgres", "sqlx", "diesel"]),
    ("HTTP", &["axum", "hyper", "reqwest", "ureq"]),
    ("random source", &["getrandom", "rand"]),
];

/// The titles of the table's columns.
const COLUMNS: [&str; 5] = ["Crate", "Stands on", "Has nowhere below it", "Does not name itself", "Built for"];

/// A crate's place.
#[derive(Debug)]
pub(super) struct Layer {
    name: String,
    /// Packages of this workspace that it may depend on.
    pub(super) uses: Vec<String>,
    /// Packages that must not be among its dependencies.
    pub(super) never: Vec<&'static [&'static str]>,
    /// Packages that it doesn't name itself, though a layer below may.
    pub(super) never_itself: Vec<&'static [&'static str]>,
    pub(super) built_for: BuiltFor,
}

/// The targets of a crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BuiltFor {
    Machine,
    /// The machine and wasm.
    Both,
    /// Wasm, one entry point at a time.
    EntryPoints,
}

impl Layer {
    /// The folder of the crate's modules in `src`.
    pub(super) fn folder(&self) -> &str {
        if self.name == "root" { "cli" } else { &self.name }
    }

    /// The name of the package.
    pub(super) fn package(&self) -> String {
        package(&self.name)
    }
}

/// Reads the table.
///
/// # Errors
/// When there is none, or it contains an unknown word.
pub(super) fn read(page: &str) -> Result<Vec<Layer>, TaskError> {
    let title = format!("| {} |", COLUMNS.join(" | "));
    let rows = page.lines().skip_while(|line| *line != title).skip(2).take_while(|line| line.starts_with('|'));
    let layers = rows.map(layer).collect::<Result<Vec<_>, _>>()?;
    if layers.is_empty() {
        return Err(TaskError::failed(format!("src/README.md has no table of layers, which begins {title}")));
    }
    Ok(layers)
}

fn layer(row: &str) -> Result<Layer, TaskError> {
    let unknown = |what: &str| TaskError::failed(format!("src/README.md, table of layers: `{what}` in {row}"));
    let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
    let [name, uses, never, never_itself, built_for] = cells.as_slice() else {
        return Err(unknown("another number of columns"));
    };
    let groups = |cell: &str| {
        let group = |word: &str| GROUPS.iter().find(|(name, _)| *name == word).map(|(_, packages)| *packages);
        words(cell).map(|word| group(word).ok_or_else(|| unknown(word))).collect::<Result<Vec<_>, _>>()
    };
    let built_for = match *built_for {
        "the machine" => BuiltFor::Machine,
        "the machine, wasm" => BuiltFor::Both,
        "wasm" => BuiltFor::EntryPoints,
        other => return Err(unknown(other)),
    };
    Ok(Layer {
        name: name.trim_matches('`').to_owned(),
        uses: words(uses).map(package).collect(),
        never: groups(never)?,
        never_itself: groups(never_itself)?,
        built_for,
    })
}

/// The words of a cell; `–` is none.
fn words(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(", ").map(|word| word.trim().trim_matches('`')).filter(|word| !word.is_empty() && *word != "–")
}

fn package(name: &str) -> String {
    match name {
        "root" => "kaoping".to_owned(),
        "xtask" => "xtask".to_owned(),
        name => format!("kaoping-{name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(row: &str) -> String {
        format!("text\n\n| {} |\n|---|---|---|---|---|\n{row}\n\nmore", COLUMNS.join(" | "))
    }

    #[test]
    fn a_row_is_read() {
        let layers = read(&page("| `keys` | `record` | HTTP, browser storage | – | the machine |")).expect("a table");
        let [layer] = layers.as_slice() else { panic!("{layers:?}") };
        assert_eq!((layer.package().as_str(), layer.folder()), ("kaoping-keys", "keys"));
        assert_eq!((layer.uses.as_slice(), layer.never.len()), (["kaoping-record".to_owned()].as_slice(), 2));
        assert_eq!((layer.never_itself.len(), layer.built_for), (0, BuiltFor::Machine));
    }

    // An unknown word in the table would forbid nothing.
    #[test]
    fn a_word_that_nothing_knows_is_refused() {
        for row in [
            "| `keys` | `record` | HTPP | – | the machine |",
            "| `keys` | `record` | HTTP | – | machines |",
            "| `keys` | `record` | HTTP | the machine |",
        ] {
            assert!(read(&page(row)).is_err(), "{row}");
        }
        assert!(read("no table").is_err());
    }
}
