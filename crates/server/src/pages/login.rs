//! `/login`.

use askama::Template;
use axum::extract::RawQuery;
use axum::response::Response;
use doorward::policy::{Policy, RealmId};
use doorward::{Admission, LogIn, Reason, Refusal};
use http::StatusCode;
use http::header::{self, HeaderMap, HeaderValue};
use serde::{Deserialize, Deserializer};
use zeroize::Zeroizing;

use super::notice::Notice;
use super::page::{Frame, answer, see_other};
use super::query::single;
use super::reader::Reader;
use super::return_to;
use super::words::fill;
use crate::own::{Form, Judged, Refused};

#[derive(Template)]
#[template(path = "login.html")]
struct Page {
    frame: Frame,
    notice: Option<Notice>,
    /// The realms to choose from; none when there is nothing to choose.
    realms: Vec<Choice>,
    /// The realm that the address or the form named.
    realm: Option<String>,
    /// What people call it.
    realm_title: String,
    /// What staying logged in is called. None where nobody may.
    remember: Option<String>,
    login: String,
    return_to: String,
    /// Proves that the form is ours. None where no cookie could be given, and so nobody can log in.
    token: Option<String>,
}

/// A realm, as somebody chooses it.
struct Choice {
    name: String,
    /// What people call it.
    title: String,
}

/// What the form sends.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Filled {
    #[serde(default)]
    token: String,
    realm: Option<String>,
    login: String,
    password: Password,
    /// Sent when it is ticked.
    remember: Option<String>,
    #[serde(default)]
    return_to: String,
}

/// A password of a form. Wiped, and never shown.
pub(super) struct Password(pub(super) Zeroizing<Vec<u8>>);

impl<'de> Deserialize<'de> for Password {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(Zeroizing::new(String::deserialize(deserializer)?.into_bytes())))
    }
}

/// The form.
pub(super) async fn show(
    Judged(admission): Judged,
    reader: Reader,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let blank = Blank {
        realm: single(query.as_deref(), "realm"),
        login: String::new(),
        return_to: single(query.as_deref(), "return_to").unwrap_or_default(),
    };
    blank.page(&admission, &reader, &headers, StatusCode::OK, None)
}

/// Logs in.
pub(super) async fn enter(
    Judged(admission): Judged,
    reader: Reader,
    headers: HeaderMap,
    Form(filled): Form<Filled>,
) -> Result<Response, Refused> {
    let Filled { token, realm, login, password, remember, return_to } = filled;
    let realm = realm.filter(|realm| !realm.is_empty());
    let again = Blank { realm: realm.clone(), login: login.clone(), return_to };
    let engine = admission.engine();
    let visit = admission.visit(&headers);
    if !engine.is_guest_token(&token, &visit) {
        let notice = Notice::bad(&reader.words.form_stale);
        return again.page(&admission, &reader, &headers, StatusCode::FORBIDDEN, Some(notice));
    }
    let request = LogIn { realm: realm.as_deref(), login: &login, password: password.0, remember: remember.is_some() };
    match engine.log_in(request, &visit).await {
        Ok(logged_in) => {
            let policy = admission.pass().policy();
            let home = || format!("{}/account?realm={}", policy.mount(), logged_in.user.realm);
            let place = return_to::checked(&again.return_to, policy.mount(), return_to::listed(&admission))
                .unwrap_or_else(home);
            let mut response = see_other(&place)?;
            for cookie in logged_in.cookies {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            Ok(response)
        }
        Err(refusal) => again.refused(&admission, &reader, &headers, refusal),
    }
}

/// What the form shows before anybody types: what they typed before, but never a password.
pub(super) struct Blank {
    pub(super) realm: Option<String>,
    pub(super) login: String,
    pub(super) return_to: String,
}

impl Blank {
    /// # Errors
    /// When it is nothing that a page could tell.
    pub(super) fn page(
        self,
        admission: &Admission,
        reader: &Reader,
        headers: &HeaderMap,
        status: StatusCode,
        notice: Option<Notice>,
    ) -> Result<Response, Refused> {
        let policy = admission.pass().policy();
        let Guest { token, cookie, notice } = Guest::greet(admission, reader, headers, notice)?;
        let known = self.realm.as_deref().and_then(|name| policy.realm_id(name));
        let several = policy.realms().len() > 1;
        let realms = policy
            .realms()
            .iter()
            .map(|realm| Choice { name: realm.name().to_string(), title: reader.title(realm.name()).to_owned() });
        // A realm that is none is not shown again: it is chosen anew.
        let realm = self.realm.filter(|_| several && known.is_some());
        let place = return_to::checked(&self.return_to, policy.mount(), return_to::listed(admission));
        let mut frame = Frame::new(admission, reader)?;
        if let Some(realm) = known {
            frame.words = reader.words_in(policy.realm(realm).name());
        }
        frame.leads_to = place.as_deref().and_then(return_to::origin).map(str::to_owned);
        let page = Page {
            frame,
            notice,
            realms: if several && known.is_none() { realms.collect() } else { Vec::new() },
            remember: remember(policy, known, reader),
            realm_title: known.map(|realm| reader.title(policy.realm(realm).name()).to_owned()).unwrap_or_default(),
            realm,
            login: self.login,
            return_to: place.unwrap_or_default(),
            token,
        };
        let mut response = answer(status, &page, &page.frame)?;
        response.headers_mut().extend(cookie.map(|cookie| (header::SET_COOKIE, cookie)));
        Ok(response)
    }

    /// The form once more, with what was wrong.
    fn refused(
        self,
        admission: &Admission,
        reader: &Reader,
        headers: &HeaderMap,
        refusal: Refusal,
    ) -> Result<Response, Refused> {
        let Some(notice) = Notice::of(&refusal, &reader.words) else { return Err(refusal.into()) };
        let policy = admission.pass().policy();
        let realm = match (&self.realm, policy.realms()) {
            (Some(name), _) => policy.realm_id(name),
            (None, [_]) => Some(RealmId(0)),
            (None, _) => None,
        };
        let wait = notice.wait;
        let mut response = self.page(admission, reader, headers, refusal.status(), Some(notice))?;
        let headers = response.headers_mut();
        if matches!(refusal.reason(), Reason::BadCredentials)
            && let Some(realm) = realm
        {
            headers.insert(header::WWW_AUTHENTICATE, policy.log_in_challenge(realm, admission.client().secure));
        }
        headers.extend(wait.map(|seconds| (header::RETRY_AFTER, HeaderValue::from(seconds))));
        Ok(response)
    }
}

/// What a form for guests needs: where no cookie can be given, there is no form, and the notice says why.
pub(super) struct Guest {
    pub(super) token: Option<String>,
    pub(super) cookie: Option<HeaderValue>,
    pub(super) notice: Option<Notice>,
}

impl Guest {
    /// # Errors
    /// When it is nothing that a form could tell.
    pub(super) fn greet(
        admission: &Admission,
        reader: &Reader,
        headers: &HeaderMap,
        notice: Option<Notice>,
    ) -> Result<Self, Refused> {
        match admission.engine().guest_token(&admission.visit(headers)) {
            Ok(guest) => Ok(Self { token: Some(guest.token), cookie: guest.cookie, notice }),
            Err(refusal) => match Notice::of(&refusal, &reader.words) {
                Some(notice) => Ok(Self { token: None, cookie: None, notice: Some(notice) }),
                None => Err(refusal.into()),
            },
        }
    }
}

/// How staying logged in is offered: where the realm lets people, and where it is not chosen yet, with those that do.
fn remember(policy: &Policy, realm: Option<RealmId>, reader: &Reader) -> Option<String> {
    let words = &reader.words;
    let meant = realm.map_or_else(|| policy.realms(), |realm| std::slice::from_ref(policy.realm(realm)));
    let those: Vec<&str> =
        meant.iter().filter(|realm| realm.remember().is_some()).map(|realm| reader.title(realm.name())).collect();
    match those.len() {
        0 => None,
        all if all == meant.len() => Some(words.remember.clone()),
        _ => Some(fill(&words.remember_realms, &[("realms", &those.join(", "))])),
    }
}
