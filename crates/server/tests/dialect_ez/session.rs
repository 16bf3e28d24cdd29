//! Refreshing a session, ending it, and looking at the current one.

use crate::site::{COOKIE, ROOT, Session, Site, WANTS_JSON, first_cookie, is_empty, is_error, json};

fn refresh(site: &Site, session: &Session, lines: &[&str]) -> crate::kit::Answer {
    let lines: Vec<&str> = lines.iter().copied().chain(["Content-Length: 0", WANTS_JSON]).collect();
    site.ask("POST", &format!("{}/refresh", session.path()), &lines)
}

#[test]
fn a_refresh_echoes_the_token_and_leaves_the_id() {
    let site = Site::open();
    let session = site.log_in("ada");
    let answer = refresh(&site, &session, &[&session.cookie, &session.proof]);
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("set-cookie"), None);
    let again = Session::of(&answer);
    assert_eq!((again.id, again.token, again.href), (session.id.clone(), session.token.clone(), session.href.clone()));
    let user = format!("{ROOT}/user/users/{}", site.ada.id);
    assert_eq!(json(&answer)["Session"]["User"]["_href"], user);
    // What the client had before is good further on.
    assert_eq!(refresh(&site, &session, &[&session.cookie, &session.proof]).status, 200);
}

#[test]
fn who_has_no_session_loses_the_cookie_before_anything_is_asked_of_them() {
    let site = Site::open();
    let session = site.log_in("ada");
    assert_eq!(site.ask("DELETE", session.path(), &[&session.cookie, &session.proof]).status, 204);
    let unknown = format!("Cookie: {COOKIE}=unknown");
    for lines in [vec![], vec![&*session.cookie], vec![&*unknown]] {
        let refreshed = refresh(&site, &session, &lines);
        let ended = site.ask("DELETE", session.path(), &lines);
        let current = site.ask("GET", "/user/sessions/current", &lines);
        for answer in [refreshed, ended, current] {
            assert!(is_empty(&answer, 404), "{lines:?}: {} {}", answer.status, answer.text());
            assert_eq!(first_cookie(&answer), Some(format!("{COOKIE}=deleted")));
            let cookie = answer.header("set-cookie").expect("one cookie");
            let (name, rest) = cookie.split_once("; Expires=").expect("a date");
            let (date, rest) = rest.split_once("; ").expect("more");
            assert_eq!((name, rest), (&*format!("{COOKIE}=deleted"), "Path=/; HttpOnly; SameSite=Lax; Max-Age=0"));
            assert!(is_a_year_ago(date), "{date}");
        }
    }
}

/// Whether a date of HTTP is 365 days ago, or a few seconds less.
fn is_a_year_ago(date: &str) -> bool {
    let now = jiff::Timestamp::now();
    let mut dates = (0..60).map(|seconds| now - jiff::SignedDuration::from_secs(365 * 86_400 + seconds));
    dates.any(|then| then.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string() == date)
}

#[test]
fn without_the_token_the_session_is_kept() {
    let site = Site::open();
    let session = site.log_in("ada");
    for lines in [vec![&*session.cookie], vec![&*session.cookie, "X-CSRF-Token: wrong"]] {
        assert!(is_error(&refresh(&site, &session, &lines), 401, "Unauthorized"));
        let lines: Vec<&str> = lines.into_iter().chain([WANTS_JSON]).collect();
        assert!(is_error(&site.ask("DELETE", session.path(), &lines), 401, "Unauthorized"));
        assert!(site.is_alive(&session));
    }
}

#[test]
fn the_id_of_another_session_ends_neither() {
    let site = Site::open();
    let (ada, bob) = (site.log_in("ada"), site.log_in("bob"));
    for answer in [
        refresh(&site, &bob, &[&ada.cookie, &ada.proof]),
        site.ask("DELETE", bob.path(), &[&ada.cookie, &ada.proof]),
        site.ask("DELETE", "/user/sessions/current", &[&ada.cookie, &ada.proof]),
    ] {
        assert!(is_empty(&answer, 404), "{} {}", answer.status, answer.text());
        // There the caller's own session was over now, whoever had made them ask.
        assert_eq!(answer.header("set-cookie"), None);
    }
    assert!(site.is_alive(&ada) && site.is_alive(&bob));
    // The id alone is nobody.
    assert_eq!(site.ask("DELETE", bob.path(), &[&bob.proof]).status, 404);
    assert!(site.is_alive(&bob));
}

#[test]
fn logging_out_ends_the_session_and_twice_is_not_found() {
    let site = Site::open();
    let session = site.log_in("ada");
    let answer = site.ask("DELETE", session.path(), &[&session.cookie, &session.proof]);
    assert!(is_empty(&answer, 204), "{} {}", answer.status, answer.text());
    assert_eq!(first_cookie(&answer), Some(format!("{COOKIE}=deleted")));
    assert!(!site.is_alive(&session));
    let again = site.ask("DELETE", session.path(), &[&session.cookie, &session.proof]);
    assert!(is_empty(&again, 404));
    assert_eq!(first_cookie(&again), Some(format!("{COOKIE}=deleted")));
}

#[test]
fn the_current_session_hands_out_a_new_token_and_the_old_one_stays_good() {
    let site = Site::open();
    let session = site.log_in("ada");
    let answer = site.ask("GET", "/user/sessions/current", &[&session.cookie, WANTS_JSON]);
    assert_eq!(answer.status, 200);
    let current = Session::of(&answer);
    assert_eq!((&current.id, &current.href), (&session.id, &session.href));
    assert_ne!(current.token, session.token);
    for proof in [&session.proof, &current.proof] {
        assert_eq!(refresh(&site, &session, &[&session.cookie, proof]).status, 200);
    }
}

#[test]
fn the_current_user_is_a_redirect_and_a_guest_is_nobody() {
    let site = Site::open();
    let session = site.log_in("ada");
    let answer = site.ask("GET", "/user/current", &[&session.cookie]);
    assert_eq!(answer.status, 307);
    assert_eq!(answer.header("location"), Some(&*format!("{ROOT}/user/users/{}", site.ada.id)));
    let answer = site.ask("GET", "/user/current", &[WANTS_JSON]);
    assert!(is_error(&answer, 401, "Unauthorized"));
    assert_eq!(json(&answer)["ErrorMessage"]["errorDescription"], "Not logged in.");
}
