use super::*;
use http::HeaderValue;
use proptest::prelude::*;

fn trusted() -> TrustedProxies {
    TrustedProxies::new(&["10.0.0.0/8".parse().expect("a network"), "fd00::/8".parse().expect("a network")])
}

fn read(lines: &[(HeaderName, &str)]) -> (String, bool) {
    let headers: HeaderMap =
        lines.iter().map(|(name, value)| (name.clone(), HeaderValue::from_str(value).expect("a value"))).collect();
    let peer = Peer { address: Some("10.0.0.1".parse().expect("an address")), secure: false };
    let client = client(&peer, &headers, &trusted());
    (client.address.to_string(), client.secure)
}

fn address_of(lines: &[(HeaderName, &str)]) -> String {
    read(lines).0
}

#[test]
fn a_peer_that_is_not_listed_is_the_client_whatever_it_says() {
    let headers: HeaderMap = [
        (X_FORWARDED_FOR, HeaderValue::from_static("1.2.3.4")),
        (X_FORWARDED_PROTO, HeaderValue::from_static("https")),
    ]
    .into_iter()
    .collect();
    for address in ["192.0.2.1", "127.0.0.1"] {
        let peer = Peer { address: address.parse().ok(), secure: false };
        let client = client(&peer, &headers, &trusted());
        assert_eq!(client, Client { address: address.parse().expect("an address"), secure: false, by_proxy: false });
    }
}

#[test]
fn the_client_is_the_right_most_hop_that_is_no_proxy() {
    assert_eq!(address_of(&[(X_FORWARDED_FOR, "6.6.6.6, 192.0.2.7, 10.0.0.9")]), "192.0.2.7");
    assert_eq!(address_of(&[(X_FORWARDED_FOR, "6.6.6.6"), (X_FORWARDED_FOR, "192.0.2.7")]), "192.0.2.7");
    assert_eq!(address_of(&[(X_FORWARDED_FOR, "10.0.0.8, 10.0.0.9")]), "10.0.0.8");
    assert_eq!(address_of(&[(FORWARDED, "for=6.6.6.6, for=\"[2001:db8::1]:4711\";proto=http")]), "2001:db8::1");
    assert_eq!(address_of(&[(FORWARDED, "For=192.0.2.7:80")]), "192.0.2.7");
    assert_eq!(address_of(&[(X_FORWARDED_FOR, "::ffff:192.0.2.7")]), "192.0.2.7");
}

#[test]
fn what_cannot_be_read_leaves_the_peer() {
    for value in [
        "",
        "unknown",
        "192.0.2.7, unknown",
        "192.0.2.7,",
        "a.b",
        "192.0.2.7:x",
        "[::1",
        "1.2.3.4.5",
        "[::1]x",
        "999.1.1.1",
    ] {
        assert_eq!(address_of(&[(X_FORWARDED_FOR, value)]), "10.0.0.1", "{value:?}");
    }
    for value in ["for=_hidden", "by=1.2.3.4", "for=1.2.3.4;for=5.6.7.8", "for", "for=\"192.0.2.7"] {
        assert_eq!(address_of(&[(FORWARDED, value)]), "10.0.0.1", "{value:?}");
    }
}

#[test]
fn two_headers_that_contradict_each_other_leave_the_peer() {
    assert_eq!(address_of(&[(FORWARDED, "for=6.6.6.6"), (X_FORWARDED_FOR, "192.0.2.7")]), "10.0.0.1");
    assert_eq!(address_of(&[(FORWARDED, "for=192.0.2.7"), (X_FORWARDED_FOR, "192.0.2.7")]), "192.0.2.7");
}

#[test]
fn https_is_believed_only_without_a_doubt() {
    let secure = |lines: &[(HeaderName, &str)]| read(lines).1;
    assert!(secure(&[(X_FORWARDED_PROTO, "https")]));
    assert!(secure(&[(X_FORWARDED_PROTO, "https, HTTPS")]));
    assert!(secure(&[(FORWARDED, "for=192.0.2.7;proto=https")]));
    for lines in [
        &[(X_FORWARDED_PROTO, "https, http")][..],
        &[(X_FORWARDED_PROTO, "http"), (X_FORWARDED_PROTO, "https")],
        &[(X_FORWARDED_PROTO, "")],
        &[(X_FORWARDED_PROTO, "wss")],
        &[(FORWARDED, "proto=https"), (X_FORWARDED_PROTO, "http")],
        &[(FORWARDED, "proto=https, proto=http")],
        &[],
    ] {
        assert!(!secure(lines), "{lines:?}");
    }
}

#[test]
fn a_unix_socket_is_believed_where_this_machine_is() {
    let headers: HeaderMap = [(X_FORWARDED_FOR, HeaderValue::from_static("192.0.2.7"))].into_iter().collect();
    let peer = Peer { address: None, secure: false };
    assert_eq!(client(&peer, &headers, &trusted()).address.to_string(), "127.0.0.1");
    let local = TrustedProxies::new(&["127.0.0.1".parse().expect("a network")]);
    assert_eq!(client(&peer, &headers, &local).address.to_string(), "192.0.2.7");
}

#[test]
fn one_customer_has_one_network() {
    let of = |text: &str| network(text.parse().expect("an address")).to_string();
    assert_eq!(of("192.0.2.7"), "192.0.2.7/32");
    assert_eq!(of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
}

proptest! {
    #[test]
    fn nothing_that_is_sent_names_a_proxy_as_the_client_by_mistake(value in "[ -~]{0,80}") {
        // Whatever stands left of the last hop, an untrusted last hop is the client.
        let list = format!("{value}, 192.0.2.7");
        prop_assert_eq!(address_of(&[(X_FORWARDED_FOR, &list)]), "192.0.2.7");
    }

    #[test]
    fn no_header_makes_it_panic(one in "[ -~]{0,60}", two in "[ -~]{0,60}") {
        read(&[(FORWARDED, &one), (X_FORWARDED_FOR, &two), (X_FORWARDED_PROTO, &one)]);
    }
}
