//! Chunks of an upstream's answer: how the bytes are cut does not matter, and a plain reader finds the same data.

#![no_main]

use doorward_server::fuzzing::chunked;
use libfuzzer_sys::fuzz_target;

/// A line without its end, and what follows it.
fn line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    Some((bytes[..end].strip_suffix(b"\r")?, &bytes[end + 1..]))
}

/// The data and what follows it, read as simply as can be. `None` when it is not whole, or not as RFC 9112 has it.
fn read(mut rest: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut data = Vec::new();
    loop {
        let (size, after) = line(rest)?;
        let digits = size.split(|byte| *byte == b';').next()?;
        let digits = std::str::from_utf8(digits).ok()?;
        let digits = if digits.len() == size.len() { digits.trim_ascii_end() } else { digits };
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let size = usize::from_str_radix(digits, 16).ok()?;
        rest = after;
        if size == 0 {
            break;
        }
        data.extend(rest.get(..size)?);
        rest = rest.get(size..)?.strip_prefix(b"\r\n")?;
    }
    loop {
        let (trailer, after) = line(rest)?;
        rest = after;
        if trailer.is_empty() {
            return Some((data, rest));
        }
    }
}

fuzz_target!(|bytes: &[u8]| {
    let Some((step, bytes)) = bytes.split_first() else { return };
    let in_steps = chunked(bytes, usize::from(*step));
    assert_eq!(chunked(bytes, bytes.len()).map_err(drop), in_steps.clone().map_err(drop));
    if let Ok(Some(whole)) = in_steps {
        let expected = read(bytes).expect("whole to a plain reader too");
        assert_eq!((whole.data.as_slice(), whole.rest.as_slice()), (expected.0.as_slice(), expected.1));
    }
});
