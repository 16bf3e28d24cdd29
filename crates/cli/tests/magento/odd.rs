//! What is refused, what is doubtful, and what stops an import.

use crate::kit::Place;
use crate::shop::{SETTINGS, module_file, resources, route, routes, shop};

#[test]
fn what_is_written_reads_well() {
    let place = shop();
    let ran = place.run("import magento modules");
    insta::assert_snapshot!(format!("{}\n== stderr\n{}", ran.stdout, ran.stderr));
}

#[test]
fn oddities_are_told_with_their_place_and_what_is_left_passes_the_check() {
    let place = Place::with(SETTINGS);
    let tree = r#"<resource id="Acme_Ab::one" title="One"><resource id="Acme_Ab::two" title="Two"/></resource>
<resource id="Acme_Ab::three"/>
"#;
    module_file(&place, "Acme_Ab", "acl.xml", &resources(tree));
    let twin = r#"<resource id="Acme_Ab::three"><resource id="Acme_Ab::two"/></resource>"#;
    module_file(&place, "Acme_Bc", "acl.xml", &resources(twin));
    let parameter =
        |name: &str, force: &str, value: &str| format!("<parameter name=\"{name}\"{force}>{value}</parameter>");
    let forced = |name: &str, value: &str| parameter(name, " force=\"true\"", value);
    let own = forced("customerId", "%customer_id%");
    let all = [
        route("GET", "/V1/secure", &["anonymous"], "").replace("method=\"GET\"", "method=\"GET\" secure=\"true\""),
        route("GET", "/V1/insecure", &["anonymous"], "").replace("method=\"GET\"", "method=\"GET\" secure=\"false\""),
        route("GET", "/V1/mixed", &["self", "Acme_Ab::one"], ""),
        route("GET", "/V1/both", &["self", "anonymous"], ""),
        route("GET", "/V1/listed", &["Acme_Ab::one, Acme_Ab::two"], ""),
        route("GET", "/V1/unknown", &["Acme_Far::thing"], ""),
        route("GET", "/V1/open", &["anonymous"], &own),
        route("GET", "/V1/office", &["Acme_Ab::one"], &own),
        route("POST", "/V1/null", &["self"], &forced("x", "null")),
        route("POST", "/V1/way", &["self"], &(own.clone() + &forced("customer.id", "7"))),
        route("POST", "/V1/absent", &["self"], &parameter("x", "", "7")),
        route("POST", "/V1/text", &["self"], &forced("x", "a\n[[route]]\nmatch = \"* /*all\" ${HOME} \\ %")),
        route("GET", "/V1/a/:1st", &["self"], &forced("1st", "%customer_id%")),
        route("GET", "/V1/a//b", &["anonymous"], ""),
        route("GET", "/V1/::a", &["anonymous"], ""),
        route("GET", "/V1/a/1", &["anonymous"], ""),
        route("GET", "/V1/slash/", &["self"], ""),
        route("GET", "/V1/slash", &["anonymous"], ""),
        route("GET", "/V1/same/:a", &["self"], ""),
        route("GET", "/V1/same/:b", &["anonymous"], ""),
        route("GET", "/V1/rank/1x/:b", &["anonymous"], ""),
        route("GET", "/V1/rank/:a/y", &["self"], ""),
        "<route url=\"/V1/part\" method=\"GET\"><resources><resource ref=\"self\"/></resources></route>\n".to_owned(),
    ];
    module_file(&place, "Acme_Ab", "webapi.xml", &routes(&all.concat()));
    let ran = place.run("import magento modules --out magento.toml");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    insta::assert_snapshot!(format!(
        "{}\n== stderr\n{}\n== magento.toml\n{}",
        ran.stdout,
        ran.stderr,
        place.read("magento.toml")
    ));
    place.run("check").ok();
}

#[test]
fn a_placeholder_that_nobody_knows_stops_the_import_until_it_is_named() {
    let place = shop();
    let data = "<parameter name=\"sellerId\" force=\"true\">%seller_id%</parameter>";
    module_file(&place, "a-extra", "webapi.xml", &routes(&route("GET", "/V1/seller", &["self"], data)));
    let error = place.run("import magento modules --out magento.toml").failed(2);
    let told = "error: modules/a-extra/etc/webapi.xml:3: GET /V1/seller: nobody knows the placeholder `%seller_id%`; \
                `--attribute seller_id` takes it from that attribute of the user\n";
    assert!(error.contains(told), "{error}");
    assert!(!place.file("magento.toml").exists());
    place.run("import magento modules --out magento.toml --attribute seller_id").ok();
    assert!(place.read("magento.toml").contains("force = { sellerId = \"%attribute.seller_id%\" }"));
    place.run("check").ok();
}

#[test]
fn all_that_schemas_do_not_allow_is_told_at_once_and_nothing_is_written() {
    let place = shop();
    module_file(
        &place,
        "m-shop",
        "webapi.xml",
        "<!DOCTYPE routes [<!ENTITY a SYSTEM \"/etc/passwd\">]>\n<routes>&a;</routes>",
    );
    module_file(&place, "m-shop", "acl.xml", "<config>\n<acl>\n");
    module_file(&place, "a-extra", "webapi.xml", &routes("<route url=\"/V1/a\" method=\"get\" x=\"1\"/>\n<rout/>"));
    let ran = place.run("import magento modules --out magento.toml");
    assert_eq!(ran.stdout, "");
    let errors: Vec<&str> = ran.stderr.lines().collect();
    assert_eq!(
        errors,
        [
            "error: modules/a-extra/etc/webapi.xml:3: `route` has no attribute `x`",
            "error: modules/a-extra/etc/webapi.xml:3: `get` is none of GET, PUT, POST and DELETE",
            "error: modules/a-extra/etc/webapi.xml:4: `rout` has no place in `routes`",
            "error: modules/m-shop/etc/acl.xml:2: `acl` does not end",
            "error: modules/m-shop/etc/webapi.xml:1: a DOCTYPE is refused: these files need none",
            "doorward: nothing is written: there are 5 errors to mend first",
        ]
    );
    assert_eq!(ran.code, 2);
    assert!(!place.file("magento.toml").exists());
}

#[test]
fn the_name_of_a_folder_is_no_line_of_the_rules() {
    let place = shop();
    let name = "Acme_Ab\n[[route]]\nmatch = \"* - x\"\naccess = \"anonymous\"\n#";
    module_file(&place, name, "webapi.xml", &routes(&route("GET", "/V1/more", &["anonymous"], "")));
    let text = place.run("import magento modules").ok();
    assert!(text.contains("GET /rest/V1/more") && !text.contains("\nmatch = \"* - x\""), "{text}");
}

#[test]
fn the_api_is_where_one_says_it_is() {
    let place = shop();
    for (root, path) in [("/", "GET /V1/things"), ("/index.php/rest/", "GET /index.php/rest/V1/things")] {
        let text = place.run(&format!("import magento modules --root {root}")).ok();
        assert!(text.contains(&format!("match = \"{path}\"\n")), "{text}");
    }
    for root in ["rest", "/:rest", "/a//b", "/a?b"] {
        assert!(
            place
                .run(&format!("import magento modules --root {root}"))
                .failed(2)
                .contains("write a path, such as /rest")
        );
    }
}

#[test]
fn realms_have_the_names_that_one_gives_them() {
    let place = shop();
    place.write(
        "doorward.toml",
        &SETTINGS.replace("realm.customer", "realm.shoppers").replace("admin", "office").replace("[office]", "[admin]"),
    );
    place.run("import magento modules --out magento.toml --customers shoppers --admins office").ok();
    let text = place.read("magento.toml");
    assert!(
        text.contains("realm = \"shoppers\"")
            && text.contains("realm = \"office\"")
            && !text.contains("realm = \"customer\"")
    );
    place.run("check").ok();
    place.run("import magento modules --customers a,b").failed(2);
}
