//! Paths: whatever is accepted has one spelling, says what was sent, and is the same path to every reader.

#![no_main]

use doorward::CanonicalPath;
use libfuzzer_sys::fuzz_target;
use percent_encoding::percent_decode;

fuzz_target!(|sent: &str| {
    let Ok(path) = CanonicalPath::parse(sent) else { return };
    let spelled = path.as_str();

    // Spelling it again changes nothing.
    let again = CanonicalPath::parse(spelled).expect("what was spelled is a path");
    assert_eq!(again.as_str(), spelled);
    assert!(!again.is_rewritten());
    assert_eq!(again.has_encoded_slash(), path.has_encoded_slash());
    assert_eq!(path.is_rewritten(), sent != spelled);

    // It says what was sent, decoded once.
    let decoded: Vec<u8> = percent_decode(spelled.as_bytes()).collect();
    assert_eq!(decoded, percent_decode(sent.as_bytes()).collect::<Vec<u8>>());
    let text = std::str::from_utf8(&decoded).expect("UTF-8");
    assert!(!text.chars().any(|character| matches!(character, '\0'..='\x1f' | '\x7f')));

    // Its letters are those of RFC 3986, escapes in capitals and only where they are needed.
    let mut bytes = spelled.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let escape = [bytes.next().expect("a digit"), bytes.next().expect("a digit")];
            let digits = std::str::from_utf8(&escape).expect("ASCII");
            assert_eq!(digits, digits.to_ascii_uppercase());
            let value = u8::from_str_radix(digits, 16).expect("two hexadecimal digits");
            assert!(!value.is_ascii_alphanumeric() && !b"-._~".contains(&value));
        } else {
            assert!(byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,=:@/".contains(&byte), "{byte:?}");
        }
    }

    // Readers that resolve dots, merge slashes or take a backslash for a slash find nothing to do.
    let segments: Vec<&str> = spelled[1..].split('/').collect();
    for (place, segment) in segments.iter().enumerate() {
        let one: Vec<u8> = percent_decode(segment.as_bytes()).collect();
        assert!(one != b"." && one != b"..");
        assert!(!segment.is_empty() || place + 1 == segments.len());
        let twice: Vec<u8> = percent_decode(&one).collect();
        assert!(twice != b"." && twice != b".." && !twice.contains(&0));
        if !path.has_encoded_slash() {
            assert!(!twice.contains(&b'/') && !twice.contains(&b'\\'));
        }
    }

    // What is forwarded is what was matched.
    let target = http::uri::PathAndQuery::try_from(spelled).expect("a target");
    assert_eq!((target.path(), target.query()), (spelled, None));
});
