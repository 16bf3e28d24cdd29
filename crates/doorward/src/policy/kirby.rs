//! What Kirby's options and permissions mean here: its CORS as ours, its seven categories as resources of the ACL.

use std::sync::Arc;

use super::acl::{Grants, Tree};
use super::builtin;
use super::settings::{AllowHeaders, CorsSettings, Dialects, KirbySettings, WiderCors};
use super::words::Origin;
use crate::policy::Period;

/// The categories of permissions, each with its actions. All of them may be resources: `Kirby::pages.update`.
pub const PERMISSIONS: [(&str, &[&str]); 7] = [
    ("access", &["account", "languages", "panel", "site", "system", "users"]),
    (
        "files",
        &["access", "changeName", "changeTemplate", "create", "delete", "list", "read", "replace", "sort", "update"],
    ),
    ("languages", &["create", "delete", "update"]),
    (
        "pages",
        &[
            "access",
            "changeSlug",
            "changeStatus",
            "changeTemplate",
            "changeTitle",
            "create",
            "delete",
            "duplicate",
            "list",
            "move",
            "preview",
            "read",
            "sort",
            "update",
        ],
    ),
    ("site", &["access", "changeTitle", "preview", "update"]),
    (
        "user",
        &[
            "access",
            "changeEmail",
            "changeLanguage",
            "changeName",
            "changePassword",
            "changeRole",
            "delete",
            "list",
            "update",
        ],
    ),
    (
        "users",
        &[
            "access",
            "changeEmail",
            "changeLanguage",
            "changeName",
            "changePassword",
            "changeRole",
            "create",
            "delete",
            "list",
            "update",
        ],
    ),
];

/// The role that may all there, and that somebody must have.
pub const ADMIN: &str = "admin";

/// Without it nothing below the root is for a user, but logging in and out.
pub const PANEL: &str = "Kirby::access.panel";

/// The resource of an action: `Kirby::pages.update`.
pub fn resource(category: &str, action: &str) -> String {
    format!("Kirby::{category}.{action}")
}

/// Whether somebody has a permission. One that the ACL does not have is nobody's to refuse: everybody has it, as with a role
/// that says nothing about permissions. What is done to others, and to one's own role, is for those who administer users then:
/// there such a role could change everybody's password.
pub fn may(tree: &Tree, grants: &Grants, category: &str, action: &str) -> bool {
    let stated = tree.find(&resource(category, action));
    match (stated, category, action) {
        (Some(id), ..) => grants.has(id),
        (None, "users", _) | (None, "user", "changeRole" | "delete") => {
            tree.find(builtin::USERS).is_some_and(|id| grants.has(id))
        }
        _ => true,
    }
}

/// The option `cors` as settings of ours.
///
/// # Errors
/// What is wrong with it: a text, and what to write instead.
pub(super) fn cors(kirby: &KirbySettings) -> Result<Option<CorsSettings>, (String, &'static str)> {
    let Some(options) = kirby.cors.options() else { return Ok(None) };
    let any_origin = options.allow_origin.iter().any(|origin| origin == "*");
    if any_origin && options.allow_credentials {
        let text = "every site could act in the name of whoever is logged in".to_owned();
        return Err((text, "name the origins in `allowOrigin`, or take `allowCredentials` out"));
    }
    let mut origins: Vec<Origin> = Vec::new();
    for text in options.allow_origin.iter().filter(|text| *text != "*") {
        // Kirby compares them in whatever case; browsers send them in lower case alone.
        match text.to_ascii_lowercase().parse() {
            Ok(origin) => origins.push(origin),
            Err(wrong) => {
                return Err((format!("`{text}` is no origin: {wrong}"), "write `https://app.example.com`, or `*`"));
            }
        }
    }
    let named = |text: &str| http::HeaderName::from_bytes(text.as_bytes()).is_ok();
    let (headers, reflects_headers) = match &options.allow_headers {
        AllowHeaders::Reflect(reflects) => (Vec::new(), *reflects),
        AllowHeaders::Named(names) => (split(names.iter()), false),
    };
    let expose = split(options.expose_headers.iter());
    if let Some(wrong) = headers.iter().chain(&expose).find(|name| !named(name)) {
        return Err((format!("`{wrong}` is no name of a header"), "letters, digits and `-`"));
    }
    let methods = split(options.allow_methods.iter());
    if let Some(wrong) = methods.iter().find(|method| !super::method::is_method(method)) {
        return Err((format!("`{wrong}` is no method"), "methods are written in capitals: `GET`, `POST`"));
    }
    Ok(Some(CorsSettings {
        origins,
        credentials: options.allow_credentials,
        headers,
        methods: Some(methods),
        max_age: Period(options.max_age.unwrap_or_default()),
        expose,
        wider: WiderCors { any_origin, reflects_headers, says_no_age: options.max_age.is_none() },
    }))
}

/// The same for routes, where it is known to be right.
pub(super) fn cors_of(dialects: &Dialects) -> Option<Arc<CorsSettings>> {
    dialects.kirby.as_ref().and_then(|kirby| cors(kirby).ok().flatten()).map(Arc::new)
}

/// Lists may be written as one text with commas.
fn split<'t>(texts: impl Iterator<Item = &'t str>) -> Vec<String> {
    texts.flat_map(|text| text.split(',')).map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Settings;

    fn read(options: &str) -> Result<Option<CorsSettings>, (String, &'static str)> {
        let text = format!("[dialect.kirby]\ncors = {options}\n");
        let (settings, _) = Settings::parse("doorward.toml", &text, &|_| None).expect("settings");
        cors(settings.dialect.kirby.as_ref().expect("Kirby"))
    }

    #[test]
    fn the_defaults_of_kirby_are_every_origin_without_cookies() {
        assert_eq!(read("false").expect("none"), None);
        let all = read("true").expect("options").expect("some");
        assert!(all.wider.any_origin && all.wider.says_no_age && !all.credentials && all.headers.is_empty());
        assert_eq!(all.methods.expect("methods").join(","), "GET,HEAD,PUT,POST,DELETE,PATCH");
    }

    #[test]
    fn every_origin_with_cookies_is_refused_and_so_is_what_is_no_origin() {
        for wrong in [
            "{ allowCredentials = true }",
            "{ allowOrigin = \"app.example\" }",
            "{ allowOrigin = [\"https://a.example\", \"x\"] }",
            "{ allowHeaders = \"a b\" }",
            "{ allowMethods = \"GE T\" }",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn lists_are_lists_or_texts() {
        let some =
            read("{ allowOrigin = \"https://App.example\", allowHeaders = \"X-CSRF, Content-Type\", maxAge = 60 }");
        let some = some.expect("options").expect("some");
        assert_eq!(some.headers, ["X-CSRF", "Content-Type"]);
        assert!(some.lists("https://app.example") && !some.wider.says_no_age && some.max_age == Period(60));
        assert!(read("{ allowHeaders = true }").expect("options").expect("some").wider.reflects_headers);
    }
}
