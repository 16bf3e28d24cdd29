//! Authorities: whatever is accepted has one spelling, for Host and for the target alike.

#![no_main]

use doorward::Head;
use doorward::client::{Peer, TrustedProxies};
use doorward::policy::Door;
use http::{HeaderValue, Request, Uri};
use libfuzzer_sys::fuzz_target;

/// The host of a request with this `Host` and, perhaps, an authority in its target.
fn read(authority: Option<&str>, host: &[u8], secure: bool) -> Option<String> {
    let mut request = Request::new(());
    if let Some(authority) = authority {
        let scheme = if secure { "https" } else { "http" };
        *request.uri_mut() = Uri::builder().scheme(scheme).authority(authority).path_and_query("/a").build().ok()?;
    }
    request.headers_mut().insert("host", HeaderValue::from_bytes(host).ok()?);
    let (parts, ()) = request.into_parts();
    let peer = Peer { address: None, secure };
    let head = Head::read(&parts, &peer, &TrustedProxies::default(), Door::Public).ok()?;
    Some(head.host().to_owned())
}

fuzz_target!(|bytes: &[u8]| {
    let Some((flags, sent)) = bytes.split_first() else { return };
    let secure = flags & 1 == 1;
    let Some(host) = read(None, sent, secure) else { return };

    assert_eq!(read(None, host.as_bytes(), secure).as_deref(), Some(&*host), "one spelling");
    assert!(!host.is_empty() && host.bytes().all(|byte| !byte.is_ascii_uppercase() && byte.is_ascii_graphic()));
    assert!(!host.contains(['@', '/', '\\', '?', '#', ',', '%', ' ']));
    let sent = std::str::from_utf8(sent).expect("an accepted host is text");
    assert!(sent.to_ascii_lowercase().starts_with(host.split(':').next().expect("a beginning")));

    // The port that the scheme has anyway is not said, and every other one is.
    let uri: Uri = format!("http://{host}/").parse().expect("an authority");
    let port = uri.port_u16();
    assert_ne!(port, Some(if secure { 443 } else { 80 }));
    let said: Option<u16> = sent
        .rsplit_once(':')
        .filter(|(name, _)| !name.contains(':') || name.ends_with(']'))
        .and_then(|(_, port)| port.parse().ok());
    assert_eq!(port, said.filter(|port| *port != if secure { 443 } else { 80 }));

    // The same authority in the target agrees with it, in any case; another one does not.
    assert_eq!(read(Some(&host.to_ascii_uppercase()), sent.as_bytes(), secure).as_deref(), Some(&*host));
    assert_eq!(read(Some("other.example"), sent.as_bytes(), secure).is_some(), host == "other.example");
});
