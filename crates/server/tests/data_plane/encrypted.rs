//! TLS, towards clients and towards upstreams.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

use doorward::MemoryStore;

use crate::kit::{Client, House, Issued, OPEN, Upstream, ok, until};

/// A house with a certificate.
fn open(issued: &Issued, upstream: &Upstream, rules: &str) -> House {
    let folder = tempfile::tempdir().expect("a folder");
    issued.write(folder.path());
    let text =
        format!("upstream = \"{}\"\ntls = {{ cert = \"cert.pem\", key = \"key.pem\" }}\n{rules}", upstream.url());
    House::try_open_in(folder, &text, Arc::new(MemoryStore::new())).expect("starts")
}

#[test]
fn a_request_over_tls_is_secure() {
    let (issued, upstream) = (Issued::new(), Upstream::echo());
    let house = open(&issued, &upstream, OPEN);
    let (mut client, chosen) = Client::tls(house.address(), &issued, &["http/1.1"]);
    assert_eq!(chosen.as_deref(), Some("http/1.1"));
    let answer = client.request("GET", "/a", &[]).answer();
    assert_eq!(answer.text(), "/a");
    assert_eq!(answer.header("strict-transport-security"), Some("max-age=63072000; includeSubDomains"));
    assert_eq!(upstream.last().header("x-forwarded-proto"), Some("https"));
    let refused = client.request("PATCH2", "/a", &[]).answer();
    assert!(refused.header("strict-transport-security").is_some(), "{}", refused.status);
    let malformed = client.request("GET", "/a", &["Connection: Cookie"]).answer();
    assert_eq!((malformed.status, malformed.header("strict-transport-security").is_some()), (400, true));
    let (mut client, chosen) = Client::tls(house.address(), &issued, &[]);
    assert_eq!(chosen, None);
    assert_eq!(client.request("GET", "/b", &[]).answer().text(), "/b");
}

#[test]
fn plain_http_at_a_tls_port_gets_no_answer() {
    let (issued, upstream) = (Issued::new(), Upstream::echo());
    let house = open(&issued, &upstream, OPEN);
    assert!(house.client().request("GET", "/", &[]).try_answer().is_err());
    assert_eq!(upstream.connections(), 0);
}

#[test]
fn a_handshake_that_stands_still_is_ended() {
    let (issued, upstream) = (Issued::new(), Upstream::echo());
    let house = open(&issued, &upstream, &format!("limits = {{ header_read = \"1s\" }}\n{OPEN}"));
    let mut client = house.client();
    assert!(client.send([0x16, 3, 1]).is_closed());
}

#[test]
fn a_certificate_is_replaced_and_a_bad_one_is_not_taken() {
    let (issued, upstream) = (Issued::new(), Upstream::echo());
    let house = open(&issued, &upstream, OPEN);
    let text = format!("upstream = \"{}\"\ntls = {{ cert = \"cert.pem\", key = \"key.pem\" }}\n{OPEN}", upstream.url());
    let renewed = Issued::new();
    renewed.write(house.folder.path());
    house.reload(&text).expect("reloads");
    let works = |issued: &Issued| {
        let stream = TcpStream::connect(house.address()).expect("connects");
        let mut stream = issued.connect(stream, &[]);
        stream.conn.complete_io(&mut stream.sock).is_ok()
            && stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").is_ok()
    };
    assert!(works(&renewed));
    assert!(!works(&issued));
    std::fs::write(house.folder.path().join("key.pem"), "nonsense").expect("written");
    let error = house.reload(&text).expect_err("refused").to_string();
    assert!(error.contains("key.pem"), "{error}");
    assert!(works(&renewed));
    // Without being told, it looks at the files now and then.
    issued.write(house.folder.path());
    until("the files are read", || works(&issued).then_some(()));
}

#[test]
fn a_plain_listener_sends_pages_to_https_and_refuses_the_rest() {
    let (issued, upstream) = (Issued::new(), Upstream::echo());
    let listen = "listen = [\"127.0.0.1:0\", { address = \"127.0.0.1:0\", plain = true, redirect_to_https = true }]\n";
    let house =
        open(&issued, &upstream, &format!("{listen}{OPEN}[[route]]\nmatch = \"GET /own\"\naccess = \"self\"\n"));
    let plain = house.server().addresses()[1].socket().expect("TCP");
    let secure = house.address().port();
    let mut client = Client::tcp(plain);
    let answer = client.request("GET", "/own?a=b", &["Accept: text/html,*/*;q=0.8"]).answer();
    assert_eq!(
        (answer.status, answer.header("location")),
        (308, Some(format!("https://127.0.0.1:{secure}/own?a=b").as_str()))
    );
    assert_eq!(answer.header("strict-transport-security"), None);
    let head = client.request("HEAD", "/", &["Sec-Fetch-Mode: navigate"]).answer_to_head();
    assert_eq!(head.status, 308);
    for (method, lines) in [
        ("GET", &["Accept: application/json"][..]),
        ("GET", &["Accept: text/html", "Sec-Fetch-Mode: cors"]),
        ("POST", &["Accept: text/html"]),
        ("GET", &["Authorization: Basic YTpi"]),
    ] {
        let answer = client.request(method, "/own", lines).answer();
        assert_eq!((answer.status, answer.code().as_str()), (403, "https_required"), "{method} {lines:?}");
        assert_eq!((answer.header("location"), answer.header("www-authenticate")), (None, None));
    }
    let evil = client.send("GET / HTTP/1.1\r\nHost: evil.example\r\nAccept: text/html\r\n\r\n").answer();
    assert_eq!((evil.status, evil.header("location")), (421, None));
    assert_eq!(upstream.connections(), 0);
}

/// Answers one request on each connection.
fn secure_upstream(issued: &Issued) -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let (address, config) = (listener.local_addr().expect("an address"), issued.server_config());
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let connection = rustls::ServerConnection::new(config.clone()).expect("a connection");
            let mut stream = rustls::StreamOwned::new(connection, stream);
            let mut bytes = [0; 4096];
            if stream.read(&mut bytes).is_ok_and(|read| read > 0) {
                let _ = stream.write_all(&ok("encrypted"));
                let _ = stream.flush();
            }
        }
    });
    address
}

#[test]
fn an_upstream_over_tls_is_verified_against_its_own_issuers() {
    let (issued, other) = (Issued::new(), Issued::new());
    let address = secure_upstream(&issued);
    let status = |trusted: &Issued, host: &str| {
        let folder = tempfile::tempdir().expect("a folder");
        trusted.write(folder.path());
        let text = format!("[upstream.one]\nurl = \"https://{host}:{}\"\nca = \"cert.pem\"\n{OPEN}", address.port());
        let house = House::try_open_in(folder, &text, Arc::new(MemoryStore::new())).expect("starts");
        house.client().request("GET", "/", &[]).answer().status
    };
    assert_eq!(status(&issued, "localhost"), 200);
    assert_eq!(status(&issued, "127.0.0.1"), 200);
    assert_eq!(status(&other, "localhost"), 502);
    assert_eq!(status(&issued, "ip6-localhost"), 502);
    let house = House::open(&format!("upstream = \"https://localhost:{}\"\n{OPEN}", address.port()));
    assert_eq!(house.client().request("GET", "/", &[]).answer().status, 502);
}
