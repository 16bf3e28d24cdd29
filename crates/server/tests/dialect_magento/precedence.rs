//! Which of several routes answers: as Magento chooses, and as rules do otherwise.

use crate::shop::{Shop, message, unauthorized};

/// Each asks for a resource of its own, which refusals name.
const ROUTES: [&str; 14] = [
    "GET /V1/stock/list",
    "GET /V1/stock/:sku",
    "GET /V1/stock/1x",
    "GET /V1/stock/1x/:part",
    "GET /V1/stock/:sku/parts",
    "GET /V1/stock/-1/:part/size",
    "GET /V1/stock/:sku/parts/:size",
    "GET /V1/stock/me/:part/:size",
    "PUT /V1/stock/:sku/parts",
    "GET /V1/boxes/:a/lid",
    "GET /V1/boxes/:b/:part",
    "GET /V1/:any",
    "GET /V1/one-one/:two",
    "GET /V1/-one/:two",
];

const PATHS: [&str; 20] = [
    "/V1/stock/list",
    "/V1/stock/other",
    "/V1/stock/1x",
    "/V1/stock/1x/parts",
    "/V1/stock/1x/lids",
    "/V1/stock/-1/parts/size",
    "/V1/stock/-1/lids/size",
    "/V1/stock/me/parts/size",
    "/V1/stock/me/lids/size",
    "/V1/stock/a/parts",
    "/V1/stock/a/parts/",
    "/V1/boxes/7/lid",
    "/V1/boxes/7/key",
    "/V1/boxes",
    "/V1/one-one/2",
    "/V1/one-two/2",
    "/V1/-one/2",
    "/V1/other",
    "/V1/Stock/list",
    "/V1/stock/a/parts/b/c",
];

/// The route that Magento takes, worked out in the simplest way: none of its parts is shared with what is tested.
fn by_magento(path: &str) -> Option<usize> {
    let path = path.trim_end_matches('/');
    let gets = || ROUTES.iter().enumerate().filter_map(|(place, route)| Some((place, route.strip_prefix("GET ")?)));
    if let Some((place, _)) = gets().find(|(_, url)| *url == path) {
        return Some(place);
    }
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let (version, rest) = path.trim_start_matches('/').split_once('/')?;
    let word: String = rest.chars().take_while(|c| is_word(*c)).collect();
    if word.is_empty() || !version.chars().all(is_word) {
        return None;
    }
    let beginning = format!("/{version}/{word}");
    let fits = |url: &str| {
        let (own, asked): (Vec<&str>, Vec<&str>) = (url.split('/').collect(), path.split('/').collect());
        own.len() == asked.len() && own.iter().zip(asked).all(|(own, asked)| own.starts_with(':') || *own == asked)
    };
    let matching = gets().filter(|(_, url)| url.starts_with(&beginning) && fits(url));
    matching.max_by_key(|(_, url)| url.as_bytes()).map(|(place, _)| place)
}

fn shop(compat: &str) -> Shop {
    let mut text = format!("[dialect.magento]\ncompat = \"{compat}\"\n");
    for (place, route) in ROUTES.iter().enumerate() {
        let route = route.replace(" /", " /rest/");
        text.push_str(&format!(
            "[[acl]]\nid = \"R::r{place}\"\n[[route]]\nmatch = \"{route}\"\naccess = \"R::r{place}\"\n"
        ));
        text.push_str("realm = \"admin\"\n");
    }
    Shop::with(&text)
}

/// The route that answers each path.
fn winners(shop: &Shop) -> Vec<Option<usize>> {
    let one = |path: &&str| {
        let answer = shop.ask("GET", &format!("/rest{path}"), &[]);
        let text = answer.text();
        if answer.status == 404 {
            assert_eq!(text, message("Request does not match any route."), "{path}");
            return None;
        }
        let place = (0..ROUTES.len()).find(|place| text == unauthorized(&format!("R::r{place}")));
        assert!(answer.status == 401 && place.is_some(), "{path}: {text}");
        place
    };
    PATHS.iter().map(one).collect()
}

#[test]
fn routes_go_before_each_other_as_magento_has_them_where_that_is_asked_for() {
    let expected: Vec<_> = PATHS.iter().map(|path| by_magento(path)).collect();
    assert_eq!(winners(&shop("exact")), expected);
}

#[test]
fn without_that_the_first_literal_decides() {
    let (strict, exact) = (winners(&shop("strict")), winners(&shop("exact")));
    let differ: Vec<_> = (0..PATHS.len()).filter(|place| strict[*place] != exact[*place]).collect();
    let told: Vec<_> = differ
        .iter()
        .map(|place| {
            let named =
                |winner: Option<usize>| winner.map_or("none", |winner| ROUTES[winner].trim_start_matches("GET "));
            (PATHS[*place], named(strict[*place]), named(exact[*place]))
        })
        .collect();
    let expected = [
        // A digit and a hyphen sort before the colon of a parameter.
        ("/V1/stock/1x/parts", "/V1/stock/1x/:part", "/V1/stock/:sku/parts"),
        ("/V1/stock/-1/parts/size", "/V1/stock/-1/:part/size", "/V1/stock/:sku/parts/:size"),
        // So do earlier letters in the name of a parameter.
        ("/V1/boxes/7/lid", "/V1/boxes/:a/lid", "/V1/boxes/:b/:part"),
        // Routes are looked for by the first two segments of their paths.
        ("/V1/boxes", "/V1/:any", "none"),
        ("/V1/-one/2", "/V1/-one/:two", "none"),
        ("/V1/other", "/V1/:any", "none"),
    ];
    assert_eq!(told, expected);
}

#[test]
fn no_parameter_of_a_route_that_lost_gets_into_the_one_that_won() {
    let routes = "[[route]]\nmatch = \"GET /rest/V1/baskets/mine/items/:itemId\"\naccess = \"anonymous\"\n\
                  [[route]]\nmatch = \"GET /rest/V1/baskets/:cartId/items/:itemId\"\naccess = \"anonymous\"\n";
    for compat in ["strict", "exact"] {
        let shop = Shop::with(&format!("[dialect.magento]\ncompat = \"{compat}\"\n{routes}"));
        let seen = shop.ask("GET", "/rest/V1/baskets/mine/items/3", &[]).text();
        assert!(seen.contains("/rest/V1/baskets/mine/items/3") && !seen.contains("cartId"), "{seen}");
        // And an empty segment is none.
        assert_eq!(shop.ask("GET", "/rest/V1/baskets//items/3", &[]).status, 400, "{compat}");
    }
}
