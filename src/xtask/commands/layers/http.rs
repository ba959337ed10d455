//! In the service, HTTP stays where it is by nature: `http/` and the files that listen and serve. What the exam decides
//! (`aggregates/`, `operations/`) knows nothing of it, and is tested without it.

use std::path::Path;

use super::source::{Module, Modules};

/// Where imports of HTTP belong, besides the folder `http/`: they route requests, listen, encrypt and serve pages.
const BY_NATURE: [&str; 4] = ["router.rs", "serve.rs", "tls.rs", "pages.rs"];
/// Crates and modules of HTTP, as the first segments of an import.
const IMPORTS: [&[&str]; 6] =
    [&["axum"], &["axum_server"], &["http"], &["utoipa_axum"], &["crate", "http"], &["crate", "pages"]];
/// Words that an aggregate must not hold in any form.
const WORDS: [&str; 5] = ["axum", "http", "utoipa_axum", "StatusCode", "ApiError"];

/// Imports and words of HTTP where there must be none.
pub(super) fn breaches(service: &Modules) -> Vec<String> {
    let mut breaches = Vec::new();
    if !service.files().any(|module| module.file.starts_with("aggregates")) {
        breaches.push("kaoping-service: there is no folder `aggregates`, so that nothing guards it".to_owned());
    }
    for module in service.files() {
        breaches.extend(imports(module));
        if module.file.starts_with("aggregates") {
            breaches.extend(words(module));
        }
    }
    breaches
}

fn imports(module: &Module) -> Vec<String> {
    let file: &Path = &module.file;
    if file.starts_with("http") || BY_NATURE.iter().any(|name| file == Path::new(name)) {
        return Vec::new();
    }
    let of_http = |import: &&Vec<String>| IMPORTS.iter().any(|path| starts_with(import, path));
    let imports = module.imports.iter().filter(of_http);
    imports.map(|import| format!("kaoping-service: {} imports {}", file.display(), import.join("::"))).collect()
}

fn starts_with(import: &[String], path: &[&str]) -> bool {
    import.len() >= path.len() && import.iter().zip(path).all(|(segment, name)| segment == name)
}

fn words(module: &Module) -> Vec<String> {
    let letters = |letter: char| !(letter.is_alphanumeric() || letter == '_');
    let held = |word: &&&str| module.code.split(letters).any(|other| other == **word);
    let held = WORDS.iter().filter(held);
    held.map(|word| format!("kaoping-service: {} knows of `{word}`", module.file.display())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn module(file: &str, import: &str, code: &str) -> Module {
        let imports = vec![import.split("::").map(str::to_owned).collect()];
        Module { file: file.into(), imports, code: code.to_owned() }
    }

    #[test]
    fn http_stays_in_its_folder() {
        assert_eq!(imports(&module("http/seat/paper.rs", "axum::Json", "")), [""; 0]);
        assert_eq!(imports(&module("operations/room.rs", "crate::aggregates::room", "")), [""; 0]);
        assert_eq!(
            imports(&module("operations/room.rs", "crate::http::refusal", "")),
            ["kaoping-service: operations/room.rs imports crate::http::refusal"]
        );
    }

    // A path in a signature needs no import.
    #[test]
    fn an_aggregate_knows_no_status() {
        let code = "fn refused() -> axum::http::StatusCode";
        assert_eq!(
            words(&module("aggregates/room.rs", "std::fs", code)),
            ["axum", "http", "StatusCode"].map(|word| format!("kaoping-service: aggregates/room.rs knows of `{word}`"))
        );
        assert_eq!(words(&module("aggregates/room.rs", "std::fs", "let https = 1;")), [""; 0]);
    }
}
