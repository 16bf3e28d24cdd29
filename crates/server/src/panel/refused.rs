//! What a person sees who may not see a page of the Panel.

use askama::Template;
use bytes::Bytes;
use doorward::policy::Policy;
use doorward::{Reason, Refusal};
use http::Response;

use super::frame::{Frame, label};
use super::tab::Tab;

#[derive(Template)]
#[template(path = "panel/refused.html")]
struct Page {
    frame: Frame,
    /// What they lack.
    resource: String,
    request_id: String,
}

/// Puts the page into the answer, where a page of ours was refused to somebody who is known.
pub(crate) fn shown(
    policy: &Policy,
    refusal: &Refusal,
    request_id: &str,
    mut response: Response<Bytes>,
) -> Response<Bytes> {
    let Some((text, nonce)) = page(policy, refusal, request_id) else { return response };
    if label(response.headers_mut(), &nonce).is_ok() {
        *response.body_mut() = Bytes::from(text);
    }
    response
}

fn page(policy: &Policy, refusal: &Refusal, request_id: &str) -> Option<(String, String)> {
    let terms = refusal.terms();
    policy.route(terms.route?).filter(|route| route.is_own() && route.log_in_page)?;
    let Reason::Forbidden(resource) = refusal.reason() else { return None };
    let user = terms.caller.as_ref()?;
    let mut frame = Frame::new(policy, Tab::links(policy, &policy.grants(&user.roles), None)).ok()?;
    frame.login = user.login.to_string();
    frame.realm = user.realm.to_string();
    let page = Page { frame, resource: resource.clone(), request_id: request_id.to_owned() };
    Some((page.render().ok()?, page.frame.nonce))
}
