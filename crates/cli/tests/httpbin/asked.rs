//! A request, as a test writes it down.

/// A request to send.
#[derive(Clone)]
pub struct Asked {
    pub method: &'static str,
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// In pieces of this length, where it is sent in pieces.
    pub chunks: Option<usize>,
    /// For the server's word before the body is sent.
    pub waits: bool,
    pub version: &'static str,
}

/// A request without anything special.
pub fn ask(method: &'static str, target: impl Into<String>) -> Asked {
    let headers = vec![("host".into(), "localhost".into()), ("user-agent".into(), "a test".into())];
    Asked { method, target: target.into(), headers, body: Vec::new(), chunks: None, waits: false, version: "HTTP/1.1" }
}

/// The same with GET.
pub fn get(target: impl Into<String>) -> Asked {
    ask("GET", target)
}

impl Asked {
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    pub fn body(mut self, kind: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        let length = self.body.len().to_string();
        self.header("content-type", kind).header("content-length", &length)
    }

    pub fn chunked(mut self, size: usize) -> Self {
        self.headers.retain(|(name, _)| name != "content-length");
        self.chunks = Some(size);
        self.header("transfer-encoding", "chunked")
    }

    pub fn waiting(mut self) -> Self {
        self.waits = true;
        self.header("expect", "100-continue")
    }

    pub fn head(&self) -> Vec<u8> {
        let mut text = format!("{} {} {}\r\n", self.method, self.target, self.version);
        for (name, value) in &self.headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        text.push_str("\r\n");
        text.into_bytes()
    }

    pub fn framed(&self) -> Vec<u8> {
        let Some(size) = self.chunks else { return self.body.clone() };
        let mut bytes = Vec::new();
        for chunk in self.body.chunks(size) {
            bytes.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
            bytes.extend_from_slice(chunk);
            bytes.extend_from_slice(b"\r\n");
        }
        bytes.extend_from_slice(b"0\r\n\r\n");
        bytes
    }
}
