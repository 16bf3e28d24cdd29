//! How the pages look, by `doorward.toml`.

use doorward::policy::Settings;

use crate::answer::Answer;
use crate::house::{Door, House, RULES};

const SVG: &[u8] =
    b"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 4 1\"><rect width=\"4\" height=\"1\"/></svg>";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0:~\x9bU";

fn get(house: &House, target: &str) -> Answer {
    house.send(Door::Public, "GET", target, &[], None)
}

/// The address of the first asset with this ending.
fn asset(page: &str, ending: &str) -> Option<String> {
    let names = page.split("/login/assets/").skip(1).filter_map(|rest| rest.split('"').next());
    names.filter(|name| name.ends_with(ending)).map(|name| format!("/login/assets/{name}")).next()
}

#[test]
fn name_picture_colours_and_texts_are_those_of_the_file() {
    let rules = format!(
        "{RULES}\n[pages]\nname = \"Heron & Sons\"\nlogo = \"logo.svg\"\nlight = {{ accent = \"#804\" }}\n\
         [pages.texts.en]\ntitle = \"Come in\"\nwelcome = \"Good to <b>see</b> you.\"\nlogin = \"E-mail address\"\nhelp = \"Ask Anna.\"\n"
    );
    let house = House::with_files(&rules, &[("logo.svg", SVG)]);
    let page = get(&house, "/login").text();
    assert!(page.contains("<title>Come in · Heron &#38; Sons</title>"), "{page}");
    for said in [
        "<h1>Come in</h1>",
        ">E-mail address</label>",
        "Ask Anna.",
        "Good to &#60;b&#62;see",
        "alt=\"Heron &#38; Sons\"",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    // The button still says what it does.
    assert!(page.contains("<button>Log in</button>"));
    let style = get(&house, &asset(&page, ".css").expect("a style")).text();
    assert!(style.contains("--accent: #880044;") && style.contains("--on-accent: #ffffff;"));
    let logo = get(&house, &asset(&page, ".svg").expect("a picture"));
    assert_eq!((logo.status, logo.header("content-type"), &*logo.body), (200, Some("image/svg+xml"), SVG));
    // Nobody wrote texts in German.
    let german = house.send(Door::Public, "GET", "/login", &["Accept-Language: de"], None).text();
    assert!(german.contains("<h1>Anmelden</h1>") && !german.contains("Ask Anna."));
}

#[test]
fn a_picture_runs_nothing_and_is_taken_for_nothing_else() {
    let nasty = b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";
    let rules = format!("{RULES}\n[pages]\nlogo = \"logo\"\n");
    let house = House::with_files(&rules, &[("logo", nasty)]);
    let logo = get(&house, &asset(&get(&house, "/login").text(), ".svg").expect("a picture"));
    let policy = logo.header("content-security-policy").expect("a policy");
    assert!(policy.contains("default-src 'none'") && policy.contains("sandbox") && !policy.contains("script-src"));
    assert_eq!(logo.header("x-content-type-options"), Some("nosniff"));
}

#[test]
fn a_reload_shows_another_look_or_keeps_the_old_one() {
    let rules = format!("{RULES}\n[pages]\nname = \"Before\"\n");
    let house = House::with_files(&rules, &[("logo.png", PNG), ("broken.png", b"no picture")]);
    let before = asset(&get(&house, "/login").text(), ".css").expect("a style");
    let with =
        |name: &str| format!("{RULES}\n[pages]\nname = \"After\"\nlogo = \"{name}\"\ndark = {{ accent = \"#fff\" }}\n");
    let refused = house.reload(&with("broken.png")).expect_err("it is no picture").to_string();
    assert!(refused.contains("broken.png is no picture that pages can show"), "{refused}");
    assert!(get(&house, "/login").text().contains("Before"));
    house.reload(&with("logo.png")).expect("it is a picture");
    let page = get(&house, "/login").text();
    assert!(page.contains("After") && asset(&page, ".css") != Some(before.clone()));
    let logo = get(&house, &asset(&page, ".png").expect("a picture"));
    assert_eq!((logo.header("content-type"), &*logo.body), (Some("image/png"), PNG));
    assert_eq!(get(&house, &before).status, 404);
}

#[test]
fn a_picture_that_cannot_be_shown_is_named_with_its_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let large: Vec<u8> = PNG.iter().copied().chain(std::iter::repeat_n(0, 256 << 10)).collect();
    for (name, content) in [("page.html", &b"<!doctype html><svg/>"[..]), ("large.png", &large)] {
        std::fs::write(folder.path().join(name), content).expect("written");
    }
    for (name, said, fix) in [
        ("page.html", "is no picture that pages can show", "a PNG, JPEG, WebP or SVG file of at most 256KiB"),
        ("large.png", "has more than 256KiB", "at most 256KiB"),
        ("none.png", "cannot read", "paths are relative to the file that names them"),
    ] {
        let text = format!("[pages]\nlogo = \"{name}\"\n");
        let (settings, _) = Settings::parse("doorward.toml", &text, &|_| None).expect("settings");
        let found = doorward_server::examine_files(&settings, folder.path()).expect_err(name);
        let complaint = &found.0[0];
        assert_eq!(complaint.source.to_string(), "doorward.toml:2:8");
        assert!(complaint.text.contains(said), "{complaint}");
        assert!(complaint.fix.as_deref().unwrap_or_default().contains(fix), "{complaint}");
    }
}
