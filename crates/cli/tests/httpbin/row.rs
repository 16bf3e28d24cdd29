//! httpbin, a tap and Doorward in a row, and what differs on the two sides of Doorward.

use std::io::Cursor;

use crate::asked::Asked;
use crate::kit::{Place, Server};
use crate::peers::{self, Answer, Client, Httpbin, Passed, Seen, Tap, until};

/// All that httpbin offers. `*` would take Doorward's own paths too.
const PATHS: &str = "
    / /legacy /html /robots.txt /deny /ip /uuid /headers /user-agent /get /anything /anything/*rest
    /post /put /patch /delete /gzip /deflate /brotli /encoding/utf8 /base64/:value /xml /json /spec.json
    /redirect/:n /redirect-to /relative-redirect/:n /absolute-redirect/:n /response-headers /forms/post
    /cookies /cookies/set/:name/:value /cookies/set /cookies/delete /status/:codes /delay/:seconds /drip
    /stream/:n /bytes/:n /stream-bytes/:n /range/:n /links/:n/:offset /links/:n /image /image/:kind
    /basic-auth/:user/:password /hidden-basic-auth/:user/:password /bearer /digest-auth/*rest
    /cache /etag/:etag /cache/:seconds
";

/// What Doorward says to services of the client and of itself, and what it answers to browsers.
const ADDED_TO_REQUESTS: [&str; 7] = [
    "forwarded",
    "via",
    "x-doorward-method",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-request-id",
];
const ADDED_TO_ANSWERS: [&str; 5] =
    ["content-security-policy", "referrer-policy", "x-content-type-options", "x-frame-options", "x-request-id"];
/// What concerns one connection, and how long a body is on it.
const OF_A_HOP: [&str; 6] =
    ["connection", "content-length", "expect", "keep-alive", "proxy-authenticate", "transfer-encoding"];

/// httpbin, the tap and Doorward, in a row.
pub struct Row {
    _httpbin: Httpbin,
    tap: Tap,
    _place: Place,
    server: Server,
}

impl Row {
    /// Starts them.
    pub fn start() -> Self {
        let httpbin = Httpbin::start();
        let tap = Tap::before(httpbin.address);
        let mut rules = format!("listen = \"127.0.0.1:0\"\nupstream = \"http://{}\"\n", tap.address);
        for path in PATHS.split_whitespace() {
            let route = format!(
                "[[route]]\nmatch = \"* {path}\"\naccess = \"anonymous\"\nauthorization = \"pass\"\nencoded_slash = true\n"
            );
            rules.push_str(&route);
        }
        let place = Place::with(&rules);
        let server = Server::start(&place);
        Self { _httpbin: httpbin, tap, _place: place, server }
    }

    /// Sends a request, and says the status of the answer.
    pub fn status(&self, asked: &Asked) -> u16 {
        Client::tcp(self.server.address()).send(asked.head()).send(asked.framed()).answer().status
    }

    /// Sends a request, and says what differs on the two sides of Doorward.
    fn differences(&self, asked: &Asked) -> Vec<String> {
        let mut client = Client::tcp(self.server.address());
        client.send(asked.head());
        if asked.waits {
            let go_on = client.head();
            if go_on.status != 100 {
                return vec![format!("{} instead of 100", go_on.status)];
            }
        }
        client.send(asked.framed());
        let answer = if asked.method == "HEAD" { client.answer_to_head() } else { client.answer() };
        if answer.text().contains("urn:doorward:problem:") {
            return vec![format!("refused by Doorward: {}", answer.text())];
        }
        let is_local = answer.status == 204 && asked.method == "OPTIONS";
        let passed = until("httpbin has answered", || self.tap.take().pop().or_else(|| is_local.then(Passed::default)));
        if passed.there.is_empty() {
            return vec!["answered by Doorward itself".into()];
        }
        let got = read_request(&passed.there);
        let said = read_answer(&passed.back, asked.method == "HEAD");
        let mut found = compare(asked, &got);
        if (answer.status, answer.is_whole) != (said.status, said.is_whole) {
            found.push(format!("status {} instead of {}, whole: {}", answer.status, said.status, answer.is_whole));
        }
        found.extend(unlike("the answer", &said.headers, &answer.headers, &ADDED_TO_ANSWERS));
        if answer.body != said.body {
            found.push(format!("the body {:?} instead of {:?}", short(&answer.body), short(&said.body)));
        }
        if asked.method == "HEAD" && answer.header("content-length") != said.header("content-length") {
            found.push("another length".into());
        }
        found
    }

    /// That nothing differs but what may.
    #[track_caller]
    pub fn assert_transparent(&self, all: impl IntoIterator<Item = Asked>) {
        let mut complaints = Vec::new();
        for asked in all {
            let found = self.differences(&asked);
            complaints.extend(found.iter().map(|what| format!("{} {}: {what}", asked.method, asked.target)));
        }
        assert!(complaints.is_empty(), "{} differences:\n{}", complaints.len(), complaints.join("\n"));
    }
}

/// What httpbin got, and should not have, or the other way round.
fn compare(asked: &Asked, got: &Seen) -> Vec<String> {
    let mut found = unlike("the request", &asked.headers, &got.headers, &ADDED_TO_REQUESTS);
    if (asked.method, asked.target.as_str()) != (got.method.as_str(), got.target.as_str()) {
        found.push(format!("httpbin got {} {}", got.method, got.target));
    }
    if asked.body != got.body {
        found.push(format!("httpbin got the body {:?}", short(&got.body)));
    }
    found
}

/// Headers that are on one side only.
fn unlike(what: &str, before: &[(String, String)], after: &[(String, String)], added: &[&str]) -> Vec<String> {
    let sorted = |headers: &[(String, String)], ignored: &[&str]| {
        let counts =
            |(name, _): &&(String, String)| !OF_A_HOP.contains(&name.as_str()) && !ignored.contains(&name.as_str());
        let mut lines: Vec<String> =
            headers.iter().filter(counts).map(|(name, value)| format!("{name}: {value}")).collect();
        lines.sort();
        lines
    };
    let ours: Vec<&str> = added.iter().copied().filter(|name| !before.iter().any(|(known, _)| known == name)).collect();
    let (before, after) = (sorted(before, &[]), sorted(after, &ours));
    let lost = before.iter().filter(|line| !after.contains(line)).map(|line| format!("{what} lost {line:?}"));
    let gained = after.iter().filter(|line| !before.contains(line)).map(|line| format!("{what} gained {line:?}"));
    let mut found: Vec<String> = lost.chain(gained).collect();
    if found.is_empty() && before.len() != after.len() {
        found.push(format!("{what} has a header more or less often: {before:?}, {after:?}"));
    }
    found
}

fn read_request(bytes: &[u8]) -> Seen {
    peers::read_request(&mut Cursor::new(bytes)).expect("a request")
}

fn read_answer(bytes: &[u8], to_head: bool) -> Answer {
    peers::read_answer(&mut Cursor::new(bytes), !to_head).expect("an answer")
}

fn short(bytes: &[u8]) -> String {
    bytes[..bytes.len().min(200)].escape_ascii().to_string()
}
