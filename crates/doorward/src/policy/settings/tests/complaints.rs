//! Settings that contradict themselves or each other.

use super::*;
use crate::policy::Complaint;

fn complaints(text: &str) -> Vec<Complaint> {
    match Settings::parse("doorward.toml", text, &nothing) {
        Ok(_) => panic!("nobody complains about\n{text}"),
        Err(complaints) => complaints.0,
    }
}

/// The only complaint is at this place and says these things.
fn complained(text: &str, place: &str, said: &str, fix: &str) {
    let all = complaints(text);
    let [complaint] = &all[..] else { panic!("{} complaints: {all:#?}", all.len()) };
    assert_eq!(complaint.source.to_string(), format!("doorward.toml:{place}"), "{complaint}");
    assert!(complaint.text.contains(said), "{complaint}");
    assert!(complaint.fix.as_deref().unwrap_or_default().contains(fix), "{complaint}");
}

const HTTPS: &str = "public_url = \"https://a.example\"\n";

#[test]
fn an_address_to_listen_on_is_a_socket_a_name_or_a_path() {
    for address in ["127.0.0.1:0", "[::1]:80", "0.0.0.0:8080", "localhost:80", "a-b.example:8080", "unix:/a"] {
        settings(&format!("listen = \"{address}\""));
    }
    for address in
        ["", "8080", ":8080", "127.0.0.1", "a:b", "a:99999", "http://a:80", "unix:", "a b:80", "::1:80x", "a:80/x"]
    {
        let text = format!("admin_listen = [\"127.0.0.1:1\", \"{address}\"]");
        complained(&text, "1:32", &format!("`{address}` is no address to listen on"), "write `127.0.0.1:8080`");
    }
    complained("listen = []", "1:10", "there is nowhere to listen", "take `listen` out");
}

#[test]
fn a_listener_with_tls_has_nothing_to_redirect() {
    let tls = "[tls]\ncert = \"c\"\nkey = \"k\"\n";
    let listen =
        |more: &str| format!("listen = {{ address = \"127.0.0.1:1\", redirect_to_https = true{more} }}\n{tls}");
    complained(&listen(""), "1:10", "nothing to redirect to https", "add `plain = true`");
    settings(&listen(", plain = true"));
}

#[test]
fn an_upstream_is_an_origin_or_a_socket_and_nothing_more() {
    for url in [
        "http://a",
        "http://a/",
        "http://a:80",
        "https://a:443",
        "http://127.0.0.1:9000",
        "http://[::1]:9000",
        "unix:/a.sock",
        "HTTP://A.example:80/",
    ] {
        settings(&format!("upstream = \"{url}\""));
    }
    for url in [
        "",
        "a",
        "a:80",
        "ftp://a",
        "http://",
        "http://a/b",
        "http://a?x",
        "http://a#x",
        "http://u@a",
        "http://u:p@a",
        "http://a b",
        "unix:a",
        "http://a:80:80",
        "http://a:x",
        "http://a//",
        "//a",
        "http://a\\\\b",
    ] {
        let complaint = &complaints(&format!("upstream.x.url = \"{url}\""))[0];
        assert!(complaint.text.ends_with("is no address of an upstream"), "{complaint}");
        assert_eq!((complaint.source.line(), complaint.source.column()), (1, 18));
    }
    complained(
        "[upstream.x]\nurl = \"http://a\"\nmax_connections = 0\n",
        "3:19",
        "no connection is too few",
        "at least 1",
    );
}

#[test]
fn a_mount_is_a_path_without_parameters() {
    for mount in ["/", "/auth", "/auth/", "/a/b"] {
        settings(&format!("mount = \"{mount}\""));
    }
    for mount in ["", "auth", "/a/../b", "//", "/:x", "/a/*b", "/a?b", "/a;b", "/%2e"] {
        complained(
            &format!("mount = \"{mount}\""),
            "1:9",
            "is no path to mount Doorward's own resources at",
            "write `/auth`",
        );
    }
}

#[test]
fn there_is_one_store_and_one_for_sessions() {
    let (data, store, file) = ("data = \"a.db\"\n", "store = \"postgres://h\"\n", "store_file = \"f\"\n");
    for (one, two) in [(data, store), (data, file), (store, file)] {
        complained(
            &format!("{one}{two}"),
            &format!("2:{}", two.find('"').expect("a quote") + 1),
            "name two stores",
            "keep one",
        );
        settings(one);
        settings(two);
    }
    complained(
        "sessions = \"redis://h\"\nsessions_file = \"f\"\n",
        "2:17",
        "`sessions` and `sessions_file`",
        "keep one",
    );
    let all = complaints(&format!("{data}{store}"));
    assert_eq!(all[0].other.as_ref().map(ToString::to_string).as_deref(), Some("doorward.toml:1:8"));
}

#[test]
fn the_realm_of_administrators_exists_and_is_named_where_it_must_be() {
    complained("[realm.a]\n[admin]\nrealm = \"b\"\n", "3:9", "there is no realm `b`", "one of: a");
    let two = "admin_listen = \"127.0.0.1:1\"\n[realm.a]\n[realm.b]\n";
    complained(two, "1:1", "nothing says which one is of administrators", "one of: a, b");
    settings(&two[two.find('[').expect("a table")..]);
}

#[test]
fn a_session_ends_sooner_of_idleness_than_of_age() {
    let session = |keys: &str| format!("[realm.a]\nsession = {{ {keys} }}\n");
    complained(
        &session("idle = \"2h\", absolute = \"1h\""),
        "2:20",
        "would idle for 2h, but ends after 1h",
        "at most as long",
    );
    complained(&session("absolute = \"10m\""), "2:11", "would idle for 15m, but ends after 10m", "at most as long");
    complained(&session("idle = \"0s\""), "2:20", "lasts no time", "at least `1m`");
    settings(&session("idle = \"1h\", absolute = \"1h\""));
}

#[test]
fn to_stay_logged_in_takes_longer_than_not_to_and_no_longer_than_a_month() {
    let session = |keys: &str| format!("[realm.a]\n[realm.b]\nsession = {{ {keys} }}\n");
    complained(&session("remember = \"31d\""), "3:24", "31d is longer than anybody should stay", "at most `30d`");
    complained(
        &session("remember = \"1h\""),
        "3:24",
        "`remember` (1h) is shorter than `absolute` (12h)",
        "longer than",
    );
    settings(&session("remember = \"30d\""));
}

#[test]
fn a_user_may_have_one_session_at_least() {
    complained("realm.a.sessions.max = 0", "1:24", "nobody could log in", "at least 1");
}

#[test]
fn a_cookie_for_all_sites_needs_https_and_a_list_of_sites() {
    let cookie = "realm.a.cookie.same_site = \"none\"\n";
    let cors = "cors.origins = [\"https://b.example\"]\n";
    complained(&format!("{cors}{cookie}"), "2:28", "over https only", "`https://` origins in `public_url`");
    complained(&format!("{HTTPS}{cookie}"), "2:28", "no other site is named", "`cors.origins`");
    settings(&format!("{HTTPS}{cors}{cookie}"));
}

#[test]
fn a_cookie_for_several_hosts_needs_https_and_a_domain() {
    complained("realm.a.cookie.domain = \"a.example\"", "1:25", "over https only", "public_url");
    settings(&format!("{HTTPS}realm.a.cookie.domain = \"a.example\""));
    for domain in
        ["", "example", ".a.example", "a..example", "A.example", "a.example.", "a.example/x", "a.example; Path=/x"]
    {
        complained(
            &format!("{HTTPS}realm.a.cookie.domain = \"{domain}\""),
            "2:25",
            "is no domain for a cookie",
            "write `example.com`",
        );
    }
}

#[test]
fn protection_against_forgery_is_switched_off_for_single_routes_only() {
    complained("csrf.requests = \"off\"", "1:17", "leaves nothing protected", "on the one route");
}

#[test]
fn names_of_headers_are_names_of_headers() {
    for header in ["", "a b", "a:b", "ä", "a\\n"] {
        complained(&format!("csrf.header = \"{header}\""), "1:15", "is no name of a header", "letters");
        complained(&format!("cors.headers = [\"{header}\"]"), "1:16", "is no name of a header", "letters");
        complained(&format!("cors.expose = [\"{header}\"]"), "1:15", "is no name of a header", "letters");
    }
}

#[test]
fn a_token_travels_in_no_header_that_means_something_else() {
    for header in ["Cookie", "authorization", "Origin", "Host", "X-Doorward-CSRF", "Content-Type", "Sec-Fetch-Site"] {
        complained(&format!("csrf.header = \"{header}\""), "1:15", "has a meaning of its own", "X-CSRF");
    }
}

#[test]
fn methods_for_other_origins_are_methods() {
    for method in ["get", "", "P OST", "GET, POST", "*"] {
        complained(&format!("cors.methods = [\"{method}\"]"), "1:17", "is no method", "capitals");
    }
    settings("cors.methods = [\"GET\", \"PROPFIND\"]");
}

#[test]
fn passwords_cost_neither_too_little_nor_too_much() {
    complained("password.memory = \"18MiB\"", "1:19", "18MiB of memory", "at least `19MiB`");
    complained("password.memory = \"5GiB\"", "1:19", "not take more than 4GiB", "64MiB");
    complained("password.passes = 1", "1:19", "2 to 64 passes", "2, or");
    complained("password.passes = 65", "1:19", "2 to 64 passes", "2, or");
    complained("password.min_length = 7", "1:23", "between 8 and 128", "15, or");
    complained("password.min_length = 129", "1:23", "between 8 and 128", "15, or");
    settings("password = { memory = \"19MiB\", passes = 2, min_length = 15 }");
}

#[test]
fn bounds_are_within_bounds() {
    complained("limits.json_depth = 0", "1:21", "between 1 and 64", "32, or");
    complained("limits.json_depth = 65", "1:21", "between 1 and 64", "32, or");
    complained("otel = { endpoint = \"http://a\", sample = 1.5 }", "1:42", "between 0 and 1", "1.0");
    complained("limits.connections = 0", "1:22", "nobody could connect", "at least 1");
    complained("limits.header_fields = 0", "1:24", "no request could be read", "100");
    for key in ["header_read", "body_stall", "keep_alive", "timeout"] {
        let column = format!("1:{}", key.len() + 11);
        complained(&format!("limits.{key} = \"0s\""), &column, "no time is too little", "take it out");
    }
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    let text = "listen = []\nmount = \"x\"\n[password]\npasses = 1\nmin_length = 1\n[csrf]\nrequests = \"off\"\n";
    let lines: Vec<usize> = complaints(text).iter().map(|complaint| complaint.source.line()).collect();
    assert_eq!(lines, [1, 2, 7, 4, 5]);
}

#[test]
fn a_text_that_nobody_can_read_is_refused_with_a_colour_that_they_can() {
    let yellow = "[pages.light]\naccent = \"#ff0\"\n";
    let said = "`accent` (#ffff00) on `sheet` (#ffffff) has a contrast of 1.07";
    complained(yellow, "2:10", said, "`accent = \"#7a7a00\"` in `[pages.light]` can be read there");
    settings(&yellow.replace("#ff0", "#7a7a00"));
    // By night the same colour is good.
    settings(&yellow.replace("light", "dark"));
    // Where only what is behind was chosen, that is where the complaint stands.
    let grey = "[pages]\ndark = { sheet = \"#777777\" }\n";
    let all = complaints(grey);
    assert!(all.iter().all(|complaint| complaint.source.to_string() == "doorward.toml:2:18"), "{all:#?}");
    let told: Vec<&str> = all.iter().filter_map(|complaint| complaint.text.split(' ').next()).collect();
    assert_eq!(told, ["`ink`", "`faint`", "`accent`"]);
    complained("[pages.light]\nfaint = \"#777777\"", "2:9", "a contrast of 4.47,", "`faint = \"#757575\"`");
}

#[test]
fn a_colour_is_written_as_browsers_write_it() {
    for text in ["red", "#12", "#fff;} body { display: none", "rgb(0,0,0)"] {
        let all = complaints(&format!("[pages.dark]\nink = \"{text}\""));
        assert!(all[0].to_string().contains("three or six hexadecimal digits"), "{}", all[0]);
        assert_eq!(all[0].source.line(), 2);
    }
}

#[test]
fn texts_of_pages_are_one_line_in_a_language_that_there_is() {
    for text in ["", " ", "a\\nb", &"x".repeat(501)] {
        complained(&format!("[pages.texts.de]\nhelp = \"{text}\""), "2:8", "does not fit into a page", "one line");
    }
    complained(&format!("[pages]\nname = \"{}\"", "x".repeat(61)), "2:8", "does not fit", "at most 60 characters");
    settings(
        "[pages]\nname = \"Shop\"\nlanguage = \"fr\"\ntexts = { es = { title = \"Entrar\", login = \"Correo\" } }",
    );
    let all = complaints("[pages]\nlanguage = \"it\"");
    assert!(all[0].text.contains("unknown word `it`"), "{}", all[0]);
    assert!(complaints("[pages.texts.en]\nhelq = \"x\"")[0].to_string().contains("`help`"));
}

#[test]
fn a_realm_has_a_title_and_texts_like_those_of_pages() {
    settings("[realm.a]\ntitle = \"Customers\"\n[realm.a.pages.texts.en]\nlogin = \"E-mail address\"");
    settings("[realm.a]\ntitle = { en = \"Customers\", de = \"Kunden\" }");
    let long = "x".repeat(61);
    complained(&format!("[realm.a]\ntitle = \"{long}\""), "2:9", "does not fit into a page", "at most 60 characters");
    complained("[realm.a.title]\nde = \" \"", "2:6", "does not fit into a page", "at most 60 characters");
    complained("[realm.a.pages.texts.de]\nhelp = \"\"", "2:8", "does not fit into a page", "one line");
    for text in ["title = 7", "title = { it = \"Clienti\" }"] {
        let all = complaints(&format!("[realm.a]\n{text}"));
        assert!(all[0].to_string().contains("a text, or one by language"), "{}", all[0]);
    }
}
