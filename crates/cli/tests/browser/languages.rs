//! The pages in another language than English.

use super::account::complaints;
use super::site::Site;
use crate::peers::PASSWORD;

#[test]
fn a_page_and_its_script_speak_the_reader_s_language() {
    let site = Site::open();
    let page = site.browser.page();
    page.speak("de-AT, en;q=0.5");
    page.open(&format!("{}/login?return_to=/account", site.base));
    assert_eq!((page.title(), page.text_at("main form button:not(.quiet)")), ("Anmelden".into(), "Anmelden".into()));
    assert_eq!(page.run("return document.documentElement.lang"), "de");
    assert_eq!(page.text_at(".revealing button"), "Anzeigen");
    page.click(".revealing button");
    assert_eq!(page.text_at(".revealing button"), "Verbergen");
    page.write("#login", "anna");
    page.write("#password", "falsch");
    page.follow("main form button:not(.quiet)");
    assert_eq!(page.text_at("[role=alert]"), "Anmeldename und Passwort passen nicht zusammen.");
    page.open(&format!("{}/login", site.base));
    page.write("#login", "mallory");
    page.write("#password", PASSWORD);
    page.follow("main form button:not(.quiet)");
    assert_eq!(page.text_at("h2"), "Wo Sie angemeldet sind");
    let written = page.run("return document.querySelector('time').textContent");
    let year = page.run("return String(new Date(document.querySelector('time').dateTime).getFullYear())");
    let in_german =
        written.as_str().is_some_and(|text| text.contains(year.as_str().expect("a year")) && text.contains('.'));
    assert!(in_german, "{written}");
    page.speak("fr");
    page.open(&format!("{}/logout", site.base));
    assert_eq!((page.title(), page.text_at("h1")), ("Se déconnecter".into(), "Se déconnecter ?".into()));
    assert_eq!(complaints(&page), Vec::<String>::new());
}
