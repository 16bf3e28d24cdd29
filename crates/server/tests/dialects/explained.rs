//! What is explained of a request is what becomes of it.

use doorward::Name;
use doorward::policy::{Credential, Door, Question};

use crate::planted::{SECURE, WAYS, ask, log_in, open};

const OBJECT: &str = "/api/ezp/v2/content/objects/1";
const PAGE: &str = "/kirby/pages/1";
const ME: &str = "/rest/V1/customers/me";
const SCRIPT: &str = "X-Requested-With: XMLHttpRequest";
const EVIL: &str = "Origin: https://evil.example";
const SAME: &str = "Sec-Fetch-Site: same-origin";

/// Requests with the session of the way of this number, or of a guest: method, path, headers, whether the token goes along, and
/// what the answer is.
type Row = (Option<usize>, &'static str, &'static str, &'static [&'static str], bool, u16);

const ROWS: [Row; 35] = [
    (Some(0), "GET", OBJECT, &[], false, 200),
    (None, "GET", OBJECT, &[], false, 401),
    (Some(0), "POST", OBJECT, &["X-HTTP-Method-Override: patch"], true, 200),
    (Some(0), "POST", OBJECT, &["X-HTTP-Method-Override: patch", SAME], false, 401),
    (Some(0), "POST", OBJECT, &["X-HTTP-Method-Override: patch", EVIL], true, 401),
    (Some(0), "POST", OBJECT, &["X-HTTP-Method-Override: PUBLISH"], true, 401),
    (Some(0), "POST", OBJECT, &["X-HTTP-Method-Override: pub lish"], true, 400),
    (Some(0), "GET", OBJECT, &["X-HTTP-Method-Override: PUBLISH"], false, 200),
    (Some(0), "POST", OBJECT, &[], true, 405),
    (None, "COPY", OBJECT, &[], false, 405),
    (None, "OPTIONS", OBJECT, &[], false, 200),
    (None, "GET", OBJECT, &["X-Expected-User: ada"], false, 401),
    (None, "GET", "/api/ezp/v2/nothing", &[], false, 404),
    (None, "GET", "/api/ezp/v2/user/sessions", &[], false, 405),
    (Some(1), "GET", PAGE, &[], true, 200),
    (Some(1), "GET", PAGE, &[SAME], false, 401),
    (Some(1), "PATCH", PAGE, &[SAME], false, 401),
    (Some(1), "POST", PAGE, &["X-HTTP-Method-Override: GET"], true, 200),
    (Some(1), "GET", PAGE, &["X-HTTP-Method-Override: nonsense"], true, 200),
    (Some(1), "DELETE", PAGE, &[], true, 404),
    (None, "OPTIONS", PAGE, &[], false, 404),
    (None, "GET", PAGE, &[], false, 401),
    (Some(1), "POST", "/kirby/auth/logout", &["Sec-Fetch-Site: cross-site"], false, 401),
    (Some(1), "GET", "/kirby/account", &[], true, 200),
    (Some(2), "GET", ME, &[SCRIPT], false, 200),
    (Some(2), "GET", ME, &[], false, 401),
    (Some(2), "GET", ME, &["X-Requested-With: fetch"], false, 401),
    (Some(2), "PUT", ME, &[SCRIPT, SAME], false, 200),
    (Some(2), "PUT", ME, &[SCRIPT, EVIL], false, 401),
    (Some(2), "GET", "/rest/de/V1/customers/me", &[SCRIPT], false, 200),
    (Some(2), "GET", "/rest/all/V1/customers/me", &[SCRIPT], false, 401),
    (Some(2), "GET", "/rest/xx/V1/customers/me", &[SCRIPT], false, 400),
    (Some(2), "PATCH", ME, &[SCRIPT], false, 405),
    (Some(2), "DELETE", ME, &[SCRIPT], false, 404),
    (None, "OPTIONS", ME, &[], false, 405),
];

#[test]
fn what_is_explained_is_what_is_answered() {
    let house = open();
    let held: Vec<_> = WAYS.iter().map(|way| log_in(&house, way, "ada", None)).collect();
    for (who, method, path, headers, with_token, status) in ROWS {
        let token = who.filter(|_| with_token).and_then(|who| Some((WAYS[who].proof?, held[who].token.clone()?)));
        let token = token.map(|(name, value)| format!("{name}: {value}"));
        let cookie = who.map(|who| format!("Cookie: {}", held[who].pair));
        let lines: Vec<&str> = headers.iter().copied().chain(token.as_deref()).collect();
        let sent: Vec<&str> = lines.iter().copied().chain(cookie.as_deref()).collect();
        let answered = ask(&house, &SECURE, method, path, &sent, "").status;

        let pair = |line: &&str| line.split_once(": ").map(|(name, value)| (name.to_owned(), value.to_owned()));
        let question = Question {
            method: method.into(),
            path: path.into(),
            realm: who.map(|who| Name::parse(WAYS[who].realm).expect("a name")),
            by: who.map(|_| Credential::Session),
            headers: lines.iter().filter_map(pair).collect(),
            ..Question::default()
        };
        let explained = house.engine.policy().explain(Door::Public, &question);
        let told = format!("{method} {path} {headers:?}: {explained:?}");
        assert_eq!((answered, explained.status), (status, status), "{told}");
    }
}
