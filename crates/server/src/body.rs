//! Bodies on their way through: what clients send, and what they get.

mod request;
mod response;

pub(crate) use request::{Report, RequestBody};
pub(crate) use response::ResponseBody;
