//! The lines of a head, however they are kept: what a request and an answer become is said once for all transports.

use http::header::{HeaderMap, HeaderName, HeaderValue};

/// Header lines that can be read and edited. Names are in lower case, as [`HeaderName`] writes them.
///
/// [`HeaderMap`] is one; a proxy that keeps a head as the bytes that came can be another one, and is edited alike:
///
/// ```
/// use doorward::Fields;
/// use http::header::{COOKIE, HeaderMap, HeaderValue};
///
/// fn count(fields: &impl Fields) -> usize {
///     fields.values(&COOKIE).count()
/// }
/// let mut headers = HeaderMap::new();
/// Fields::add(&mut headers, &COOKIE, &HeaderValue::from_static("a=1"));
/// assert_eq!(count(&headers), 1);
/// ```
pub trait Fields {
    /// Whether there is a line of this name.
    fn has(&self, name: &HeaderName) -> bool;

    /// The values of the lines of this name, in their order.
    fn values<'f>(&'f self, name: &'f HeaderName) -> impl Iterator<Item = &'f [u8]> + 'f;

    /// Calls this with each line.
    fn each(&self, line: impl FnMut(&[u8], &[u8]));

    /// Writes all lines as HTTP/1.1 does (RFC 9112, section 5), without the empty line behind them.
    fn write_to(&self, bytes: &mut Vec<u8>) {
        self.each(|name, value| {
            for part in [name, b": ", value, b"\r\n"] {
                bytes.extend_from_slice(part);
            }
        });
    }

    /// Removes all lines whose name is not kept.
    fn keep(&mut self, is_kept: impl FnMut(&[u8]) -> bool);

    /// Removes all lines of this name.
    fn remove(&mut self, name: &HeaderName);

    /// Puts this line in the place of all that have its name.
    fn set(&mut self, name: &HeaderName, value: &HeaderValue);

    /// The same with a text. One that cannot stand in a line leaves none of this name (RFC 9110, section 5.5).
    fn set_text(&mut self, name: &HeaderName, text: &str) {
        self.remove(name);
        self.add_text(name, text);
    }

    /// Adds a line.
    fn add(&mut self, name: &HeaderName, value: &HeaderValue);

    /// The same with a text. One that cannot stand in a line adds none.
    fn add_text(&mut self, name: &HeaderName, text: &str);
}

impl Fields for HeaderMap {
    fn has(&self, name: &HeaderName) -> bool {
        self.contains_key(name)
    }

    fn values<'f>(&'f self, name: &'f HeaderName) -> impl Iterator<Item = &'f [u8]> + 'f {
        self.get_all(name).into_iter().map(HeaderValue::as_bytes)
    }

    fn each(&self, mut line: impl FnMut(&[u8], &[u8])) {
        for (name, value) in self {
            line(name.as_str().as_bytes(), value.as_bytes());
        }
    }

    fn keep(&mut self, mut is_kept: impl FnMut(&[u8]) -> bool) {
        // Nothing is allocated for the usual head, of which all is kept.
        let found: Vec<HeaderName> = self.keys().filter(|name| !is_kept(name.as_str().as_bytes())).cloned().collect();
        for name in found {
            HeaderMap::remove(self, name);
        }
    }

    fn remove(&mut self, name: &HeaderName) {
        HeaderMap::remove(self, name);
    }

    fn set(&mut self, name: &HeaderName, value: &HeaderValue) {
        self.insert(name, value.clone());
    }

    fn add(&mut self, name: &HeaderName, value: &HeaderValue) {
        self.append(name, value.clone());
    }

    fn add_text(&mut self, name: &HeaderName, text: &str) {
        if let Ok(value) = HeaderValue::from_str(text) {
            self.append(name, value);
        }
    }
}
