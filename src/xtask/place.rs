//! Where things are: the checkout, its build folder, and the tools that several checkouts share.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::TaskError;

/// The version of `wasm-bindgen` in the root `Cargo.toml`; the runner of its tests must be of the
/// same.
pub(crate) const WASM_BINDGEN: &str = "0.2.129";
/// Drives Firefox in the tests.
pub(crate) const GECKODRIVER: &str = "0.37.1";

/// The checkout and its surroundings.
pub(crate) struct Place {
    root: PathBuf,
    target: PathBuf,
    tools: PathBuf,
}

impl Place {
    /// Finds the checkout from which `cargo xtask` was called.
    ///
    /// # Errors
    /// When not run by Cargo, or when no folder for tools can be named.
    pub(crate) fn find() -> Result<Self, TaskError> {
        let root = std::env::var_os("CARGO_MANIFEST_DIR")
            .map(PathBuf::from)
            .and_then(|package| package.parent()?.parent().map(Path::to_path_buf))
            .ok_or_else(|| TaskError::usage("run this as `cargo xtask`".to_owned()))?;
        let target = match std::env::var_os("CARGO_TARGET_DIR") {
            Some(folder) => root.join(folder),
            None => root.join("target"),
        };
        let cache = match std::env::var_os("XDG_CACHE_HOME") {
            Some(folder) if !folder.is_empty() => PathBuf::from(folder),
            _ => std::env::home_dir()
                .ok_or_else(|| TaskError::usage("set XDG_CACHE_HOME: there is no home folder".to_owned()))?
                .join(".cache"),
        };
        Ok(Self { root, target, tools: cache.join("kaoping") })
    }

    /// A path inside the checkout.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// A path inside the build folder.
    pub(crate) fn target(&self, relative: &str) -> PathBuf {
        self.target.join(relative)
    }

    /// The program that `cargo xtask build` makes.
    pub(crate) fn program(&self) -> PathBuf {
        self.target("debug/kaoping")
    }

    /// The demo's program, beside it.
    pub(crate) fn demo(&self) -> PathBuf {
        self.target("debug/kaoping-demo")
    }

    /// The install root of a tool. It carries the version, so an old one is never taken for the new
    /// one.
    pub(crate) fn tool(&self, name: &str, version: &str) -> PathBuf {
        self.tools.join(format!("{name}-{version}"))
    }

    /// The Python of the outside verifiers.
    pub(crate) fn python(&self) -> PathBuf {
        self.path(".cache/python/bin/python")
    }

    /// A command in the checkout's root that finds the project's own tools first.
    pub(crate) fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root).env("PATH", self.search_path());
        // Cargo sets variables about this program's own package. Build scripts that watch these
        // variables would be run again each time they differ from a plain `cargo build`.
        for (name, _) in std::env::vars_os() {
            let own = name.to_str().is_some_and(|name| {
                name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") || name == "CARGO"
            });
            if own {
                command.env_remove(name);
            }
        }
        command
    }

    fn search_path(&self) -> OsString {
        let mut folders = vec![
            self.tool("wasm-bindgen-cli", WASM_BINDGEN).join("bin"),
            self.tool("geckodriver", GECKODRIVER).join("bin"),
            // For wasm-opt: distributions ship versions that break modules of this compiler.
            self.path("www/node_modules/.bin"),
        ];
        let inherited = std::env::var_os("PATH").unwrap_or_default();
        folders.extend(std::env::split_paths(&inherited));
        std::env::join_paths(folders).unwrap_or(inherited)
    }
}
