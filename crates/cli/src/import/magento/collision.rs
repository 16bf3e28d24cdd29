//! Routes that match the same requests.

use std::collections::HashMap;

use super::finding::Findings;
use super::path::{by_magento, by_rank, shape};
use super::route::Route;

/// Keeps, of routes that match the very same requests, the one that Magento takes, and warns where two routes share
/// some requests and Magento takes the other one.
pub fn settle(routes: &mut [Route], findings: &mut Findings) {
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
    warn(routes, findings);
}

fn order(one: &Route, other: &Route) -> std::cmp::Ordering {
    by_magento((&one.url, &one.pattern), (&other.url, &other.pattern))
}

fn warn(routes: &[Route], findings: &mut Findings) {
    let mut alike: HashMap<(&str, usize), Vec<&Route>> = HashMap::new();
    for route in routes.iter().filter(|route| route.refused.is_none()) {
        let rivals = alike.entry((&route.method, route.pattern.segments().len())).or_default();
        for rival in rivals.iter().filter(|rival| rival.pattern.overlaps(&route.pattern) && !rival.asks_as(route)) {
            let (here, there) = (by_rank(&route.pattern, &rival.pattern), order(route, rival));
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
