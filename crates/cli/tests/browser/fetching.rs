//! `fetch`, from the own origin, from a listed one, and from others.

use serde_json::{Value, json};

use super::site::Site;
use crate::peers::{PASSWORD, Page};

/// Asks for these one after the other, and says the statuses; `unreadable` where the browser keeps the answer from the script.
/// A step is `[method, path, headers, body]`; `TOKEN` in a header stands for the token that came last.
const ASK: &str = r#"
const token = text => text.match(/"csrf_token":"([^"]+)"/)?.[1];
const statuses = [];
for (const [method, path, headers, body] of STEPS) {
  for (const name in headers) headers[name] = headers[name].replace("TOKEN", window.last);
  try {
    const answer = await fetch("BASE" + path, { method, headers, body, credentials: "include" });
    window.last = token(await answer.text()) ?? window.last;
    statuses.push(answer.status);
  } catch {
    statuses.push("unreadable");
  }
}
return statuses;
"#;

fn ask(page: &Page<'_>, base: &str, steps: &Value) -> Value {
    page.run(&ASK.replace("STEPS", &steps.to_string()).replace("BASE", base))
}

fn log_in(login: &str) -> Value {
    let body = json!({ "login": login, "password": PASSWORD }).to_string();
    json!(["POST", "/user/sessions", { "Content-Type": "application/json" }, body])
}

#[test]
fn a_script_of_the_own_origin_logs_in_acts_and_logs_out() {
    let site = Site::open();
    let page = site.browser.page();
    page.open(&site.base);
    let wrong = json!({ "login": "anna", "password": "not the right one" }).to_string();
    let found = ask(
        &page,
        "",
        &json!([
            ["GET", "/user/me", {}],
            ["GET", "/orders", {}],
            ["POST", "/user/sessions", { "Content-Type": "application/json" }, wrong],
            log_in("anna"),
            ["GET", "/user/me", {}],
            ["GET", "/orders", {}],
        ]),
    );
    assert_eq!(found, json!([401, 401, 401, 201, 200, 200]));
    assert_eq!(page.run("return document.cookie"), "", "scripts do not see the cookie");
    let cookie = page.cookie("doorward-default").expect("a cookie");
    assert_eq!((&cookie["httpOnly"], &cookie["sameSite"], &cookie["path"]), (&json!(true), &json!("Lax"), &json!("/")));

    // The browser vouches for the origin; where that is not enough, the token does.
    let found = ask(
        &page,
        "",
        &json!([
            ["POST", "/orders", {}],
            ["DELETE", "/orders", { "X-CSRF": "TOKEN" }],
            ["POST", "/orders", { "X-CSRF": "wrong" }],
            ["POST", "/strict", {}],
            ["POST", "/strict", { "X-CSRF": "TOKEN" }],
            ["GET", "/user/csrf", {}],
            ["POST", "/strict", { "X-CSRF": "TOKEN" }],
        ]),
    );
    assert_eq!(found, json!([200, 200, 403, 403, 200, 200, 200]));
    assert_eq!(site.changes(), 4);

    let found = ask(
        &page,
        "",
        &json!([
            ["DELETE", "/user/sessions/current", { "X-CSRF": "wrong" }],
            ["GET", "/user/me", {}],
            ["DELETE", "/user/sessions/current", { "X-CSRF": "TOKEN" }],
            ["GET", "/user/me", {}],
        ]),
    );
    assert_eq!(found, json!([403, 200, 204, 401]));
    assert!(page.cookie("doorward-default").is_none());
}

#[test]
fn a_script_of_a_listed_origin_may_do_the_same() {
    let site = Site::open();
    let page = site.browser.page();
    page.open(&site.listed);
    let found = ask(
        &page,
        &site.base,
        &json!([
            ["GET", "/user/me", {}],
            log_in("anna"),
            ["GET", "/user/me", {}],
            ["POST", "/orders", {}],
            ["PUT", "/orders", { "Content-Type": "application/json" }, "{}"],
            ["POST", "/strict", {}],
            ["POST", "/strict", { "X-CSRF": "TOKEN" }],
            ["POST", "/orders", { "X-Unlisted": "1" }],
        ]),
    );
    assert_eq!(found, json!([401, 201, 200, 200, 200, 403, 200, "unreadable"]));
    assert_eq!(site.changes(), 3);
    // Of the headers it may read those that are named.
    let script = format!("const answer = await fetch('{}/orders', {{ credentials: 'include' }});", site.base);
    let read = page.run(&format!("{script} return [answer.headers.get('X-Total'), answer.headers.get('X-Secret')]"));
    assert_eq!(read, json!(["7", null]));
    // Without its cookie it is a guest.
    let script = format!("return (await fetch('{}/orders', {{ credentials: 'omit' }})).status", site.base);
    assert_eq!(page.run(&script), 401);

    let found = ask(
        &page,
        &site.base,
        &json!([
            ["DELETE", "/user/sessions/current", { "X-CSRF": "TOKEN" }],
            ["GET", "/user/me", {}],
        ]),
    );
    assert_eq!(found, json!([204, 401]));
}

#[test]
fn scripts_of_other_origins_change_nothing_and_read_nothing() {
    let site = Site::open();
    let page = site.browser.page();
    page.open(&site.base);
    assert_eq!(ask(&page, "", &json!([log_in("anna")])), json!([201]));
    for origin in [&site.neighbour, &site.stranger] {
        page.open(origin);
        let found = ask(
            &page,
            &site.base,
            &json!([
                ["GET", "/", {}],
                ["GET", "/user/me", {}],
                ["GET", "/user/csrf", {}],
                ["GET", "/orders", {}],
                ["POST", "/orders", {}],
                ["POST", "/orders", { "Content-Type": "text/plain" }, "{}"],
                ["PUT", "/orders", {}],
                ["DELETE", "/orders", { "X-CSRF": "wrong" }],
                ["DELETE", "/user/sessions/current", {}],
                ["POST", "/logout", {}],
                log_in("mallory"),
            ]),
        );
        assert!(found.as_array().expect("a list").iter().all(|status| status == "unreadable"), "{origin}: {found}");
        // What a browser sends without asking first.
        for path in ["/orders", "/strict", "/logout", "/login", "/user/sessions", "/account/sessions"] {
            let script = "await fetch('URL', { method: 'POST', mode: 'no-cors', credentials: 'include', body: 'login=mallory&end=others' });";
            page.run(&script.replace("URL", &format!("{}{path}", site.base)));
        }
    }
    assert_eq!(site.changes(), 0);
    page.open(&site.base);
    let script = "return (await (await fetch('/user/me')).json()).login";
    assert_eq!(page.run(script), "anna");
}

#[test]
fn answers_cannot_be_embedded_in_pages_of_strangers() {
    let site = Site::open();
    let page = site.browser.page();
    page.open(&site.base);
    assert_eq!(ask(&page, "", &json!([log_in("anna")])), json!([201]));
    page.open(&site.neighbour);
    for path in ["/login", "/account", "/orders", "/user/me"] {
        let script = "
            const frame = document.createElement('iframe');
            frame.src = 'URL';
            const loaded = new Promise(done => frame.onload = done);
            document.body.append(frame);
            await loaded;
            try { return frame.contentDocument?.body.textContent ?? 'nothing'; } catch { return 'nothing'; }";
        assert_eq!(page.run(&script.replace("URL", &format!("{}{path}", site.base))), "nothing", "{path}");
    }
    let told = page.console().join("\n");
    assert!(told.contains("frame-ancestors"), "{told}");
    for path in ["/user/me", "/user/csrf"] {
        let script = "
            const script = document.createElement('script');
            script.src = 'URL';
            const loaded = new Promise(done => { script.onload = () => done('loaded'); script.onerror = () => done('refused'); });
            document.body.append(script);
            return await loaded;";
        assert_eq!(page.run(&script.replace("URL", &format!("{}{path}", site.base))), "refused", "{path}");
    }
}
