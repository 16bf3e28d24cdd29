//! Where an upstream is: the scheme, host and port of its URL, read once. It has no path: what was judged is what is asked for.

use std::io;
use std::path::PathBuf;
use std::str::FromStr;

use http::HeaderValue;
use http::uri::{Authority, Scheme, Uri};
use rustls::pki_types::ServerName;
use tokio::net::{TcpStream, UnixStream};

use crate::stream::Socket;

/// An address that requests can be forwarded to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    place: Place,
    /// Set when the upstream speaks TLS.
    server_name: Option<ServerName<'static>>,
    /// What the upstream calls itself.
    host: HeaderValue,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    Tcp { host: String, port: u16 },
    Unix(PathBuf),
}

/// The text is no address of an upstream.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is no upstream: write \"http://host:port\", \"https://host\" or \"unix:/path\"")]
pub struct InvalidTarget {
    text: String,
}

impl FromStr for Target {
    type Err = InvalidTarget;

    fn from_str(text: &str) -> Result<Self, InvalidTarget> {
        let invalid = || InvalidTarget { text: text.to_owned() };
        if let Some(path) = text.strip_prefix("unix:") {
            if !path.starts_with('/') {
                return Err(invalid());
            }
            let (place, host) = (Place::Unix(path.into()), HeaderValue::from_static("localhost"));
            return Ok(Self { place, server_name: None, host });
        }
        let uri: Uri = text.parse().map_err(|_| invalid())?;
        let authority = uri.authority().ok_or_else(invalid)?;
        if uri.path() != "/" || uri.query().is_some() || text.contains('#') || authority.as_str().contains('@') {
            return Err(invalid());
        }
        let secure = match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTP => false,
            Some(scheme) if *scheme == Scheme::HTTPS => true,
            _ => return Err(invalid()),
        };
        let host = bare_host(authority);
        let has_port = authority.as_str().len() > authority.host().len();
        if host.is_empty() || (has_port && authority.port_u16().is_none()) {
            return Err(invalid());
        }
        let port = authority.port_u16().unwrap_or(if secure { 443 } else { 80 });
        let server_name = match secure {
            true => Some(ServerName::try_from(host.to_owned()).map_err(|_| invalid())?),
            false => None,
        };
        let place = Place::Tcp { host: host.to_owned(), port };
        let host = HeaderValue::from_str(authority.as_str()).map_err(|_| invalid())?;
        Ok(Self { place, server_name, host })
    }
}

impl Target {
    /// Whose certificate is expected; `None` without TLS.
    pub(crate) fn server_name(&self) -> Option<&ServerName<'static>> {
        self.server_name.as_ref()
    }

    /// The upstream's own name, for requests that are ours.
    pub(crate) fn host(&self) -> &HeaderValue {
        &self.host
    }

    /// Opens a connection: to the first address that answers.
    pub(crate) async fn connect(&self) -> io::Result<Socket> {
        match &self.place {
            Place::Tcp { host, port } => {
                let stream = TcpStream::connect((host.as_str(), *port)).await?;
                stream.set_nodelay(true)?;
                Ok(Socket::Tcp(stream))
            }
            Place::Unix(path) => Ok(Socket::Unix(UnixStream::connect(path).await?)),
        }
    }
}

/// Without the brackets of an IPv6 address.
fn bare_host(authority: &Authority) -> &str {
    let host = authority.host();
    host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(text: &str) -> Target {
        text.parse().expect("a target")
    }

    #[test]
    fn urls_are_read_once() {
        let plain = target("http://127.0.0.1:9000");
        assert_eq!(plain.place, Place::Tcp { host: "127.0.0.1".into(), port: 9000 });
        assert_eq!(plain.server_name(), None);
        assert_eq!(target("http://api.example/").place, Place::Tcp { host: "api.example".into(), port: 80 });
        assert_eq!(target("http://[::1]:9").place, Place::Tcp { host: "::1".into(), port: 9 });
        let secure = target("https://api.example");
        assert_eq!(secure.place, Place::Tcp { host: "api.example".into(), port: 443 });
        assert!(secure.server_name().is_some());
        assert_eq!(target("unix:/run/api.sock").place, Place::Unix("/run/api.sock".into()));
    }

    #[test]
    fn what_is_no_url_of_a_server_is_refused() {
        for text in [
            "",
            "localhost:80",
            "ftp://a",
            "http://",
            "http://a?b",
            "http://a/#b",
            "http://a/v1",
            "http://u:p@a",
            "http://a:99999",
            "unix:api",
            "//a",
            "http:///x",
        ] {
            assert!(text.parse::<Target>().is_err(), "{text}");
        }
    }
}
