//! Pictures of items: what is taken, and every refusal by its name.

use kaoping_engine::bank::picture::PictureType;
use kaoping_files::picture::read_picture;
use proptest::prelude::*;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

type Tested<T = ()> = Result<T, Box<dyn Error>>;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn sample(name: &str) -> Tested<Vec<u8>> {
    Ok(fs::read(repository().join("tests/suite/pictures").join(name))?)
}

/// Code and place of each fault.
fn faults(path: &str, bytes: &[u8]) -> Vec<String> {
    let faults = read_picture(path, bytes).err().unwrap_or_default();
    faults.into_iter().map(|fault| format!("{} {}", fault.code, fault.place)).collect()
}

/// Codes of the faults of a drawing with this inside, behind a shape that is fine.
fn codes_within(inside: &str) -> Vec<String> {
    let svg = format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 100 100">
        <path id="a" d="M1 1h9v9z"/>{inside}</svg>"##
    );
    codes(&svg)
}

fn codes(svg: &str) -> Vec<String> {
    let faults = read_picture("pictures/a.svg", svg.as_bytes()).err().unwrap_or_default();
    faults.into_iter().map(|fault| fault.code).collect()
}

#[test]
fn pictures_are_taken_as_they_are() -> Tested {
    for (name, expected) in [
        ("thermometer.svg", PictureType::Svg),
        ("thermometer.png", PictureType::Png),
        ("thermometer.jpg", PictureType::Jpeg),
    ] {
        let bytes = sample(name)?;
        let picture = read_picture(&format!("pictures/{name}"), &bytes).map_err(|faults| format!("{faults:?}"))?;
        assert_eq!((picture.picture_type, &picture.bytes), (expected, &bytes), "{name}");
    }
    for inside in [
        r##"<use href="#a" x="20"/><use xlink:href="#a" y="20"/>"##,
        r##"<defs><linearGradient id="g"><stop offset="0" stop-color="#fff"/></linearGradient></defs>
            <rect width="9" height="9" fill="url(#g)" style="stroke: #222; clip-path: url('#c')"/>
            <clipPath id="c"><circle r="4"/></clipPath>"##,
        r#"<style>.line { fill: none; stroke: #222 }</style><g class="line" transform="rotate(9)"><line x2="9"/></g>"#,
    ] {
        assert_eq!(codes_within(inside), Vec::<String>::new(), "{inside}");
    }
    Ok(())
}

// Catches pictures that would run, load, move, give something away, or look different on a
// candidate's PC.
#[test]
fn a_drawing_holds_shapes_alone() {
    for (inside, expected) in [
        ("<script>alert(1)</script>", "picture_svg_script"),
        (r#"<path d="M1 1h9" onload="alert(1)"/>"#, "picture_svg_script"),
        (r#"<path d="M1 1h9" onClick="alert(1)"/>"#, "picture_svg_script"),
        (r#"<text x="9" y="9">38.2</text>"#, "picture_svg_text"),
        (r##"<textPath href="#a">38.2</textPath>"##, "picture_svg_text"),
        (r#"<font/>"#, "picture_svg_text"),
        ("38.2", "picture_svg_text"),
        (r#"<image href="data:image/png;base64,AAAA"/>"#, "picture_svg_image"),
        (r#"<image xlink:href="https://example.org/a.png"/>"#, "picture_svg_image"),
        (r#"<foreignObject><p xmlns="http://www.w3.org/1999/xhtml"/></foreignObject>"#, "picture_svg_image"),
        (r#"<animate attributeName="x" to="9"/>"#, "picture_svg_animation"),
        (r#"<set attributeName="x" to="9"/>"#, "picture_svg_animation"),
        (r#"<path d="M1 1h9" style="ANIMATION: spin 1s"/>"#, "picture_svg_animation"),
        ("<style>path { transition: all 1s }</style>", "picture_svg_animation"),
        (r#"<use href="other.svg#a"/>"#, "picture_svg_external"),
        (r#"<use xlink:href="https://example.org/a.svg#a"/>"#, "picture_svg_external"),
        (r#"<a href="https://example.org/"><path d="M1 1h9"/></a>"#, "picture_svg_external"),
        (r#"<path d="M1 1h9" fill="url(https://example.org/a.svg#g)"/>"#, "picture_svg_external"),
        (r#"<path d="M1 1h9" style="fill: URL( 'a.svg#g' )"/>"#, "picture_svg_external"),
        (r#"<path d="M1 1h9" style="fill: \75rl(a.svg)"/>"#, "picture_svg_external"),
        ("<style>@import 'a.css';</style>", "picture_svg_external"),
        ("<style>@font-face { src: url(#a) }</style>", "picture_svg_external"),
        ("<style><![CDATA[path { fill: image-set('a.png') }]]></style>", "picture_svg_external"),
        (r#"<g xml:base="https://example.org/"/>"#, "picture_svg_external"),
        (r#"<?xml-stylesheet href="a.css"?>"#, "picture_svg_external"),
        ("<title>侧卧位，B</title>", "picture_svg_words"),
        ("<desc>B</desc>", "picture_svg_words"),
        ("<metadata/>", "picture_svg_words"),
        ("<!-- the key is B -->", "picture_svg_words"),
        (r#"<g aria-label="B"/>"#, "picture_svg_words"),
        (r#"<filter id="f"/>"#, "picture_svg_element"),
        (r#"<mask id="m"/>"#, "picture_svg_element"),
        (r#"<switch/>"#, "picture_svg_element"),
        (r#"<g systemLanguage="zh"><path d="M1 1h9"/></g>"#, "picture_svg_element"),
        (r#"<path xmlns="urn:else" d="M1 1h9"/>"#, "picture_svg_element"),
    ] {
        assert_eq!(codes_within(inside), [expected], "{inside}");
    }
}

#[test]
fn a_drawing_can_be_drawn() {
    let svg = |head: &str, inside: &str| format!(r#"<svg xmlns="http://www.w3.org/2000/svg" {head}>{inside}</svg>"#);
    let path = r#"<path d="M1 1h9v9z"/>"#;
    let many = path.repeat(2001);
    for (text, expected) in [
        (svg(r#"viewBox="0 0 99 99""#, path), None),
        (svg(r#"width="99" height="99""#, path), Some("picture_svg_view_box")),
        (svg(r#"viewBox="0 0 99""#, path), Some("picture_svg_view_box")),
        (svg(r#"viewBox="0 0 99 0""#, path), Some("picture_svg_view_box")),
        (svg(r#"viewBox="0 0 99 99" width="9" height="9""#, path), Some("picture_size")),
        (svg(r#"viewBox="0 0 99 2049""#, path), Some("picture_size")),
        (svg(r#"viewBox="0 0 99 99""#, ""), Some("picture_svg_empty")),
        (svg(r#"viewBox="0 0 99 99""#, r##"<use href="#none"/>"##), Some("picture_svg_empty")),
        (svg(r#"viewBox="0 0 99 99""#, r#"<path d="M1 1h9" visibility="hidden"/>"#), Some("picture_svg_empty")),
        (svg(r#"viewBox="0 0 99 99""#, &many), Some("picture_svg_complex")),
        (format!(r#"<svg viewBox="0 0 99 99">{path}</svg>"#), Some("picture_svg_unreadable")),
        (format!(r#"<html xmlns="http://www.w3.org/1999/xhtml">{path}</html>"#), Some("picture_svg_unreadable")),
        (svg(r#"viewBox="0 0 99 99""#, "<path>"), Some("picture_svg_unreadable")),
        (String::new(), Some("picture_svg_unreadable")),
        (
            format!("<!DOCTYPE svg [<!ENTITY a 'b'>]>{}", svg(r#"viewBox="0 0 99 99""#, path)),
            Some("picture_svg_unreadable"),
        ),
    ] {
        let expected: Vec<&str> = expected.into_iter().collect();
        assert_eq!(codes(&text), expected, "{}", text.chars().take(200).collect::<String>());
    }
    assert_eq!(faults("pictures/a.svg", b"\xff\xfe<\0s\0v\0g\0"), ["picture_svg_unreadable pictures/a.svg"]);
    // A compressed drawing is not one.
    assert_eq!(faults("pictures/a.svg", &[0x1f, 0x8b, 8, 0]), ["picture_svg_unreadable pictures/a.svg"]);
}

// Catches a file of 64 KB that takes a PC minutes: shapes of shapes of shapes, and elements in each
// other.
#[test]
fn a_drawing_that_grows_is_refused() {
    let doubling = (1..20).map(|n| format!(r##"<g id="g{n}"><use href="#g{0}"/><use href="#g{0}"/></g>"##, n - 1));
    let doubling: String = doubling.collect();
    assert_eq!(codes_within(&format!(r#"<path id="g0" d="M1 1h9"/>{doubling}"#)), ["picture_svg_complex"]);
    let deep = format!("{}{}", "<g>".repeat(9000), "</g>".repeat(9000));
    assert!(!codes_within(&deep).is_empty());
    let deep = format!("{}{}", "<g>".repeat(40), "</g>".repeat(40));
    assert_eq!(codes_within(&deep), ["picture_svg_complex"]);
    let loop_of_uses = r##"<g id="x"><use href="#y"/></g><g id="y"><use href="#x"/></g>"##;
    assert!(codes_within(loop_of_uses).len() <= 1);
}

#[test]
fn each_fault_names_its_line_and_what_it_found() -> Tested {
    let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 99 99\">\n<path d=\"M1 1h9\"/>\n<text>A</text>\n<text>B</text><script/></svg>";
    assert_eq!(
        faults("pictures/a.svg", svg.as_bytes()),
        ["picture_svg_text pictures/a.svg 第 3 行", "picture_svg_script pictures/a.svg 第 4 行"]
    );
    let faults = read_picture("pictures/a.svg", svg.as_bytes()).err().ok_or("refused")?;
    let first = faults.first().ok_or("a fault")?;
    assert_eq!(first.cause.zh, "含有文字，各台电脑的字体不同（text）");
    assert_eq!(first.cure.en, "convert the text to paths");
    Ok(())
}

#[test]
fn a_raster_is_whole_still_and_of_bounded_size() -> Tested {
    let (png, jpeg) = (sample("thermometer.png")?, sample("thermometer.jpg")?);
    let cut = |bytes: &[u8]| bytes.get(..bytes.len() - 9).unwrap_or_default().to_vec();
    assert_eq!(faults("pictures/a.png", &cut(&png)), ["picture_damaged pictures/a.png"]);
    assert_eq!(faults("pictures/a.jpg", &cut(&jpeg)), ["picture_damaged pictures/a.jpg"]);
    assert_eq!(faults("pictures/a.png", &[png.as_slice(), b"more"].concat()), ["picture_damaged pictures/a.png"]);
    assert_eq!(faults("pictures/a.jpg", &png), ["picture_type pictures/a.jpg"]);
    assert_eq!(faults("pictures/a.png", &jpeg), ["picture_type pictures/a.png"]);
    assert_eq!(faults("pictures/a.svg", &png), ["picture_svg_unreadable pictures/a.svg"]);
    assert_eq!(faults("pictures/a.png", b"GIF89a\x10\0\x10\0\0\0\0;"), ["picture_type pictures/a.png"]);

    // The width of a PNG is in bytes 16 to 19.
    let with_width = |width: u32| {
        let mut bytes = png.clone();
        bytes.splice(16..20, width.to_be_bytes());
        bytes
    };
    assert_eq!(faults("pictures/a.png", &with_width(2048)), Vec::<String>::new());
    assert_eq!(faults("pictures/a.png", &with_width(2049)), ["picture_size pictures/a.png"]);
    assert_eq!(faults("pictures/a.png", &with_width(15)), ["picture_size pictures/a.png"]);

    // An animation is announced by a chunk behind the head, which ends at byte 33.
    let chunk: &[u8] = b"\0\0\0\x08acTL\0\0\0\x02\0\0\0\0\0\0\0\0";
    let (head, rest) = png.split_at(33);
    assert_eq!(faults("pictures/a.png", &[head, chunk, rest].concat()), ["picture_animated pictures/a.png"]);
    Ok(())
}

#[test]
fn names_and_sizes_are_bounded() {
    for path in ["pictures/A.svg", "pictures/a.gif", "pictures/体温.svg", "a.svg", "pictures/a"] {
        assert_eq!(faults(path, b""), [format!("picture_path {path}")]);
    }
    assert_eq!(faults("pictures/a.svg", &vec![b' '; 64 * 1024 + 1]), ["picture_large pictures/a.svg"]);
    assert_eq!(faults("pictures/a.png", &vec![0; 300 * 1024 + 1]), ["picture_large pictures/a.png"]);
    assert_eq!(faults("pictures/a.jpeg", &vec![0; 300 * 1024 + 1]), ["picture_large pictures/a.jpeg"]);
}

/// Catches a picture of the sample banks that the command and the service would refuse.
#[test]
fn the_pictures_of_the_question_bank_are_sound() -> Tested {
    fn folders_of_pictures(folder: &Path, found: &mut Vec<PathBuf>) -> Tested {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() && path.ends_with("pictures") {
                found.push(path);
            } else if path.is_dir() {
                folders_of_pictures(&path, found)?;
            }
        }
        Ok(())
    }
    let mut folders = vec![repository().join("tests/suite/pictures")];
    folders_of_pictures(&repository().join("question-bank"), &mut folders)?;
    for folder in folders {
        for entry in fs::read_dir(&folder)? {
            let (path, name) = {
                let entry = entry?;
                (entry.path(), entry.file_name().to_string_lossy().into_owned())
            };
            assert_eq!(
                faults(&format!("pictures/{name}"), &fs::read(&path)?),
                Vec::<String>::new(),
                "{}",
                path.display()
            );
        }
    }
    Ok(())
}

proptest! {
    // Catches a reader that panics on what it was not made for.
    #[test]
    fn no_bytes_bring_the_check_down(bytes in proptest::collection::vec(any::<u8>(), 0..400), at in 0_usize..6000, byte: u8) {
        for path in ["pictures/a.svg", "pictures/a.png", "pictures/a.jpg"] {
            let _ = read_picture(path, &bytes);
        }
        for name in ["thermometer.svg", "thermometer.png", "thermometer.jpg"] {
            let mut whole = sample(name).unwrap_or_default();
            let at = at % whole.len().max(1);
            if let Some(place) = whole.get_mut(at) { *place = byte; }
            let _ = read_picture(&format!("pictures/{name}"), &whole);
        }
    }
}
