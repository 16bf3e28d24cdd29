//! The table of routes against one that is so simple that it must be right.

use proptest::collection::vec;
use proptest::prelude::*;

use super::super::method::Methods;
use super::super::pattern::Pattern;
use super::super::table::{Asked, Hit, RouteId, Table};

/// All methods that these tests know.
const EVERY: Methods = Methods(0b1111);

#[derive(Clone, Debug)]
struct Line {
    host: Option<&'static str>,
    pattern: Pattern,
    asked: Asked,
}

/// Whether a pattern matches a path, segment by segment.
fn matches(pattern: &Pattern, path: &str) -> bool {
    let path = path.strip_prefix('/').expect("a slash");
    let mut segments: Vec<&str> = path.strip_suffix('/').unwrap_or(path).split('/').collect();
    if path.is_empty() {
        segments.clear();
    }
    let mut wanted = pattern.segments().iter();
    for (place, segment) in segments.iter().enumerate() {
        match wanted.next() {
            Some(Segment::Literal(literal)) if **literal == **segment => {}
            Some(Segment::Parameter(_)) => {}
            Some(Segment::Rest(_)) => return place < segments.len(),
            _ => return false,
        }
    }
    wanted.next().is_none()
}

use super::super::pattern::Segment;

/// What stands in front of what: the host, then each segment, then the method.
fn rank(line: &Line) -> (bool, Vec<u8>, bool) {
    let segment = |segment: &Segment| match segment {
        Segment::Literal(_) => 0,
        Segment::Parameter(_) => 1,
        Segment::Rest(_) => 2,
    };
    (line.host.is_none(), line.pattern.segments().iter().map(segment).collect(), line.asked == Asked::Every)
}

fn naive(lines: &[Line], host: &str, path: &str, method: Methods) -> Hit {
    let here = |line: &&Line| line.host.is_none_or(|own| own == host) && matches(&line.pattern, path);
    let takes = |line: &Line| match line.asked {
        Asked::Every => EVERY.meets(method),
        Asked::Named(methods) => methods.meets(method),
    };
    let mut fitting: Vec<(usize, &Line)> =
        lines.iter().enumerate().filter(|(_, line)| here(line) && takes(line)).collect();
    // A stable sort: of lines with equal rank the first one wins.
    fitting.sort_by_key(|(_, line)| rank(line));
    match fitting.first() {
        Some((place, _)) => Hit::Route(RouteId(*place as u32)),
        None => {
            let methods = |line: &Line| match line.asked {
                Asked::Every => EVERY,
                Asked::Named(methods) => methods,
            };
            Hit::Other(lines.iter().filter(here).fold(Methods::default(), |all, line| all.with(methods(line))))
        }
    }
}

fn pattern() -> impl Strategy<Value = Pattern> {
    let segment = prop_oneof![
        3 => prop::sample::select(vec!["a", "b", "c"]).prop_map(String::from),
        2 => Just(":".to_owned()),
    ];
    (vec(segment, 0..4), any::<bool>()).prop_map(|(segments, rest)| {
        let mut text = String::new();
        for (place, segment) in segments.iter().enumerate() {
            text.push('/');
            text.push_str(segment);
            if segment == ":" {
                text.push_str(&format!("p{place}"));
            }
        }
        if rest {
            text.push_str("/*rest");
        }
        Pattern::parse(if text.is_empty() { "/" } else { &text }).expect("a pattern")
    })
}

fn lines() -> impl Strategy<Value = Vec<Line>> {
    let asked = prop_oneof![
        1 => Just(Asked::Every),
        3 => (1u64..16).prop_map(|bits| Asked::Named(Methods(bits))),
    ];
    let host = prop::sample::select(vec![None, None, Some("x"), Some("y")]);
    vec((host, pattern(), asked).prop_map(|(host, pattern, asked)| Line { host, pattern, asked }), 0..24)
}

fn path() -> impl Strategy<Value = String> {
    (vec(prop::sample::select(vec!["a", "b", "c", "d"]), 0..6), any::<bool>()).prop_map(|(segments, slash)| {
        let text: String = segments.iter().map(|segment| format!("/{segment}")).collect();
        if text.is_empty() || slash { text + "/" } else { text }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn the_winner_is_the_one_of_the_documented_rank(lines in lines(), paths in vec(path(), 1..8), host in prop::sample::select(vec!["x", "y", "z"])) {
        let mut table = Table::default();
        for (place, line) in lines.iter().enumerate() {
            table.insert(line.host, &line.pattern, line.asked, RouteId(place as u32));
        }
        for path in paths {
            for bit in 0..4 {
                let method = Methods(1 << bit);
                let found = table.find(host, &path, method, EVERY);
                let expected = naive(&lines, host, &path, method);
                prop_assert_eq!(found, expected, "{} {} {:?}", host, path, method);
            }
        }
    }

    #[test]
    fn rivals_are_those_of_equal_rank_that_share_a_method(lines in lines()) {
        let mut table = Table::default();
        for (place, line) in lines.iter().enumerate() {
            let found = table.insert(line.host, &line.pattern, line.asked, RouteId(place as u32));
            let shapes = |pattern: &Pattern| -> Vec<Option<String>> {
                let shape = |segment: &Segment| match segment {
                    Segment::Literal(text) => Some(text.to_string()),
                    Segment::Parameter(_) => None,
                    Segment::Rest(_) => Some("*".into()),
                };
                pattern.segments().iter().map(shape).collect()
            };
            let is_rival = |other: &&Line| {
                let share = match (other.asked, line.asked) {
                    (Asked::Every, Asked::Every) => true,
                    (Asked::Named(one), Asked::Named(two)) => one.meets(two),
                    _ => false,
                };
                share && other.host == line.host && shapes(&other.pattern) == shapes(&line.pattern)
            };
            prop_assert_eq!(found.is_empty(), !lines[..place].iter().any(|other| is_rival(&other)));
            prop_assert!(found.iter().all(|id| is_rival(&&lines[id.0 as usize])));
        }
    }

    #[test]
    fn overlap_and_cover_are_what_paths_say(one in pattern(), two in pattern(), paths in vec(path(), 1..40)) {
        for path in &paths {
            if matches(&one, path) && matches(&two, path) {
                prop_assert!(one.overlaps(&two) && two.overlaps(&one));
            }
            if one.covers(&two) && matches(&two, path) {
                prop_assert!(matches(&one, path));
            }
        }
        prop_assert_eq!(one.overlaps(&two), two.overlaps(&one));
        prop_assert!(one.covers(&one));
        if one.covers(&two) {
            prop_assert!(one.overlaps(&two));
        }
    }

    #[test]
    fn a_parameter_holds_what_stands_there(pattern in pattern(), path in path()) {
        if !matches(&pattern, &path) {
            return Ok(());
        }
        let bare = path.trim_matches('/');
        let segments: Vec<&str> = bare.split('/').collect();
        for (place, segment) in pattern.segments().iter().enumerate() {
            let expected = match segment {
                Segment::Literal(_) => continue,
                Segment::Parameter(_) => segments[place].to_owned(),
                Segment::Rest(_) => segments[place..].join("/"),
            };
            let name = segment.name().expect("a name");
            prop_assert_eq!(pattern.parameter(name, &path), Some(&*expected));
        }
    }

    #[test]
    fn a_pattern_reads_back_what_it_wrote(text in "(/[a-z:*%!~.A-F0-9\u{e9}-]{0,6}){0,5}") {
        if let Ok(pattern) = Pattern::parse(&text) {
            prop_assert_eq!(Pattern::parse(&pattern.to_string()), Ok(pattern));
        }
    }
}

#[test]
fn ten_thousand_rivals_do_not_slow_the_search() {
    // Each segment has a literal and a parameter: going back must not multiply.
    let mut table = Table::default();
    for number in 0u32..1 << 12 {
        let segment = |bit: u32| if number >> bit & 1 == 1 { "/a".to_owned() } else { format!("/:p{bit}") };
        let text: String = (0..12).map(segment).collect();
        let pattern = Pattern::parse(&format!("{text}/end")).expect("a pattern");
        table.insert(None, &pattern, Asked::Every, RouteId(number));
    }
    let miss = format!("{}/nothing", "/a".repeat(12));
    for _ in 0..100 {
        assert_eq!(table.find("h", &miss, Methods::GET, EVERY), Hit::Other(Methods::default()));
    }
}
