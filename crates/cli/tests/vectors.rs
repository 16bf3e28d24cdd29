//! The table of vectors, through the gateway: the binary, its listeners, real sockets, and a service behind it that keeps what it gets.

mod kit;
mod peers;
#[path = "../../doorward/vectors/mod.rs"]
mod vectors;

use std::path::Path;

use kit::{Place, Server};
use peers::{Answer, Client, Issued, Upstream};
use serde_json::{Value, json};
use vectors::{Answered, Member, Seen, Sent, Table, Token, Tokens, Vector};

#[test]
fn the_gateway_does_what_the_vectors_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../doorward/vectors");
    let mut complaints = Vec::new();
    let mut tables = vectors::tables(&folder);
    // Those with the same rules share a server.
    tables.sort_by(|one, two| (&one.rules_file, &one.name).cmp(&(&two.rules_file, &two.name)));
    let mut doors: Vec<(String, Door)> = Vec::new();
    let mut count = 0;
    for table in &tables {
        let realms: Vec<&str> = table.cast.iter().map(|member| member.realm.as_str()).collect();
        let house = format!("{} {realms:?}", table.rules_file);
        if doors.last().is_none_or(|(known, _)| *known != house) {
            doors.clear();
            doors.push((house, Door::open(table)));
        }
        let (_, door) = doors.last_mut().expect("one");
        for vector in &table.vectors {
            count += 1;
            let found = door.try_out(table, vector);
            complaints
                .extend(found.iter().map(|what| format!("{} [{}] {}: {what}", table.name, vector.row, vector.name)));
        }
    }
    assert!(count > 100, "{count} vectors");
    assert!(complaints.is_empty(), "{} complaints about {count} vectors:\n{}", complaints.len(), complaints.join("\n"));
}

/// With a certificate: TLS, and plain HTTP beside it.
const BOTH: &str = r#"listen = ["127.0.0.1:0", { address = "127.0.0.1:0", plain = true }]"#;
const PLAIN: &str = r#"listen = "127.0.0.1:0""#;

/// A server with a table's rules and users, a service behind it, and what it takes to talk to it.
struct Door {
    issued: Issued,
    upstream: Upstream,
    place: Place,
    server: Server,
    /// Where log-ins are.
    mount: String,
    /// A host that is served.
    host: &'static str,
    /// Whether sessions begin over TLS only.
    is_secure: bool,
}

impl Door {
    fn open(table: &Table) -> Self {
        let issued = Issued::new();
        let upstream = Upstream::answering(|seen| {
            let mut text = "HTTP/1.1 200 OK\r\n".to_owned();
            for (_, line) in seen.headers.iter().filter(|(name, _)| name == "x-answer") {
                text.push_str(&format!("{line}\r\n"));
            }
            let body = if seen.method == "HEAD" { "" } else { "ok" };
            text.push_str(&format!("Content-Length: 2\r\n\r\n{body}"));
            text.into_bytes()
        });
        let is_secure = table.rules.contains("https://");
        let (listen, tls) =
            if is_secure { (BOTH, "[tls]\ncert = \"cert.pem\"\nkey = \"key.pem\"\n") } else { (PLAIN, "") };
        let place = Place::with(&format!("{listen}\nupstream = \"{}\"\n{}\n{tls}", upstream.url(), table.rules));
        issued.write(place.path());
        for member in &table.cast {
            invite(&place, member);
        }
        let rules: toml::Table = toml::from_str(&table.rules).expect("rules");
        let mount = rules.get("mount").and_then(toml::Value::as_str).unwrap_or_default().to_owned();
        let host = if table.rules.contains("https://shop.example") { "shop.example" } else { "localhost" };
        Self { server: Server::start(&place), issued, upstream, place, mount, host, is_secure }
    }

    /// Says what is not as the vector has it.
    fn try_out(&mut self, table: &Table, vector: &Vector) -> Vec<String> {
        let answered = self.ask(table, vector);
        // Failures of earlier vectors count against this address. A new server has not seen them.
        let is_throttled = |answered: &Result<Answered, String>| answered.as_ref().is_ok_and(|it| it.status == 429);
        let answered = if is_throttled(&answered) && vector.expect != 429 {
            self.server.kill();
            self.server = Server::start(&self.place);
            self.ask(table, vector)
        } else {
            answered
        };
        match answered {
            Ok(answered) => vector.complaints(table, &answered),
            Err(what) => vec![what],
        }
    }

    fn ask(&self, table: &Table, vector: &Vector) -> Result<Answered, String> {
        let mut tokens = Tokens::new();
        for name in vector.sessions() {
            let token = self.log_in(table.member(&name), vector.secure || self.is_secure)?;
            tokens.insert(name, token);
        }
        let sent = vector.request(table, &tokens);
        let before = self.upstream.seen().len();
        let mut client = self.connect(vector.secure);
        client.send(bytes(&sent));
        let answer = if sent.method == "HEAD" { client.try_answer_to_head() } else { client.try_answer() };
        let answer = answer.map_err(|error| format!("no answer: {error}"))?;
        let seen = self.upstream.seen();
        Ok(answered(&answer, seen.get(before)))
    }

    fn connect(&self, secure: bool) -> Client {
        let addresses = self.server.addresses();
        match (secure, &addresses[..]) {
            (true, _) => Client::tls(addresses[0], &self.issued, &[]).0,
            (false, [.., plain]) => Client::tcp(*plain),
            (false, []) => panic!("it does not listen"),
        }
    }

    fn log_in(&self, member: &Member, secure: bool) -> Result<Token, String> {
        let body = json!({ "realm": member.realm, "login": member.login, "password": member.password }).to_string();
        let head = format!(
            "POST {}/user/sessions HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.mount,
            self.host,
            body.len(),
        );
        let answer = self.connect(secure).send(head).answer();
        if answer.status != 201 {
            return Err(format!("{} cannot log in: {} {}", member.name, answer.status, answer.text()));
        }
        let pairs = answer.all("set-cookie").filter_map(|cookie| cookie.split(';').next()?.split_once('='));
        let is_session = |(name, _): &(&str, &str)| !name.ends_with("-device") && !name.ends_with("-guest");
        let (cookie, token) = pairs.into_iter().find(is_session).ok_or("no session cookie")?;
        let body: Value = serde_json::from_slice(&answer.body).expect("JSON");
        let csrf = body["csrf_token"].as_str().expect("a token").to_owned();
        Ok(Token { cookie: cookie.to_owned(), token: token.to_owned(), csrf })
    }
}

/// Adds a member as a user.
fn invite(place: &Place, member: &Member) {
    let mut line = format!("user add {} --id {} --realm {}", member.login, member.id, member.realm);
    for role in &member.roles {
        line.push_str(&format!(" --role {role}"));
    }
    for (name, value) in &member.attributes {
        line.push_str(&format!(" --attribute {name}={value}"));
    }
    match &member.password {
        Some(password) => place.run_with(&format!("{line} --password-stdin"), &format!("{password}\n")).ok(),
        None => place.run(&line).ok(),
    };
    if member.disabled {
        place.run(&format!("user disable {} --realm {}", member.login, member.realm)).ok();
    }
}

fn bytes(sent: &Sent) -> Vec<u8> {
    let mut bytes = format!("{} {} HTTP/1.1\r\n", sent.method, sent.target).into_bytes();
    for (name, value) in &sent.headers {
        bytes.extend_from_slice(name.as_bytes());
        bytes.extend_from_slice(b": ");
        bytes.extend_from_slice(value);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(&sent.body);
    bytes
}

fn answered(answer: &Answer, seen: Option<&peers::Seen>) -> Answered {
    let seen = seen.map(|seen| Seen {
        method: seen.method.clone(),
        target: seen.target.clone(),
        headers: seen.headers.clone(),
        body: seen.text(),
    });
    Answered { status: answer.status, headers: answer.headers.clone(), body: answer.text(), seen }
}
