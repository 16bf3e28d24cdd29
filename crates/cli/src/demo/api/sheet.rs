//! What people see of the example API: pages that need no file beside them.

use std::fmt::Write as _;

use axum::response::Html;

use super::caller::Caller;
use crate::demo::people::PEOPLE;

const STYLE: &str = include_str!("sheet.css");

/// What there is to try, and who may.
const LINKS: [(&str, &str, &str); 5] = [
    ("/rest/V1/directory/countries", "Countries", "for everybody"),
    ("/rest/V1/customers/me", "My data", "for customers, on their own data"),
    ("/rest/V1/customerGroups/1", "A customer group", "for the role support"),
    ("/site/example", "A page whose script calls the API", "for whoever is logged in"),
    ("/account", "My sessions", "by Doorward itself"),
];

/// The first page: who is calling, what there is, and as whom one may log in.
pub fn home(caller: &Caller) -> Html<String> {
    let mut body = match &caller.login {
        Some(login) => {
            let roles = caller.roles.as_deref().filter(|roles| !roles.is_empty());
            let roles = roles.map(|roles| format!(" with the roles {}", escape(roles))).unwrap_or_default();
            let realm = escape(caller.realm.as_deref().unwrap_or_default());
            format!("<p>You are <b>{}</b> of {realm}{roles}. <a href=/logout>Log out</a></p>", escape(login))
        }
        None => "<p>Nobody is logged in. <a href=/login>Log in</a></p>".to_owned(),
    };
    body.push_str("<h2>To try</h2><table>");
    for (path, title, whose) in LINKS {
        let _ = write!(body, "<tr><td><a href={path}>{title}</a><td>{whose}");
    }
    body.push_str("</table><h2>To log in as</h2><table><tr><th>Login<th>Password<th>Realm<th>Roles");
    for person in PEOPLE {
        let roles = if person.roles.is_empty() { "none" } else { &person.roles.join(", ") };
        let (login, password, realm) = (person.login, person.password, person.realm);
        let _ = write!(body, "<tr><td>{login}<td><code>{password}</code><td>{realm}<td>{roles}");
    }
    body.push_str("</table>");
    page("Doorward demo", &body, "")
}

/// A page with a title and a body of HTML; `head` is what its own scripts need.
pub fn page(title: &str, body: &str, head: &str) -> Html<String> {
    let title = escape(title);
    Html(format!(
        "<!doctype html><html lang=en><meta charset=utf-8>\
         <meta name=viewport content=\"width=device-width, initial-scale=1\">{head}<title>{title}</title>\
         <style>{STYLE}</style><main><h1>{title}</h1>{body}</main></html>"
    ))
}

/// Text for HTML.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}
