//! Reading what was kept.

use std::io::{self, Read};

use super::answer::{self, Answer};
use super::upstream::Seen;

/// One answer.
pub fn read_answer(bytes: &mut dyn Read, expects_body: bool) -> io::Result<Answer> {
    answer::read(bytes, &mut Vec::new(), expects_body)
}

/// One request.
pub fn read_request(bytes: &mut dyn Read) -> Option<Seen> {
    super::upstream::read(bytes, &mut Vec::new(), 0)
}
