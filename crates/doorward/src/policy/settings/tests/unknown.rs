//! Keys that nobody knows, in every table there is.

use super::*;

fn told(text: &str) -> String {
    match Settings::parse("doorward.toml", text, &nothing) {
        Ok(_) => panic!("nobody complains about\n{text}"),
        Err(complaints) => complaints.to_string(),
    }
}

#[test]
fn a_misspelled_key_of_every_table_is_told_with_the_one_that_was_meant() {
    for (text, place, meant) in [
        ("listn = \"a\"", "1:1", "listen"),
        ("trusted_proxy = []", "1:1", "trusted_proxies"),
        ("listen = { adress = \"a:1\" }", "1:12", "address"),
        ("[tls]\ncert = \"c\"\nkeys = \"k\"", "3:1", "key"),
        ("[upstream.a]\nurl = \"http://a\"\nhealht = \"/\"", "3:1", "health"),
        ("[realm.a]\nsesion = {}", "2:1", "session"),
        ("[realm.a]\nguest-roles = []", "2:1", "guest_roles"),
        ("[realm.a.session]\nidel = \"1m\"", "2:1", "idle"),
        ("[realm.a.cookie]\nsamesite = \"lax\"", "2:1", "same_site"),
        ("[realm.a.basic]\nenable = true", "2:1", "enabled"),
        ("[realm.a.sessions]\nmaxx = 1", "2:1", "max"),
        ("[admin]\nrealms = \"a\"", "2:1", "realm"),
        ("[panel]\npublik = true", "2:1", "public"),
        ("[basic]\nallow-insecure = true", "2:1", "allow_insecure"),
        ("[csrf]\nreport_onyl = true", "2:1", "report_only"),
        ("[cors]\nmaxage = \"1m\"", "2:1", "max_age"),
        ("[password]\nmin_lenght = 20", "2:1", "min_length"),
        ("[limits]\njson_deep = 3", "2:1", "json_depth"),
        ("[audit]\nretension = \"1d\"", "2:1", "retention"),
        ("[log]\nformt = \"json\"", "2:1", "format"),
        ("[otel]\nendpoint = \"http://a\"\nsamples = 1.0", "3:1", "sample"),
        ("[drain]\ndedline = \"1s\"", "2:1", "deadline"),
        ("[headers]\nhsts-preload = true", "2:1", "hsts_preload"),
    ] {
        let told = told(text);
        assert!(told.starts_with(&format!("doorward.toml:{place}: unknown key")), "{told}");
        assert!(told.contains(&format!("did you mean `{meant}`?")), "{told}");
    }
}

#[test]
fn a_word_that_no_setting_has_is_told_with_the_words_there_are() {
    for (text, meant) in [
        ("csrf.requests = \"unsave\"", "did you mean `unsafe`?"),
        ("csrf.proof = \"tokens\"", "did you mean `token`?"),
        ("log.format = \"yaml\"", "known here: text, json"),
        ("log.level = \"wran\"", "did you mean `warn`?"),
        ("realm.a.cookie.same_site = \"Lax\"", "did you mean `lax`?"),
        ("realm.a.sessions.policy = \"deny\"", "known here: deny_new, evict_oldest"),
    ] {
        let told = told(text);
        assert!(told.contains("unknown word") && told.contains(meant), "{told}");
    }
}
