//! The entry points as their pages drive them, in a browser.
#![cfg(target_arch = "wasm32")]

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

#[cfg(feature = "candidate")]
mod candidate;
#[cfg(feature = "ceremony")]
mod ceremony;
#[cfg(feature = "examiner")]
mod examiner;
#[cfg(feature = "verify")]
mod verify;
