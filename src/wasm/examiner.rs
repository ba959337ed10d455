//! The examiner's entry point: one score sheet, scored on a tablet.

use crate::running::{Running, page_session};
use kaoping_engine::practical::session::SheetSession;
use wasm_bindgen::prelude::wasm_bindgen;

/// An examiner's sheet. Before `start` every other call answers an error. Each call answers JSON text.
#[wasm_bindgen]
#[derive(Default)]
pub struct Examiner {
    running: Running<SheetSession>,
}

page_session!(Examiner);
