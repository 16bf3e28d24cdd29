//! `SessionInput` in XML: what is read is what is read again when it is written as simply as can be, and none that declares
//! anything is read at all.

#![no_main]

use doorward_server::fuzzing::session_input;
use libfuzzer_sys::fuzz_target;

fn element(name: &str, text: Option<&str>) -> String {
    let Some(text) = text else { return String::new() };
    let mut written = format!("<{name}>");
    for character in text.chars() {
        match character {
            // Readers make one of `\r\n`, and leave what is written by its number as it is.
            '&' | '<' | '>' | '\r' => written.push_str(&format!("&#{};", u32::from(character))),
            character => written.push(character),
        }
    }
    written.push_str(&format!("</{name}>"));
    written
}

fuzz_target!(|bytes: &[u8]| {
    let Some((login, password)) = session_input(bytes) else { return };
    assert!(!bytes.windows(9).any(|window| window == b"<!ENTITY ") || !bytes.starts_with(b"<!DOCTYPE"));
    let text = password.as_deref().map(|password| std::str::from_utf8(password).expect("the body was UTF-8"));
    let written = format!("<a>{}{}</a>", element("login", login.as_deref()), element("password", text));
    let again = session_input(written.as_bytes());
    assert_eq!(again, Some((login, password)), "{written}");
});
