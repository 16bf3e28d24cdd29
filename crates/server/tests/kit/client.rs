//! A client that writes the bytes that it is told to.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use super::answer::{self, Answer};
use super::tls::Issued;

/// One connection.
pub struct Client {
    stream: Box<dyn Duplex>,
    buffer: Vec<u8>,
    /// What `Host` says in requests that are made here.
    host: String,
}

trait Duplex: Read + Write + Send {}
impl<T: Read + Write + Send> Duplex for T {}

/// No answer takes as long.
const PATIENCE: Duration = Duration::from_secs(20);

impl Client {
    /// A connection over TCP.
    pub fn tcp(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).expect("connects");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        stream.set_nodelay(true).expect("no delay");
        Self { stream: Box::new(stream), buffer: Vec::new(), host: address.to_string() }
    }

    /// A connection over a Unix socket.
    pub fn unix(path: &Path) -> Self {
        let stream = UnixStream::connect(path).expect("connects");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        Self { stream: Box::new(stream), buffer: Vec::new(), host: "localhost".into() }
    }

    /// A connection that somebody else has opened.
    pub fn over(stream: impl Read + Write + Send + 'static, host: &str) -> Self {
        Self { stream: Box::new(stream), buffer: Vec::new(), host: host.to_owned() }
    }

    /// A connection over TLS that offers these protocols; and which one was chosen.
    pub fn tls(address: SocketAddr, issued: &Issued, protocols: &[&str]) -> (Self, Option<String>) {
        let stream = TcpStream::connect(address).expect("connects");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        let mut stream = issued.connect(stream, protocols);
        while stream.conn.is_handshaking() {
            stream.conn.complete_io(&mut stream.sock).expect("shakes hands");
        }
        let chosen = stream.conn.alpn_protocol().map(|name| String::from_utf8_lossy(name).into_owned());
        let host = format!("localhost:{}", address.port());
        (Self { stream: Box::new(stream), buffer: Vec::new(), host }, chosen)
    }

    /// Sends bytes. A server that has closed already is found out when the answer is read.
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) -> &mut Self {
        let _ = self.stream.write_all(bytes.as_ref());
        let _ = self.stream.flush();
        self
    }

    /// Sends a request with these header lines.
    pub fn request(&mut self, method: &str, target: &str, lines: &[&str]) -> &mut Self {
        let host = self.host.clone();
        let mut text = format!("{method} {target} HTTP/1.1\r\nHost: {host}\r\n");
        for line in lines {
            text.push_str(line);
            text.push_str("\r\n");
        }
        text.push_str("\r\n");
        self.send(text)
    }

    /// Sends a request with a body of a stated length.
    pub fn request_with(&mut self, method: &str, target: &str, lines: &[&str], body: &str) -> &mut Self {
        let length = format!("Content-Length: {}", body.len());
        let lines: Vec<&str> = lines.iter().copied().chain([length.as_str()]).collect();
        self.request(method, target, &lines).send(body)
    }

    /// The next answer.
    pub fn answer(&mut self) -> Answer {
        answer::read(&mut *self.stream, &mut self.buffer, true).expect("an answer")
    }

    /// The next answer, if there is one.
    pub fn try_answer(&mut self) -> io::Result<Answer> {
        answer::read(&mut *self.stream, &mut self.buffer, true)
    }

    /// The next answer, to HEAD.
    pub fn answer_to_head(&mut self) -> Answer {
        answer::read(&mut *self.stream, &mut self.buffer, false).expect("an answer")
    }

    /// The next answer, to HEAD, if there is one.
    pub fn try_answer_to_head(&mut self) -> io::Result<Answer> {
        answer::read(&mut *self.stream, &mut self.buffer, false)
    }

    /// The head of the next answer.
    pub fn head(&mut self) -> Answer {
        answer::read_head(&mut *self.stream, &mut self.buffer).expect("the head of an answer")
    }

    /// The next line.
    pub fn line(&mut self) -> Option<String> {
        answer::line(&mut *self.stream, &mut self.buffer)
    }

    /// So many bytes.
    pub fn exact(&mut self, length: usize) -> Vec<u8> {
        answer::exact(&mut *self.stream, &mut self.buffer, length).expect("so many bytes")
    }

    /// So many bytes, if there are as many.
    pub fn try_exact(&mut self, length: usize) -> Option<Vec<u8>> {
        answer::exact(&mut *self.stream, &mut self.buffer, length)
    }

    /// The next chunk; `None` at the end, whether or not it is a good one.
    pub fn chunk(&mut self) -> Option<Vec<u8>> {
        let size = usize::from_str_radix(&self.line()?, 16).ok()?;
        if size == 0 {
            return None;
        }
        let mut chunk = answer::exact(&mut *self.stream, &mut self.buffer, size + 2)?;
        chunk.truncate(size);
        Some(chunk)
    }

    /// All that comes until the server closes.
    pub fn rest(&mut self) -> Vec<u8> {
        while answer::fill(&mut *self.stream, &mut self.buffer).is_ok_and(|read| read > 0) {}
        std::mem::take(&mut self.buffer)
    }

    /// Whether the server closes without saying more.
    pub fn is_closed(&mut self) -> bool {
        if !self.buffer.is_empty() {
            return false;
        }
        match answer::fill(&mut *self.stream, &mut self.buffer) {
            Ok(read) => read == 0,
            Err(error) => !matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut),
        }
    }
}
