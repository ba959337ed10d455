//! The engine against the question bank, the vectors and the suites of `tests/`.

mod audit_cases;
mod batch_cases;
mod draw_vectors;
mod practical;
mod question_bank;
mod records;
mod verify_cases;
