//! The pages in each language.

use crate::answer::Answer;
use crate::form::{log_in, submit};
use crate::house::{Door, House, PASSWORD, RULES};

fn page(house: &House, target: &str, lines: &[&str]) -> Answer {
    house.send(Door::Public, "GET", target, lines, None)
}

#[test]
fn a_page_speaks_the_language_that_the_browser_asks_for() {
    let house = House::open();
    for (asked, tag, heading) in [
        ("en-GB", "en", "Log in"),
        ("de-AT,de;q=0.9,en;q=0.5", "de", "Anmelden"),
        ("it,fr;q=0.4", "fr", "Se connecter"),
        ("en;q=0.1,es", "es", "Iniciar sesión"),
        ("it", "en", "Log in"),
    ] {
        let answer = page(&house, "/login", &[&format!("Accept-Language: {asked}")]);
        let text = answer.text();
        assert!(text.contains(&format!("<html lang=\"{tag}\">")), "{text}");
        assert!(text.contains(&format!("<h1>{heading}</h1>")) && text.contains(&format!("<button>{heading}</button>")));
        assert_eq!(answer.header("content-language"), Some(tag));
        assert!(answer.all("vary").any(|line| line.contains("Accept-Language")), "{asked}");
    }
    assert_eq!(page(&house, "/login", &[]).header("content-language"), Some("en"));
}

#[test]
fn an_operator_can_choose_one_language_for_everybody() {
    let house = House::with(&format!("{RULES}\n[pages]\nlanguage = \"de\"\n"));
    for lines in [&[][..], &["Accept-Language: fr"]] {
        let answer = page(&house, "/login", lines);
        assert!(answer.text().contains("<html lang=\"de\">"));
        assert_eq!(answer.header("content-language"), Some("de"));
        assert!(!answer.all("vary").any(|line| line.contains("Accept-Language")));
    }
}

#[test]
fn refusals_speak_the_language_of_the_page() {
    let house = House::open();
    house.add("customer", "anna", &[]);
    let try_with = |password: &str, language: &str| {
        log_in(&house, &[("realm", "customer"), ("login", "anna"), ("password", password)], &[language])
    };
    for (language, said) in [
        ("Accept-Language: de", "Anmeldename und Passwort passen nicht zusammen."),
        ("Accept-Language: fr", "L’identifiant et le mot de passe ne correspondent pas."),
        ("Accept-Language: es", "El usuario y la contraseña no coinciden."),
    ] {
        let wrong = try_with("wrong", language);
        assert!(wrong.status == 401 && wrong.text().contains(said), "{}", wrong.text());
    }
    for _ in 0..2 {
        try_with("wrong", "Accept-Language: de");
    }
    let waits = try_with(PASSWORD, "Accept-Language: de");
    assert!(waits.status == 429 && waits.text().contains("Warten Sie 30 Sekunden"), "{}", waits.text());
    assert!(try_with(PASSWORD, "Accept-Language: es").text().contains("Espere 30 segundos"));
}

#[test]
fn the_account_speaks_the_language_of_its_reader() {
    let house = House::open();
    house.add("customer", "anna", &[]);
    let session = house.log_in("customer", "anna");
    let cookie = format!("Cookie: {}", session.cookie);
    let text = page(&house, "/account?done=ended", &[&cookie, "Accept-Language: de"]).text();
    for said in ["Wo Sie angemeldet sind", "Die Sitzung ist beendet.", "diese hier", "Mindestens 15 Zeichen", "Bereich"]
    {
        assert!(text.contains(said), "{said}: {text}");
    }
    let text = page(&house, "/logout", &[&cookie, "Accept-Language: fr"]).text();
    assert!(text.contains("Vous êtes connecté en tant que anna, customer."), "{text}");
    let weak = submit(
        &house,
        "/account/password?realm=customer",
        &session.cookie,
        &[("current", PASSWORD), ("new", "short"), ("again", "short")],
        &["Accept-Language: es"],
    );
    assert!(weak.status == 422 && weak.text().contains("necesita al menos 15 caracteres"), "{}", weak.text());
}
