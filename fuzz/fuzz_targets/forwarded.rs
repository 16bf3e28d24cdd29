//! `Forwarded` and `X-Forwarded-*`: believed from trusted proxies alone, and then only without a doubt.

#![no_main]

use std::net::IpAddr;

use doorward::client::{Client, Peer, TrustedProxies, client};
use http::{HeaderMap, HeaderName, HeaderValue};
use libfuzzer_sys::fuzz_target;

const NAMES: [&str; 3] = ["forwarded", "x-forwarded-for", "x-forwarded-proto"];

fuzz_target!(|bytes: &[u8]| {
    let mut headers = HeaderMap::new();
    for line in bytes.split(|byte| *byte == b'\n').take(8) {
        let Some((kind, value)) = line.split_first() else { continue };
        let Ok(value) = HeaderValue::from_bytes(value) else { continue };
        headers.append(HeaderName::from_static(NAMES[usize::from(*kind) % 3]), value);
    }
    let proxy: IpAddr = "10.0.0.1".parse().expect("an address");
    let networks = ["10.0.0.0/8".parse().expect("a network"), "fd00::/8".parse().expect("a network")];
    let trusted = TrustedProxies::new(&networks);

    for secure in [false, true] {
        // From a stranger nothing is believed.
        let stranger: IpAddr = "192.0.2.9".parse().expect("an address");
        let peer = Peer { address: Some(stranger), secure };
        assert_eq!(client(&peer, &headers, &trusted), Client { address: stranger, secure, by_proxy: false });
        let peer = Peer { address: Some(proxy), secure };
        assert_eq!(
            client(&peer, &headers, &TrustedProxies::default()),
            Client { address: proxy, secure, by_proxy: false }
        );

        let found = client(&peer, &headers, &trusted);
        assert!(found.by_proxy);
        let texts =
            |name: &str| -> Vec<&str> { headers.get_all(name).iter().filter_map(|line| line.to_str().ok()).collect() };
        // The address is the peer's, or one that somebody wrote down.
        let all = [texts("forwarded"), texts("x-forwarded-for")].concat().join(",");
        let written = all.split(|c: char| !(c.is_ascii_hexdigit() || matches!(c, '.' | ':'))).filter_map(|word| {
            let bare = word.parse::<IpAddr>().ok();
            bare.or_else(|| word.rsplit_once(':').and_then(|(address, _)| address.parse().ok()))
        });
        let mut written = written.map(|address| address.to_canonical());
        assert!(found.address == proxy || written.any(|address| address == found.address), "{found:?}");
        assert_eq!(found.address, found.address.to_canonical());

        // https only when everything that is said says so.
        let lower = [texts("forwarded"), texts("x-forwarded-proto")].concat().join(",").to_ascii_lowercase();
        if found.secure && !secure {
            assert!(lower.contains("https"));
        }
        let protos = texts("x-forwarded-proto");
        if protos.iter().flat_map(|line| line.split(',')).any(|proto| !proto.trim().eq_ignore_ascii_case("https")) {
            assert!(!found.secure);
        }

        // The last hop wins, whatever stands before it.
        if !headers.contains_key("forwarded") {
            let mut more = headers.clone();
            more.append("x-forwarded-for", HeaderValue::from_static("198.51.100.7"));
            let last: IpAddr = "198.51.100.7".parse().expect("an address");
            assert_eq!(client(&peer, &more, &trusted).address, last);
        }
    }
});
