//! When somebody was seen last, for those who do not want to write down a date.

use doorward::Time;

use crate::own::Timestamp;

/// A choice of the form, with what the API calls the same.
pub(super) struct Seen {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) field: &'static str,
    pub(super) value: String,
}

const DAY: u32 = 86_400;

/// In the form: the name, what people read, the API's field, and how long ago that is.
const CHOICES: [(&str, &str, &str, u32); 5] = [
    ("1d", "within a day", "seen_after", DAY),
    ("7d", "within a week", "seen_after", 7 * DAY),
    ("over-30d", "more than 30 days ago", "seen_before", 30 * DAY),
    ("over-90d", "more than 90 days ago", "seen_before", 90 * DAY),
    ("over-365d", "more than a year ago", "seen_before", 365 * DAY),
];

impl Seen {
    /// All choices, as they are meant at this moment.
    pub(super) fn choices(now: Time) -> Vec<Self> {
        let times = CHOICES.into_iter().map(|(name, title, field, ago)| {
            let value = Timestamp(now.saturating_sub(ago)).to_string();
            Self { name, title, field, value }
        });
        let never = Self { name: "never", title: "never", field: "never_seen", value: "true".into() };
        times.chain([never]).collect()
    }
}
