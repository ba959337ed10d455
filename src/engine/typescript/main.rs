//! Prints the TypeScript types of what pages show: `cargo xtask generate` writes them to `www/shared/engine/generated`.
//!
//! A type is printed with every type that it is made of. To show another one, name it in `types`.

use kaoping_engine::view;
use std::any::TypeId;
use std::collections::{BTreeMap, HashSet};
use std::process::ExitCode;
use ts_rs::{Config, TS, TypeVisitor};

fn main() -> ExitCode {
    let mut types = Types { config: Config::new().with_large_int("number"), ..Types::default() };

    // Every page.
    types.visit::<view::error::BoundaryError>();

    // The verify page.
    types.visit::<view::verify::CheckedFile>();
    types.visit::<view::verify::TrustView>();
    types.visit::<view::bundle::CheckedBundle>();

    // The custodian's page.
    types.visit::<view::ceremony::SecretPlace>();
    types.visit::<view::ceremony::NewSecret>();
    types.visit::<view::ceremony::CheckedOpening>();

    // Every page with a session. `Started` is written once, for any view.
    types.visit::<view::session::Started<view::candidate::CandidateView>>();
    types.visit::<view::session::Unsent>();
    types.visit::<view::session::DeviceKey>();

    // The candidate's page.
    types.visit::<view::candidate::CandidateStart>();
    types.visit::<kaoping_engine::session::candidate::Touch>();
    types.visit::<view::receipt::CheckedReceipt>();

    // The examiner's page.
    types.visit::<view::examiner::SheetStart>();
    types.visit::<view::examiner::SheetTouch>();
    types.visit::<view::examiner::SheetView>();

    types.print()
}

#[derive(Default)]
struct Types {
    config: Config,
    seen: HashSet<TypeId>,
    declarations: BTreeMap<String, String>,
    ambiguous: Vec<String>,
}

impl Types {
    fn print(self) -> ExitCode {
        if !self.ambiguous.is_empty() {
            eprintln!("several types have the same name; give one another with #[ts(rename)]: {:?}", self.ambiguous);
            return ExitCode::FAILURE;
        }
        println!("// Written by `cargo xtask generate` from the types of src/engine and src/record.\n");
        for declaration in self.declarations.values() {
            println!("{declaration}\n");
        }
        ExitCode::SUCCESS
    }
}

impl TypeVisitor for Types {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        if !self.seen.insert(TypeId::of::<T>()) {
            return;
        }
        // Only a type with a declaration of its own has a path.
        if T::output_path().is_some() {
            let name = T::ident(&self.config);
            let declaration = format!("export {}", without_docs(&T::decl(&self.config)));
            if self.declarations.insert(name.clone(), declaration).is_some() {
                self.ambiguous.push(name);
            }
        }
        T::visit_dependencies(self);
        T::visit_generics(self);
    }
}

/// A declaration without its comments: the documentation is in the Rust source.
fn without_docs(declaration: &str) -> String {
    let mut parts = declaration.split("/**");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once("*/").map_or(part, |(_, code)| code))
}
