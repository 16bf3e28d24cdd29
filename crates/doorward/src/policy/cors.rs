//! What scripts of other origins may do, said in headers (Fetch, section 3.3).

use std::sync::Arc;

use http::Method;
use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, HeaderMap, HeaderValue, VARY,
};

use super::settings::CorsSettings;
use crate::fields::Fields;

/// A request from a listed origin, and what its script may do.
#[derive(Clone, Debug)]
pub struct CrossOrigin {
    origin: HeaderValue,
    settings: Arc<CorsSettings>,
}

impl CrossOrigin {
    /// None when the origin is not listed.
    pub(crate) fn of(origin: Option<&str>, settings: &Arc<CorsSettings>) -> Option<Self> {
        let origin = match origin {
            _ if settings.wider.any_origin => HeaderValue::from_static("*"),
            origin => HeaderValue::from_str(origin.filter(|origin| settings.lists(origin))?).ok()?,
        };
        Some(Self { origin, settings: Arc::clone(settings) })
    }

    /// The answer to a preflight for `method`, which asks for these headers.
    pub(crate) fn permit(&self, method: &Method, asked: Option<&HeaderValue>, headers: &mut HeaderMap) {
        self.settings.permit(self.origin.clone(), method, headers);
        if self.settings.wider.reflects_headers {
            headers.append(VARY, HeaderValue::from_static("Access-Control-Request-Headers"));
            headers.extend(asked.map(|asked| (ACCESS_CONTROL_ALLOW_HEADERS, asked.clone())));
        }
    }

    /// The origin.
    pub(crate) fn origin(&self) -> &HeaderValue {
        &self.origin
    }

    /// Whether the answer is another one for another origin.
    pub(crate) fn depends_on_origin(&self) -> bool {
        !self.settings.wider.any_origin
    }

    /// What a response says to the script. What the upstream said about it is replaced.
    pub(crate) fn label(&self, fields: &mut impl Fields) {
        self.settings.label(&self.origin, fields);
    }
}

impl CorsSettings {
    /// Whether some origin is listed.
    pub(crate) fn lists_any(&self) -> bool {
        self.wider.any_origin || !self.origins.is_empty()
    }

    /// Whether this origin is listed, byte for byte.
    pub fn lists(&self, origin: &str) -> bool {
        self.origins.iter().any(|listed| listed.as_str() == origin)
    }

    /// Headers that requests may have, with those of a dialect.
    pub(crate) fn headers_with<'s>(&'s self, more: &'s [&'static str]) -> Vec<&'s str> {
        let mut all = more.to_vec();
        for name in &self.headers {
            if !all.iter().any(|known| known.eq_ignore_ascii_case(name)) {
                all.push(name);
            }
        }
        all
    }

    /// The answer to a preflight in which all methods of a path are told, whoever asks; only to a listed origin it is a permission.
    pub(crate) fn tell(&self, methods: &str, more: &[&'static str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(VARY, HeaderValue::from_static("Origin"));
        self.allow_credentials(&mut headers);
        let texts = [
            (ACCESS_CONTROL_ALLOW_METHODS, methods.to_owned()),
            (ACCESS_CONTROL_ALLOW_HEADERS, self.headers_with(more).join(", ")),
            (ACCESS_CONTROL_MAX_AGE, self.max_age.0.to_string()),
        ];
        headers.extend(texts.into_iter().filter_map(|(name, text)| Some((name, HeaderValue::from_str(&text).ok()?))));
        headers
    }

    fn permit(&self, origin: HeaderValue, method: &Method, headers: &mut HeaderMap) {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        self.allow_credentials(headers);
        let methods = match &self.methods {
            Some(methods) => methods.join(", "),
            None => method.to_string(),
        };
        let texts = [
            (ACCESS_CONTROL_ALLOW_METHODS, methods),
            (ACCESS_CONTROL_ALLOW_HEADERS, self.headers.join(", ")),
            (ACCESS_CONTROL_MAX_AGE, self.max_age.0.to_string()),
        ];
        for (name, text) in texts {
            if name == ACCESS_CONTROL_MAX_AGE && self.wider.says_no_age {
                continue;
            }
            if let Some(value) = HeaderValue::from_str(&text).ok().filter(|value| !value.is_empty()) {
                headers.insert(name, value);
            }
        }
    }

    fn label(&self, origin: &HeaderValue, fields: &mut impl Fields) {
        fields.set(&ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        fields.remove(&ACCESS_CONTROL_ALLOW_CREDENTIALS);
        self.allow_credentials(fields);
        if !self.expose.is_empty() {
            fields.set_text(&ACCESS_CONTROL_EXPOSE_HEADERS, &self.expose.join(", "));
        }
    }

    fn allow_credentials(&self, fields: &mut impl Fields) {
        if self.credentials {
            fields.set_text(&ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
        }
    }
}
