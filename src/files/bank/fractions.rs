//! Right answers by the share of the marks that each option earns, as Moodle and GIFT say it.

#![expect(clippy::float_arithmetic, reason = "shares of other systems; no mark comes from them")]

use super::finding::{Finding, Spot};

/// The places of the right options: one that earns everything and nothing else that earns anything;
/// or, where several may be chosen, those that earn something, which together earn everything.
/// `None` where an option earns a part for itself.
pub(super) fn right(percents: &[f64], is_single: bool) -> Option<Vec<usize>> {
    let earning: Vec<usize> =
        percents.iter().enumerate().filter(|(_, percent)| **percent > 0.0).map(|(place, _)| place).collect();
    let whole: f64 = earning.iter().filter_map(|place| percents.get(*place)).sum();
    // Thirds are written with a few digits, such as 33.33333.
    let is_whole = (whole - 100.0).abs() < 0.1;
    (is_whole && !earning.is_empty() && (!is_single || earning.len() == 1)).then_some(earning)
}

pub(super) fn unclear(spot: &Spot, percents: &[f64]) -> Finding {
    let shown: Vec<String> = percents.iter().map(f64::to_string).collect();
    spot.refused(
        "key_partial",
        "答案",
        &shown.join("、"),
        [
            "各选项的得分加起来不是满分，或单选题里有几个选项得分，分不清哪些是答案",
            "the options' shares do not make up full marks, or several earn marks in a single choice",
        ],
        [
            "单选题只给一个选项 100 %；多选题让正确选项合计 100 %，其余为 0 或负分",
            "give one option 100 % in a single choice; let the right ones of a multiple choice add up to 100 %",
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::right;

    #[test]
    fn right_options_make_up_full_marks() {
        assert_eq!(right(&[0.0, 100.0, -25.0], true), Some(vec![1]));
        assert_eq!(right(&[33.33333, 33.33333, 33.33333, -100.0], false), Some(vec![0, 1, 2]));
        for (percents, is_single) in
            [(&[100.0, 50.0][..], true), (&[50.0, 0.0], false), (&[50.0, 50.0], true), (&[], true)]
        {
            assert_eq!(right(percents, is_single), None, "{percents:?}");
        }
    }
}
