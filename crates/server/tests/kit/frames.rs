//! HTTP/2 as bytes: frames that no library would send.

use super::client::Client;

/// A connection on which frames are written one by one.
pub struct RawHttp2 {
    client: Client,
}

/// A frame that came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    pub kind: u8,
    pub flags: u8,
    pub stream: u32,
    pub payload: Vec<u8>,
}

pub const DATA: u8 = 0;
pub const HEADERS: u8 = 1;
pub const RST_STREAM: u8 = 3;
pub const SETTINGS: u8 = 4;
pub const GOAWAY: u8 = 7;

impl Frame {
    /// The status, where it is one of those with an entry in the static table (RFC 7541, appendix A).
    pub fn status(&self) -> u16 {
        assert_eq!(self.kind, HEADERS);
        match self.payload.first() {
            Some(0x88) => 200,
            Some(0x89) => 204,
            Some(0x8c) => 400,
            Some(0x8d) => 404,
            Some(0x8e) => 500,
            _ => 0,
        }
    }
}

impl RawHttp2 {
    /// Begins with the preface and empty settings.
    pub fn new(mut client: Client) -> Self {
        client.send(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        let mut this = Self { client };
        this.frame(SETTINGS, 0, 0, &[]);
        this
    }

    /// Writes a frame.
    pub fn frame(&mut self, kind: u8, flags: u8, stream: u32, payload: &[u8]) -> &mut Self {
        let length = u32::try_from(payload.len()).expect("short").to_be_bytes();
        let mut bytes = length[1..].to_vec();
        bytes.extend([kind, flags]);
        bytes.extend(stream.to_be_bytes());
        bytes.extend(payload);
        self.client.send(bytes);
        self
    }

    /// Writes a whole head: literals without indexing, without Huffman.
    pub fn headers(&mut self, stream: u32, fields: &[(&str, &str)], ends: bool) -> &mut Self {
        let mut block = Vec::new();
        for (name, value) in fields {
            block.push(0);
            for text in [name, value] {
                assert!(text.len() < 127);
                block.push(u8::try_from(text.len()).expect("short"));
                block.extend(text.as_bytes());
            }
        }
        self.frame(HEADERS, if ends { 5 } else { 4 }, stream, &block)
    }

    /// The next frame that is no settings, window or ping. `None` when the connection ends.
    pub fn next(&mut self) -> Option<Frame> {
        loop {
            let head = self.client.try_exact(9)?;
            let length = usize::from(head[0]) << 16 | usize::from(head[1]) << 8 | usize::from(head[2]);
            let stream = u32::from_be_bytes([head[5], head[6], head[7], head[8]]);
            let frame = Frame { kind: head[3], flags: head[4], stream, payload: self.client.try_exact(length)? };
            if matches!(frame.kind, DATA | HEADERS | RST_STREAM | GOAWAY) {
                return Some(frame);
            }
        }
    }
}
