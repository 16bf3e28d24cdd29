//! What the demo prints: where it is, who is in it, and lines to try in another terminal.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::Path;

use super::people::{ANNA, KIM, PEOPLE, SAM};

/// A running demo.
pub struct Tour<'a> {
    /// Where Doorward is: `http://127.0.0.1:8080`.
    pub base: String,
    /// Where administrators get in.
    pub admin: Option<String>,
    /// Where the API is.
    pub api: SocketAddr,
    /// Where the database is.
    pub folder: &'a Path,
    /// Whether the folder stays at the end.
    pub is_kept: bool,
}

/// One thing to try.
struct Stop {
    /// What it shows, and the status to expect.
    caption: &'static str,
    status: u16,
    command: String,
}

impl Tour<'_> {
    /// All of it.
    pub fn text(&self) -> String {
        let mut text = String::new();
        let _ = self.write(&mut text);
        text
    }

    fn write(&self, text: &mut String) -> std::fmt::Result {
        let Self { base, api, folder, .. } = self;
        writeln!(text, "Doorward is at {base}, in front of an example API at http://{api}.")?;
        if let Some(admin) = &self.admin {
            writeln!(text, "Administration is at {admin}.")?;
        }
        let fate = if self.is_kept { "it stays" } else { "it is removed at the end" };
        writeln!(
            text,
            "The database is in {}; {fate}. `doorward demo --print-config` prints the rules.\n",
            folder.display()
        )?;
        writeln!(text, "{:<18}{:<24}{:<10}ROLES", "LOGIN", "PASSWORD", "REALM")?;
        for person in PEOPLE {
            let roles = if person.roles.is_empty() { "none" } else { &person.roles.join(", ") };
            writeln!(text, "{:<18}{:<24}{:<10}{roles}", person.login, person.password, person.realm)?;
        }
        writeln!(text, "\nTry these in another terminal, one after the other, or open {base}/ in a browser:")?;
        for (place, stop) in self.stops().iter().enumerate() {
            writeln!(text, "\n# {}. {} -> {}", place + 1, stop.caption, stop.status)?;
            writeln!(text, "{}", stop.command)?;
        }
        write!(text, "\nCtrl-C ends the demo.")
    }

    fn stops(&self) -> Vec<Stop> {
        let base = &self.base;
        let jar = quoted(&self.folder.join("anna.jar").display().to_string());
        // The status on a line of its own, whatever the body is.
        let curl = r"curl -s -w '\n%{http_code}\n'";
        let json = "-H 'Content-Type: application/json'";
        let log_in = format!(r#"{{"realm":"{}","login":"{}","password":"{}"}}"#, ANNA.realm, ANNA.login, ANNA.password);
        let change = r#"{"customer":{"firstname":"Annika"}}"#;
        let token = format!(r#"-H "X-CSRF: $(curl -s -b {jar} {base}/user/csrf | cut -d'"' -f4)""#);
        let basic = |login: &str, password: &str| format!("-u {login}:{password}");
        let stop = |caption, status, command| Stop { caption, status, command };
        vec![
            stop("Countries are for everybody.", 200, format!("{curl} {base}/rest/V1/directory/countries/NZ")),
            stop("Nobody is logged in yet.", 401, format!("{curl} {base}/rest/V1/customers/me")),
            stop(
                "Log in; the cookie jar keeps the session.",
                201,
                format!("{curl} -c {jar} {json} -d '{log_in}' {base}/user/sessions"),
            ),
            stop("One's own data.", 200, format!("{curl} -b {jar} {base}/rest/V1/customers/me")),
            stop(
                "A change without its token could have been forged by another site.",
                403,
                format!("{curl} -b {jar} -X PUT {json} -d '{change}' {base}/rest/V1/customers/me"),
            ),
            stop(
                "The same with its token.",
                200,
                format!("{curl} -b {jar} {token} -X PUT {json} -d '{change}' {base}/rest/V1/customers/me"),
            ),
            stop(
                "A program with Basic, and a role that grants it.",
                200,
                format!("{curl} {} {base}/rest/V1/customerGroups/1", basic(SAM.login, SAM.password)),
            ),
            stop(
                "A role that does not: refused by the access control list.",
                403,
                format!("{curl} {} {base}/rest/V1/customerGroups/1", basic(KIM.login, KIM.password)),
            ),
            stop("My sessions.", 200, format!("{curl} -b {jar} {base}/user/sessions")),
            stop("Log out.", 204, format!("{curl} -b {jar} -c {jar} {token} -X DELETE {base}/user/sessions/current")),
            stop("The session is gone.", 401, format!("{curl} -b {jar} {base}/rest/V1/customers/me")),
        ]
    }
}

/// A word for a shell.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '_' | '-' | '+' | '@' | ':');
    if text.chars().all(plain) { text.to_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_with_spaces_is_one_word() {
        assert_eq!(quoted("/data/x-1"), "/data/x-1");
        assert_eq!(quoted("/data/it's here"), r"'/data/it'\''s here'");
    }
}
