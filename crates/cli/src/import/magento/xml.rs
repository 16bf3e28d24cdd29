//! XML as a tree that remembers lines, with bounds on everything: what extensions ship is nobody's promise.

use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::finding::Wrong;

/// An element and what is in it.
#[derive(Debug)]
pub struct Element {
    pub name: String,
    /// In order, without those that are about namespaces.
    pub attributes: Vec<(String, String)>,
    /// The text right in it, as it stands.
    pub text: String,
    pub children: Vec<Element>,
    /// Where it begins.
    pub line: usize,
}

/// The greatest file that anybody wrote by hand is a fraction of this.
pub const LONGEST: usize = 4 << 20;
/// Resources of an ACL lie within each other; the deepest that Magento has are at 9.
const DEEPEST: usize = 32;
const MOST_ELEMENTS: usize = 100_000;
const MOST_ATTRIBUTES: usize = 32;

impl Element {
    /// Reads a document.
    ///
    /// # Errors
    /// When it is not well formed, has a DOCTYPE or an entity other than the five of XML, or is out of bounds.
    pub fn parse(text: &str) -> Result<Self, Wrong> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if text.len() > LONGEST {
            return Err(Wrong::new(1, format!("the file has {} bytes; {LONGEST} are the most", text.len())));
        }
        Parser::new(text).parse()
    }

    /// The value of an attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

struct Parser<'t> {
    text: &'t str,
    reader: Reader<&'t [u8]>,
    /// Elements that have not ended yet, the innermost last.
    open: Vec<Element>,
    root: Option<Element>,
    elements: usize,
    /// Lines are counted as far as here.
    counted: usize,
    line: usize,
}

impl<'t> Parser<'t> {
    fn new(text: &'t str) -> Self {
        Self { text, reader: Reader::from_str(text), open: Vec::new(), root: None, elements: 0, counted: 0, line: 1 }
    }

    fn parse(mut self) -> Result<Element, Wrong> {
        loop {
            let line = self.line_at(self.reader.buffer_position());
            let event = match self.reader.read_event() {
                Ok(event) => event,
                Err(error) => {
                    let line = self.line_at(self.reader.error_position()).max(line);
                    return Err(Wrong::new(line, format!("not XML: {error}")));
                }
            };
            let done = self.take(event, line).map_err(|text| Wrong::new(line, text))?;
            if done {
                break;
            }
        }
        match (self.open.pop(), self.root) {
            (Some(open), _) => Err(Wrong::new(open.line, format!("`{}` does not end", open.name))),
            (None, Some(root)) => Ok(root),
            (None, None) => Err(Wrong::new(1, "there is no element")),
        }
    }

    /// Takes in one event. Says whether it was the last.
    fn take(&mut self, event: Event<'_>, line: usize) -> Result<bool, String> {
        match event {
            Event::Start(start) => {
                let element = self.element(&start, line)?;
                self.open.push(element);
            }
            Event::Empty(start) => {
                let element = self.element(&start, line)?;
                self.close(element);
            }
            Event::End(_) => {
                let element = self.open.pop().ok_or("an end without a beginning")?;
                self.close(element);
            }
            Event::Text(text) => self.write(&text.xml10_content().map_err(|error| error.to_string())?)?,
            Event::CData(text) => self.write(&text.xml10_content().map_err(|error| error.to_string())?)?,
            Event::GeneralRef(reference) => self.write(&resolved(&reference)?)?,
            Event::Decl(declaration) => {
                let encoding = declaration.encoding().transpose().map_err(|error| error.to_string())?;
                if encoding.is_some_and(|encoding| !encoding.eq_ignore_ascii_case(b"utf-8")) {
                    return Err("only UTF-8 is read".into());
                }
            }
            Event::DocType(_) => return Err("a DOCTYPE is refused: these files need none".into()),
            Event::Comment(_) | Event::PI(_) => {}
            Event::Eof => return Ok(true),
        }
        Ok(false)
    }

    fn element(&mut self, start: &BytesStart<'_>, line: usize) -> Result<Element, String> {
        self.elements += 1;
        if self.elements > MOST_ELEMENTS {
            return Err(format!("there are more than {MOST_ELEMENTS} elements"));
        }
        if self.open.len() >= DEEPEST {
            return Err(format!("elements lie more than {DEEPEST} deep"));
        }
        if self.open.is_empty() && self.root.is_some() {
            return Err("there is a second root".into());
        }
        let mut attributes = Vec::new();
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|error| error.to_string())?;
            let name = utf8(attribute.key.as_ref())?;
            let value = attribute.normalized_value(XmlVersion::Explicit1_0).map_err(|error| error.to_string())?;
            if name == "xmlns" || name.starts_with("xmlns:") || name.starts_with("xsi:") || name.starts_with("xml:") {
                continue;
            }
            attributes.push((name, plain(&value)?.to_owned()));
            if attributes.len() > MOST_ATTRIBUTES {
                return Err(format!("an element has more than {MOST_ATTRIBUTES} attributes"));
            }
        }
        let name = utf8(start.name().as_ref())?;
        Ok(Element { name, attributes, text: String::new(), children: Vec::new(), line })
    }

    fn close(&mut self, element: Element) {
        match self.open.last_mut() {
            Some(parent) => parent.children.push(element),
            None => self.root = Some(element),
        }
    }

    fn write(&mut self, text: &str) -> Result<(), String> {
        match self.open.last_mut() {
            Some(element) => element.text.push_str(plain(text)?),
            None if text.trim().is_empty() => {}
            None => return Err("there is text outside the root".into()),
        }
        Ok(())
    }

    /// The line of a position. Positions only grow.
    fn line_at(&mut self, position: u64) -> usize {
        let position = usize::try_from(position).unwrap_or(usize::MAX).min(self.text.len());
        if let Some(passed) = self.text.as_bytes().get(self.counted..position) {
            self.line += passed.iter().filter(|byte| **byte == b'\n').count();
            self.counted = position;
        }
        self.line
    }
}

/// What a reference stands for: a character, or one of the five names of XML.
fn resolved(reference: &BytesRef<'_>) -> Result<String, String> {
    if let Some(character) = reference.resolve_char_ref().map_err(|error| error.to_string())? {
        return Ok(character.to_string());
    }
    let name = reference.decode().map_err(|error| error.to_string())?;
    resolve_xml_entity(&name).map(str::to_owned).ok_or_else(|| format!("the entity `&{name};` is refused"))
}

fn utf8(bytes: &[u8]) -> Result<String, String> {
    std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| "a name is not UTF-8".into())
}

/// A text without characters that XML forbids, and that would steer a terminal.
fn plain(text: &str) -> Result<&str, String> {
    match text.chars().find(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r')) {
        Some(found) => Err(format!("the control character U+{:04X} is refused", u32::from(found))),
        None => Ok(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(text: &str) -> (usize, String) {
        let wrong = Element::parse(text).expect_err(text);
        (wrong.line, wrong.text)
    }

    #[test]
    fn elements_know_their_lines() {
        let text = "\u{feff}<?xml version=\"1.0\"?>\n<!-- a\nb -->\n<a x=\"1 &amp;\n2\">\n <b/>\n <c>t&lt;&#65;<![CDATA[<]]></c>\n</a>\n";
        let root = Element::parse(text).expect("a tree");
        assert_eq!((root.name.as_str(), root.line, root.attribute("x")), ("a", 4, Some("1 & 2")));
        let lines: Vec<_> = root.children.iter().map(|child| (child.name.as_str(), child.line)).collect();
        assert_eq!(lines, [("b", 6), ("c", 7)]);
        assert_eq!(root.children[1].text, "t<A<");
    }

    #[test]
    fn hostile_documents_are_refused_with_their_line() {
        for (text, line, told) in [
            ("<?xml version=\"1.0\"?>\n<!DOCTYPE a [<!ENTITY b \"c\">]>\n<a>&b;</a>", 2, "DOCTYPE"),
            ("<a>\n&b;</a>", 2, "entity `&b;`"),
            ("<a b=\"&c;\"/>", 1, "c"),
            ("<a>\n<b>\n</a>", 3, "not XML"),
            ("<a>\n<b>", 2, "does not end"),
            ("<a/>\n<b/>", 2, "second root"),
            ("<a/>\nx", 1, "outside"),
            ("", 1, "no element"),
            ("<?xml version=\"1.0\" encoding=\"latin1\"?><a/>", 1, "UTF-8"),
            ("<a>&#27;</a>", 1, "U+001B"),
            ("<a b=\"1\" b=\"2\"/>", 1, "duplicated"),
        ] {
            let (at, text) = wrong(text);
            assert!(at == line && text.contains(told), "{told}: {at}: {text}");
        }
        assert!(wrong(&"<a>".repeat(1000)).1.contains("deep"));
        assert!(wrong(&format!("<a>{}</a>", "<b/>".repeat(MOST_ELEMENTS))).1.contains("more than"));
        let attributes: String = (0..40).map(|number| format!(" a{number}=\"\"")).collect();
        assert!(wrong(&format!("<a{attributes}/>")).1.contains("attributes"));
    }
}
