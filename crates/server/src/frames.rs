//! Where WebSocket frames begin and end in a stream of bytes (RFC 6455, section 5.2), and nothing about what is in them.

/// Follows one direction of a WebSocket.
#[derive(Default)]
pub(crate) struct Frames {
    /// The head of the frame that has begun, as far as it has come.
    head: Vec<u8>,
    /// Bytes of the frame that are still to come after its head.
    left: u64,
}

impl Frames {
    /// Sees the bytes that came next.
    pub(crate) fn follow(&mut self, mut bytes: &[u8]) {
        while let Some((first, rest)) = bytes.split_first() {
            if self.left > 0 {
                let step = usize::try_from(self.left).unwrap_or(usize::MAX).min(bytes.len());
                self.left -= step as u64;
                bytes = &bytes[step..];
                continue;
            }
            self.head.push(*first);
            bytes = rest;
            if let Some(length) = payload(&self.head) {
                self.left = length;
                self.head.clear();
            }
        }
    }

    /// Whether the last byte ended a frame: here another one may begin.
    pub(crate) fn is_between(&self) -> bool {
        self.left == 0 && self.head.is_empty()
    }
}

/// How long the frame with this head is beyond it; `None` while the head is not whole.
fn payload(head: &[u8]) -> Option<u64> {
    let second = *head.get(1)?;
    let mask = if second & 0x80 == 0 { 0 } else { 4 };
    let (length, size) = match second & 0x7f {
        126 => (2, u64::from(u16::from_be_bytes(*head.get(2..)?.first_chunk()?))),
        127 => (8, u64::from_be_bytes(*head.get(2..)?.first_chunk()?)),
        size => (0, u64::from(size)),
    };
    (head.len() == 2 + length).then(|| size.saturating_add(mask))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_ends_of_frames_are_found() {
        let mut frames = Frames::default();
        assert!(frames.is_between());
        frames.follow(&[0x81, 5, b'h', b'e']);
        assert!(!frames.is_between());
        frames.follow(b"llo");
        assert!(frames.is_between());
        frames.follow(&[0x81]);
        assert!(!frames.is_between());
        frames.follow(&[0]);
        assert!(frames.is_between());
        frames.follow(&[0x82, 126, 1]);
        frames.follow(&[0]);
        assert!(!frames.is_between());
        frames.follow(&[7; 256]);
        assert!(frames.is_between());
        frames.follow(&[0x82, 0x80 | 1, 1, 2, 3, 4, 5]);
        assert!(frames.is_between());
        frames.follow(&[0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]);
        frames.follow(&vec![7; 65_535]);
        assert!(!frames.is_between());
        frames.follow(&[7]);
        assert!(frames.is_between());
    }

    proptest! {
        #[test]
        fn how_the_bytes_are_cut_does_not_matter(sizes in proptest::collection::vec(0usize..300, 1..6), step in 1usize..50) {
            let mut bytes = Vec::new();
            for size in sizes {
                bytes.push(0x82);
                match u8::try_from(size) {
                    Ok(size) if size < 126 => bytes.push(size),
                    _ => {
                        bytes.push(126);
                        bytes.extend(u16::try_from(size).expect("small").to_be_bytes());
                    }
                }
                bytes.resize(bytes.len() + size, 0);
            }
            let mut frames = Frames::default();
            for part in bytes.chunks(step) {
                frames.follow(part);
            }
            prop_assert!(frames.is_between());
        }
    }
}
