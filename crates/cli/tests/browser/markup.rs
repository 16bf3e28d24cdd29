//! What people are called, and what their devices call themselves, is text in a real browser too.

use super::account::complaints;
use super::site::Site;
use crate::kit::Place;
use crate::peers::{Client, PASSWORD};

/// Each would set `window.caught`, where it were markup.
const NASTY: [&str; 8] = [
    "</title><script>window.caught=1</script>",
    "\"><img src=x onerror=window.caught=1>",
    "' onfocus='window.caught=1' autofocus='",
    "<svg onload=window.caught=1></svg>",
    "</script><script>window.caught=1</script>",
    "<iframe srcdoc='<script>parent.caught=1</script>'></iframe>",
    "&lt;script&gt;window.caught=1&lt;/script&gt;",
    "{{constructor.constructor('window.caught=1')()}}",
];

fn login(number: usize) -> String {
    format!("u{number}")
}

fn add(place: &Place) {
    for (number, nasty) in NASTY.iter().enumerate() {
        let mut command = place.program();
        let email = format!("a@{}", nasty.replace(' ', ""));
        command.args(["user", "add", "--password-stdin", &login(number), "--name", nasty, "--email", &email]);
        let mut child = command.stdin(std::process::Stdio::piped()).spawn().expect("the program starts");
        let mut stdin = child.stdin.take().expect("piped");
        std::io::Write::write_all(&mut stdin, format!("{PASSWORD}\n").as_bytes()).expect("written");
        drop(stdin);
        assert!(child.wait().expect("it ends").success(), "{nasty}");
    }
}

#[test]
fn markup_that_people_stored_runs_on_no_page() {
    let site = Site::prepared(add);
    let page = site.browser.page();
    for (number, nasty) in NASTY.into_iter().enumerate() {
        let body = serde_json::json!({ "login": login(number), "password": PASSWORD }).to_string();
        let lines = ["Content-Type: application/json", &format!("User-Agent: {nasty}")];
        let answer = Client::tcp(site.server.address()).request_with("POST", "/user/sessions", &lines, &body).answer();
        assert_eq!(answer.status, 201, "{}", answer.text());

        page.forget();
        page.open(&format!("{}/login?return_to=/account", site.base));
        // What was typed before is shown again.
        page.write("#login", nasty);
        page.write("#password", "wrong");
        page.follow("main form button:not(.quiet)");
        assert_eq!(page.run("return document.querySelector('#login').value"), nasty);
        assert_eq!(page.run("return window.caught ?? null"), serde_json::Value::Null, "{nasty}");
        page.run("document.querySelector('#login').value = ''");
        page.write("#login", &login(number));
        page.write("#password", PASSWORD);
        page.follow("main form button:not(.quiet)");

        assert_eq!(page.run("return document.querySelector('h1').textContent"), nasty);
        let devices = page.run("return [...document.querySelectorAll('.device')].map(device => device.textContent)");
        let shown: String = nasty.chars().take(60).collect();
        assert!(devices.as_array().expect("a list").iter().any(|device| *device == shown), "{devices}");
        for path in ["/account", "/logout"] {
            page.open(&format!("{}{path}", site.base));
            assert_eq!(page.run("return window.caught ?? null"), serde_json::Value::Null, "{nasty} at {path}");
            assert_eq!(page.count("iframe, svg, img, h1 *"), 0, "{nasty} at {path}");
        }
    }
    assert_eq!(complaints(&page), Vec::<String>::new());
}
