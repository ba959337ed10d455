//! The data of an item that formats without columns put into tags and paths: its point,
//! difficulty and consistency.

use super::raw::RawItem;
use kaoping_engine::bank::element::ElementCode;

/// Takes a tag such as `鉴定点:A-B-A-001` or `difficulty:3` into an item; other tags say nothing here.
pub(super) fn tag(item: &mut RawItem, tag: &str) {
    let Some((name, value)) = tag.split_once([':', '：']) else { return };
    let value = value.trim().to_owned();
    match name.trim().to_lowercase().as_str() {
        "鉴定点" | "point" => item.point = value,
        "难度" | "difficulty" => item.difficulty = value,
        "一致性" | "consistency" => item.consistency = value,
        "出处" | "source" => item.source = value,
        _ => {}
    }
}

/// The code of a point at the end of a category's path, such as `$course$/top/A-B-A-001`. Other
/// paths say nothing: they order questions in ways of their own.
pub(super) fn category(path: &str) -> Option<String> {
    let last = path.rsplit('/').next()?.trim();
    let code = last.split_whitespace().next()?;
    (code.matches('-').count() >= 2 && ElementCode::new(code).is_ok()).then(|| last.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_ends_in_a_point_or_says_nothing() {
        assert_eq!(category("$course$/top/A-B-A-001"), Some("A-B-A-001".to_owned()));
        assert_eq!(category("top/生活照护/A-B-A-001 洗手"), Some("A-B-A-001 洗手".to_owned()));
        assert_eq!((category("$course$/默认类别"), category(""), category("top/2026-11")), (None, None, None));
    }
}
