//! Pictures of items: SVG, PNG and JPEG that show the same on every candidate's PC and bring
//! nothing along.
//!
//! What is checked is described in `question-bank/README.md`; the bank's gate puts each fault
//! beside the item that names the file.

mod raster;
mod svg;

use kaoping_engine::bank::picture::{Picture, PictureType};
use kaoping_engine::fault::{Fault, Text};

/// The largest file that any kind of picture may be; a longer one need not be read further.
pub const MOST_BYTES: u64 = PictureType::Png.most_bytes() as u64;

/// The shortest and the longest side, in pixels or in the units of an SVG.
const SIDE: std::ops::RangeInclusive<u32> = 16..=2048;

/// Checks a file of a bank's `pictures/`, whose path is relative to the bank's folder.
///
/// # Errors
/// Every fault that was found, each at the path, and for SVG at its line.
pub fn read_picture(path: &str, bytes: &[u8]) -> Result<Picture, Vec<Fault>> {
    let Some(picture_type) = PictureType::of_path(path) else {
        return Err(vec![fault(
            "picture_path",
            path,
            ["图片文件名的写法不对", "this is no name of a picture"],
            [
                "名称只用小写字母、数字、- 和 .，以 .svg、.png 或 .jpg 结尾",
                "use lowercase letters, digits, `-` and `.`, with the ending .svg, .png or .jpg",
            ],
        )]);
    };
    let most = picture_type.most_bytes();
    if bytes.len() > most {
        let most = most / 1024;
        return Err(vec![fault(
            "picture_large",
            path,
            [&format!("文件超过 {most} KB"), &format!("the file has more than {most} KB")],
            ["简化图形，或缩小图片", "draw it with fewer shapes, or make the picture smaller"],
        )]);
    }
    let faults = match picture_type {
        PictureType::Svg => svg::faults(path, bytes),
        PictureType::Png | PictureType::Jpeg => raster::faults(path, picture_type, bytes),
    };
    if faults.is_empty() { Ok(Picture { picture_type, bytes: bytes.to_vec() }) } else { Err(faults) }
}

fn fault(code: &str, place: &str, [zh, en]: [&str; 2], [cure_zh, cure_en]: [&str; 2]) -> Fault {
    Fault::new(code, place, Text::new(zh, en), Text::new(cure_zh, cure_en))
}

/// The fault of a picture whose sides are not within [`SIDE`].
fn size_fault(path: &str, width: impl std::fmt::Display, height: impl std::fmt::Display) -> Fault {
    let (least, most) = (SIDE.start(), SIDE.end());
    fault(
        "picture_size",
        path,
        [
            &format!("图片大小是 {width}×{height}，每边应为 {least} 到 {most}"),
            &format!("the picture measures {width}×{height}; each side must be {least} to {most}"),
        ],
        ["改变图片大小", "change its size"],
    )
}
