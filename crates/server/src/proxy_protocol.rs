//! The PROXY protocol, versions 1 and 2: the address of the client, said by a load balancer before the first byte of the client.
//!
//! The parser is pure and strict: what it does not understand completely is refused, and so is what is longer than it needs to be.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// What the bytes seen so far are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parsed {
    /// The beginning of a header: more bytes are needed.
    Partial,
    /// A whole header.
    Header {
        /// How many bytes it has; what follows them is the client's.
        length: usize,
        /// The client. `None` when the balancer speaks for itself (health checks) or did not know.
        source: Option<SocketAddr>,
    },
}

/// The bytes are no PROXY protocol header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a PROXY protocol header")]
pub struct Malformed;

/// The longest header that is read, in bytes: addresses of version 2 and a fair amount of extensions.
pub const LONGEST: usize = 1024;

const SIGNATURE: [u8; 12] = *b"\r\n\r\n\0\r\nQUIT\n";
/// The longest line of version 1, its end included.
const LONGEST_LINE: usize = 107;

/// Reads the header at the beginning of `bytes`.
///
/// ```
/// use doorward_server::proxy_protocol::{Parsed, parse};
/// let bytes = b"PROXY TCP4 192.0.2.1 192.0.2.2 40000 443\r\nGET / HTTP/1.1\r\n";
/// let source = "192.0.2.1:40000".parse().ok();
/// assert_eq!(parse(bytes), Ok(Parsed::Header { length: 42, source }));
/// ```
///
/// # Errors
/// When no continuation of `bytes` could be a header.
pub fn parse(bytes: &[u8]) -> Result<Parsed, Malformed> {
    match bytes.first() {
        None => Ok(Parsed::Partial),
        Some(b'P') => version_1(bytes),
        Some(_) => version_2(bytes),
    }
}

/// How many bytes the header that begins with `bytes` has at least beyond them. To read no more than these never takes a byte
/// of what follows the header.
pub(crate) fn missing(bytes: &[u8]) -> usize {
    /// The shortest header of version 1 is `PROXY UNKNOWN` with its line end; the fixed part of version 2 has one byte more.
    const SHORTEST_LINE: usize = 15;
    const FIXED: usize = 16;
    match bytes.first() {
        _ if bytes.len() < SHORTEST_LINE => SHORTEST_LINE - bytes.len(),
        Some(b'P') => 1,
        _ if bytes.len() < FIXED => FIXED - bytes.len(),
        _ => {
            let length = FIXED + usize::from(u16::from_be_bytes([bytes[14], bytes[15]]));
            length.saturating_sub(bytes.len()).max(1)
        }
    }
}

fn version_1(bytes: &[u8]) -> Result<Parsed, Malformed> {
    let window = &bytes[..bytes.len().min(LONGEST_LINE)];
    let Some(end) = window.iter().position(|byte| *byte == b'\n') else {
        let known = b"PROXY ";
        let shared = window.len().min(known.len());
        let begins = window[..shared] == known[..shared];
        return if begins && window.len() < LONGEST_LINE { Ok(Parsed::Partial) } else { Err(Malformed) };
    };
    let line = window[..end].strip_suffix(b"\r").ok_or(Malformed)?;
    let line = std::str::from_utf8(line).map_err(|_| Malformed)?.strip_prefix("PROXY ").ok_or(Malformed)?;
    let length = end + 1;
    if line == "UNKNOWN" || line.starts_with("UNKNOWN ") {
        return Ok(Parsed::Header { length, source: None });
    }
    let mut words = line.split(' ');
    let mut word = || words.next().ok_or(Malformed);
    let (family, source, destination) = (word()?, word()?, word()?);
    let (source_port, destination_port) = (port(word()?)?, port(word()?)?);
    if words.next().is_some() {
        return Err(Malformed);
    }
    let (source, destination) = match family {
        "TCP4" => (IpAddr::V4(address(source)?), IpAddr::V4(address(destination)?)),
        "TCP6" => (IpAddr::V6(address(source)?), IpAddr::V6(address(destination)?)),
        _ => return Err(Malformed),
    };
    let _ = (destination, destination_port);
    Ok(Parsed::Header { length, source: Some(SocketAddr::new(canonical(source), source_port)) })
}

fn address<A: std::str::FromStr>(text: &str) -> Result<A, Malformed> {
    text.parse().map_err(|_| Malformed)
}

/// A port in decimal, without sign or leading zero.
fn port(text: &str) -> Result<u16, Malformed> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    if plain { text.parse().map_err(|_| Malformed) } else { Err(Malformed) }
}

fn version_2(bytes: &[u8]) -> Result<Parsed, Malformed> {
    let shared = bytes.len().min(SIGNATURE.len());
    if bytes[..shared] != SIGNATURE[..shared] {
        return Err(Malformed);
    }
    let Some(&[command, family, high, low]) = bytes.get(12..16).and_then(|part| part.first_chunk()) else {
        return Ok(Parsed::Partial);
    };
    let length = 16 + usize::from(u16::from_be_bytes([high, low]));
    if length > LONGEST {
        return Err(Malformed);
    }
    // The high half is the version.
    let local = match command {
        0x20 => true,
        0x21 => false,
        _ => return Err(Malformed),
    };
    let Some(addresses) = bytes.get(16..length) else { return Ok(Parsed::Partial) };
    if local {
        return Ok(Parsed::Header { length, source: None });
    }
    let source = match family {
        // TCP over IPv4: two addresses, two ports.
        0x11 => {
            let &[a, b, c, d, _, _, _, _, high, low, ..] = addresses.first_chunk::<12>().ok_or(Malformed)?;
            Some(SocketAddr::new(Ipv4Addr::new(a, b, c, d).into(), u16::from_be_bytes([high, low])))
        }
        // TCP over IPv6.
        0x21 => {
            let block = addresses.first_chunk::<36>().ok_or(Malformed)?;
            let octets: [u8; 16] = *block.first_chunk().ok_or(Malformed)?;
            let port = u16::from_be_bytes([block[32], block[33]]);
            Some(SocketAddr::new(canonical(Ipv6Addr::from(octets).into()), port))
        }
        // Unspecified, or a Unix socket: there is a client, but no address of it.
        0x00 | 0x31 => None,
        _ => return Err(Malformed),
    };
    Ok(Parsed::Header { length, source })
}

/// An IPv4 address written as an IPv6 one is the IPv4 address.
fn canonical(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn header(length: usize, source: &str) -> Result<Parsed, Malformed> {
        Ok(Parsed::Header { length, source: source.parse().ok() })
    }

    fn binary(command: u8, family: u8, rest: &[u8]) -> Vec<u8> {
        let mut bytes = SIGNATURE.to_vec();
        bytes.extend([command, family]);
        bytes.extend(u16::try_from(rest.len()).expect("short").to_be_bytes());
        bytes.extend(rest);
        bytes
    }

    #[test]
    fn a_line_says_the_client() {
        assert_eq!(parse(b"PROXY TCP4 10.0.0.1 10.0.0.2 1 2\r\nrest"), header(34, "10.0.0.1:1"));
        assert_eq!(parse(b"PROXY TCP6 2001:db8::1 ::1 65535 2\r\n"), header(36, "[2001:db8::1]:65535"));
        assert_eq!(parse(b"PROXY TCP6 ::ffff:10.0.0.1 ::1 5 2\r\n"), header(36, "10.0.0.1:5"));
        assert_eq!(parse(b"PROXY UNKNOWN\r\n"), header(15, ""));
        assert_eq!(parse(b"PROXY UNKNOWN ffff:: whatever\r\n"), header(31, ""));
    }

    #[test]
    fn reading_what_is_missing_never_reads_beyond_the_header() {
        let four = [192, 0, 2, 1, 192, 0, 2, 2, 0x1f, 0x90, 0, 80];
        let headers = [
            b"PROXY UNKNOWN\r\n".to_vec(),
            b"PROXY TCP4 10.0.0.1 10.0.0.2 1 2\r\n".to_vec(),
            binary(0x20, 0x00, &[]),
            binary(0x21, 0x11, &four),
        ];
        for header in headers {
            let whole = [&header[..], b"\x16\x03\x01 hello"].concat();
            let mut read = 0;
            while parse(&whole[..read]) == Ok(Parsed::Partial) {
                read += missing(&whole[..read]);
            }
            assert_eq!(read, header.len(), "{}", header.escape_ascii());
        }
    }

    #[test]
    fn a_line_that_is_not_exact_is_refused() {
        let wrong: [&[u8]; 14] = [
            b"PROXY TCP4 10.0.0.1 10.0.0.2 1 2\n",
            b"PROXY TCP4 10.0.0.1 10.0.0.2 1 65536\r\n",
            b"PROXY TCP4 10.0.0.1 10.0.0.2 01 2\r\n",
            b"PROXY TCP4 10.0.0.1 10.0.0.2 +1 2\r\n",
            b"PROXY TCP4  10.0.0.1 10.0.0.2 1 2\r\n",
            b"PROXY TCP4 10.0.0.1 10.0.0.2 1 2 \r\n",
            b"PROXY TCP4 10.0.0.1 10.0.0.2 1\r\n",
            b"PROXY TCP4 010.0.0.1 10.0.0.2 1 2\r\n",
            b"PROXY TCP4 ::1 ::1 1 2\r\n",
            b"PROXY TCP6 10.0.0.1 10.0.0.2 1 2\r\n",
            b"PROXY UDP4 10.0.0.1 10.0.0.2 1 2\r\n",
            b"PROXY UNKNOWNX\r\n",
            b"POST / HTTP/1.1\r\n",
            b"GET / HTTP/1.1\r\n",
        ];
        for bytes in wrong {
            assert_eq!(parse(bytes), Err(Malformed), "{}", bytes.escape_ascii());
        }
    }

    #[test]
    fn a_line_without_end_is_refused_at_its_greatest_length() {
        let mut bytes = b"PROXY UNKNOWN ".to_vec();
        bytes.resize(LONGEST_LINE - 1, b'x');
        assert_eq!(parse(&bytes), Ok(Parsed::Partial));
        bytes.push(b'x');
        assert_eq!(parse(&bytes), Err(Malformed));
    }

    #[test]
    fn the_binary_header_says_the_client() {
        let four = [192, 0, 2, 1, 192, 0, 2, 2, 0x1f, 0x90, 0, 80];
        assert_eq!(parse(&binary(0x21, 0x11, &four)), header(28, "192.0.2.1:8080"));
        let extended = [&four[..], &[0x04, 0, 1, 0]].concat();
        assert_eq!(parse(&binary(0x21, 0x11, &extended)), header(32, "192.0.2.1:8080"));
        let mut six = [0; 36];
        six[..2].copy_from_slice(&[0x20, 0x01]);
        six[33] = 9;
        assert_eq!(parse(&binary(0x21, 0x21, &six)), header(52, "[2001::]:9"));
        assert_eq!(parse(&binary(0x20, 0x00, &[])), header(16, ""));
        assert_eq!(parse(&binary(0x21, 0x31, &[0; 216])), header(232, ""));
    }

    #[test]
    fn the_binary_header_must_be_of_a_known_kind_and_long_enough() {
        for (command, family, length) in [
            (0x21, 0x11, 11),
            (0x21, 0x21, 35),
            (0x11, 0x11, 12),
            (0x22, 0x11, 12),
            (0x21, 0x12, 12),
            (0x21, 0x41, 12),
            (0x20, 0x00, LONGEST),
        ] {
            assert_eq!(parse(&binary(command, family, &vec![0; length])), Err(Malformed));
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_parser_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = parse(&bytes);
            let _ = parse(&[&SIGNATURE[..], &bytes].concat());
            let _ = parse(&[&b"PROXY TCP4 "[..], &bytes].concat());
        }

        #[test]
        fn what_is_a_header_is_partial_at_every_shorter_length(port in 0u16.., octets in any::<[u8; 4]>()) {
            let address = Ipv4Addr::from(octets);
            let line = format!("PROXY TCP4 {address} {address} {port} {port}\r\n").into_bytes();
            let rest = [&octets[..], &octets[..], &port.to_be_bytes(), &port.to_be_bytes()].concat();
            for bytes in [line, binary(0x21, 0x11, &rest)] {
                for cut in 0..bytes.len() {
                    prop_assert_eq!(parse(&bytes[..cut]), Ok(Parsed::Partial));
                }
                let source = Some(SocketAddr::new(address.into(), port));
                prop_assert_eq!(parse(&bytes), Ok(Parsed::Header { length: bytes.len(), source }));
            }
        }
    }
}
