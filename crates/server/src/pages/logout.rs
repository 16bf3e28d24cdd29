//! `/logout`: asks, and logs out only when somebody says so. An address alone changes nothing.

use askama::Template;
use axum::response::Response;
use doorward::policy::Profile;
use doorward::{Caller, Scope};
use http::StatusCode;
use http::header::{self, HeaderMap};

use super::page::{Frame, answer, see_other};
use super::reader::Reader;
use super::words::fill;
use crate::own::{Judged, Refused};

#[derive(Template)]
#[template(path = "logout.html")]
struct Page {
    frame: Frame,
    /// Who is logged in, and where.
    who: Option<Who>,
}

struct Who {
    realm: String,
    /// In a sentence.
    said: String,
}

/// The question.
pub(super) async fn ask(Judged(admission): Judged, reader: Reader) -> Result<Response, Refused> {
    let words = &reader.words;
    let several = admission.pass().policy().realms().len() > 1;
    let who = match admission.caller() {
        Caller::Guest => None,
        Caller::Known(known) => {
            let user = known.user();
            let (login, realm) = (user.login.to_string(), user.realm.to_string());
            let title = reader.title(&user.realm);
            let sentence = if several { &words.log_out_who_realm } else { &words.log_out_who };
            Some(Who { said: fill(sentence, &[("login", &login), ("realm", title)]), realm })
        }
    };
    let page = Page { frame: Frame::new(&admission, &reader)?, who };
    answer(StatusCode::OK, &page, &page.frame)
}

/// Logs out. Whoever is logged out already gets the same answer.
pub(super) async fn leave(Judged(admission): Judged, headers: HeaderMap) -> Result<Response, Refused> {
    let policy = admission.pass().policy();
    let mut response = see_other(&format!("{}/logout", policy.mount()))?;
    if let Some(known) = admission.caller().known() {
        let (user, visit) = (known.user(), admission.visit(&headers));
        admission.engine().end_own(user, known.session(), Scope::Current, &visit).await?;
        let realm = policy.realm_id(user.realm.as_str());
        let ended = |realm| policy.expired_cookies(realm, admission.client().secure, &Profile::DOORWARD);
        let cookie = realm.into_iter().flat_map(ended).map(|cookie| (header::SET_COOKIE, cookie));
        response.headers_mut().extend(cookie);
    }
    Ok(response)
}
