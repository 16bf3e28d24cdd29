//! Methods as bits, so that a route's methods are one word.

use http::Method;

use super::complaint::distance;

/// The methods of nearly every API.
const COMMON: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/// Methods that are known without being named: those of HTTP, of PATCH and QUERY, and of WebDAV with its kin.
const KNOWN: [&str; 34] = [
    "GET",
    "HEAD",
    "POST",
    "PUT",
    "DELETE",
    "OPTIONS",
    "PATCH",
    "QUERY",
    "PROPFIND",
    "PROPPATCH",
    "MKCOL",
    "COPY",
    "MOVE",
    "LOCK",
    "UNLOCK",
    "SEARCH",
    "REPORT",
    "ACL",
    "BIND",
    "UNBIND",
    "REBIND",
    "LINK",
    "UNLINK",
    "MKCALENDAR",
    "MKREDIRECTREF",
    "UPDATEREDIRECTREF",
    "ORDERPATCH",
    "VERSION-CONTROL",
    "CHECKOUT",
    "CHECKIN",
    "UNCHECKOUT",
    "MKACTIVITY",
    "MKWORKSPACE",
    "MERGE",
];

/// A set of methods of one [`Vocabulary`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Methods(pub(crate) u64);

impl Methods {
    pub(crate) const GET: Self = Self(1);
    pub(crate) const HEAD: Self = Self(2);
    pub(crate) const OPTIONS: Self = Self(1 << 5);

    /// Whether both sets have a method in common.
    pub(crate) fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(crate) fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// What a request's method is to a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spoken {
    /// A method that routes may have.
    Known(Methods),
    /// TRACE, TRACK or CONNECT: known, and never allowed.
    Never,
    /// Nobody has named it.
    Unknown,
}

/// All methods that a policy knows: the common ones, and those that its routes name.
#[derive(Clone, Debug)]
pub(crate) struct Vocabulary {
    names: Vec<Box<str>>,
}

impl Vocabulary {
    pub(crate) fn new() -> Self {
        Self { names: KNOWN.iter().map(|name| (*name).into()).collect() }
    }

    /// The bit of a method that a route names, which is known from now on. None when there are too many.
    pub(crate) fn name(&mut self, name: &str) -> Option<Methods> {
        if let Some(place) = self.names.iter().position(|known| **known == *name) {
            return Some(Methods(1 << place));
        }
        if self.names.len() == 64 {
            return None;
        }
        self.names.push(name.into());
        Some(Methods(1 << (self.names.len() - 1)))
    }

    /// Every known method.
    pub(crate) fn all(&self) -> Methods {
        Methods(u64::MAX >> (64 - self.names.len()))
    }

    pub(crate) fn read(&self, method: &Method) -> Spoken {
        match *method {
            Method::GET => Spoken::Known(Methods::GET),
            Method::HEAD => Spoken::Known(Methods::HEAD),
            Method::POST => Spoken::Known(Methods(1 << 2)),
            _ if is_never_allowed(method.as_str()) => Spoken::Never,
            _ => match self.names.iter().position(|known| **known == *method.as_str()) {
                Some(place) => Spoken::Known(Methods(1 << place)),
                None => Spoken::Unknown,
            },
        }
    }

    /// The names of a set, in the order of the alphabet.
    pub(crate) fn names(&self, methods: Methods) -> Vec<&str> {
        let named = self.names.iter().enumerate().filter(|(place, _)| methods.0 >> place & 1 == 1);
        let mut names: Vec<&str> = named.map(|(_, name)| &**name).collect();
        names.sort_unstable();
        names
    }
}

/// Whether a text is a method as rules write it.
pub(crate) fn is_method(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'-') && (1..=32).contains(&name.len())
}

/// The common method that a name is a typing error of: `GET` for `GTE`. Names that merely resemble one, as `SET` does, are methods
/// like any other.
pub(crate) fn mistyped(name: &str) -> Option<&'static str> {
    let letters = |text: &str| {
        let mut letters = text.as_bytes().to_vec();
        letters.sort_unstable();
        letters
    };
    let is_meant = |common: &&&str| {
        let begins_alike = common.as_bytes().first() == name.as_bytes().first();
        distance(name, common) == 1 && (begins_alike || letters(name) == letters(common))
    };
    if KNOWN.contains(&name) { None } else { COMMON.iter().find(is_meant).copied() }
}

/// TRACE and TRACK echo cookies, and CONNECT makes a tunnel past every rule.
pub(crate) fn is_never_allowed(name: &str) -> bool {
    matches!(name, "TRACE" | "TRACK" | "CONNECT")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_constants_are_where_the_names_are() {
        let mut vocabulary = Vocabulary::new();
        for (name, bit) in [("GET", Methods::GET), ("HEAD", Methods::HEAD), ("OPTIONS", Methods::OPTIONS)] {
            assert_eq!(vocabulary.name(name), Some(bit));
            let method = Method::from_bytes(name.as_bytes()).expect("a method");
            assert_eq!(vocabulary.read(&method), Spoken::Known(bit));
        }
        assert_eq!(vocabulary.read(&Method::POST), Spoken::Known(vocabulary.name("POST").expect("known")));
    }

    #[test]
    fn a_method_is_known_once_a_route_names_it() {
        let mut vocabulary = Vocabulary::new();
        let publish = Method::from_bytes(b"PUBLISH").expect("a method");
        assert_eq!(vocabulary.read(&publish), Spoken::Unknown);
        let bit = vocabulary.name("PUBLISH").expect("there is room");
        assert_eq!(vocabulary.read(&publish), Spoken::Known(bit));
        assert!(vocabulary.all().meets(bit));
    }

    #[test]
    fn case_matters_and_trace_is_never_allowed() {
        let vocabulary = Vocabulary::new();
        let read = |name: &str| vocabulary.read(&Method::from_bytes(name.as_bytes()).expect("a method"));
        assert_eq!(read("get"), Spoken::Unknown);
        assert_eq!([read("TRACE"), read("TRACK"), read("CONNECT")], [Spoken::Never; 3]);
    }

    #[test]
    fn a_typing_error_is_told_from_a_method_that_nobody_knows() {
        for (name, meant) in [
            ("GTE", "GET"),
            ("GETT", "GET"),
            ("POTS", "POST"),
            ("PSOT", "POST"),
            ("DELTE", "DELETE"),
            ("DELETED", "DELETE"),
            ("PACTH", "PATCH"),
            ("OPTION", "OPTIONS"),
        ] {
            assert_eq!(mistyped(name), Some(meant), "{name}");
        }
        for name in KNOWN.into_iter().chain(["PURGE", "SET", "BAN", "NOTIFY", "SUBSCRIBE", "PUSH", "LIST", "FIND"]) {
            assert_eq!(mistyped(name), None, "{name}");
        }
    }

    #[test]
    fn there_is_room_for_64_methods_and_no_more() {
        let mut vocabulary = Vocabulary::new();
        let added = (0..100).filter(|number| vocabulary.name(&format!("M{number}")).is_some()).count();
        assert_eq!(added, 64 - KNOWN.len());
        assert_eq!(vocabulary.all(), Methods(u64::MAX));
    }
}
