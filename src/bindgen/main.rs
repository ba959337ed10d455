//! `kaoping-bindgen MODULE NAME FOLDER` writes the module's JavaScript side for browsers: `NAME.js`, `NAME_bg.wasm` and
//! their types into FOLDER. It does what the tool `wasm-bindgen` does for the target `web`, in the version of the lock
//! file and without the tool's own dependencies, so that a first build is shorter.

use std::error::Error;
use wasm_bindgen_cli_support::Bindgen;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [module, name, folder] = arguments.as_slice() else {
        return Err("kaoping-bindgen MODULE NAME FOLDER".into());
    };
    let mut bindgen = Bindgen::new();
    bindgen.input_path(module).out_name(name).web(true)?.typescript(true);
    // The module lies beside its JavaScript; the page of one file finds it there and takes it in.
    bindgen.omit_default_module_path(false);
    Ok(bindgen.generate(folder)?)
}
