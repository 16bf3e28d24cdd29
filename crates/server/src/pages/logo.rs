//! The picture that an operator gives: what it is, is said by its content, not by its name.

use std::io::Read as _;
use std::path::Path;

use quick_xml::events::Event;

use super::asset;
use crate::files::{Wrong, open};
use crate::own::Asset;

const LARGEST: usize = 256 << 10;
const FIX: &str = "a PNG, JPEG, WebP or SVG file of at most 256KiB";

/// Reads the file.
///
/// # Errors
/// What is wrong with it, and what to do.
pub(super) fn read(path: &Path) -> Result<Asset, Wrong> {
    let mut content = Vec::new();
    let read = open(path)?.take(LARGEST as u64 + 1).read_to_end(&mut content);
    read.map_err(|error| (format!("cannot read {}: {error}", path.display()), FIX))?;
    if content.len() > LARGEST {
        return Err((format!("{} has more than 256KiB", path.display()), FIX));
    }
    let kind = kind(&content).ok_or_else(|| (format!("{} is no picture that pages can show", path.display()), FIX));
    let (extension, content_type) = kind?;
    Ok(asset::picture(extension, content_type, content))
}

/// Its extension and its type.
fn kind(content: &[u8]) -> Option<(&'static str, &'static str)> {
    match content {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(("png", "image/png")),
        [0xff, 0xd8, 0xff, ..] => Some(("jpg", "image/jpeg")),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(("webp", "image/webp")),
        text if is_svg(text) => Some(("svg", "image/svg+xml")),
        _ => None,
    }
}

/// Whether it is an XML document, well-formed to its end, whose one element is `svg`.
fn is_svg(content: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(content) else { return false };
    let mut reader = quick_xml::Reader::from_str(text);
    let (mut roots, mut depth) = (0, 0);
    loop {
        let event = reader.read_event();
        match &event {
            Ok(Event::Start(element) | Event::Empty(element)) if depth == 0 => {
                roots += 1;
                if roots > 1 || element.local_name().as_ref() != b"svg" {
                    return false;
                }
            }
            // A document of another kind may have such an element too.
            Ok(Event::DocType(kind)) if !kind.trim_ascii().starts_with(b"svg") => return false,
            Ok(Event::Eof) => return roots == 1 && depth == 0,
            Ok(_) => {}
            Err(_) => return false,
        }
        match event {
            Ok(Event::Start(_)) => depth += 1,
            Ok(Event::End(_)) => depth -= 1,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_what_its_content_is() {
        let type_of = |content: &[u8]| kind(content).map(|(_, content_type)| content_type);
        assert_eq!(type_of(b"\x89PNG\r\n\x1a\n\0"), Some("image/png"));
        assert_eq!(type_of(b"\xff\xd8\xff\xe0"), Some("image/jpeg"));
        assert_eq!(type_of(b"RIFF\0\0\0\0WEBPVP8 "), Some("image/webp"));
        let svg =
            "<?xml version=\"1.0\"?><!-- ours --><svg xmlns=\"http://www.w3.org/2000/svg\"><path d=\"M0 0\"/></svg>";
        assert_eq!(type_of(svg.as_bytes()), Some("image/svg+xml"));
        for other in [
            &b""[..],
            b"GIF89a",
            b"<!doctype html><svg></svg><script></script>",
            b"<html><svg/></html>",
            b"<svg><g></svg>",
            b"<svg>",
            b"<svg/><script/>",
            b"<svg",
            b"svg",
            b"\xff<svg/>",
            b"RIFF\0\0\0\0WAVE",
        ] {
            assert_eq!(type_of(other), None, "{}", String::from_utf8_lossy(other));
        }
    }
}
