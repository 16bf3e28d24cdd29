//! URLs of Magento as paths of rules, and which of two routes answers a request.

use std::cmp::Ordering;

use doorward::policy::{Pattern, Segment};

/// A URL, as rules write it.
#[derive(Debug)]
pub struct Spelled {
    pub path: String,
    pub pattern: Pattern,
    /// Parameters that needed another name: the old one and the new one.
    pub renamed: Vec<(String, String)>,
    /// What is different about it here.
    pub doubts: Vec<String>,
    /// Whether a parameter stands in the first two segments, by which Magento looks for routes.
    pub is_lost: bool,
}

/// Writes a URL below the root of the API as rules do.
///
/// # Errors
/// Why no path of rules means what Magento takes the URL for.
pub fn spell(root: &str, url: &str) -> Result<Spelled, String> {
    let mut spelled = root.trim_end_matches('/').to_owned();
    let (mut renamed, mut doubts, mut names) = (Vec::new(), Vec::new(), Vec::new());
    let segments: Vec<&str> = url.trim_matches('/').split('/').collect();
    for segment in &segments {
        spelled.push('/');
        if segment.is_empty() {
            return Err("a segment is empty, and no request gets that far".into());
        }
        if segment.starts_with("::") || segment.starts_with('*') {
            return Err(format!("rules have no literal segment that begins as `{segment}` does"));
        }
        if let Some(name) = segment.strip_prefix(':') {
            let word = unique(&word(name), &names);
            if word != name {
                doubts.push(format!("the parameter `{name}` is called `{word}` here"));
                renamed.push((name.to_owned(), word.clone()));
            }
            spelled.push(':');
            spelled.push_str(&word);
            names.push(word);
            continue;
        }
        if let Some(found) = segment.chars().find(|c| matches!(c, '%' | '{' | '}' | '<' | '>')) {
            return Err(format!("`{found}` in a literal segment means something else in requests"));
        }
        if is_numeric(segment) {
            doubts.push(format!(
                "Magento takes every number that equals `{segment}` for it; here it stands for itself alone"
            ));
        }
        spelled.push_str(segment);
    }
    let pattern = Pattern::parse(&spelled).map_err(|wrong| wrong.to_string())?;
    let never = unversioned(url, &segments);
    let is_lost = never.is_none() && segments.iter().take(2).any(|segment| segment.starts_with(':'));
    doubts.extend(never);
    Ok(Spelled { path: spelled, pattern, renamed, doubts, is_lost })
}

/// Why Magento itself never gets to a route with this URL.
fn unversioned(url: &str, segments: &[&str]) -> Option<String> {
    let version = segments.first().and_then(|first| first.strip_prefix('V'));
    let has_version = version.is_some_and(|version| version.starts_with(|c: char| c.is_ascii_digit()));
    if !url.starts_with('/') || !has_version {
        return Some("Magento answers only paths that begin with `/V` and a number: there it is never found".into());
    }
    None
}

/// A name that a pattern takes.
fn word(name: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '_' | '-') { c } else { '_' };
    let kept: String = name.chars().map(safe).take(60).collect();
    if kept.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') { kept } else { format!("_{kept}") }
}

fn unique(name: &str, taken: &[String]) -> String {
    let numbered = (2..).map(|number| format!("{name}{number}"));
    let names = std::iter::once(name.to_owned()).chain(numbered);
    names.into_iter().find(|name| !taken.contains(name)).unwrap_or_default()
}

/// Whether PHP compares the text as a number.
fn is_numeric(text: &str) -> bool {
    text.parse::<f64>().is_ok_and(f64::is_finite) && text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c))
}

/// A pattern without the names of its parameters: routes with the same one match the same requests.
pub fn shape(pattern: &Pattern) -> String {
    let segments = pattern.segments().iter().map(|segment| match segment {
        Segment::Literal(text) => text,
        Segment::Parameter(_) | Segment::Rest(_) => ":",
    });
    segments.collect::<Vec<_>>().join("/")
}

/// Which of two routes Magento takes where both match: the very path of the request, else the last one by its bytes.
pub fn by_magento(one: (&str, &Pattern), other: (&str, &Pattern)) -> Ordering {
    let is_exact = |(url, pattern): (&str, &Pattern)| pattern.parameters().next().is_none() && !url.ends_with('/');
    is_exact(one).cmp(&is_exact(other)).then_with(|| one.0.cmp(other.0))
}

/// Which of two routes with as many segments is taken here: the first literal beside a parameter decides.
pub fn by_rank(one: &Pattern, other: &Pattern) -> Ordering {
    let rank = |pattern: &Pattern| -> Vec<bool> {
        pattern.segments().iter().map(|segment| matches!(segment, Segment::Literal(_))).collect()
    };
    rank(one).cmp(&rank(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(url: &str) -> String {
        spell("/rest", url).map_or_else(|wrong| format!("!{wrong}"), |spelled| spelled.path)
    }

    #[test]
    fn a_url_lies_below_rest_without_slashes_at_its_ends() {
        assert_eq!(path("/V1/customers/:customerId/"), "/rest/V1/customers/:customerId");
        assert_eq!(path("/V1/a/:two-value"), "/rest/V1/a/:two-value");
    }

    #[test]
    fn names_that_rules_do_not_take_are_changed() {
        let spelled = spell("/rest", "/V1/a/:1st/:a.b/:x/:x").expect("a path");
        assert_eq!(spelled.path, "/rest/V1/a/:_1st/:a_b/:x/:x2");
        assert_eq!(spelled.renamed.len(), 3);
        assert!(spelled.doubts[0].contains("`1st` is called `_1st`"));
    }

    #[test]
    fn what_cannot_be_said_is_refused() {
        for url in [
            "/V1//a", "/V1/::a", "/V1/*", "/V1/%41", "/V1/{a}", "/V1/a?b", "/V1/a b", "/V1/../a", "/", "/V1/a;b",
            "/V1/<a>",
        ] {
            assert!(path(url).starts_with('!'), "{url}: {}", path(url));
        }
    }

    #[test]
    fn what_magento_sees_differently_is_told() {
        let doubt = |url: &str| spell("/rest", url).expect(url).doubts.join("; ");
        assert!(doubt("/V1/a/1").contains("every number"));
        assert!(spell("/rest", "/V1/:a").is_ok_and(|spelled| spelled.is_lost));
        assert!(spell("/rest", "/V1/a/:a").is_ok_and(|spelled| !spelled.is_lost));
        assert!(doubt("/x/a").contains("begin with `/V`"));
        assert!(doubt("V1/a").contains("begin with `/V`"));
        assert_eq!(doubt("/V1/one-one/:twoValue"), "");
    }

    #[test]
    fn of_two_routes_each_system_takes_its_own() {
        let both = |one: &str, other: &str| {
            let (first, second) = (spell("", one).expect(one).pattern, spell("/", other).expect(other).pattern);
            (by_magento((one, &first), (other, &second)), by_rank(&first, &second))
        };
        use Ordering::{Equal, Greater, Less};
        assert_eq!(both("/V1/a/me", "/V1/a/:id"), (Greater, Greater));
        assert_eq!(both("/V1/a/me/:x", "/V1/a/:id/y"), (Greater, Greater));
        assert_eq!(both("/V1/a/1x/:x", "/V1/a/:id/y"), (Less, Greater));
        assert_eq!(both("/V1/a/:x", "/V1/a/:y"), (Less, Equal));
        assert_eq!(both("/V1/a/b", "/V1/a/b/"), (Greater, Equal));
    }
}
