//! Whatever bytes come below the root of a dialect: there is an answer, and nothing of ours has failed at it.

use crate::kit::{House, Upstream};

const RULES: &str = r#"
[basic]
allow_insecure = true
[dialect.kirby]
basicAuth = true
allowInsecure = true
[dialect.ez]
basic_root = "/basic"
siteaccess = ["site", "shop"]
[dialect.magento]
stores = ["default", "de"]
compat = "exact"
customers = "customer"
admins = "admin"
[realm.default]
[realm.customer]
[realm.admin]
[[acl]]
id = "A"
[[route]]
match = "* /api/things/:id"
access = "A"
realm = "default"
limitations = { thing = ":id", kind = "?kind" }
[[route]]
match = "* /api/ezp/v2/things/*rest"
access = "A"
realm = "default"
limitations = { thing = "*rest", kind = "?kind" }
[[route]]
match = "GET,POST /rest/V1/things/:id"
access = "A"
realm = "default"

"#;

const METHODS: [&str; 9] = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "SWAP", "get"];
const PATHS: [&str; 22] = [
    "/api/auth",
    "/api/auth/login",
    "/api/auth/logout",
    "/api/auth/code",
    "/api/system/install",
    "/api/users/search",
    "/api/things/7",
    "/api/ezp/v2/",
    "/api/ezp/v2/user/sessions",
    "/api/ezp/v2/user/sessions/current",
    "/api/ezp/v2/user/sessions/x/refresh",
    "/api/ezp/v2/things/1/2/3",
    "/basic/user/sessions",
    "/basic/things/1",
    "/rest/V1/integration/customer/token",
    "/rest/all/V1/integration/admin/token",
    "/rest/de/V1/things/7",
    "/rest/V1/things/7/",
    "/rest//V1",
    "/customer/ajax/login",
    "/customer/ajax/logout",
    "/customer/section/load",
];
const QUERIES: [&str; 14] = [
    "",
    "?",
    "?_method=DELETE",
    "?_method=%FF",
    "?csrf=%00%FF",
    "?csrf=a&csrf=b",
    "?kind=%ZZ",
    "?kind=a&kind[]=b;c",
    "?select=,,,&view=x",
    "?limit=18446744073709551615&page=18446744073709551615&offset=1",
    "?sections=%3Cscript%3E,%00",
    "?q=%25_%5C'\"&pretty=1",
    "?\u{1}",
    "?x=%F0%9F%92%A9&\u{e9}",
];
const LINES: [&[u8]; 26] = [
    b"Accept: application/xml",
    b"Accept: \xff\xfe;q=9",
    b"Accept: */*;q=,,;",
    b"Accept: application/vnd.ez.api.Session+json",
    b"Content-Type: application/json",
    b"Content-Type: application/vnd.ez.api.SessionInput+xml",
    b"Content-Type: application/vnd.ez.api.SessionInput+json; \xe9",
    b"Content-Type: application/x-www-form-urlencoded",
    b"Content-Type: ;;;",
    b"X-Requested-With: XMLHttpRequest",
    b"X-HTTP-Method-Override: PATCH",
    b"X-HTTP-Method-Override: HEAD",
    b"X-HTTP-Method-Override: \xff",
    b"X-Siteaccess: shop",
    b"X-Siteaccess: \xc3\xa9",
    b"X-Expected-User: anonymous",
    b"X-Expected-User: \xff",
    b"X-CSRF: \xff\x80",
    b"X-CSRF-Token: AAAA",
    b"Authorization: Bearer AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    b"Authorization: Basic /////w==",
    b"Authorization: Basic YTpi",
    b"Authorization: bearer  x",
    b"Cookie: kirby_session=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA; admin=; PHPSESSID=x; eZSESSID98defd6ee70dfb1dea416cecdf391f58=-",
    b"Origin: null",
    b"Access-Control-Request-Method: \x80",
];
const BODIES: [&[u8]; 20] = [
    b"",
    b"{",
    b"[]",
    b"null",
    b"{}",
    b"\xff\xfe",
    b"{\"email\":\"a@xn--\",\"password\":\"p\"}",
    b"{\"email\":\"a@xn--99999999\",\"password\":\"p\"}",
    b"{\"username\":\"\\ud800\",\"password\":\"p\"}",
    b"{\"username\":\"a\",\"password\":\"\\u0000\"}",
    b"{\"SessionInput\":{\"login\":\"\",\"password\":\"\"}}",
    b"{\"SessionInput\":[]}",
    b"<?xml version=\"1.0\"?><a><login>&#0;</login><password>&#xD800;</password></a>",
    b"<a><login>&lt;</login><password/></a>",
    b"<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>",
    b"<a b='1' b='2'><login>",
    b"</a>",
    b"email=a&password=b&email[]=c",
    b"a[b][c]=%&%=&=%00",
    b"\xef\xbb\xbf{}",
];

/// Numbers that are the same each time (xorshift).
struct Dice(u64);

impl Dice {
    fn of<'a, T: ?Sized>(&mut self, all: &[&'a T]) -> &'a T {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        all[(self.0 % all.len() as u64) as usize]
    }
}

#[test]
fn nothing_that_a_client_sends_is_a_failure_of_ours() {
    let upstream = Upstream::echo();
    let house = House::before(&upstream, RULES);
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    let mut answered = 0;
    for _ in 0..3_000 {
        let (method, path, query, body) = (dice.of(&METHODS), dice.of(&PATHS), dice.of(&QUERIES), dice.of(&BODIES));
        let mut bytes = format!("{method} {path}{query} HTTP/1.1\r\nHost: {}\r\n", house.address()).into_bytes();
        for line in [dice.of(&LINES), dice.of(&LINES), dice.of(&LINES)] {
            bytes.extend(line);
            bytes.extend(b"\r\n");
        }
        bytes.extend(format!("Content-Length: {}\r\nConnection: close\r\n\r\n", body.len()).bytes());
        bytes.extend(body);
        let mut client = house.client();
        client.send(&bytes);
        let answer = match method == "HEAD" {
            true => client.try_answer_to_head(),
            false => client.try_answer(),
        };
        let answer = answer.unwrap_or_else(|error| panic!("{error}: {}", bytes.escape_ascii()));
        // Both are words of a protocol: a method that nobody knows, and how Kirby says that nothing is installed.
        let is_said = answer.status == 501 || (*path == *"/api/system/install" && answer.text().contains("Panel"));
        assert!(answer.status < 500 || is_said, "{}: {} {}", bytes.escape_ascii(), answer.status, answer.text());
        answered += u32::from(answer.status == 200);
    }
    assert!(answered > 0, "nothing gets anywhere");
}
