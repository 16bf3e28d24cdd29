//! The cookie by which a browser shows that it logged in to an account before. It opens nothing: it only keeps strangers'
//! failures from locking its owner out.

use crate::clock::Time;
use crate::seal;

/// A year, after which the cookie says nothing.
const LIFETIME: u32 = 365 * 86_400;
const PURPOSE: &str = "device";

/// The cookie's text for a user.
pub(crate) fn device_cookie(key: &[u8; 32], user: u64, now: Time) -> String {
    let mut payload = [0u8; 12];
    payload[..8].copy_from_slice(&user.to_be_bytes());
    payload[8..].copy_from_slice(&now.to_be_bytes());
    seal::seal(key, PURPOSE, &payload)
}

/// The user whose account this browser logged in to.
pub(crate) fn device_user(key: &[u8; 32], text: &str, now: Time) -> Option<u64> {
    let payload = seal::open::<12>(key, PURPOSE, text)?;
    let (user, issued) = payload.split_first_chunk::<8>()?;
    let issued = Time::from_be_bytes(issued.try_into().ok()?);
    let is_live = issued <= now.saturating_add(120) && now < issued.saturating_add(LIFETIME);
    is_live.then(|| u64::from_be_bytes(*user))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_known_for_a_year_and_for_one_user() {
        let key = [7; 32];
        let text = device_cookie(&key, 42, 1_000);
        assert_eq!(device_user(&key, &text, 1_000), Some(42));
        assert_eq!(device_user(&key, &text, 1_000 + LIFETIME), None);
        assert_eq!(device_user(&key, &text, 500), None);
        assert_eq!(device_user(&[8; 32], &text, 1_000), None);
    }
}
