//! Addresses whose host is written in ASCII (RFC 3492): browsers send them so, whatever somebody has typed.

const BASE: u32 = 36;
const LEAST: u32 = 1;
const GREATEST: u32 = 26;
const SKEW: u32 = 38;
const DAMP: u32 = 700;
const FIRST_BIAS: u32 = 72;
const FIRST_LETTER: u32 = 128;
/// A label of a host has no more characters (RFC 1035, section 2.3.4).
const LONGEST: usize = 63;

/// The address with its host in the letters that it stands for; none where the host is in no such form.
pub(crate) fn decoded_address(text: &str) -> Option<String> {
    let (name, host) = text.rsplit_once('@')?;
    let mut changed = false;
    let mut labels = Vec::new();
    for label in host.split('.') {
        match label.split_at_checked(4).filter(|(prefix, _)| prefix.eq_ignore_ascii_case("xn--")) {
            Some((_, encoded)) => {
                labels.push(decode(encoded)?);
                changed = true;
            }
            None => labels.push(label.to_owned()),
        }
    }
    changed.then(|| format!("{name}@{}", labels.join(".")))
}

/// Section 6.2.
fn decode(label: &str) -> Option<String> {
    if label.len() > LONGEST || !label.is_ascii() {
        return None;
    }
    let (basic, deltas) = label.rsplit_once('-').unwrap_or(("", label));
    let mut letters: Vec<char> = basic.chars().collect();
    let (mut letter, mut place, mut bias) = (FIRST_LETTER, 0u32, FIRST_BIAS);
    let mut rest = deltas.bytes();
    while rest.len() > 0 {
        let before = place;
        let (mut weight, mut step) = (1u32, BASE);
        loop {
            let digit = digit(rest.next()?)?;
            place = place.checked_add(digit.checked_mul(weight)?)?;
            let threshold = step.saturating_sub(bias).clamp(LEAST, GREATEST);
            if digit < threshold {
                break;
            }
            weight = weight.checked_mul(BASE - threshold)?;
            step += BASE;
        }
        let count = letters.len() as u32 + 1;
        bias = adapt(place - before, count, before == 0);
        letter = letter.checked_add(place / count)?;
        place %= count;
        letters.insert(place as usize, char::from_u32(letter)?);
        place += 1;
    }
    Some(letters.into_iter().collect())
}

fn digit(byte: u8) -> Option<u32> {
    match byte {
        b'a'..=b'z' => Some(u32::from(byte - b'a')),
        b'A'..=b'Z' => Some(u32::from(byte - b'A')),
        b'0'..=b'9' => Some(u32::from(byte - b'0') + 26),
        _ => None,
    }
}

/// Section 6.1.
fn adapt(delta: u32, count: u32, is_first: bool) -> u32 {
    let mut delta = if is_first { delta / DAMP } else { delta / 2 };
    delta += delta / count;
    let mut bias = 0;
    while delta > (BASE - LEAST) * GREATEST / 2 {
        delta /= BASE - LEAST;
        bias += BASE;
    }
    bias + (BASE - LEAST + 1) * delta / (delta + SKEW)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_read_as_they_were_typed() {
        for (text, expected) in [
            ("ada@xn--mnchen-3ya.example", "ada@m\u{fc}nchen.example"),
            ("ada@mail.XN--Bcher-kva.example", "ada@mail.B\u{fc}cher.example"),
            (
                "a@xn--ihqwcrb4cv8a8dqg056pqjye.example",
                "a@\u{4ed6}\u{4eec}\u{4e3a}\u{4ec0}\u{4e48}\u{4e0d}\u{8bf4}\u{4e2d}\u{6587}.example",
            ),
        ] {
            assert_eq!(decoded_address(text).as_deref(), Some(expected), "{text}");
        }
        for text in
            ["ada@example.com", "ada", "xn--mnchen-3ya", "xn--a@example.com", "ada@xn--!.example", "ada@xn--\u{fc}"]
        {
            assert_eq!(decoded_address(text), None, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn anything_is_read_or_is_not(text in "[a-z0-9-]{0,80}") {
            let decoded = decoded_address(&format!("a@xn--{text}"));
            proptest::prop_assert!(decoded.is_none_or(|decoded| decoded.starts_with("a@")));
        }
    }
}
