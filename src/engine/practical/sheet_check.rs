//! The rules for a score sheet beyond its form: sums, tables of awards, names, bounded texts.

use super::sheet::{ItemKind, Module, SAMPLE_LABEL, SHEET_VERSION, Sheet, SheetBank, SheetItem, Veto, VetoEffect};
use super::sheet_defect::{SheetDefect, SheetProblem};
use crate::bank::Function;
use crate::bank::text::{self, TextDefect};
use crate::marks::{Exact, HalfMarks};
use std::collections::BTreeSet;
use std::fmt::Display;

/// Every defect of a sheet, in the order of its text.
#[must_use]
pub fn defects(sheet: &Sheet) -> Vec<SheetDefect> {
    let mut check = Check { defects: Vec::new() };
    check.head(sheet);
    check.modules(sheet);
    check.vetoes(sheet);
    check.defects
}

struct Check {
    defects: Vec<SheetDefect>,
}

impl Check {
    fn head(&mut self, sheet: &Sheet) {
        if sheet.v != SHEET_VERSION {
            self.add("/v", SheetProblem::Version { found: sheet.v });
        }
        self.function("/function", sheet.function);
        self.text("/title", &sheet.title, 40);
        self.text("/label", &sheet.label, 40);
        if (sheet.bank == SheetBank::Sample) != (sheet.label == SAMPLE_LABEL) {
            self.add("/label", SheetProblem::Label);
        }
        self.text("/standard", &sheet.standard, 100);
        self.number("/sources", sheet.sources.len(), 1, 20);
        for (index, source) in sheet.sources.iter().enumerate() {
            self.text(&format!("/sources/{index}"), source, 200);
        }
        self.number("/minutes_prepare", sheet.minutes_prepare as usize, 0, 120);
        self.number("/minutes", sheet.minutes as usize, 1, 180);
        self.text("/preparation/notice", &sheet.preparation.notice, 1000);
        self.number("/preparation/supplies", sheet.preparation.supplies.len(), 1, 80);
        for (index, supply) in sheet.preparation.supplies.iter().enumerate() {
            self.text(&format!("/preparation/supplies/{index}/name"), &supply.name, 60);
            self.text(&format!("/preparation/supplies/{index}/quantity"), &supply.quantity, 20);
        }
        if let Some(case) = &sheet.case {
            self.text("/case", case, 4000);
        }
        self.text("/task", &sheet.task, 2000);
    }

    fn modules(&mut self, sheet: &Sheet) {
        self.number("/modules", sheet.modules.len(), 1, 12);
        let weights = sheet.modules.iter().map(|module| u64::from(module.weight)).sum();
        if weights != 100 {
            self.add("/modules", SheetProblem::Weights { found: weights });
        }
        let found = sheet.items().map(|(_, item)| u64::from(item.half_marks.get())).sum();
        if found != u64::from(HalfMarks::HUNDRED.get()) {
            self.add("/modules", SheetProblem::TotalMarks { found });
        }
        let mut modules = BTreeSet::new();
        let mut sections = BTreeSet::new();
        let mut items = BTreeSet::new();
        for (index, module) in sheet.modules.iter().enumerate() {
            let place = format!("/modules/{index}");
            self.once(&place, &module.id, &mut modules);
            self.module(&place, module);
            for (index, section) in module.sections.iter().enumerate() {
                let place = format!("{place}/sections/{index}");
                self.once(&place, &section.id, &mut sections);
                self.text(&format!("{place}/title"), &section.title, 40);
                self.number(&format!("{place}/items"), section.items.len(), 1, 60);
                for (index, item) in section.items.iter().enumerate() {
                    let place = format!("{place}/items/{index}");
                    self.once(&place, &item.id, &mut items);
                    self.item(&place, item);
                }
            }
        }
    }

    fn module(&mut self, place: &str, module: &Module) {
        self.text(&format!("{place}/title"), &module.title, 40);
        if let Some(function) = module.function {
            self.function(&format!("{place}/function"), function);
        }
        self.number(&format!("{place}/weight"), module.weight as usize, 1, 100);
        self.number(&format!("{place}/sections"), module.sections.len(), 1, 20);
        let items = module.sections.iter().flat_map(|section| &section.items);
        let found = items.map(|item| u64::from(item.half_marks.get())).sum();
        let expected = 2 * u64::from(module.weight);
        if found != expected {
            self.add(place, SheetProblem::ModuleMarks { expected, found });
        }
    }

    fn item(&mut self, place: &str, item: &SheetItem) {
        self.text(&format!("{place}/content"), &item.content, 40);
        self.text(&format!("{place}/points"), &item.points, 300);
        self.text(&format!("{place}/criterion"), &item.criterion, 300);
        if item.half_marks == HalfMarks::ZERO {
            self.add(&format!("{place}/half_marks"), SheetProblem::Worthless);
        }
        self.awards(place, item);
        self.kind(place, item);
    }

    fn awards(&mut self, place: &str, item: &SheetItem) {
        let mut codes = BTreeSet::new();
        let mut before: Option<HalfMarks> = None;
        for (index, award) in item.awards.iter().enumerate() {
            let place = format!("{place}/awards/{index}");
            self.once(&place, &award.code, &mut codes);
            self.text(&format!("{place}/label"), &award.label, 30);
            match before {
                None if award.half_marks != item.half_marks => {
                    self.add(&place, SheetProblem::FirstAward { expected: item.half_marks, found: award.half_marks });
                }
                Some(before) if award.half_marks >= before => {
                    self.add(&place, SheetProblem::AwardOrder { before, found: award.half_marks });
                }
                _ => {}
            }
            before = Some(award.half_marks);
        }
        match before {
            Some(found) if found != HalfMarks::ZERO => {
                let last = item.awards.len().saturating_sub(1);
                self.add(&format!("{place}/awards/{last}"), SheetProblem::LastAward { found });
            }
            _ => {}
        }
    }

    fn kind(&mut self, place: &str, item: &SheetItem) {
        let awards = format!("{place}/awards");
        let number = item.awards.len();
        match &item.kind {
            ItemKind::Binary {} => self.number(&awards, number, 2, 2),
            ItemKind::Graded {} | ItemKind::Judge {} => self.number(&awards, number, 3, 12),
            ItemKind::DeductPerOmission { unit } => self.deductions(place, item, *unit),
            ItemKind::Count { full } => {
                let full = *full as usize;
                self.number(&format!("{place}/kind/full"), full, 1, 40);
                self.number(&awards, number, full.saturating_add(1), full.saturating_add(1));
                for (index, award) in item.awards.iter().enumerate() {
                    let expected = full.saturating_sub(index);
                    self.award_code(&format!("{awards}/{index}"), expected, &award.code);
                }
            }
            ItemKind::Timed { limits_s } => {
                self.number(&format!("{place}/kind/limits_s"), limits_s.len(), 1, 11);
                let least = limits_s.len().saturating_add(1);
                self.number(&awards, number, least, least);
                if limits_s.first() == Some(&0) || !limits_s.is_sorted_by(|a, b| a < b) {
                    self.add(&format!("{place}/kind/limits_s"), SheetProblem::Limits);
                }
            }
        }
    }

    fn deductions(&mut self, place: &str, item: &SheetItem, unit: HalfMarks) {
        self.number(&format!("{place}/kind/unit"), unit.get() as usize, 1, 200);
        self.number(&format!("{place}/awards"), item.awards.len(), 2, 41);
        for (omissions, award) in item.awards.iter().enumerate() {
            let place = format!("{place}/awards/{omissions}");
            self.award_code(&place, omissions, &award.code);
            let lost = u32::try_from(omissions).unwrap_or(u32::MAX).saturating_mul(unit.get());
            let expected = HalfMarks::new(item.half_marks.get().saturating_sub(lost));
            if award.half_marks != expected {
                self.add(&place, SheetProblem::Deduction { expected, found: award.half_marks });
            }
        }
    }

    fn vetoes(&mut self, sheet: &Sheet) {
        self.number("/vetoes", sheet.vetoes.len(), 0, 30);
        let mut names = BTreeSet::new();
        for (index, veto) in sheet.vetoes.iter().enumerate() {
            let place = format!("/vetoes/{index}");
            self.once(&place, &veto.id, &mut names);
            self.text(&format!("{place}/text"), &veto.text, 100);
            self.veto_effect(&place, veto, sheet);
            self.number(&format!("{place}/notes"), veto.notes.len(), 1, 9);
            let mut codes = BTreeSet::new();
            for (index, note) in veto.notes.iter().enumerate() {
                let place = format!("{place}/notes/{index}");
                self.once(&place, &note.code, &mut codes);
                self.text(&format!("{place}/label"), &note.label, 40);
            }
        }
    }

    fn veto_effect(&mut self, place: &str, veto: &Veto, sheet: &Sheet) {
        match &veto.effect {
            VetoEffect::ZeroItem { item } if !sheet.items().any(|(_, known)| known.id == *item) => {
                self.add(&format!("{place}/effect/item"), SheetProblem::UnknownItem { item: item.to_string() });
            }
            VetoEffect::Cap { half_marks }
                if *half_marks == HalfMarks::ZERO || Exact::from(*half_marks) >= Exact::PASS_MARK =>
            {
                // A cap that still passes would be no veto; a cap of nothing is `zero_sheet`.
                let found = half_marks.get() as usize;
                self.add(&format!("{place}/effect/half_marks"), SheetProblem::Bounds { min: 1, max: 119, found });
            }
            _ => {}
        }
    }

    fn function(&mut self, place: &str, function: Function) {
        if matches!(function, Function::Ethics | Function::Foundations) {
            self.add(place, SheetProblem::NotPractical { function });
        }
    }

    fn text(&mut self, place: &str, text: &str, max: usize) {
        let problem = match text::defect(text, max) {
            None => return,
            Some(TextDefect::Blank) => SheetProblem::Blank,
            Some(TextDefect::TooLong { found, .. }) => SheetProblem::TooLong { max, found },
            Some(TextDefect::Character(character)) => SheetProblem::Character { point: u32::from(character) },
            Some(TextDefect::Placeholder) => SheetProblem::Placeholder,
        };
        self.add(place, problem);
    }

    fn number(&mut self, place: &str, found: usize, min: usize, max: usize) {
        if !(min..=max).contains(&found) {
            self.add(place, SheetProblem::Bounds { min, max, found });
        }
    }

    fn once(&mut self, place: &str, name: &impl Display, known: &mut BTreeSet<String>) {
        let name = name.to_string();
        if known.contains(&name) {
            self.add(place, SheetProblem::Double { name });
        } else {
            known.insert(name);
        }
    }

    fn award_code(&mut self, place: &str, expected: usize, code: &impl Display) {
        let (expected, found) = (expected.to_string(), code.to_string());
        if expected != found {
            self.add(place, SheetProblem::AwardCode { expected, found });
        }
    }

    fn add(&mut self, place: &str, problem: SheetProblem) {
        self.defects.push(SheetDefect { place: place.to_owned(), problem });
    }
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;
    use serde_json::{Value, json};

    type TestResult = Result<(), serde_json::Error>;

    const ITEM: &str = "/modules/0/sections/0/items/0";
    const DEDUCT: &str = "/modules/0/sections/1/items/0";
    const COUNT: &str = "/modules/0/sections/1/items/1";
    const TIMED: &str = "/modules/1/sections/0/items/0";

    /// The defects of the example after some places were overwritten, as `place code`.
    fn found(changes: &[(String, Value)]) -> Result<Vec<String>, serde_json::Error> {
        let mut sheet = example::json();
        for (pointer, value) in changes {
            if let Some(place) = sheet.pointer_mut(pointer) {
                *place = value.clone();
            }
        }
        let defects = defects(&serde_json::from_value(sheet)?);
        Ok(defects
            .iter()
            .map(|defect| {
                let fault = defect.fault();
                assert!(!fault.cause.zh.is_empty() && !fault.cure.en.is_empty(), "{fault:?}");
                format!("{} {}", fault.place, fault.code.trim_start_matches("sheet_"))
            })
            .collect())
    }

    fn one(pointer: &str, value: Value) -> Result<Vec<String>, serde_json::Error> {
        found(&[(pointer.to_owned(), value)])
    }

    #[test]
    fn the_example_has_no_defect() -> TestResult {
        assert_eq!(defects(&example::draft()?), []);
        Ok(())
    }

    #[test]
    fn heads_are_bounded() -> TestResult {
        assert_eq!(one("/v", json!(2))?, ["/v version"]);
        assert_eq!(one("/title", json!(" \u{3000}"))?, ["/title blank"]);
        assert_eq!(one("/title", json!("长".repeat(41)))?, ["/title too_long"]);
        assert_eq!(one("/title", json!("试\u{e000}题"))?, ["/title character"]);
        assert_eq!(one("/task", json!("待定"))?, ["/task placeholder"]);
        assert_eq!(one("/case", json!("待定"))?, ["/case placeholder"]);
        assert_eq!(one("/label", json!("国家题库"))?, ["/label label"]);
        assert_eq!(one("/bank", json!("national"))?, ["/label label"]);
        assert_eq!(one("/function", json!("ethics"))?, ["/function not_practical"]);
        assert_eq!(one("/minutes", json!(0))?, ["/minutes bounds"]);
        assert_eq!(one("/sources", json!([]))?, ["/sources bounds"]);
        assert_eq!(one("/sources/0", json!(""))?, ["/sources/0 blank"]);
        assert_eq!(one("/preparation/supplies/0/quantity", json!(""))?, ["/preparation/supplies/0/quantity blank"]);
        Ok(())
    }

    #[test]
    fn marks_that_do_not_add_up_are_named_at_each_place() -> TestResult {
        // The binary item loses a mark in its table and its worth alike: sheet 99, module 59.
        let less = [(format!("{ITEM}/half_marks"), json!(18)), (format!("{ITEM}/awards/0/half_marks"), json!(18))];
        assert_eq!(found(&less)?, ["/modules total_marks", "/modules/0 module_marks"]);
        assert_eq!(one("/modules/0/weight", json!(50))?, ["/modules weights", "/modules/0 module_marks"]);
        assert_eq!(
            one("/modules/0/weight", json!(u32::MAX))?,
            ["/modules weights", "/modules/0/weight bounds", "/modules/0 module_marks"]
        );
        assert_eq!(one("/modules/1/function", json!("foundations"))?, ["/modules/1/function not_practical"]);
        Ok(())
    }

    #[test]
    fn tables_start_full_fall_and_end_with_nothing() -> TestResult {
        assert_eq!(one(&format!("{ITEM}/awards/0/half_marks"), json!(19))?, [format!("{ITEM}/awards/0 first_award")]);
        assert_eq!(one(&format!("{ITEM}/awards/1/half_marks"), json!(1))?, [format!("{ITEM}/awards/1 last_award")]);
        let graded = "/modules/0/sections/0/items/1";
        assert_eq!(
            one(&format!("{graded}/awards/1/half_marks"), json!(20))?,
            [format!("{graded}/awards/1 award_order")]
        );
        assert_eq!(one(&format!("{graded}/awards/1/code"), json!("a"))?, [format!("{graded}/awards/1 double")]);
        assert_eq!(one(&format!("{graded}/kind"), json!({ "type": "binary" }))?, [format!("{graded}/awards bounds")]);
        assert_eq!(one(&format!("{ITEM}/kind"), json!({ "type": "judge" }))?, [format!("{ITEM}/awards bounds")]);
        assert_eq!(one(&format!("{ITEM}/awards"), json!([]))?, [format!("{ITEM}/awards bounds")]);
        assert_eq!(
            one(&format!("{ITEM}/half_marks"), json!(0))?,
            [
                "/modules total_marks".to_owned(),
                "/modules/0 module_marks".to_owned(),
                format!("{ITEM}/half_marks worthless"),
                format!("{ITEM}/awards/0 first_award")
            ]
        );
        Ok(())
    }

    #[test]
    fn deductions_counts_and_times_mean_what_they_say() -> TestResult {
        assert_eq!(one(&format!("{DEDUCT}/awards/1/half_marks"), json!(26))?, [format!("{DEDUCT}/awards/1 deduction")]);
        assert_eq!(one(&format!("{DEDUCT}/awards/1/code"), json!("x"))?, [format!("{DEDUCT}/awards/1 award_code")]);
        assert_eq!(
            one(&format!("{DEDUCT}/kind/unit"), json!(0))?,
            [
                format!("{DEDUCT}/kind/unit bounds"),
                format!("{DEDUCT}/awards/1 deduction"),
                format!("{DEDUCT}/awards/2 deduction"),
                format!("{DEDUCT}/awards/3 deduction")
            ]
        );
        assert_eq!(one(&format!("{COUNT}/awards/0/code"), json!("full"))?, [format!("{COUNT}/awards/0 award_code")]);
        assert!(one(&format!("{COUNT}/kind/full"), json!(4))?.contains(&format!("{COUNT}/awards bounds")));
        assert_eq!(one(&format!("{TIMED}/kind/limits_s"), json!([90, 60]))?, [format!("{TIMED}/kind/limits_s limits")]);
        assert_eq!(one(&format!("{TIMED}/kind/limits_s"), json!([0, 60]))?, [format!("{TIMED}/kind/limits_s limits")]);
        assert_eq!(one(&format!("{TIMED}/kind/limits_s"), json!([60]))?, [format!("{TIMED}/awards bounds")]);
        Ok(())
    }

    #[test]
    fn names_are_unique_in_the_whole_sheet() -> TestResult {
        assert_eq!(one("/modules/1/id", json!("m1"))?, ["/modules/1 double"]);
        assert_eq!(one("/modules/1/sections/0/id", json!("s1"))?, ["/modules/1/sections/0 double"]);
        assert_eq!(one("/modules/1/sections/0/items/1/id", json!("g"))?, ["/modules/1/sections/0/items/1 double"]);
        assert_eq!(one("/vetoes/3/id", json!("cap"))?, ["/vetoes/3 double"]);
        assert_eq!(one("/vetoes/3/notes/1/code", json!("n1"))?, ["/vetoes/3/notes/1 double"]);
        Ok(())
    }

    #[test]
    fn vetoes_must_bite() -> TestResult {
        assert_eq!(one("/vetoes/0/effect/item", json!("x"))?, ["/vetoes/0/effect/item unknown_item"]);
        assert_eq!(one("/vetoes/2/effect/half_marks", json!(120))?, ["/vetoes/2/effect/half_marks bounds"]);
        assert_eq!(one("/vetoes/2/effect/half_marks", json!(0))?, ["/vetoes/2/effect/half_marks bounds"]);
        assert_eq!(one("/vetoes/2/effect/half_marks", json!(119))?, Vec::<String>::new());
        assert_eq!(one("/vetoes/1/notes", json!([]))?, ["/vetoes/1/notes bounds"]);
        Ok(())
    }

    #[test]
    fn all_defects_come_at_once() -> TestResult {
        let many =
            [("/v".to_owned(), json!(9)), ("/task".to_owned(), json!("")), ("/vetoes/1/text".to_owned(), json!(""))];
        assert_eq!(found(&many)?, ["/v version", "/task blank", "/vetoes/1/text blank"]);
        Ok(())
    }
}
