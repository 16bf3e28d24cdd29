//! The PROXY protocol: every answer holds whatever follows, and nothing is read beyond a header.

#![no_main]

use std::net::SocketAddr;

use doorward_server::fuzzing::missing;
use doorward_server::proxy_protocol::{LONGEST, Parsed, parse};
use libfuzzer_sys::fuzz_target;

/// A line of version 1, read as simply as can be.
fn line(bytes: &[u8]) -> Option<Option<SocketAddr>> {
    let text = std::str::from_utf8(bytes).ok()?.strip_suffix("\r\n")?;
    let words: Vec<&str> = text.split(' ').collect();
    match words[..] {
        ["PROXY", "UNKNOWN", ..] => Some(None),
        ["PROXY", family, source, _, port, _] => {
            let address: std::net::IpAddr = source.parse().ok()?;
            assert_eq!(address.is_ipv4(), family == "TCP4");
            Some(Some(SocketAddr::new(address.to_canonical(), port.parse().ok()?)))
        }
        _ => None,
    }
}

fuzz_target!(|bytes: &[u8]| {
    match parse(bytes) {
        Err(_) => {
            let more = [bytes, b"\r\n\0 PROXY"].concat();
            assert!(parse(&more).is_err(), "what is malformed stays so");
        }
        Ok(Parsed::Partial) => {
            assert!(bytes.len() < LONGEST);
            assert!(missing(bytes) >= 1);
        }
        Ok(Parsed::Header { length, source }) => {
            assert!(length <= bytes.len() && length <= LONGEST);
            let header = &bytes[..length];
            let whole = Ok(Parsed::Header { length, source });
            assert_eq!(parse(header), whole);
            assert_eq!(parse(&[header, b"GET / HTTP/1.1\r\n"].concat()), whole);
            for cut in 0..length {
                assert_eq!(parse(&header[..cut]), Ok(Parsed::Partial));
            }
            // Whoever reads what is missing reads the header and no byte more.
            let mut read = 0;
            while parse(&bytes[..read]) == Ok(Parsed::Partial) {
                read += missing(&bytes[..read]);
                assert!(read <= length);
            }
            assert_eq!(read, length);
            if header.starts_with(b"P") {
                assert_eq!(line(header), Some(source));
            }
            assert!(source.is_none_or(|source| source.ip() == source.ip().to_canonical()));
        }
    }
});
