//! Finding the session's cookie among others, and what it is looked up by.

use std::hint::black_box;

use criterion::Criterion;
use doorward::SessionDigest;
use doorward::cookie::{find, strip};
use sha2::{Digest as _, Sha256};

use crate::world::World;

const NAME: &str = "__Host-doorward-default";

pub(super) fn bench(criterion: &mut Criterion) {
    let world = World::new();
    let headers = world.request("GET", "/rest/V1/c125/7").headers;
    let token = world.cookie.split_once('=').expect("a value").1;
    let mut group = criterion.benchmark_group("cookie");
    group.bench_function("find", |bench| bench.iter(|| find(black_box(&headers), NAME)));
    group.bench_function("strip", |bench| bench.iter(|| strip(black_box(&headers), &|name| name == NAME)));
    group.bench_function("digest and key of the session", |bench| {
        bench.iter(|| SessionDigest::of(black_box(token)).key());
    });
    // Without it nobody can look the session up: nothing is faster than this.
    group.bench_function("floor: sha256 of the cookie", |bench| {
        bench.iter(|| Sha256::digest(black_box(token.as_bytes())));
    });
    group.finish();
}
