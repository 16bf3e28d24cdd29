//! What a browser calls itself, in words that its owner knows it by.

use super::words::{Words, fill};

/// `Firefox on Windows`; what nobody can read is shown as it is, shortened.
pub(super) fn device(agent: &str, words: &Words) -> String {
    match read(agent) {
        (Some(program), Some(system)) => fill(&words.device, &[("program", program), ("system", system)]),
        (Some(program), None) => program.to_owned(),
        _ if agent.is_empty() => words.device_unknown.clone(),
        _ => shortened(agent),
    }
}

/// The same for those who administer, in English.
pub(crate) fn device_in_english(agent: &str) -> String {
    match read(agent) {
        (Some(program), Some(system)) => format!("{program} on {system}"),
        (Some(program), None) => program.to_owned(),
        _ if agent.is_empty() => "Unknown device".to_owned(),
        _ => shortened(agent),
    }
}

fn shortened(agent: &str) -> String {
    agent.chars().take(60).collect()
}

/// The program and the system.
fn read(agent: &str) -> (Option<&'static str>, Option<&'static str>) {
    // Later ones pretend to be earlier ones: whoever is named first here is meant.
    const PROGRAMS: [(&str, &str); 9] = [
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("CriOS/", "Chrome"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
        ("python-requests/", "Python"),
    ];
    const SYSTEMS: [(&str, &str); 7] = [
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS", "Mac"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ];
    let find =
        |known: &[(&str, &'static str)]| known.iter().find(|(sign, _)| agent.contains(sign)).map(|(_, name)| *name);
    (find(&PROGRAMS), find(&SYSTEMS))
}

#[cfg(test)]
mod tests {
    use doorward::policy::Language;

    use super::*;

    #[test]
    fn a_browser_is_known_behind_what_it_pretends_to_be() {
        let words = Words::read(Language::English, None);
        let device = |agent: &str| device(agent, &words);
        let chrome =
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36";
        assert_eq!(device(chrome), "Chrome on Linux");
        assert_eq!(device(&format!("{chrome} Edg/156.0")), "Edge on Linux");
        let safari = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Mobile/15E148 Safari/604.1";
        assert_eq!(device(safari), "Safari on iPhone");
        assert_eq!(
            device("Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"),
            "Firefox on Windows"
        );
        assert_eq!(device("curl/8.14.1"), "curl");
        assert_eq!(super::device(chrome, &Words::read(Language::German, None)), "Chrome unter Linux");
        assert_eq!([chrome, "", "a robot"].map(device_in_english), [chrome, "", "a robot"].map(device));
        assert_eq!((device("").as_str(), device("a robot").as_str()), ("Unknown device", "a robot"));
    }
}
