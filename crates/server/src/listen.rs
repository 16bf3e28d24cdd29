//! Listening sockets, and the one task that accepts from each.

use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream, ToSocketAddrs as _};
use std::os::unix::fs::FileTypeExt as _;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use doorward::policy::Door;
use socket2::{Domain, Protocol, Socket, Type};

use crate::tls::Certificate;

/// How many connections may wait to be accepted.
const BACKLOG: i32 = 1024;
/// How long nothing is accepted when the system has no descriptors left.
const RECOVERY: Duration = Duration::from_millis(50);
/// How often that is told, while it lasts.
const TELL_AGAIN: Duration = Duration::from_secs(10);

/// Where a listener ended up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// TCP.
    Tcp(SocketAddr),
    /// A Unix socket.
    Unix(PathBuf),
}

impl Address {
    /// The port of a TCP listener.
    pub fn port(&self) -> Option<u16> {
        self.socket().map(|address| address.port())
    }

    /// The address of a TCP listener.
    pub fn socket(&self) -> Option<SocketAddr> {
        match self {
            Self::Tcp(address) => Some(*address),
            Self::Unix(_) => None,
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => address.fmt(f),
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

/// A listener that cannot be.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// The text is no address.
    #[error("{address:?} is no address to listen on: write \"127.0.0.1:8080\", \"[::]:8080\" or \"unix:/path\"")]
    Address {
        /// The text.
        address: String,
    },
    /// Somebody else listens there.
    #[error("{address} is taken: another process listens there")]
    Taken {
        /// The address.
        address: String,
    },
    /// The system refuses.
    #[error("cannot listen on {address}: {source}")]
    System {
        /// The address.
        address: String,
        /// Why.
        source: io::Error,
    },
}

/// What a connection is treated as, by the listener that it came through.
#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) door: Door,
    pub(crate) redirect_to_https: bool,
    pub(crate) proxy_protocol: bool,
    pub(crate) certificate: Option<Arc<Certificate>>,
}

/// An accepted connection on its way to a core.
pub(crate) struct Accepted {
    pub(crate) socket: AcceptedSocket,
    /// Absent on Unix sockets.
    pub(crate) peer: Option<IpAddr>,
    pub(crate) entry: Arc<Entry>,
}

pub(crate) enum AcceptedSocket {
    Tcp(TcpStream),
    Unix(UnixStream),
}

/// A socket that listens.
pub(crate) struct Listener {
    socket: ListeningSocket,
    pub(crate) address: Address,
    entry: Arc<Entry>,
}

enum ListeningSocket {
    Tcp(TcpListener),
    Unix(UnixListener),
}

impl Listener {
    /// Opens the socket at `address:port`, `[address]:port`, `name:port` or `unix:/path`.
    pub(crate) fn bind(text: &str, base: &Path, entry: Entry) -> Result<Self, ListenError> {
        let system = |source: io::Error| match source.kind() {
            io::ErrorKind::AddrInUse => ListenError::Taken { address: text.to_owned() },
            _ => ListenError::System { address: text.to_owned(), source },
        };
        let (socket, address) = match text.strip_prefix("unix:") {
            Some(path) => bind_unix(base.join(path)).map_err(system)?,
            None => {
                let address = resolve(text).ok_or_else(|| ListenError::Address { address: text.to_owned() })?;
                bind_tcp(address).map_err(system)?
            }
        };
        Ok(Self { socket, address, entry: Arc::new(entry) })
    }

    /// Whether connections are encrypted.
    pub(crate) fn is_secure(&self) -> bool {
        self.entry.certificate.is_some()
    }

    /// Accepts for ever, and gives each connection to `take`.
    pub(crate) async fn accept(self, mut take: impl FnMut(Accepted)) -> io::Result<()> {
        let mut trouble = Trouble::default();
        // A connection is served by another runtime than the one that accepts it, so each is handed over as it is.
        match &self.socket {
            ListeningSocket::Tcp(listener) => {
                let listener = tokio::net::TcpListener::from_std(listener.try_clone()?)?;
                loop {
                    let accepted = listener.accept().await.and_then(|(stream, peer)| {
                        stream.set_nodelay(true)?;
                        Ok((AcceptedSocket::Tcp(stream.into_std()?), Some(peer.ip().to_canonical())))
                    });
                    self.pass_on(accepted, &mut take, &mut trouble).await;
                }
            }
            ListeningSocket::Unix(listener) => {
                let listener = tokio::net::UnixListener::from_std(listener.try_clone()?)?;
                loop {
                    let accepted = listener.accept().await;
                    let accepted =
                        accepted.and_then(|(stream, _)| Ok((AcceptedSocket::Unix(stream.into_std()?), None)));
                    self.pass_on(accepted, &mut take, &mut trouble).await;
                }
            }
        }
    }

    async fn pass_on(
        &self,
        accepted: io::Result<(AcceptedSocket, Option<IpAddr>)>,
        take: &mut impl FnMut(Accepted),
        trouble: &mut Trouble,
    ) {
        match accepted {
            Ok((socket, peer)) => take(Accepted { socket, peer, entry: self.entry.clone() }),
            Err(error) => trouble.recover(&self.address, &error).await,
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        if let Address::Unix(path) = &self.address {
            let _ = std::fs::remove_file(path);
        }
    }
}

/// What keeps a listener from accepting.
#[derive(Default)]
struct Trouble {
    told: Option<Instant>,
}

impl Trouble {
    /// A connection that died in the queue is nobody's concern; a system without descriptors needs a moment, and the log needs
    /// to hear of it now and then, not each time.
    async fn recover(&mut self, address: &Address, error: &io::Error) {
        if matches!(error.kind(), io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset) {
            return;
        }
        if self.told.is_none_or(|told| told.elapsed() >= TELL_AGAIN) {
            tracing::warn!(%address, %error, "cannot accept; connections wait");
            self.told = Some(Instant::now());
        }
        tokio::time::sleep(RECOVERY).await;
    }
}

fn resolve(text: &str) -> Option<SocketAddr> {
    text.parse().ok().or_else(|| text.to_socket_addrs().ok()?.next())
}

fn bind_tcp(address: SocketAddr) -> io::Result<(ListeningSocket, Address)> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM.nonblocking(), Some(Protocol::TCP))?;
    // Lets a restart take the port while old connections linger. Two that listen at once remain an error.
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    let listener = TcpListener::from(socket);
    let address = listener.local_addr()?;
    Ok((ListeningSocket::Tcp(listener), Address::Tcp(address)))
}

fn bind_unix(path: PathBuf) -> io::Result<(ListeningSocket, Address)> {
    let is_socket = std::fs::symlink_metadata(&path).is_ok_and(|found| found.file_type().is_socket());
    // A socket that nobody answers was left behind by a crash.
    if is_socket && UnixStream::connect(&path).is_err() {
        std::fs::remove_file(&path)?;
    }
    let listener = UnixListener::bind(&path)?;
    listener.set_nonblocking(true)?;
    Ok((ListeningSocket::Unix(listener), Address::Unix(path)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> Entry {
        Entry { door: Door::Public, redirect_to_https: false, proxy_protocol: false, certificate: None }
    }

    fn bind(text: &str) -> Result<Listener, ListenError> {
        Listener::bind(text, Path::new("/"), entry())
    }

    #[test]
    fn a_taken_port_is_an_error_that_says_so() {
        let first = bind("127.0.0.1:0").expect("a port");
        let text = first.address.to_string();
        let error = bind(&text).err().expect("taken");
        assert!(matches!(error, ListenError::Taken { .. }));
        assert!(error.to_string().contains("is taken"), "{error}");
    }

    #[test]
    fn what_is_no_address_is_named() {
        let error = bind("nonsense").err().expect("no address").to_string();
        assert!(error.contains("\"nonsense\""), "{error}");
    }

    #[test]
    fn a_socket_left_behind_is_replaced_and_a_living_one_is_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("door.sock");
        drop(UnixListener::bind(&path).expect("bound"));
        let text = format!("unix:{}", path.display());
        let living = bind(&text).expect("replaced");
        assert!(matches!(bind(&text), Err(ListenError::Taken { .. })));
        drop(living);
        assert!(!path.exists());
    }

    #[test]
    fn a_file_that_is_no_socket_is_left_alone() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        let text = format!("unix:{}", file.path().display());
        assert!(bind(&text).is_err());
        assert!(file.path().exists());
    }
}
