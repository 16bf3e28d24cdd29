//! `SessionInput` in XML: no DOCTYPE, no entity but the five of XML, nothing deep.

use quick_xml::Reader;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use zeroize::Zeroizing;

use super::input::{Password, Written};

/// What is sent is two deep.
const DEEPEST: usize = 8;
const NO_XML: &str = "The body is no XML that could be read.";

/// Reads a document: what stands in the elements `login` and `password` of its root, whose name says nothing.
///
/// # Errors
/// When it is not well formed, has a DOCTYPE or an entity of its own, or an element twice.
pub(super) fn read(bytes: &[u8]) -> Result<Written, &'static str> {
    let text = std::str::from_utf8(bytes).map_err(|_| "The body is no UTF-8.")?;
    let mut reader = Reader::from_str(text.strip_prefix('\u{feff}').unwrap_or(text));
    let mut document = Document::default();
    while !document.take(reader.read_event().map_err(|_| NO_XML)?)? {}
    match (document.depth, document.is_begun) {
        (0, true) => Ok(document.written),
        _ => Err(NO_XML),
    }
}

/// What was read so far.
#[derive(Default)]
struct Document {
    written: Written,
    is_begun: bool,
    depth: usize,
    /// The element of ours that is open.
    open: Option<(Field, Zeroizing<String>)>,
}

#[derive(Clone, Copy, PartialEq)]
enum Field {
    Login,
    Password,
}

impl Document {
    /// Takes in one event. Says whether it was the last.
    fn take(&mut self, event: Event<'_>) -> Result<bool, &'static str> {
        match event {
            Event::Start(start) => self.begin(&start)?,
            Event::Empty(start) => {
                self.begin(&start)?;
                self.end()?;
            }
            Event::End(_) => self.end()?,
            Event::Text(text) => self.write(&text.xml10_content().map_err(|_| NO_XML)?)?,
            Event::CData(text) => self.write(&text.xml10_content().map_err(|_| NO_XML)?)?,
            Event::GeneralRef(reference) => self.write(&resolved(&reference)?)?,
            Event::Decl(declaration) => {
                let encoding = declaration.encoding().transpose().map_err(|_| NO_XML)?;
                if encoding.is_some_and(|encoding| !encoding.eq_ignore_ascii_case(b"utf-8")) {
                    return Err("Only UTF-8 is read.");
                }
            }
            Event::DocType(_) => return Err("A DOCTYPE is refused."),
            Event::Comment(_) | Event::PI(_) => {}
            Event::Eof => return Ok(true),
        }
        Ok(false)
    }

    fn begin(&mut self, start: &BytesStart<'_>) -> Result<(), &'static str> {
        if self.depth == 0 && self.is_begun {
            return Err("There is a second root.");
        }
        if self.depth == DEEPEST || self.open.is_some() || start.attributes().any(|attribute| attribute.is_err()) {
            return Err(NO_XML);
        }
        self.is_begun = true;
        self.depth += 1;
        let field = match (self.depth, start.name().as_ref()) {
            (2, b"login") => Field::Login,
            (2, b"password") => Field::Password,
            _ => return Ok(()),
        };
        let is_there = match field {
            Field::Login => self.written.login.is_some(),
            Field::Password => self.written.password.is_some(),
        };
        if is_there {
            return Err("An element comes twice.");
        }
        self.open = Some((field, Zeroizing::default()));
        Ok(())
    }

    fn end(&mut self) -> Result<(), &'static str> {
        self.depth = self.depth.checked_sub(1).ok_or(NO_XML)?;
        match self.open.take() {
            Some((Field::Login, text)) => self.written.login = Some(text.to_string()),
            Some((Field::Password, text)) => {
                self.written.password = Some(Password(Zeroizing::new(text.as_bytes().to_vec())));
            }
            None => {}
        }
        Ok(())
    }

    fn write(&mut self, text: &str) -> Result<(), &'static str> {
        match &mut self.open {
            Some((_, written)) => written.push_str(text),
            // Between elements there is room for spaces, and outside the root for nothing else.
            None if self.depth == 0 && !text.trim().is_empty() => return Err(NO_XML),
            None => {}
        }
        Ok(())
    }
}

/// What a reference stands for: a character, or one of the five names of XML.
fn resolved(reference: &BytesRef<'_>) -> Result<Zeroizing<String>, &'static str> {
    if let Some(character) = reference.resolve_char_ref().map_err(|_| NO_XML)? {
        return Ok(Zeroizing::new(character.to_string()));
    }
    let name = reference.decode().map_err(|_| NO_XML)?;
    let text = resolve_xml_entity(&name).ok_or("An entity that the body declares is refused.")?;
    Ok(Zeroizing::new(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pair(text: &str) -> Option<(Option<String>, Option<String>)> {
        let written = read(text.as_bytes()).ok()?;
        let password = written.password.map(|password| String::from_utf8_lossy(&password.0).into_owned());
        Some((written.login, password))
    }

    fn both(login: &str, password: &str) -> Option<(Option<String>, Option<String>)> {
        Some((Some(login.into()), Some(password.into())))
    }

    #[test]
    fn login_and_password_stand_in_elements_of_the_root() {
        for text in [
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<SessionInput>\n <login>a</login>\n <password>b</password>\n</SessionInput>\n",
            "<x><password>b</password><login>a</login></x>",
            "\u{feff}<x y=\"1\"><z><login>c</login></z><login>a</login><!-- --><password><![CDATA[b]]></password></x>",
        ] {
            assert_eq!(pair(text), both("a", "b"), "{text}");
        }
        assert_eq!(pair("<x><login>&lt;&#65;</login><password> &amp; </password></x>"), both("<A", " & "));
        assert_eq!(pair("<x/>"), Some((None, None)));
        assert_eq!(pair("<x><login/></x>"), Some((Some(String::new()), None)));
    }

    #[test]
    fn hostile_documents_are_refused() {
        for text in [
            "",
            "x",
            "<a>",
            "<a/><b/>",
            "<a></b>",
            "<a/>x",
            "<!DOCTYPE a [<!ENTITY b \"c\">]><a><login>&b;</login></a>",
            "<!DOCTYPE a><a/>",
            "<a><login>&b;</login></a>",
            "<a><login>1</login><login>2</login></a>",
            "<a><login><b>1</b></login></a>",
            "<a b=\"1\" b=\"2\"/>",
            "<?xml version=\"1.0\" encoding=\"latin1\"?><a/>",
        ] {
            assert_eq!(pair(text), None, "{text}");
        }
        assert_eq!(pair(&"<a>".repeat(100)), None);
        assert!(read(b"<a>\xff</a>").is_err());
    }

    proptest! {
        #[test]
        fn whatever_is_written_is_read(login in "[a-z<>&\"' ]{0,20}", password in "[ -~]{0,20}") {
            let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            let text = format!("<S><login>{}</login><password>{}</password></S>", escape(&login), escape(&password));
            prop_assert_eq!(pair(&text), both(&login, &password));
        }

        #[test]
        fn nothing_that_is_sent_makes_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&bytes);
        }
    }
}
