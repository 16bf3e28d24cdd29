//! `/login/code`: where a one-time code becomes a password that nobody else ever knew.

use askama::Template;
use axum::response::Response;
use doorward::{Admission, Reason};
use http::StatusCode;
use http::header::{self, HeaderMap, HeaderValue};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::login::{Guest, Password};
use super::notice::Notice;
use super::page::{Frame, answer, see_other};
use super::reader::Reader;
use super::words::fill;
use crate::own::{Form, Judged, Refused};

#[derive(Template)]
#[template(path = "code.html")]
struct Page {
    frame: Frame,
    notice: Option<Notice>,
    token: Option<String>,
    shortest: u32,
    /// What is asked of a password, in a sentence.
    rule: String,
}

/// What the form sends.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Filled {
    #[serde(default)]
    token: String,
    code: Password,
    new: Password,
    again: Password,
}

/// The form. The code is typed: an address that held it would be kept in histories and logs.
pub(super) async fn show(Judged(admission): Judged, reader: Reader, headers: HeaderMap) -> Result<Response, Refused> {
    page(&admission, &reader, &headers, StatusCode::OK, None)
}

/// Redeems the code. Nobody is logged in by it.
pub(super) async fn redeem(
    Judged(admission): Judged,
    reader: Reader,
    headers: HeaderMap,
    Form(filled): Form<Filled>,
) -> Result<Response, Refused> {
    let Filled { token, code, new, again } = filled;
    let (engine, visit) = (admission.engine(), admission.visit(&headers));
    if !engine.is_guest_token(&token, &visit) {
        let notice = Notice::bad(&reader.words.form_stale);
        return page(&admission, &reader, &headers, StatusCode::FORBIDDEN, Some(notice));
    }
    if *new.0 != *again.0 {
        let notice = Notice::bad(&reader.words.not_twice);
        return page(&admission, &reader, &headers, StatusCode::UNPROCESSABLE_ENTITY, Some(notice));
    }
    let code = Zeroizing::new(String::from_utf8_lossy(&code.0).trim().to_owned());
    let redeemed = match code.is_empty() {
        true => Err(Reason::Code.into()),
        false => engine.redeem_code(&code, new.0, &visit).await,
    };
    match redeemed {
        Ok(()) => see_other(&format!("{}/login?done=password", admission.pass().policy().mount())),
        Err(refusal) => {
            let Some(notice) = Notice::of(&refusal, &reader.words) else { return Err(refusal.into()) };
            let wait = notice.wait.map(|seconds| (header::RETRY_AFTER, HeaderValue::from(seconds)));
            let mut response = page(&admission, &reader, &headers, refusal.status(), Some(notice))?;
            response.headers_mut().extend(wait);
            Ok(response)
        }
    }
}

fn page(
    admission: &Admission,
    reader: &Reader,
    headers: &HeaderMap,
    status: StatusCode,
    notice: Option<Notice>,
) -> Result<Response, Refused> {
    let Guest { token, cookie, notice } = Guest::greet(admission, reader, headers, notice)?;
    let shortest = admission.engine().passwords().min_length;
    let rule = fill(&reader.words.password_rule, &[("number", &shortest.to_string())]);
    let page = Page { frame: Frame::new(admission, reader)?, notice, token, shortest, rule };
    let mut response = answer(status, &page, &page.frame)?;
    response.headers_mut().extend(cookie.map(|cookie| (header::SET_COOKIE, cookie)));
    Ok(response)
}
