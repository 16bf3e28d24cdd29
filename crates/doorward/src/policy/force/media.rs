//! Bodies that can be read.

/// The format of a body.
pub(super) enum Media {
    /// RFC 8259.
    Json,
    /// `application/x-www-form-urlencoded`.
    Form,
}

/// The format that a `Content-Type` states, where it is one of those and the text is UTF-8.
pub(super) fn media(content_type: &str) -> Option<Media> {
    let mut parts = content_type.split(';').map(str::trim);
    let kind = parts.next()?.to_ascii_lowercase();
    let in_utf8 = parts.all(|parameter| {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        let value = value.trim().trim_matches('"');
        // `charset =x` and `charset*=x` are no parameter of this name, and some reader takes them for it.
        let is_charset = name.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("charset"));
        !is_charset || value.eq_ignore_ascii_case("utf-8") || value.eq_ignore_ascii_case("utf8")
    });
    let structured = kind.strip_prefix("application/").is_some_and(|kind| kind.ends_with("+json"));
    match &*kind {
        _ if !in_utf8 => None,
        "application/x-www-form-urlencoded" => Some(Media::Form),
        "application/json" => Some(Media::Json),
        _ if structured => Some(Media::Json),
        _ => None,
    }
}
