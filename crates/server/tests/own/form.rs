//! Forms, as a browser without scripts fills and sends them.

use crate::answer::Answer;
use crate::house::{Door, House, set_cookie};

/// The value of a hidden field.
pub fn hidden(page: &str, name: &str) -> Option<String> {
    let field =
        page.split("<input").find(|field| field.contains(&format!("name=\"{name}\"")) && field.contains("hidden"))?;
    field.split("value=\"").nth(1)?.split('"').next().map(str::to_owned)
}

pub fn encoded(fields: &[(&str, &str)]) -> String {
    let encode = |text: &str| -> String {
        text.bytes()
            .map(
                |byte| {
                    if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }
                },
            )
            .collect()
    };
    fields.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect::<Vec<_>>().join("&")
}

/// Sends a form as a browser does, with these lines besides.
pub fn submit(house: &House, target: &str, cookie: &str, fields: &[(&str, &str)], lines: &[&str]) -> Answer {
    let (origin, cookie) = (format!("Origin: {}", house.origin()), format!("Cookie: {cookie}"));
    let own = [origin.as_str(), cookie.as_str(), "Content-Type: application/x-www-form-urlencoded"];
    let lines: Vec<&str> = own.into_iter().chain(lines.iter().copied()).collect();
    house.send(Door::Public, "POST", target, &lines, Some(&encoded(fields)))
}

/// A page with a form: its text, the guest's cookie and the token.
pub fn open(house: &House, target: &str) -> (String, String, String) {
    let answer = house.send(Door::Public, "GET", target, &[], None);
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("text/html; charset=utf-8")));
    let page = answer.text();
    let token = hidden(&page, "token").expect("a token");
    (page, set_cookie(&answer, "doorward-guest").expect("a cookie"), token)
}

/// Opens the log-in, fills it, and sends it.
pub fn log_in(house: &House, fields: &[(&str, &str)], lines: &[&str]) -> Answer {
    let (_, cookie, token) = open(house, "/login");
    let fields: Vec<(&str, &str)> = fields.iter().copied().chain([("token", token.as_str())]).collect();
    submit(house, "/login", &cookie, &fields, lines)
}
