//! PNG and JPEG: whole files of bounded size that hold one picture.

use super::{SIDE, fault, size_fault};
use imagesize::{ImageType, blob_size, image_type};
use kaoping_engine::bank::picture::PictureType;
use kaoping_engine::fault::Fault;

const PNG_SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// Every fault of a PNG or JPEG file.
pub(super) fn faults(path: &str, expected: PictureType, bytes: &[u8]) -> Vec<Fault> {
    let found = match image_type(bytes) {
        Ok(ImageType::Png) => Some(PictureType::Png),
        Ok(ImageType::Jpeg) => Some(PictureType::Jpeg),
        _ => None,
    };
    if found != Some(expected) {
        return vec![fault(
            "picture_type",
            path,
            ["文件内容与扩展名不符", "the file is not what its ending says"],
            ["用图片软件重新导出为 PNG 或 JPEG", "export it again as PNG or JPEG"],
        )];
    }
    let animated = match expected {
        PictureType::Png => png_is_animated(bytes),
        PictureType::Svg | PictureType::Jpeg => bytes.ends_with(b"\xff\xd9").then_some(false),
    };
    let (Some(animated), Ok(size)) = (animated, blob_size(bytes)) else {
        return vec![fault(
            "picture_damaged",
            path,
            ["文件不完整或已损坏", "the file is cut short or damaged"],
            ["重新导出图片", "export the picture again"],
        )];
    };
    let mut faults = Vec::new();
    let fits = |side: usize| u32::try_from(side).is_ok_and(|side| SIDE.contains(&side));
    if !fits(size.width) || !fits(size.height) {
        faults.push(size_fault(path, size.width, size.height));
    }
    if animated {
        faults.push(fault(
            "picture_animated",
            path,
            ["图片会动", "the picture is animated"],
            ["只保留一帧画面", "keep one frame of it"],
        ));
    }
    faults
}

/// Whether a PNG holds frames of an animation; `None` when its chunks do not fill the file from
/// `IHDR` to `IEND` (W3C PNG, sections 5.3 and 5.6).
fn png_is_animated(bytes: &[u8]) -> Option<bool> {
    let mut rest = bytes.strip_prefix(PNG_SIGNATURE)?;
    let (mut first, mut animated) = (true, false);
    loop {
        let (length, after) = rest.split_first_chunk::<4>()?;
        let (name, after) = after.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        // The data, and a checksum of four bytes.
        rest = after.get(length..)?.get(4..)?;
        match name {
            b"IHDR" if !first => return None,
            b"IEND" => return rest.is_empty().then_some(animated),
            b"acTL" => animated = true,
            _ if first && name != b"IHDR" => return None,
            _ => {}
        }
        first = false;
    }
}
