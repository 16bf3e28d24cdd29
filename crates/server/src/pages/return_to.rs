//! Where somebody goes after a log-in. Anybody can send people to our log-in with any place in the address, so only a path of
//! this very site counts.

use doorward::CanonicalPath;

/// The place as it may be sent to a browser; none when it is no path of this site, or leads back here.
///
/// It is asked again when the form comes back: what the form carries is no more to be trusted than what the address said.
pub(super) fn checked(text: &str, mount: &str) -> Option<String> {
    if text.len() > LONGEST || !text.bytes().all(is_plain) {
        return None;
    }
    let end = text.find(['?', '#']).unwrap_or(text.len());
    let (path, rest) = text.split_at(end);
    // One spelling, no empty segment, no dots: what no two readers of addresses take for different places.
    let path = CanonicalPath::parse(path).ok().filter(|path| !path.has_encoded_slash())?;
    let below = path.as_str().strip_prefix(mount).unwrap_or_default();
    let leads_back = ["/login", "/logout"]
        .iter()
        .any(|page| below.strip_prefix(page).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')));
    (!leads_back).then(|| format!("{}{rest}", path.as_str()))
}

const LONGEST: usize = 2_048;

/// Characters that stand in an address as they are, for every reader of addresses.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_graphic() && !matches!(byte, b'\\' | b'"' | b'<' | b'>' | b'^' | b'`' | b'{' | b'|' | b'}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_path_of_this_site_is_kept() {
        for text in ["/", "/app?x=1#y", "/app/?a=b&c=/d", "/a%20b", "/app?next=//elsewhere", "/loginx", "/a:b@c"] {
            assert_eq!(checked(text, "").as_deref(), Some(text));
        }
        assert_eq!(checked("/%61pp?x", "").as_deref(), Some("/app?x"));
        assert_eq!(checked("/login", "/auth").as_deref(), Some("/login"));
    }

    #[test]
    fn what_could_lead_elsewhere_is_dropped() {
        for text in [
            "",
            "app",
            "?x",
            "#y",
            "//e",
            "/\\e",
            "\\\\e",
            "///e",
            "/%09/e",
            "/\t/e",
            " /e",
            "\n/e",
            "/e\r\nX: y",
            "\0/e",
            "https:e",
            "http:/e",
            "https://e",
            "javascript:alert(1)",
            "JaVaScript:alert(1)",
            "data:text/html,x",
            "java\0script:x",
            "good@evil",
            "http://good@evil/",
            "good.evil",
            "evil/good",
            "https://xn--e",
            "https://example.com.",
            "https://example.com:1/",
            "/..//e",
            "/a/%2e%2e//e",
            "/a/..",
            "/./a",
            "/a//b",
            "/%2f/e",
            "/%5ce",
            "/%2e%2e/e",
            "/a%00",
            "/ä",
            "/a b",
            "/%zz",
        ] {
            assert_eq!(checked(text, ""), None, "{text:?}");
        }
        assert_eq!(checked(&format!("/{}", "a".repeat(2_048)), ""), None);
    }

    #[test]
    fn nobody_is_sent_back_to_log_in_or_out() {
        for text in ["/login", "/login/", "/logout?x", "/l%6fgin#x", "/login/assets/x"] {
            assert_eq!(checked(text, ""), None, "{text}");
        }
        for text in ["/auth/login", "/auth/logout/"] {
            assert_eq!(checked(text, "/auth"), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_kept_is_a_path_of_one_site(text in "[/\\\\.%a-f0-9:@?#\t ]{0,24}") {
            if let Some(kept) = checked(&text, "") {
                prop_assert!(kept.starts_with('/') && !kept.starts_with("//") && !kept.starts_with("/\\"));
                prop_assert_eq!(checked(&kept, ""), Some(kept));
            }
        }
    }
}
