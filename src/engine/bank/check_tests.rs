use super::check;
use crate::bank::picture::{ImageContent, Picture, PictureType, Pictures};
use crate::bank::read::{self, SourceFile};
use crate::fault::{Fault, Text};
use kaoping_record::digest::Digest;
use std::error::Error;

type TestResult<T = ()> = Result<T, Box<dyn Error>>;

const HEAD: &str = r#"{ "id": "small", "v": 1, "kind": "national", "level": 5, "profile": "sample", "label": "样题",
    "title": "小题库", "standard": "标准", "sources": ["标准"], "importance": { "x_least": 50, "y_most": 50, "z_most": 0 } }"#;

const ELEMENTS: &str = r#"{ "code": "A-A", "name": "职业道德", "function": "ethics", "ranges": [
    { "code": "A-A-A", "name": "守则", "points": [
        { "code": "A-A-A-001", "name": "尊重", "importance": "X" },
        { "code": "A-A-A-002", "name": "保密", "importance": "Y" } ] } ] }"#;

const ITEMS: &str = r#"{ "range": "A-A-A", "items": [
    { "id": "i1", "point": "A-A-A-001", "type": "single_choice", "difficulty": 1, "consistency": 5, "stem": "老人不愿洗澡，应先怎样做？",
      "options": [{ "id": "o1", "text": "耐心商量" }, { "id": "o2", "text": "强行洗" }, { "id": "o3", "text": "走开" }],
      "key": ["o1"], "rationale": "尊重意愿", "source": "标准", "enemies": ["i2"], "group": null },
    { "id": "i2", "point": "A-A-A-001", "type": "true_false", "difficulty": 1, "consistency": 5, "stem": "敲门后再进老人房间。",
      "options": [{ "id": "o1", "text": "正确", "pinned": true }, { "id": "o2", "text": "错误", "pinned": true }],
      "key": ["o1"], "rationale": "尊重隐私", "source": "标准", "enemies": [], "group": null },
    { "id": "i3", "point": "A-A-A-002", "type": "multiple_choice", "difficulty": 4, "consistency": 5, "stem": "哪些信息不能外传？",
      "options": [{ "id": "o1", "text": "病情" }, { "id": "o2", "text": "住址" }, { "id": "o3", "text": "天气" }],
      "key": ["o1", "o2"], "rationale": "都是隐私", "source": "标准", "enemies": [], "group": null },
    { "id": "i4", "point": "A-A-A-002", "type": "true_false", "difficulty": 1, "consistency": 5, "stem": "可以把老人的照片发到网上。",
      "options": [{ "id": "o1", "text": "正确", "pinned": true }, { "id": "o2", "text": "错误", "pinned": true }],
      "key": ["o2"], "rationale": "要本人同意", "source": "标准", "enemies": [], "group": null } ] }"#;

/// A picture that was checked, or refused where it was read.
fn pictures(file: &str, sound: bool) -> Pictures {
    let refused =
        Fault::new("picture_svg_text", format!("{file} 第 3 行"), Text::new("字", "text"), Text::new("改", "mend"));
    let picture = Picture { picture_type: PictureType::Svg, bytes: b"<svg/>".to_vec() };
    [(file.to_owned(), if sound { Ok(picture) } else { Err(vec![refused]) })].into()
}

const STEM: &str = r#""stem": "老人不愿洗澡，应先怎样做？","#;

/// The first item with a picture.
fn with_image(file: &str, alt: &str) -> String {
    format!(r#"{STEM} "image": {{ "file": "{file}", "alt": "{alt}" }},"#)
}

/// Code and place of each fault of the small bank, with one text of it replaced.
fn faults_after(from: &str, to: &str) -> Vec<String> {
    faults_with(Pictures::new(), from, to)
}

fn faults_with(pictures: Pictures, from: &str, to: &str) -> Vec<String> {
    let texts = [("bank.json", HEAD), ("elements/A-A.json", ELEMENTS), ("items/A-A-A.json", ITEMS)];
    let texts = texts.map(|(path, text)| (path, text.replacen(from, to, 1)));
    let files: Vec<SourceFile<'_>> =
        texts.iter().map(|(path, text)| SourceFile { path, bytes: text.as_bytes() }).collect();
    let faults = read::bank(&files).map_or_else(|faults| faults, |bank| check(&bank.with_pictures(pictures)));
    faults.into_iter().map(|fault| format!("{} {}", fault.code, fault.place)).collect()
}

#[test]
fn the_small_bank_passes() {
    assert_eq!(faults_after("", ""), Vec::<String>::new());
}

#[test]
fn each_defect_is_named_with_its_place() {
    let cases = [
        (r#""v": 1"#, r#""v": 2"#, "bank_version bank.json v"),
        (r#""label": "样题""#, r#""label": " ""#, "text_blank bank.json label"),
        (r#""importance": "Y""#, r#""importance": "Z""#, "bank_importance elements"),
        ("A-A-A-002\", \"name\"", "A-A-B-002\", \"name\"", "element_tree elements/A-A.json A-A-B-002"),
        (r#""range": "A-A-A""#, r#""range": "A-A-B""#, "items_range items/A-A-A.json"),
        ("老人不愿洗澡，应先怎样做？", "\\u200b", "text_blank items/A-A-A.json 第 1 题 stem"),
        ("老人不愿洗澡，应先怎样做？", "老人\\ue012不愿洗澡？", "text_character items/A-A-A.json 第 1 题 stem"),
        ("尊重隐私", "暂无解析内容", "text_placeholder items/A-A-A.json 第 2 题 rationale"),
        ("强行洗", "耐心 商量", "item_option_same items/A-A-A.json 第 1 题 options"),
        ("强行洗", "B．强行洗", "item_option_letter items/A-A-A.json 第 1 题 options"),
        (
            r#""text": "耐心商量""#,
            r#""text": "耐心商量", "pinned": true"#,
            "item_pinned_order items/A-A-A.json 第 1 题 options",
        ),
        (r#", { "id": "o3", "text": "走开" }"#, "", "item_option_count items/A-A-A.json 第 1 题 options"),
        (
            r#""id": "o3", "text": "走开""#,
            r#""id": "o2", "text": "走开""#,
            "item_option_twice items/A-A-A.json 第 1 题 options",
        ),
        (r#""key": ["o1"]"#, r#""key": ["o9"]"#, "item_key items/A-A-A.json 第 1 题 key"),
        (r#""key": ["o1"]"#, r#""key": ["o1", "o2"]"#, "item_key items/A-A-A.json 第 1 题 key"),
        (r#""key": ["o1", "o2"]"#, r#""key": ["o1"]"#, "item_key items/A-A-A.json 第 3 题 key"),
        (
            "\"错误\", \"pinned\": true",
            "\"不对\", \"pinned\": true",
            "item_true_false items/A-A-A.json 第 2 题 options",
        ),
        (r#""enemies": ["i2"]"#, r#""enemies": ["i9"]"#, "item_enemy items/A-A-A.json 第 1 题 enemies"),
        (r#""enemies": ["i2"]"#, r#""enemies": ["i1"]"#, "item_enemy items/A-A-A.json 第 1 题 enemies"),
        ("敲门后再进老人房间。", "可以把老人的照片， 发到网上。", "item_near_twin items/A-A-A.json 第 4 题 stem"),
        ("敲门后再进老人房间。", "可以把老人的照片 发到网上．", "item_two_keys items/A-A-A.json 第 4 题 stem"),
        ("哪些信息不能外传？", "老人不愿洗澡, 应先怎样做?", "item_stem_twice items/A-A-A.json 第 3 题 stem"),
        (r#""stem": "老人"#, r#""case": "某老人", "stem": "老人"#, "item_case items/A-A-A.json 第 1 题 case"),
        (r#""id": "i2", "#, "", "item_without_id items/A-A-A.json 第 2 题"),
        (r#""difficulty": 4"#, r#""difficulty": 6"#, "bank_unreadable items/A-A-A.json 第 3 题"),
        (r#""range": "A-A-A","#, r#""range": "A-A-A", "range": "A-A-A","#, "bank_unreadable items/A-A-A.json"),
    ];
    for (from, to, expected) in cases {
        let faults = faults_after(from, to);
        assert!(faults.iter().any(|fault| fault == expected), "{to}: {faults:?}");
    }
}

// Catches a gate that stops at the first fault, and counts that pass by accident.
#[test]
fn several_faults_come_together() {
    assert_eq!(
        faults_after(r#""id": "i2", "point": "A-A-A-001""#, r#""id": "i1", "point": "A-A-A-002""#),
        [
            "point_thin A-A-A-001",
            "item_id_twice items/A-A-A.json 第 2 题 id",
            "item_enemy items/A-A-A.json 第 1 题 enemies",
        ]
    );
    assert_eq!(
        faults_after(r#""profile": "sample""#, r#""profile": "formal""#),
        ["point_thin A-A-A-001", "point_thin A-A-A-002"]
    );
    assert_eq!(faults_after(r#""id": "small""#, r#""ID": "small""#), ["bank_unreadable bank.json"]);
}

#[test]
fn pictures_are_there_sound_and_used() {
    let faults = |pictures: Pictures, file: &str, alt: &str| faults_with(pictures, STEM, &with_image(file, alt));
    let (file, alt) = ("pictures/bath.svg", "两个人站在浴室门口");
    let item = "items/A-A-A.json 第 1 题 image";
    assert_eq!(faults(pictures(file, true), file, alt), Vec::<String>::new());
    assert_eq!(faults(Pictures::new(), file, alt), [format!("picture_missing {item}.file")]);
    assert_eq!(faults(pictures(file, false), file, alt), [format!("picture_svg_text {item}.file {file} 第 3 行")]);
    assert_eq!(faults_with(pictures(file, true), "", ""), [format!("picture_unused {file}")]);
    for wrong in ["bath.svg", "pictures/Bath.svg", "pictures/../bath.svg", "pictures/bath.gif"] {
        assert_eq!(faults(Pictures::new(), wrong, alt), [format!("picture_path {item}.file")], "{wrong}");
    }
    assert_eq!(faults(pictures(file, true), file, " "), [format!("text_blank {item}.alt")]);
    assert_eq!(faults(pictures(file, true), file, &"图".repeat(121)), [format!("text_long {item}.alt")]);
    assert_eq!(faults(pictures(file, true), file, &"图".repeat(120)), Vec::<String>::new());
    assert_eq!(faults(pictures(file, true), file, "暂无"), [format!("text_placeholder {item}.alt")]);
    // The key is 耐心商量; a text that also names a wrong option gives nothing away.
    assert_eq!(faults(pictures(file, true), file, "两人在耐心商量"), [format!("picture_alt_key {item}.alt")]);
    assert_eq!(faults(pictures(file, true), file, "一人耐心商量，一人走开"), Vec::<String>::new());
    assert_eq!(faults_after(STEM, &format!("{STEM} \"image\": null,")), Vec::<String>::new());
    let more = r#""image": { "file": "pictures/bath.svg", "alt": "图", "width": 9 },"#;
    assert_eq!(
        faults_with(pictures(file, true), STEM, &format!("{STEM} {more}")),
        ["bank_unreadable items/A-A-A.json 第 1 题"]
    );
}

// Catches two questions about different pictures that count as one, and one question that occurs
// twice with its picture.
#[test]
fn a_stem_may_stand_twice_about_two_pictures() {
    let image =
        |name: &str| format!(r#""stem": "图中是什么？", "image": {{ "file": "pictures/{name}.svg", "alt": "图" }},"#);
    let faults = |second: &str| {
        let items = ITEMS.replace(STEM, &image("one")).replace(r#""stem": "敲门后再进老人房间。","#, &image(second));
        let files = [("bank.json", HEAD), ("elements/A-A.json", ELEMENTS), ("items/A-A-A.json", items.as_str())];
        let files = files.map(|(path, text)| SourceFile { path, bytes: text.as_bytes() });
        let both: Pictures =
            pictures("pictures/one.svg", true).into_iter().chain(pictures("pictures/two.svg", true)).collect();
        let faults = read::bank(&files).map_or_else(|faults| faults, |bank| check(&bank.with_pictures(both)));
        faults.into_iter().map(|fault| format!("{} {}", fault.code, fault.place)).collect::<Vec<_>>()
    };
    // The first item names the second as its enemy.
    assert_eq!(faults("two"), Vec::<String>::new());
    assert_eq!(faults("one"), ["item_stem_twice items/A-A-A.json 第 2 题 stem", "picture_unused pictures/two.svg"]);
}

#[test]
fn declared_near_twins_and_groups_pass() {
    // The first item names the second as its enemy.
    assert_eq!(faults_after("敲门后再进老人房间。", "老人不愿洗澡，应先怎样做呢？"), Vec::<String>::new());
    let grouped = r#""enemies": [], "case": "某老人", "group": { "id": "g", "place": 1 }"#;
    assert_eq!(faults_after(r#""enemies": [], "group": null"#, grouped), Vec::<String>::new());
    let clash = r#""enemies": [], "group": { "id": "i4", "place": 1 }"#;
    assert_eq!(faults_after(r#""enemies": [], "group": null"#, clash), ["group_shape i4"]);
}

// The texts and keys of a sealed bank belong to its index; any change of a text, key or salt is
// found.
#[test]
fn a_sealed_bank_shows_every_change() -> TestResult {
    use crate::bank::seal::{SealError, seal};
    use kaoping_record::bytes32::Bytes32;
    let files = [("bank.json", HEAD), ("elements/A-A.json", ELEMENTS), ("items/A-A-A.json", ITEMS)];
    let files = files.map(|(path, text)| SourceFile { path, bytes: text.as_bytes() });
    let bank = read::bank(&files).map_err(|faults| format!("{faults:?}"))?;
    let mut next = 0;
    let sealed = seal(&bank, &mut || {
        next += 1;
        [next; 32]
    })?;
    assert_eq!((sealed.content.check(&sealed.index), sealed.keys.check(&sealed.index)), (Ok(()), Ok(())));
    assert!(!serde_json::to_string(&sealed.content)?.contains("尊重隐私"), "a rationale gives the key away");

    let first = sealed.index.items.first().ok_or("an item")?;
    // python3: sha256 of the length-prefixed parts; salts are 32 bytes of 1 (texts) and of 2 (key).
    assert_eq!(first.content.to_hex(), "7d287158d4c0dd4258fd7fdb590cb922ae6dea56d4a6bce0504f2b5e54011559");
    assert_eq!(first.key.to_hex(), "435cc5450168e26cd644057752a1e1322a9e9ccc9b8a09f68eca36f844b27459");
    assert_eq!(sealed.index.answer_keys().to_hex(), "2e6bd16e51016b9da141b5fc0ef6cb70b39a309bb12c95bc062bfd190df45cb8");

    let id = first.id.clone();
    let mut content = sealed.content.clone();
    content.items.first_mut().ok_or("an item")?.stem.push('？');
    assert_eq!(content.check(&sealed.index), Err(SealError::Altered(vec![id.clone()])));
    let mut keys = sealed.keys.clone();
    keys.items.first_mut().ok_or("an item")?.salt = Bytes32::new([9; 32]);
    assert_eq!(keys.check(&sealed.index), Err(SealError::Altered(vec![id.clone()])));
    let mut keys = sealed.keys.clone();
    keys.items.remove(0);
    assert_eq!(keys.check(&sealed.index), Err(SealError::Items(vec![id])));
    Ok(())
}

// The index covers the picture: its bytes, its type and its alternative text. Two items may name
// one picture.
#[test]
fn a_sealed_bank_holds_its_pictures() -> TestResult {
    use crate::bank::seal::{SealError, seal};
    let file = "pictures/bath.svg";
    let items = ITEMS.replacen(STEM, &with_image(file, "两个人站在浴室门口"), 1);
    let items = items.replacen(
        "\"敲门后再进老人房间。\",",
        &format!(r#""敲门后再进老人房间。", "image": {{ "file": "{file}", "alt": "门" }},"#),
        1,
    );
    let files = [("bank.json", HEAD), ("elements/A-A.json", ELEMENTS), ("items/A-A-A.json", items.as_str())];
    let files = files.map(|(path, text)| SourceFile { path, bytes: text.as_bytes() });
    let bank = read::bank(&files).map_err(|faults| format!("{faults:?}"))?.with_pictures(pictures(file, true));
    let mut next = 0;
    let sealed = seal(&bank, &mut || {
        next += 1;
        [next; 32]
    })?;
    assert_eq!(sealed.content.check(&sealed.index), Ok(()));
    let digest = Digest::of(b"<svg/>");
    assert_eq!(sealed.pictures.keys().collect::<Vec<_>>(), [&digest]);

    let [first, second, third, ..] = sealed.content.items.as_slice() else { return Err("three items".into()) };
    let expected = ImageContent { alt: "两个人站在浴室门口".into(), digest, picture_type: PictureType::Svg };
    assert_eq!((first.image.as_ref(), third.image.as_ref()), (Some(&expected), None));
    assert_eq!(second.image.as_ref().map(|image| image.digest), Some(digest));
    assert_eq!(
        serde_json::to_value(&first.image)?,
        serde_json::json!({ "alt": "两个人站在浴室门口", "digest": digest.to_hex(), "type": "image/svg+xml" })
    );
    // python3: sha256 of the length-prefixed parts; the salt is 32 bytes of 1.
    assert_eq!(first.digest()?.to_hex(), "6298f61a637add2cf5b92857cf6d31f62f3ee3297bcc81f151b7fddf5f5fd759");

    let changes: [fn(&mut ImageContent); 3] = [
        |image| image.alt.push('口'),
        |image| image.digest = Digest::ZERO,
        |image| image.picture_type = PictureType::Png,
    ];
    for change in changes {
        let mut content = sealed.content.clone();
        let item = content.items.first_mut().ok_or("an item")?;
        change(item.image.as_mut().ok_or("a picture")?);
        let id = item.id.clone();
        assert_eq!(content.check(&sealed.index), Err(SealError::Altered(vec![id])));
    }
    let mut content = sealed.content.clone();
    content.items.first_mut().ok_or("an item")?.image = None;
    assert!(matches!(content.check(&sealed.index), Err(SealError::Altered(_))));

    for without in [Pictures::new(), pictures(file, false)] {
        let refused = seal(&bank.clone().with_pictures(without), &mut || [0; 32]);
        assert!(matches!(refused, Err(SealError::Picture(_))));
    }
    Ok(())
}

/// The small bank with one text of it replaced.
fn bank_after(from: &str, to: &str) -> TestResult<crate::bank::authored::AuthoredBank> {
    let texts = [("bank.json", HEAD), ("elements/A-A.json", ELEMENTS), ("items/A-A-A.json", ITEMS)];
    let texts = texts.map(|(path, text)| (path, text.replacen(from, to, 1)));
    let files: Vec<SourceFile<'_>> =
        texts.iter().map(|(path, text)| SourceFile { path, bytes: text.as_bytes() }).collect();
    read::bank(&files).map_err(|faults| format!("{faults:?}").into())
}

#[test]
fn what_another_bank_has_already_is_named_with_both() -> TestResult {
    let (own, other) = (bank_after("", "")?, bank_after("敲门后再进老人房间。", "敲门之后再走进老人的房间里。")?);
    let faults = super::check_beside(&own, &other);
    let found: Vec<String> = faults.iter().map(|fault| format!("{} {}", fault.code, fault.place)).collect();
    let twice = |number| format!("item_stem_twice items/A-A-A.json 第 {number} 题 stem");
    assert_eq!(found, [twice(1), twice(3), twice(4)]);
    assert!(faults.iter().all(|fault| fault.cause.zh.contains("《小题库》items/A-A-A.json 第")));
    let turned = bank_after(r#""key": ["o2"], "rationale": "要本人同意""#, r#""key": ["o1"], "rationale": "x""#)?;
    let faults = super::check_beside(&own, &turned);
    let two_keys = faults.iter().find(|fault| fault.code == "item_two_keys").ok_or("the keys differ")?;
    assert!(two_keys.cause.zh.contains("这里是「错误」，那里是「正确」"), "{}", two_keys.cause.zh);
    Ok(())
}

#[test]
fn a_rationale_may_be_missing_and_never_be_blank() {
    assert_eq!(faults_after(r#""rationale": "尊重隐私", "#, ""), Vec::<String>::new());
    let blank = faults_after(r#""rationale": "尊重隐私""#, r#""rationale": " ""#);
    assert_eq!(blank, ["text_blank items/A-A-A.json 第 2 题 rationale"]);
}
