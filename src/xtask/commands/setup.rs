//! `cargo xtask setup`: installs what is missing, and says each step in one line.

use std::ffi::OsStr;
use std::io::IsTerminal;
use std::path::Path;

use crate::place::{GECKODRIVER, Place, WASM_BINDGEN};
use crate::postgres;
use crate::run::{self, Done, TaskError};
use crate::stamp::Stamp;

/// The use for which the machine is set up.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Building and running the program.
    Start,
    /// Running every test as well.
    Test,
}

/// A program or file that a test needs, and the Debian package that brings it.
struct Package {
    name: &'static str,
    is_there: fn() -> bool,
}

const PACKAGES: [Package; 10] = [
    Package { name: "chromium", is_there: || Path::new("/usr/bin/chromium").exists() },
    Package { name: "chromium-driver", is_there: || Path::new("/usr/bin/chromedriver").exists() },
    Package { name: "firefox-esr", is_there: || Path::new("/usr/bin/firefox-esr").exists() },
    Package {
        name: "fonts-noto-cjk", // printed certificates, and the pages' Chinese in screenshots
        is_there: || Path::new("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc").exists(),
    },
    Package {
        name: "libsofthsm2", // a device for keys, in software
        is_there: || Path::new("/usr/lib/softhsm/libsofthsm2.so").exists(),
    },
    Package { name: "strace", is_there: || on_search_path("strace") },
    Package { name: "postgresql", is_there: || postgres::programs().is_some() },
    Package { name: "python3-venv", is_there: python_makes_environments },
    Package { name: "webkit2gtk-driver", is_there: || Path::new("/usr/bin/WebKitWebDriver").exists() },
    Package { name: "xvfb", is_there: || Path::new("/usr/bin/Xvfb").exists() }, // WebKit draws on a display alone
];

/// Reads the arguments and sets up.
///
/// # Errors
/// When an argument is unknown or a step fails.
pub(crate) fn command(place: &Place, arguments: &[String]) -> Result<(), TaskError> {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let purpose = match arguments.as_slice() {
        [] | ["--for", "test"] => Purpose::Test,
        ["--for", "start"] => Purpose::Start,
        _ => {
            return Err(TaskError::usage("setup takes `--for start` or `--for test`"));
        }
    };
    set_up(place, purpose)
}

/// Installs what `purpose` needs and is missing.
///
/// # Errors
/// The first step that fails; earlier installations stay, so a second call continues from there.
pub(crate) fn set_up(place: &Place, purpose: Purpose) -> Result<(), TaskError> {
    println!("set-up");
    run::step("Rust's wasm32-unknown-unknown target", || wasm_target(place))?;
    pages(place)?;
    if purpose == Purpose::Test {
        run::step("browsers, fonts, PostgreSQL, SoftHSM", || debian_packages(place))?;
        run::step("runner of wasm tests, a minute when missing", || {
            cargo_tool(place, "wasm-bindgen-cli", WASM_BINDGEN, "wasm-bindgen-test-runner")
        })?;
        run::step("geckodriver, a minute when missing", || {
            cargo_tool(place, "geckodriver", GECKODRIVER, "geckodriver") // Debian has none
        })?;
        run::step("npm packages of tests/e2e", || npm_packages(place, "tests/e2e"))?;
        run::step("npm packages of tests/outside", || npm_packages(place, "tests/outside"))?;
        run::step("Python packages of tests/outside", || python_packages(place))?;
    }
    Ok(())
}

/// Installs what formats and builds the pages.
///
/// # Errors
/// When npm is missing or fails.
pub(crate) fn pages(place: &Place) -> Result<(), TaskError> {
    run::step("npm packages of www", || npm_packages(place, "www"))
}

fn wasm_target(place: &Place) -> Result<Done, TaskError> {
    let mut ask = place.command("rustc");
    ask.args(["--print", "target-libdir", "--target", "wasm32-unknown-unknown"]);
    if Path::new(run::output(ask)?.trim()).is_dir() {
        return Ok(Done::Already);
    }
    let mut add = place.command("rustup");
    add.args(["target", "add", "wasm32-unknown-unknown"]);
    run::quiet(place, "rustup", add)?;
    Ok(Done::Now)
}

/// Installs a tool of crates.io into the folder that checkouts share.
fn cargo_tool(place: &Place, package: &str, version: &str, program: &str) -> Result<Done, TaskError> {
    let root = place.tool(package, version);
    if root.join("bin").join(program).is_file() {
        return Ok(Done::Already);
    }
    let mut install = place.command("cargo");
    install
        .args(["install", "--locked", "--debug", "--root"])
        .arg(&root)
        .args([package, "--version", version])
        // A third of the time of a release build; these tools are quick either way.
        .env("CARGO_PROFILE_DEV_DEBUG", "0");
    run::quiet(place, package, install)?;
    Ok(Done::Now)
}

/// Installs what a folder's lock file names, unless it is there.
///
/// # Errors
/// When npm is missing or fails.
fn npm_packages(place: &Place, folder: &str) -> Result<Done, TaskError> {
    let folder_path = place.path(folder);
    let inputs = [folder_path.join("package.json"), folder_path.join("package-lock.json")];
    let stamp = Stamp::of(folder_path.join("node_modules/.stamp"), &inputs, &[])?;
    if stamp.is_current() {
        return Ok(Done::Already);
    }
    let mut install = place.command("npm");
    install.current_dir(&folder_path).arg("ci");
    run::quiet(place, &format!("npm-{}", folder.replace('/', "-")), install)?;
    stamp.keep()?;
    Ok(Done::Now)
}

fn debian_packages(place: &Place) -> Result<Done, TaskError> {
    let missing: Vec<&str> =
        PACKAGES.iter().filter(|package| !(package.is_there)()).map(|package| package.name).collect();
    if missing.is_empty() {
        return Ok(Done::Already);
    }
    let Some(administrator) = administrator()? else {
        return Err(TaskError::failed(format!(
            "the tests need these Debian packages, and this account may not install them: {}\n\
             ask an administrator to run: apt-get install --no-install-recommends {}",
            missing.join(", "),
            missing.join(" ")
        )));
    };
    let apt = |arguments: &[&str]| {
        let mut words: Vec<&str> = administrator.clone();
        words.extend(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
        words.extend(arguments);
        let mut command = place.command("env");
        command.args(words);
        command
    };
    run::quiet(place, "apt-update", apt(&["update"]))?;
    let mut install = vec!["install", "-y", "--no-install-recommends"];
    install.extend(&missing);
    run::quiet(place, "apt-install", apt(&install))?;
    Ok(Done::Now)
}

/// The words before a command that needs an administrator, or `None` where that can't be.
fn administrator() -> Result<Option<Vec<&'static str>>, TaskError> {
    if !on_search_path("apt-get") {
        return Ok(None);
    }
    let mut id = std::process::Command::new("id");
    id.arg("-u");
    if run::output(id)?.trim() == "0" {
        return Ok(Some(Vec::new()));
    }
    if !on_search_path("sudo") {
        return Ok(None);
    }
    // Without a terminal nobody can type a password: fail at once rather than wait.
    let ask = std::io::stdin().is_terminal();
    Ok(Some(if ask { vec!["sudo"] } else { vec!["sudo", "-n"] }))
}

fn python_makes_environments() -> bool {
    std::process::Command::new("python3")
        .args(["-c", "import ensurepip, venv"])
        .output()
        .is_ok_and(|result| result.status.success())
}

fn python_packages(place: &Place) -> Result<Done, TaskError> {
    let requirements = place.path("tests/outside/requirements.txt");
    let environment = place.path(".cache/python");
    let stamp = Stamp::of(environment.join(".stamp"), std::slice::from_ref(&requirements), &[])?;
    if stamp.is_current() {
        return Ok(Done::Already);
    }
    let mut make = place.command("python3");
    make.args(["-m", "venv", "--clear"]).arg(&environment);
    run::quiet(place, "python-environment", make)?;
    let mut install = place.command(place.python());
    install.args(["-m", "pip", "install", "--no-input", "--disable-pip-version-check", "-r"]).arg(&requirements);
    run::quiet(place, "pip", install)?;
    stamp.keep()?;
    Ok(Done::Now)
}

fn on_search_path(program: impl AsRef<OsStr>) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program.as_ref()).is_file())
}
