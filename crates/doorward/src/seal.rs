//! Small facts that a browser carries for us and cannot alter: a payload with a MAC, as text.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

/// The MAC is cut to 128 bits.
const MAC: usize = 16;

/// The payload and its MAC. `purpose` keeps what was sealed for one thing from being taken for another.
pub(crate) fn seal(key: &[u8], purpose: &str, payload: &[u8]) -> String {
    let mut bytes = payload.to_vec();
    bytes.extend_from_slice(&mac(key, purpose, payload));
    Base64UrlUnpadded::encode_string(&bytes)
}

/// The payload of `LENGTH` bytes, if it was sealed under this key for this purpose.
pub(crate) fn open<const LENGTH: usize>(key: &[u8], purpose: &str, text: &str) -> Option<[u8; LENGTH]> {
    let mut bytes = [0u8; 64];
    // Longer than anything that was ever sealed: not even decoded.
    if text.len() > 64 {
        return None;
    }
    let bytes = Base64UrlUnpadded::decode(text, &mut bytes).ok()?;
    let (payload, found) = bytes.split_at_checked(LENGTH)?;
    let is_right = bool::from(mac(key, purpose, payload).ct_eq(found));
    if is_right { payload.try_into().ok() } else { None }
}

/// HMAC-SHA256 over purpose and payload, cut.
pub(crate) fn mac(key: &[u8], purpose: &str, payload: &[u8]) -> [u8; MAC] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(purpose.as_bytes());
    mac.update(&[0]);
    mac.update(payload);
    let mut cut = [0; MAC];
    cut.copy_from_slice(&mac.finalize().into_bytes()[..MAC]);
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sealed_opens_and_what_was_altered_does_not() {
        let text = seal(b"key", "purpose", b"payload!");
        assert_eq!(open::<8>(b"key", "purpose", &text), Some(*b"payload!"));
        assert_eq!(open::<8>(b"other", "purpose", &text), None);
        assert_eq!(open::<8>(b"key", "other", &text), None);
        assert_eq!(open::<7>(b"key", "purpose", &text), None);
        for at in 0..text.len() {
            let mut altered = text.clone().into_bytes();
            altered[at] = if altered[at] == b'A' { b'B' } else { b'A' };
            let altered = String::from_utf8(altered).expect("text");
            assert_eq!(open::<8>(b"key", "purpose", &altered), None, "{at}");
        }
        for text in ["", "a", "!", &"A".repeat(1_000)] {
            assert_eq!(open::<8>(b"key", "purpose", text), None);
        }
    }
}
