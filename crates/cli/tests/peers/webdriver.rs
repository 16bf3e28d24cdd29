//! WebDriver, as far as these tests speak it: one request a connection, JSON both ways.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

/// Nothing that a browser does takes as long.
const PATIENCE: Duration = Duration::from_secs(120);

/// A driver that runs.
#[derive(Clone, Copy, Debug)]
pub struct Driver(pub SocketAddr);

impl Driver {
    /// Asks for something: what the answer holds, or the error in words.
    pub fn ask(self, method: &str, path: &str, body: &Value) -> Result<Value, String> {
        let Self(address) = self;
        let mut stream = TcpStream::connect(address).expect("the driver runs");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        let body = if method == "POST" { body.to_string() } else { String::new() };
        let length = body.len();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n"
        );
        stream.write_all(format!("{head}{body}").as_bytes()).expect("it reads");
        let mut answer = read(&mut BufReader::new(stream))["value"].take();
        match answer.get("error") {
            Some(error) => Err(format!("{error}: {}", answer["message"])),
            None => Ok(answer.take()),
        }
    }
}

fn read(stream: &mut BufReader<TcpStream>) -> Value {
    let mut length = 0;
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).expect("an answer");
        match line.trim_end().split_once(':') {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = value.trim().parse().expect("a length")
            }
            None if line.trim_end().is_empty() => break,
            _ => {}
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).expect("a body");
    serde_json::from_slice(&body).expect("JSON")
}
