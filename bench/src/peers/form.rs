//! What is posted to services that take a form.

/// The user's name and password.
pub(crate) const RIGHT: &str = "login=anna&password=a+quiet+sea+at+night";
pub(crate) const WRONG: &str = "login=anna&password=a+quiet+sea+at+noon";
