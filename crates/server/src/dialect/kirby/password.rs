//! Passwords. Whoever sets one says their own, also where it is somebody else's that they set.

use axum::extract::Path;
use axum::response::Response;
use doorward::{Reason, User};
use zeroize::Zeroizing;

use super::account::{answer, find, own_user};
use super::answer::model;
use super::call::{Call, With};
use super::change::refused;
use super::fault::Fault;
use super::fields::Fields;
use super::user::{DEFAULT, Shape};

const ACTION: &str = "changePassword";
/// The most characters that a password has.
const GREATEST: usize = 1_000;

pub(super) async fn own(call: Call, fields: Fields) -> Result<Response, Fault> {
    let user = own_user(&call)?;
    change(call, user, fields).await
}

pub(super) async fn set(call: Call, Path(id): Path<String>, fields: Fields) -> Result<Response, Fault> {
    let user = find(&call, &id).await?;
    change(call, user, fields).await
}

async fn change(call: Call, user: User, fields: Fields) -> Result<Response, Fault> {
    let viewer = call.viewer()?;
    if !viewer.may(&user, ACTION) {
        return Err(Fault::action(ACTION));
    }
    let new = Zeroizing::new(fields.text("password")?.unwrap_or_default());
    if new.is_empty() {
        return Err(Fault::invalid("user.password.invalid", "Please enter a valid password"));
    }
    if new.chars().count() > GREATEST {
        let message = "Please enter a valid password. Passwords must not be longer than 1000 characters.";
        return Err(Fault::invalid("user.password.excessive", message));
    }
    let current = Zeroizing::new(fields.text("currentPassword")?.unwrap_or_default());
    if current.is_empty() {
        return Err(Reason::WrongPassword.into());
    }
    let bytes = |text: &str| Zeroizing::new(text.as_bytes().to_vec());
    let (current, new) = (bytes(&current), bytes(&new));
    let (engine, visit) = (call.engine(), call.visit());
    let live = call.known().and_then(|known| known.session());
    match live {
        _ if !viewer.is(&user) => {
            let set = engine.set_password((&call.actor()?, viewer.user), current, &user, new, &visit).await;
            set.map_err(|refusal| refused(refusal, ACTION))?;
            answer(&call, &user)
        }
        // This session goes on under a new token. For the CSRF token there is a new one, too, and the old one is kept.
        Some(live) => {
            let kept = call.proven_token().await?;
            let changed = engine.change_password_keeping(kept.as_ref(), (live, &user), current, new, &visit).await?;
            let shown = model(Shape::asked(&call.query, DEFAULT)?.show(&user, &viewer));
            let with = With { cookies: changed.cookies, csrf_token: Some(changed.csrf_token) };
            Ok(call.answer_with(&shown, with))
        }
        None => {
            engine.replace_password(&user, current, new, &visit).await?;
            answer(&call, &user)
        }
    }
}
