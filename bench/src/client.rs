//! A client that does no more than it must: one connection, one request after the other.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::bail;

pub(crate) struct Connection {
    stream: TcpStream,
    answer: Answer,
}

impl Connection {
    pub(crate) fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        Ok(Self { stream, answer: Answer::default() })
    }

    /// The status of `GET path` with this line of a head.
    pub(crate) fn get(&mut self, path: &str, line: &str) -> anyhow::Result<u16> {
        self.ask(get(path, line).as_bytes())
    }

    /// The status of `POST path` with this JSON.
    pub(crate) fn post(&mut self, path: &str, json: &str) -> anyhow::Result<u16> {
        let length = json.len();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
        );
        self.ask((head + json).as_bytes())
    }

    fn ask(&mut self, request: &[u8]) -> anyhow::Result<u16> {
        self.stream.write_all(request)?;
        let mut chunk = [0; 4096];
        loop {
            match self.stream.read(&mut chunk)? {
                0 => bail!("the connection was closed"),
                length => {
                    if let Some(status) = self.answer.take(&chunk[..length])? {
                        return Ok(status);
                    }
                }
            }
        }
    }
}

/// The text of `GET path` with this line of a head.
pub(crate) fn get(path: &str, line: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{line}\r\n\r\n")
}

/// An answer as it comes in, whose body has a length that is told before.
#[derive(Default)]
pub(crate) struct Answer(Vec<u8>);

impl Answer {
    /// Takes what came. Gives back the status when that was all.
    pub(crate) fn take(&mut self, bytes: &[u8]) -> anyhow::Result<Option<u16>> {
        self.0.extend_from_slice(bytes);
        let Some(head) = self.0.windows(4).position(|window| window == b"\r\n\r\n") else { return Ok(None) };
        let text = String::from_utf8_lossy(&self.0[..head]);
        let length = text
            .lines()
            .filter_map(|line| line.split_once(':'))
            .find_map(|(name, value)| name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse()));
        let length: usize = length.unwrap_or(Ok(0))?;
        if self.0.len() < head + 4 + length {
            return Ok(None);
        }
        let Some(status) = text.split(' ').nth(1).and_then(|status| status.parse().ok()) else {
            bail!("no answer in HTTP: {text}")
        };
        self.0.clear();
        Ok(Some(status))
    }
}
