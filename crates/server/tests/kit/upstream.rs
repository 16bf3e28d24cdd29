//! An upstream that shows what it got, and answers what it is told to.

use std::io::{Read, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use super::answer;

/// A server behind the gateway. It lasts as long as the test's process.
pub struct Upstream {
    pub address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    connections: Arc<AtomicUsize>,
}

/// A request as it came.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    pub method: String,
    pub target: String,
    pub version: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    pub trailers: Vec<(String, String)>,
    /// The number of the connection that it came over.
    pub connection: usize,
}

impl Seen {
    /// The only value of a header; names in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str());
        let first = values.next();
        assert!(values.next().is_none(), "{name} stands there twice: {:?}", self.headers);
        first
    }

    /// Whether there is such a header.
    pub fn has(&self, name: &str) -> bool {
        self.headers.iter().any(|(known, _)| known == name)
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// A whole answer.
pub fn ok(body: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

impl Upstream {
    /// Answers each request with `ok` and its path.
    pub fn echo() -> Self {
        Self::answering(|seen| ok(&seen.target))
    }

    /// Answers each request with these bytes; the connection is closed after an empty answer.
    pub fn answering(answer: impl Fn(&Seen) -> Vec<u8> + Send + Sync + 'static) -> Self {
        Self::serving(move |seen, stream| {
            let bytes = answer(seen);
            stream.write_all(&bytes).is_ok() && !bytes.is_empty()
        })
    }

    /// Answers each request in its own way; the connection is closed when that says `false`.
    pub fn serving(serve: impl Fn(&Seen, &mut TcpStream) -> bool + Send + Sync + 'static) -> Self {
        let serve = Arc::new(serve);
        Self::raw(move |mut stream, number, seen| {
            let mut buffer = Vec::new();
            while let Some(request) = read(&mut stream, &mut buffer, number) {
                seen.lock().expect("not poisoned").push(request.clone());
                if !serve(&request, &mut stream) {
                    return;
                }
            }
        })
    }

    /// Hands each connection over.
    pub fn raw(serve: impl Fn(TcpStream, usize, &Mutex<Vec<Seen>>) + Send + Sync + 'static) -> Self {
        Self::at(TcpListener::bind("127.0.0.1:0").expect("a port"), serve)
    }

    /// The same, on this listener.
    pub fn at(
        listener: TcpListener,
        serve: impl Fn(TcpStream, usize, &Mutex<Vec<Seen>>) + Send + Sync + 'static,
    ) -> Self {
        let address = listener.local_addr().expect("an address");
        let (seen, connections) = (Arc::<Mutex<Vec<Seen>>>::default(), Arc::<AtomicUsize>::default());
        let (serve, all, number) = (Arc::new(serve), seen.clone(), connections.clone());
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let _ = stream.set_read_timeout(Some(Duration::from_secs(30)));
                let _ = stream.set_nodelay(true);
                let (serve, all, number) = (serve.clone(), all.clone(), number.fetch_add(1, Ordering::SeqCst));
                thread::spawn(move || serve(stream, number, &all));
            }
        });
        Self { address, seen, connections }
    }

    /// `http://` and the address.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// All requests so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().expect("not poisoned").clone()
    }

    /// The request that came last.
    pub fn last(&self) -> Seen {
        self.seen().pop().expect("a request")
    }

    /// How many connections there have been.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

/// Reads one request, as strictly as an upstream might.
pub fn read(stream: &mut dyn Read, buffer: &mut Vec<u8>, connection: usize) -> Option<Seen> {
    let mut seen = read_head(stream, buffer, connection)?;
    match (seen.header("transfer-encoding"), seen.header("content-length")) {
        (Some(_), Some(_)) => panic!("two framings"),
        (Some(encoding), None) => {
            assert_eq!(encoding, "chunked");
            loop {
                let size = usize::from_str_radix(&answer::line(stream, buffer)?, 16).expect("a size");
                if size == 0 {
                    break;
                }
                let chunk = answer::exact(stream, buffer, size + 2)?;
                assert!(chunk.ends_with(b"\r\n"));
                seen.body.extend(&chunk[..size]);
            }
            loop {
                let line = answer::line(stream, buffer)?;
                let Some((name, value)) = line.split_once(':') else { break };
                seen.trailers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
            }
        }
        (None, Some(length)) => seen.body = answer::exact(stream, buffer, length.parse().expect("a length"))?,
        (None, None) => {}
    }
    Some(seen)
}

/// Reads the head alone.
pub fn read_head(stream: &mut dyn Read, buffer: &mut Vec<u8>, connection: usize) -> Option<Seen> {
    let line = answer::line(stream, buffer)?;
    let mut words = line.split(' ');
    let mut word = || words.next().expect("three words").to_owned();
    let (method, target, version) = (word(), word(), word());
    let mut headers = Vec::new();
    loop {
        let line = answer::line(stream, buffer)?;
        let Some((name, value)) = line.split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    Some(Seen { method, target, version, headers, connection, ..Seen::default() })
}
