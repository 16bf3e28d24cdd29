//! Headers that a route sets and removes.

use http::{HeaderName, HeaderValue};

use super::Workshop;
use super::declared::Written;
use crate::identity::is_identity;
use crate::policy::route::HeaderChanges;
use crate::policy::rules::HeaderRule;

impl Workshop<'_> {
    pub(super) fn headers(&mut self, here: &Written<'_>, way: &str, rule: &HeaderRule) -> HeaderChanges {
        let mut changes = HeaderChanges::default();
        let mut wrong = |key: String, text: String| {
            self.complaints.push(here.complaint(&key, text).fix("leave this header to Doorward"));
        };
        for (name, value) in &rule.set {
            let key = format!("headers.{way}.set.{name}");
            match (header(name), HeaderValue::from_str(value)) {
                (Ok(name), Ok(mut value)) => {
                    // It may be the upstream's password.
                    value.set_sensitive(true);
                    changes.set.push((name, value));
                }
                (Err(text), _) => wrong(key, text),
                (_, Err(_)) => wrong(key, format!("the value of `{name}` has a character that no header may have")),
            }
        }
        for (place, name) in rule.remove.iter().enumerate() {
            match header(name) {
                Ok(name) => changes.remove.push(name),
                Err(text) => wrong(format!("headers.{way}.remove.{place}"), text),
            }
        }
        changes
    }
}

/// Names that say who is calling, or where a message ends, are not for rules.
fn header(name: &str) -> Result<HeaderName, String> {
    let parsed = HeaderName::from_bytes(name.as_bytes()).map_err(|_| format!("`{name}` is no name of a header"))?;
    let folded: String = parsed.as_str().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let framing = [
        "host",
        "connection",
        "content-length",
        "transfer-encoding",
        "te",
        "trailer",
        "upgrade",
        "keep-alive",
        "proxy-connection",
        "proxy-authorization",
        "proxy-authenticate",
        "forwarded",
        "cookie",
        "set-cookie",
    ];
    let reserved = is_identity(&folded) || folded.starts_with("x-forwarded-");
    if reserved || framing.contains(&&*folded) {
        return Err(format!("`{name}` is Doorward's to set"));
    }
    Ok(parsed)
}
