//! `/login/code`: where a one-time code becomes a password that nobody else ever knew.

use askama::Template;
use axum::response::Response;
use doorward::{Admission, Reason};
use http::StatusCode;
use http::header::{self, HeaderMap, HeaderValue};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::login::{Blank, Guest, Password};
use super::notice::{Notice, Told};
use super::page::{Frame, answer};
use super::reader::Reader;
use super::words::fill;
use crate::own::{Form, Judged, Refused};

#[derive(Template)]
#[template(path = "code.html")]
struct Page {
    frame: Frame,
    told: Told,
    token: Option<String>,
    /// What was typed before: whoever mistypes the password need not type the code again.
    code: Zeroizing<String>,
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
    let blank = Zeroizing::default();
    page(&admission, &reader, &headers, StatusCode::OK, None, blank)
}

/// Redeems the code. Nobody is logged in by it: the answer is the page to log in, which knows already who does. It is no address
/// that would have to say it, and that histories and logs would keep.
pub(super) async fn redeem(
    Judged(admission): Judged,
    reader: Reader,
    headers: HeaderMap,
    Form(filled): Form<Filled>,
) -> Result<Response, Refused> {
    let Filled { token, code, new, again } = filled;
    let (engine, visit) = (admission.engine(), admission.visit(&headers));
    let code = Zeroizing::new(String::from_utf8_lossy(&code.0).trim().to_owned());
    if !engine.is_guest_token(&token, &visit) {
        let notice = Notice::bad(&reader.words.form_stale);
        return page(&admission, &reader, &headers, StatusCode::FORBIDDEN, Some(notice), code);
    }
    if *new.0 != *again.0 {
        let notice = Notice::bad(&reader.words.not_twice).at(Some("again"));
        return page(&admission, &reader, &headers, StatusCode::UNPROCESSABLE_ENTITY, Some(notice), code);
    }
    let redeemed = match code.is_empty() {
        true => Err(Reason::Code.into()),
        false => engine.redeem_code(&code, new.0, &visit).await,
    };
    match redeemed {
        Ok(user) => {
            let blank =
                Blank { realm: Some(user.realm.to_string()), login: user.login.to_string(), return_to: String::new() };
            let notice = Notice::good(&reader.words.done_code);
            blank.page(&admission, &reader, &headers, StatusCode::OK, Some(notice))
        }
        Err(refusal) => {
            let Some(notice) = Notice::of(&refusal, &reader.words) else { return Err(refusal.into()) };
            let field = match refusal.reason() {
                Reason::Code | Reason::Conflict(_) => Some("code"),
                Reason::Password(_) => Some("new"),
                _ => None,
            };
            let notice = notice.at(field);
            let wait = notice.wait.map(|seconds| (header::RETRY_AFTER, HeaderValue::from(seconds)));
            let mut response = page(&admission, &reader, &headers, refusal.status(), Some(notice), code)?;
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
    code: Zeroizing<String>,
) -> Result<Response, Refused> {
    let Guest { token, cookie, notice } = Guest::greet(admission, reader, headers, notice)?;
    let shortest = admission.engine().passwords().min_length;
    let rule = fill(&reader.words.password_rule, &[("number", &shortest.to_string())]);
    let page = Page { frame: Frame::new(admission, reader)?, told: Told(notice), token, code, shortest, rule };
    let mut response = answer(status, &page, &page.frame)?;
    response.headers_mut().extend(cookie.map(|cookie| (header::SET_COOKIE, cookie)));
    Ok(response)
}
