//! WebSocket frames: how the bytes are cut does not matter, and a second reader finds the same ends.

#![no_main]

use doorward_server::fuzzing::WebSocketFrames;
use libfuzzer_sys::fuzz_target;

/// Where frames end, read as simply as can be.
fn ends(bytes: &[u8]) -> Vec<usize> {
    let mut found = vec![0];
    let mut at = 0usize;
    loop {
        let Some(second) = bytes.get(at + 1) else { return found };
        let size = match second & 0x7f {
            126 => bytes.get(at + 2..at + 4).map(|part| (2, u64::from(part[0]) << 8 | u64::from(part[1]))),
            127 => bytes
                .get(at + 2..at + 10)
                .map(|part| (8, part.iter().fold(0u64, |sum, byte| sum << 8 | u64::from(*byte)))),
            size => Some((0, u64::from(size))),
        };
        let Some((more, size)) = size else { return found };
        let mask = if second & 0x80 == 0 { 0 } else { 4 };
        let Some(end) = size
            .checked_add(2 + more + mask)
            .and_then(|length| usize::try_from(length).ok())
            .and_then(|length| at.checked_add(length))
        else {
            return found;
        };
        if end > bytes.len() {
            return found;
        }
        found.push(end);
        at = end;
    }
}

fuzz_target!(|bytes: &[u8]| {
    let Some((step, bytes)) = bytes.split_first() else { return };
    let ends = ends(bytes);
    let mut frames = WebSocketFrames::default();
    let mut seen = 0;
    for part in bytes.chunks(usize::from(*step).max(1)) {
        frames.follow(part);
        seen += part.len();
        assert_eq!(frames.is_between(), ends.contains(&seen), "after {seen} bytes");
    }
});
