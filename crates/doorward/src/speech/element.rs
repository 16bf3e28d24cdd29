//! A resource of eZ Platform's, in JSON or XML.

use super::{Format, Speech};
use crate::policy::EzVendor;
use crate::problem::{php_json, xml_text};

/// An element of a representation: what is an object in JSON. It may hold a session's token, and so it has no `Debug`.
pub struct EzElement {
    name: &'static str,
    kind: Option<&'static str>,
    href: Option<String>,
    members: Vec<(&'static str, Member)>,
}

enum Member {
    Text(String),
    Number(u16),
    Element(EzElement),
}

impl EzElement {
    /// An element of this name, with nothing in it.
    pub fn new(name: &'static str) -> Self {
        Self { name, kind: None, href: None, members: Vec::new() }
    }

    /// Whose media type is `application/vnd.ez.api.` and this.
    #[must_use]
    pub fn kind(mut self, kind: &'static str) -> Self {
        self.kind = Some(kind);
        self
    }

    /// Whose address is this.
    #[must_use]
    pub fn href(mut self, href: impl Into<String>) -> Self {
        self.href = Some(href.into());
        self
    }

    /// With one more member, a text.
    #[must_use]
    pub fn text(mut self, name: &'static str, text: impl Into<String>) -> Self {
        self.members.push((name, Member::Text(text.into())));
        self
    }

    /// With one more member, a number.
    #[must_use]
    pub fn number(mut self, name: &'static str, number: u16) -> Self {
        self.members.push((name, Member::Number(number)));
        self
    }

    /// With one more element in it.
    #[must_use]
    pub fn element(mut self, element: Self) -> Self {
        self.members.push((element.name, Member::Element(element)));
        self
    }

    /// The media type and the text, as the client wants to read them.
    pub fn represent(&self, speech: &Speech) -> (String, String) {
        let kind = media_type(speech.vendor, self.kind.unwrap_or(self.name), speech.format);
        let text = match speech.format {
            Format::Json => {
                let mut text = format!("{{{}:", quoted(self.name));
                self.write_json(speech.vendor, &mut text);
                text.push('}');
                text
            }
            Format::Xml => {
                let mut text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned();
                self.write_xml(speech.vendor, &mut text);
                text.push('\n');
                text
            }
        };
        (kind, text)
    }

    fn write_json(&self, vendor: EzVendor, text: &mut String) {
        let kind = self.kind.map(|kind| ("_media-type", media_type(vendor, kind, Format::Json)));
        let href = self.href.as_ref().map(|href| ("_href", href.clone()));
        let attributes = kind.into_iter().chain(href);
        let mut between = "{";
        for (name, value) in attributes {
            text.push_str(&format!("{between}{}:{}", quoted(name), quoted(&value)));
            between = ",";
        }
        for (name, member) in &self.members {
            text.push_str(&format!("{between}{}:", quoted(name)));
            between = ",";
            match member {
                Member::Text(value) => text.push_str(&quoted(value)),
                Member::Number(number) => text.push_str(&number.to_string()),
                Member::Element(element) => element.write_json(vendor, text),
            }
        }
        text.push_str(if between == "{" { "{}" } else { "}" });
    }

    fn write_xml(&self, vendor: EzVendor, text: &mut String) {
        let name = self.name;
        text.push_str(&format!("<{name}"));
        if let Some(kind) = self.kind {
            text.push_str(&format!(" media-type=\"{}\"", media_type(vendor, kind, Format::Xml)));
        }
        if let Some(href) = &self.href {
            text.push_str(&format!(" href=\"{}\"", xml_text(href)));
        }
        if self.members.is_empty() {
            text.push_str("/>");
            return;
        }
        text.push('>');
        for (name, member) in &self.members {
            match member {
                Member::Text(value) => text.push_str(&format!("<{name}>{}</{name}>", xml_text(value))),
                Member::Number(number) => text.push_str(&format!("<{name}>{number}</{name}>")),
                Member::Element(element) => element.write_xml(vendor, text),
            }
        }
        text.push_str(&format!("</{name}>"));
    }
}

impl EzVendor {
    /// The beginning of its media types.
    pub fn media_types(self) -> &'static str {
        match self {
            Self::Ez => "application/vnd.ez.api.",
            Self::Ibexa => "application/vnd.ibexa.api.",
        }
    }
}

fn media_type(vendor: EzVendor, kind: &str, format: Format) -> String {
    let suffix = match format {
        Format::Json => "json",
        Format::Xml => "xml",
    };
    format!("{}{kind}+{suffix}", vendor.media_types())
}

fn quoted(text: &str) -> String {
    php_json(&serde_json::Value::String(text.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Profile;

    fn speech(format: Format, vendor: EzVendor) -> Speech {
        Speech::of(&Profile::EZ, format, vendor)
    }

    fn element() -> EzElement {
        let user = EzElement::new("User").kind("User").href("/api/ezp/v2/user/users/14");
        EzElement::new("Session").kind("Session").href("/x").text("name", "é<\"&").number("code", 7).element(user)
    }

    #[test]
    fn json_has_attributes_first_and_escapes_as_php_does() {
        let (kind, text) = element().represent(&speech(Format::Json, EzVendor::Ez));
        assert_eq!(kind, "application/vnd.ez.api.Session+json");
        let expected = concat!(
            r#"{"Session":{"_media-type":"application\/vnd.ez.api.Session+json","_href":"\/x","name":"\u00e9<\"&","code":7,"#,
            r#""User":{"_media-type":"application\/vnd.ez.api.User+json","_href":"\/api\/ezp\/v2\/user\/users\/14"}}}"#,
        );
        assert_eq!(text, expected);
        assert_eq!(EzElement::new("A").represent(&speech(Format::Json, EzVendor::Ez)).1, r#"{"A":{}}"#);
    }

    #[test]
    fn xml_has_attributes_and_elements() {
        let (kind, text) = element().represent(&speech(Format::Xml, EzVendor::Ibexa));
        assert_eq!(kind, "application/vnd.ibexa.api.Session+xml");
        let expected = concat!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n",
            "<Session media-type=\"application/vnd.ibexa.api.Session+xml\" href=\"/x\"><name>é&lt;&quot;&amp;</name>",
            "<code>7</code><User media-type=\"application/vnd.ibexa.api.User+xml\" href=\"/api/ezp/v2/user/users/14\"/></Session>\n",
        );
        assert_eq!(text, expected);
    }
}
