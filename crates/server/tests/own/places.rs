//! Where sessions come from, by a file that an operator gives.

use std::net::Ipv4Addr;

use doorward::policy::Settings;

use crate::house::{Door, House, RULES, Session};
use crate::mmdb;

const VIENNA: [(&str, &str); 3] = [("en", "Vienna"), ("de", "Wien"), ("fr", "Vienne")];
const AUSTRIA: [(&str, &str); 2] = [("en", "Austria"), ("de", "Österreich")];

/// A file that knows where this machine is.
fn file(city: &[(&'static str, &'static str)]) -> Vec<u8> {
    mmdb::file("GeoLite2-City", &[(Ipv4Addr::new(127, 0, 0, 0), 8, mmdb::place(city, &AUSTRIA))])
}

fn rules() -> String {
    format!("{RULES}\n[pages]\ngeoip = \"places.mmdb\"\n")
}

fn account(house: &House, session: &Session, language: &str) -> String {
    let lines = [&*format!("Cookie: {}", session.cookie), &*format!("Accept-Language: {language}")];
    house.send(Door::Public, "GET", "/account", &lines, None).text()
}

#[test]
fn a_session_is_shown_with_its_place_in_the_language_of_the_page() {
    let house = House::with_files(&rules(), &[("places.mmdb", &file(&VIENNA))]);
    house.add("customer", "anna", &[]);
    let session = house.log_in("customer", "anna");
    for (language, place) in [("en", "Vienna, Austria"), ("de", "Wien, Österreich"), ("es", "Vienna, Austria")] {
        let text = account(&house, &session, language);
        assert!(text.contains(&format!("127.0.0.1 · <span class=\"place\">{place}</span>")), "{text}");
    }
}

#[test]
fn a_place_is_text_and_an_address_without_one_is_shown_alone() {
    let nasty = "<script>alert(1)</script>";
    let house = House::with_files(&rules(), &[("places.mmdb", &file(&[("en", nasty)]))]);
    house.add("customer", "anna", &[]);
    let session = house.log_in("customer", "anna");
    let text = account(&house, &session, "en");
    assert!(text.contains("&#60;script&#62;") && !text.contains(nasty), "{text}");

    let elsewhere = [(Ipv4Addr::new(192, 0, 2, 0), 24, mmdb::place(&VIENNA, &AUSTRIA))];
    house.write("places.mmdb", &mmdb::file("GeoLite2-City", &elsewhere));
    house.reload(&rules()).expect("a good file");
    let text = account(&house, &session, "en");
    assert!(text.contains("127.0.0.1") && !text.contains("class=\"place\""), "{text}");
}

#[test]
fn a_broken_file_is_named_and_the_old_one_stays() {
    let house = House::with_files(&rules(), &[("places.mmdb", &file(&VIENNA))]);
    house.add("customer", "anna", &[]);
    let session = house.log_in("customer", "anna");
    let whole = file(&VIENNA);
    let other = mmdb::file("GeoLite2-ASN", &[(Ipv4Addr::new(127, 0, 0, 0), 8, mmdb::place(&VIENNA, &AUSTRIA))]);
    for (content, said) in [
        (&b"no database"[..], "is no MaxMind DB"),
        (&whole[..whole.len() / 2], "is no MaxMind DB"),
        (&other, "holds no places, but `GeoLite2-ASN`"),
    ] {
        house.write("places.mmdb", content);
        let refused = house.reload(&rules()).expect_err(said).to_string();
        assert!(refused.contains(said) && refused.contains("doorward.toml:"), "{refused}");
        assert!(account(&house, &session, "en").contains("Vienna"));
    }
    let (settings, _) = Settings::parse("doorward.toml", "pages.geoip = \"none.mmdb\"", &|_| None).expect("settings");
    let found = doorward_server::examine_files(&settings, std::path::Path::new(".")).expect_err("there is none");
    assert_eq!(found.0[0].source.to_string(), "doorward.toml:1:15");
}
