//! What a plan must satisfy before anybody is drawn.

use super::organization::{OCCUPATION_CODE, Organization};
use super::schedule::Plan;
use crate::fault::{Fault, Text};
use crate::text::is_shown;
use kaoping_record::id::{AccountId, SheetId};
use std::collections::{BTreeMap, BTreeSet};

/// Candidates that one invigilator may watch (国家职业标准：监考人员与考生配比不低于 1:15).
const CANDIDATES_PER_INVIGILATOR: u32 = 15;
/// Candidates that one examiner may score (考评人员与考生配比不低于 1:5).
const CANDIDATES_PER_EXAMINER: usize = 5;
/// Shortest theory exam in minutes.
const THEORY_MINUTES: u32 = 60;
/// Shortest practical exam in minutes.
const PRACTICAL_MINUTES: u32 = 30;

impl Plan {
    /// Everything that keeps this plan from being carried out by this organization.
    ///
    /// The occupation, the level and the filing's expiry are binding (备案的评价项目范围); the ratios are
    /// those of the national standard.
    #[must_use]
    pub fn faults(&self, organization: &Organization) -> Vec<Fault> {
        let mut faults = Faults::default();
        self.check_filing(organization, &mut faults);
        self.check_theory(&mut faults);
        self.check_practical(&mut faults);
        self.check_people(&mut faults);
        faults.0
    }

    /// The faults that depend on the roster: there must be enough seats and examiners for this many
    /// candidates.
    #[must_use]
    pub fn faults_for(&self, candidates: usize) -> Vec<Fault> {
        let mut faults = Faults::default();
        let capacity = self.capacity();
        faults.need(
            candidates <= capacity,
            "seats",
            "theory.rooms",
            &format!("考生 {candidates} 人，座位只有 {capacity} 个。"),
            &format!("{candidates} candidates, but only {capacity} seats"),
            ("增加考场、座位或场次后重新提交计划。", "add rooms, seats or sessions and submit the plan again"),
        );
        let examiners: usize = self.practical.panels.iter().map(|panel| panel.examiners.len()).sum();
        let enough = candidates <= examiners * CANDIDATES_PER_EXAMINER;
        faults.need(
            enough,
            "examiner_ratio",
            "practical.panels",
            &format!("考生 {candidates} 人，考评员 {examiners} 人，低于 1:5 的配比。"),
            &format!("{examiners} examiners for {candidates} candidates is fewer than 1 for 5"),
            ("增加考评组后重新提交计划。", "add panels and submit the plan again"),
        );
        faults.0
    }

    fn check_filing(&self, organization: &Organization, faults: &mut Faults) {
        let filing = &organization.filing;
        faults.need(
            self.v == 1,
            "version",
            "v",
            "计划的版本不是 1。",
            "the plan is not of version 1",
            ("用本程序重新生成计划。", "make the plan with this program"),
        );
        faults.need(
            self.occupation == OCCUPATION_CODE && filing.occupation == self.occupation,
            "outside_filing_occupation",
            "occupation",
            &format!("职业编码 {} 不在备案范围内。", self.occupation),
            &format!("occupation {} is outside the filing", self.occupation),
            ("只能考备案的职业 4-14-01-03。", "examine only the filed occupation 4-14-01-03"),
        );
        faults.need(
            filing.levels.contains(&self.level),
            "outside_filing_level",
            "level",
            &format!("{} 不在备案等级内（备案号 {}）。", self.level.chinese(), filing.number),
            &format!("level {} is outside filing {}", self.level.number(), filing.number),
            ("改考备案的等级，或先办理增加等级的备案。", "examine a filed level, or have the level filed first"),
        );
        faults.need(
            self.exam_day <= filing.expires,
            "filing_expired",
            "exam_day",
            &format!("考试日 {} 晚于备案有效期 {}。", self.exam_day, filing.expires),
            &format!("exam day {} lies after the filing's expiry {}", self.exam_day, filing.expires),
            ("改早考试日，或先办理备案延续。", "choose an earlier day, or have the filing renewed first"),
        );
    }

    fn check_theory(&self, faults: &mut Faults) {
        need_shown(faults, &self.title, "title", ("批次名称", "the batch's name"));
        let theory = &self.theory;
        faults.need(
            (THEORY_MINUTES..=240).contains(&theory.minutes),
            "theory_minutes",
            "theory.minutes",
            &format!("理论考试 {} 分钟，应为 60 至 240 分钟。", theory.minutes),
            &format!("theory of {} minutes; 60 to 240 are allowed", theory.minutes),
            ("改正时长。", "correct the duration"),
        );
        faults.need(
            !theory.sessions.is_empty() && !theory.rooms.is_empty(),
            "theory_empty",
            "theory",
            "没有场次或考场。",
            "there is no session or no room",
            ("至少填一个场次和一个考场。", "enter at least one session and one room"),
        );
        let in_order = theory.sessions.iter().zip(1..).all(|(session, number)| session.number == number)
            && theory.sessions.is_sorted_by(|a, b| a.starts_at_ms < b.starts_at_ms);
        faults.need(
            in_order,
            "session_order",
            "theory.sessions",
            "场次编号须从 1 开始连续，并按时间先后排列。",
            "sessions are numbered from 1 without gaps, in order of time",
            ("按时间重新排列场次。", "order the sessions by time"),
        );
        for (index, room) in theory.rooms.iter().enumerate() {
            let place = format!("theory.rooms[{index}]");
            let name = (format!("第 {} 个考场的名称", index + 1), format!("the name of room {}", index + 1));
            need_shown(faults, &room.name, &format!("{place}.name"), (&name.0, &name.1));
            faults.need(
                (1..=200).contains(&room.seats) && room.spares >= 2 && room.spares * 20 >= room.seats,
                "room_size",
                &place,
                &format!("{}：座位 1 至 200 个，备用卷至少 2 份且不少于座位数的 5%。", room.name),
                &format!("{}: 1 to 200 seats; spares at least 2 and 5 % of the seats", room.name),
                ("改正座位数和备用卷数。", "correct the seats and the spares"),
            );
            let invigilators = u32::try_from(room.invigilators.len()).unwrap_or(u32::MAX);
            faults.need(
                invigilators >= 2 && invigilators.saturating_mul(CANDIDATES_PER_INVIGILATOR) >= room.seats,
                "invigilator_ratio",
                &place,
                &format!(
                    "{}：{} 个座位只有 {invigilators} 名监考员；每场至少 2 名，且不低于 1:15。",
                    room.name, room.seats
                ),
                &format!(
                    "{}: {invigilators} invigilators for {} seats; at least 2, and 1 for 15",
                    room.name, room.seats
                ),
                ("增加监考员。", "add invigilators"),
            );
        }
        faults.distinct(theory.rooms.iter().map(|room| room.room.as_str()), "theory.rooms", ("考场", "room"));
    }

    fn check_practical(&self, faults: &mut Faults) {
        let practical = &self.practical;
        faults.need(
            (PRACTICAL_MINUTES..=480).contains(&practical.minutes),
            "practical_minutes",
            "practical.minutes",
            &format!("操作考核 {} 分钟，应为 30 至 480 分钟。", practical.minutes),
            &format!("practical of {} minutes; 30 to 480 are allowed", practical.minutes),
            ("改正时长。", "correct the duration"),
        );
        let weights: u32 = practical.functions.iter().map(|function| function.weight).sum();
        faults.need(
            weights == 100,
            "practical_weights",
            "practical.functions",
            &format!("操作考核权重合计 {weights}，应为 100。"),
            &format!("the practical weights sum to {weights}, not 100"),
            ("按国家职业标准的权重表改正。", "correct them from the standard's table of weights"),
        );
        for (index, function) in practical.functions.iter().enumerate() {
            let tasks = function.required.len() + function.draw as usize;
            faults.need(
                tasks >= 1 && function.draw as usize <= function.by_lot.len(),
                "station_tasks",
                &format!("practical.functions[{index}]"),
                &format!("{}：至少考一项任务；抽签数不能多于可抽任务数。", function.function.chinese()),
                &format!("{}: at least one task, and no more drawn than there are", function.function),
                ("改正任务清单或抽签数。", "correct the tasks or the number drawn"),
            );
        }
        let sheets = practical.functions.iter().flat_map(|f| f.required.iter().chain(&f.by_lot));
        faults.distinct(sheets.map(SheetId::as_str), "practical.functions", ("任务", "task"));
        for (index, panel) in practical.panels.iter().enumerate() {
            let count = panel.examiners.len();
            let name = (format!("第 {} 个考评组的名称", index + 1), format!("the name of panel {}", index + 1));
            need_shown(faults, &panel.name, &format!("practical.panels[{index}].name"), (&name.0, &name.1));
            faults.need(
                count >= 3 && count % 2 == 1 && !panel.examiners.contains(&panel.lead),
                "panel_size",
                &format!("practical.panels[{index}]"),
                &format!("{}：考评员 {count} 名；应为 3 名以上的单数，组长另设。", panel.name),
                &format!("{}: {count} examiners; an odd number of at least 3, beside the lead", panel.name),
                ("改正考评组名单。", "correct the panel"),
            );
        }
        faults.need(
            !practical.panels.is_empty(),
            "panel_missing",
            "practical.panels",
            "没有考评组。",
            "there is no panel",
            ("至少设一个考评组。", "enter at least one panel"),
        );
        let panels = practical.panels.iter().map(|panel| panel.panel.as_str());
        faults.distinct(panels, "practical.panels", ("考评组", "panel"));
    }

    /// One person has one duty: who scores does not lead, invigilate or supervise.
    fn check_people(&self, faults: &mut Faults) {
        let outside = self.custodians.iter().filter(|custodian| custodian.outside).count();
        faults.need(
            self.custodians.len() >= 2 && outside >= 1,
            "custodians",
            "custodians",
            "秘密数保管人至少两名，其中至少一名来自机构外。",
            "at least two custodians are needed, one of them from outside",
            ("增加保管人。", "add custodians"),
        );
        let mut held: BTreeMap<&AccountId, Vec<(String, &str)>> = BTreeMap::new();
        for (account, zh, en) in self.duties() {
            held.entry(account).or_default().push((zh, en));
        }
        for duties in held.values() {
            let zh: Vec<&str> = duties.iter().map(|(zh, _)| zh.as_str()).collect();
            let en: Vec<&str> = duties.iter().map(|(_, en)| *en).collect();
            faults.need(
                duties.len() == 1,
                "named_twice",
                "staff",
                &format!("同一个人担任了多项职责：{}。", zh.join("、")),
                &format!("one person has several duties: {}", en.join(", ")),
                ("每人只安排一项职责。", "give each person one duty"),
            );
        }
    }

    /// Everybody who has a duty, and the duty in Chinese and English.
    fn duties(&self) -> Vec<(&AccountId, String, &'static str)> {
        let mut duties = vec![(&self.supervisor, "质量督导员".to_owned(), "supervisor")];
        for panel in &self.practical.panels {
            let examiners = panel.examiners.iter();
            duties.extend(examiners.map(|account| (account, format!("{}考评员", panel.name), "examiner")));
            duties.push((&panel.lead, format!("{}组长", panel.name), "lead examiner"));
        }
        for room in &self.theory.rooms {
            let invigilators = room.invigilators.iter();
            duties.extend(invigilators.map(|account| (account, format!("{}监考员", room.name), "invigilator")));
        }
        let custodians = self.custodians.iter();
        duties.extend(custodians.map(|custodian| (&custodian.account, "秘密数保管人".to_owned(), "custodian")));
        duties
    }
}

/// A title or a name that pages, files and prints can show.
fn need_shown(faults: &mut Faults, text: &str, place: &str, name: (&str, &str)) {
    faults.need(
        (1..=100).contains(&text.chars().count()) && is_shown(text),
        "text",
        place,
        &format!("{}须为 1 至 100 个看得见的字，不能以公式符号开头。", name.0),
        &format!("{} needs 1 to 100 visible characters and must not begin like a formula", name.1),
        ("改正名称。", "correct the name"),
    );
}

#[derive(Default)]
struct Faults(Vec<Fault>);

impl Faults {
    fn need(&mut self, right: bool, code: &str, place: &str, zh: &str, en: &str, cure: (&str, &str)) {
        if !right {
            self.0.push(Fault::new(code, place, Text::new(zh, en), Text::new(cure.0, cure.1)));
        }
    }

    fn distinct<'a>(&mut self, names: impl Iterator<Item = &'a str>, place: &str, kind: (&str, &str)) {
        let mut seen = BTreeSet::new();
        for name in names {
            self.need(
                seen.insert(name),
                "named_twice",
                place,
                &format!("{}“{name}”列了两次。", kind.0),
                &format!("the {} `{name}` is listed twice", kind.1),
                ("每项只列一次。", "list each entry once"),
            );
        }
    }
}
