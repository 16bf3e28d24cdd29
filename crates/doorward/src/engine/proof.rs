//! The CSRF token that came with a request, wherever its profile lets it stand.

use std::borrow::Cow;

use http::HeaderMap;

use crate::head::query_values;
use crate::policy::{Policy, Profile};

/// The token, if there is one.
pub(super) enum Sent<'h> {
    Nothing,
    Once(Cow<'h, [u8]>),
    Twice,
}

/// The token in the header, which wins even when it is empty, and else in the query.
pub(super) fn sent_token<'h>(
    headers: &'h HeaderMap,
    query: Option<&'h str>,
    policy: &Policy,
    profile: &Profile,
) -> Sent<'h> {
    let usual = policy.csrf_header();
    let others = profile.csrf_headers.iter().filter(|name| **name != usual.as_str());
    let others = others.flat_map(|name| headers.get_all(*name));
    let mut values = headers.get_all(usual).iter().chain(others);
    match (values.next(), values.next()) {
        (None, _) => profile.csrf_query.map_or(Sent::Nothing, |name| in_query(query, name)),
        (Some(one), None) => Sent::Once(Cow::Borrowed(one.as_bytes())),
        (Some(_), Some(_)) => Sent::Twice,
    }
}

/// A token in the query, where a dialect takes it there.
fn in_query<'h>(query: Option<&'h str>, name: &str) -> Sent<'h> {
    let mut values = query_values(query, name);
    match (values.next(), values.next()) {
        (None, _) => Sent::Nothing,
        (Some(one), None) => Sent::Once(one),
        (Some(_), Some(_)) => Sent::Twice,
    }
}
