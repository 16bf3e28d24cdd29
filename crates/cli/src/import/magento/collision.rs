//! Routes that match the same requests.

use std::collections::HashMap;

use doorward::policy::MagentoCompat;

use super::finding::Findings;
use super::path::{by_magento, by_rank, shape};
use super::route::Route;

/// Keeps, of routes that match the very same requests, the one that Magento takes, and warns where two routes share
/// some requests and Magento takes the other one.
pub fn settle(routes: &mut [Route], compat: MagentoCompat, findings: &mut Findings) {
    let mut first: HashMap<(String, String), usize> = HashMap::new();
    for place in 0..routes.len() {
        if routes[place].refused.is_some() {
            continue;
        }
        let key = (routes[place].method.clone(), shape(&routes[place].pattern));
        let Some(other) = first.insert(key.clone(), place) else { continue };
        let (winner, loser) = match order(&routes[place], &routes[other]) {
            std::cmp::Ordering::Less => (other, place),
            _ => (place, other),
        };
        first.insert(key, winner);
        let (named, at) = (routes[winner].named(), routes[winner].place.clone());
        let how = if routes[winner].asks_as(&routes[loser]) {
            "and asks for the same"
        } else {
            "and asks for something else"
        };
        routes[loser].refused = Some(format!("{named} ({at}) takes all its requests, {how}"));
    }
    warn(routes, compat, findings);
}

fn order(one: &Route, other: &Route) -> std::cmp::Ordering {
    by_magento((&one.url, &one.pattern), (&other.url, &other.pattern))
}

/// Which of two routes is taken here.
fn taken(one: &Route, other: &Route, compat: MagentoCompat) -> std::cmp::Ordering {
    match compat {
        MagentoCompat::Strict => by_rank(&one.pattern, &other.pattern),
        // As they are written here: without a slash at the end, and perhaps with other names.
        MagentoCompat::Exact => by_magento((&one.path, &one.pattern), (&other.path, &other.pattern)),
    }
}

fn warn(routes: &[Route], compat: MagentoCompat, findings: &mut Findings) {
    let mut alike: HashMap<(&str, usize), Vec<&Route>> = HashMap::new();
    for route in routes.iter().filter(|route| route.refused.is_none()) {
        let rivals = alike.entry((&route.method, route.pattern.segments().len())).or_default();
        for rival in rivals.iter().filter(|rival| rival.pattern.overlaps(&route.pattern) && !rival.asks_as(route)) {
            let (here, there) = (taken(route, rival, compat), order(route, rival));
            if here == there {
                continue;
            }
            let (taken, passed) = if here.is_gt() { (route, *rival) } else { (*rival, route) };
            let text = format!(
                "{} answers here what Magento answers by {} ({}), and asks for something else",
                taken.named(),
                passed.named(),
                passed.place
            );
            findings.warn(&taken.place, text);
        }
        rivals.push(route);
    }
}
