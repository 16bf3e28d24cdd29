//! `Accept`, as two systems read it.

use http::HeaderMap;
use http::header::ACCEPT;

use super::Format;

/// eZ Platform: the first entry that it has a format for, the heaviest first. Anything that is no JSON is XML.
pub(super) fn ez(headers: &HeaderMap) -> Format {
    let is_json = |kind: &str| {
        kind == "application/json"
            || (kind.starts_with("application/vnd.") && kind.ends_with("+json") && kind.contains(".api."))
    };
    let first = sorted(headers).into_iter().next();
    if first.is_some_and(|kind| is_json(&kind)) { Format::Json } else { Format::Xml }
}

/// Magento: the first entry that it knows, the heaviest first; JSON when it knows none.
pub(super) fn magento(headers: &HeaderMap) -> Format {
    let known = |kind: &String| match kind.as_str() {
        "*/*" | "application/json" | "application/*" => Some(Format::Json),
        "text/xml" | "application/xml" | "application/xhtml+xml" | "text/*" => Some(Format::Xml),
        _ => None,
    };
    sorted(headers).iter().find_map(known).unwrap_or(Format::Json)
}

/// Media types, the heaviest first, those of the same weight as they stand.
fn sorted(headers: &HeaderMap) -> Vec<String> {
    let mut entries: Vec<(u32, String)> = Vec::new();
    for line in headers.get_all(ACCEPT) {
        for entry in line.to_str().unwrap_or_default().split(',') {
            let mut parts = entry.split(';').map(str::trim);
            let kind = parts.next().unwrap_or_default().to_owned();
            let weight =
                parts.next().and_then(|part| part.strip_prefix("q=")).and_then(|text| text.parse::<f32>().ok());
            // A weight is between 0 and 1; in thousandths it can be sorted.
            let weight =
                weight.filter(|weight| (0.0..=1.0).contains(weight)).map_or(1_000, |weight| (weight * 1_000.0) as u32);
            if !kind.is_empty() {
                entries.push((weight, kind));
            }
        }
    }
    entries.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    entries.into_iter().map(|(_, kind)| kind).collect()
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn headers(text: &'static str) -> HeaderMap {
        [(ACCEPT, HeaderValue::from_static(text))].into_iter().collect()
    }

    #[test]
    fn ez_answers_in_xml_unless_json_is_wanted_most() {
        for json in
            ["application/vnd.ez.api.Session+json", "application/json", "text/html;q=0.1, application/json;q=0.2"]
        {
            assert_eq!(ez(&headers(json)), Format::Json, "{json}");
        }
        for xml in ["application/vnd.ez.api.Session+xml", "*/*", "text/html", "application/json;q=0.5, */*"] {
            assert_eq!(ez(&headers(xml)), Format::Xml, "{xml}");
        }
        assert_eq!(ez(&HeaderMap::new()), Format::Xml);
    }

    #[test]
    fn magento_answers_in_json_unless_xml_is_wanted_most() {
        for json in ["*/*", "application/json", "text/plain", "", "application/xml;q=0.5, */*;q=0.6"] {
            assert_eq!(magento(&headers(json)), Format::Json, "{json}");
        }
        for xml in ["text/xml", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/*"] {
            assert_eq!(magento(&headers(xml)), Format::Xml, "{xml}");
        }
    }
}
