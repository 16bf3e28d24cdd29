//! An answer as it came over the wire.

use std::io::{self, Read};

/// One response.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    pub version: String,
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    pub trailers: Vec<(String, String)>,
    /// Whether the body came to its end as its framing says.
    pub is_whole: bool,
}

impl Answer {
    /// The only value of a header; names in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str());
        let first = values.next();
        assert!(values.next().is_none(), "{name} stands there twice: {:?}", self.headers);
        first
    }

    /// All values of a header.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The code of the problem that it carries.
    pub fn code(&self) -> String {
        let problem: serde_json::Value = serde_json::from_slice(&self.body).expect("a problem");
        let kind = problem["type"].as_str().expect("a type");
        kind.strip_prefix("urn:doorward:problem:").expect("a problem of ours").to_owned()
    }
}

/// Reads one response; `expects_body` is false after HEAD.
pub fn read(stream: &mut dyn Read, buffer: &mut Vec<u8>, expects_body: bool) -> io::Result<Answer> {
    let mut answer = read_head(stream, buffer)?;
    let status = answer.status;
    if !expects_body || status == 204 || status == 304 || (100..200).contains(&status) {
        answer.is_whole = true;
        return Ok(answer);
    }
    read_body(stream, buffer, &mut answer);
    Ok(answer)
}

/// Reads the head alone.
pub fn read_head(stream: &mut dyn Read, buffer: &mut Vec<u8>) -> io::Result<Answer> {
    let end = loop {
        if let Some(end) = find(buffer, b"\r\n\r\n") {
            break end;
        }
        if fill(stream, buffer)? == 0 {
            return Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                format!("no answer: {:?}", buffer.escape_ascii().to_string()),
            ));
        }
    };
    let head: Vec<u8> = buffer.drain(..end + 4).collect();
    let head = String::from_utf8_lossy(&head).into_owned();
    let mut lines = head.split("\r\n");
    let mut words = lines.next().unwrap_or_default().splitn(3, ' ');
    let version = words.next().unwrap_or_default().to_owned();
    let status = words.next().and_then(|word| word.parse().ok()).unwrap_or_else(|| panic!("no status: {head}"));
    let headers = lines.filter_map(field).collect();
    Ok(Answer { version, status, headers, ..Answer::default() })
}

fn read_body(stream: &mut dyn Read, buffer: &mut Vec<u8>, answer: &mut Answer) {
    if answer.header("transfer-encoding") == Some("chunked") {
        assert_eq!(answer.header("content-length"), None);
        while let Some(size) = line(stream, buffer) {
            let Ok(size) = usize::from_str_radix(&size, 16) else { return };
            if size == 0 {
                while let Some(text) = line(stream, buffer) {
                    match field(&text) {
                        Some(trailer) => answer.trailers.push(trailer),
                        None => {
                            answer.is_whole = true;
                            return;
                        }
                    }
                }
                return;
            }
            let Some(chunk) = exact(stream, buffer, size + 2) else { return };
            answer.body.extend(&chunk[..size]);
        }
        return;
    }
    match answer.header("content-length").map(|length| length.parse::<usize>().expect("a length")) {
        Some(length) => match exact(stream, buffer, length) {
            Some(body) => (answer.body, answer.is_whole) = (body, true),
            None => answer.body = std::mem::take(buffer),
        },
        None => {
            while fill(stream, buffer).is_ok_and(|read| read > 0) {}
            (answer.body, answer.is_whole) = (std::mem::take(buffer), true);
        }
    }
}

fn field(line: &str) -> Option<(String, String)> {
    let (name, value) = line.split_once(':')?;
    Some((name.to_ascii_lowercase(), value.trim().to_owned()))
}

pub fn fill(stream: &mut dyn Read, buffer: &mut Vec<u8>) -> io::Result<usize> {
    let mut bytes = [0; 4096];
    let read = stream.read(&mut bytes)?;
    buffer.extend(&bytes[..read]);
    Ok(read)
}

pub fn line(stream: &mut dyn Read, buffer: &mut Vec<u8>) -> Option<String> {
    loop {
        if let Some(end) = find(buffer, b"\r\n") {
            let line: Vec<u8> = buffer.drain(..end + 2).collect();
            return Some(String::from_utf8_lossy(&line[..end]).into_owned());
        }
        if fill(stream, buffer).ok()? == 0 {
            return None;
        }
    }
}

pub fn exact(stream: &mut dyn Read, buffer: &mut Vec<u8>, length: usize) -> Option<Vec<u8>> {
    while buffer.len() < length {
        if fill(stream, buffer).ok()? == 0 {
            return None;
        }
    }
    Some(buffer.drain(..length).collect())
}

pub fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}
