//! How long a decision takes, in process, for a session that is known, beside the floor under it.

#![allow(missing_docs, reason = "the macros write public functions")]

mod world;

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use doorward::cookie::find;
use doorward::policy::Door;
use doorward::{CanonicalPath, SessionDigest};
use http::Method;
use sha2::{Digest as _, Sha256};
use world::{HOST_NAME, World, head, ready};

fn decisions(criterion: &mut Criterion) {
    let world = World::new();
    let read = world.request("GET", "/rest/V1/c125/7");
    let write = world.request("PUT", "/rest/V1/c125/7");
    let text = world.cookie.split_once('=').expect("a value").1.to_owned();
    let policy = world.engine.policy();

    let mut group = criterion.benchmark_group("decision");
    // Without hashing the cookie nobody can look it up: nothing is faster than this.
    group.bench_function("floor: sha256 of the cookie", |bench| {
        bench.iter(|| Sha256::digest(black_box(text.as_bytes())))
    });
    group.bench_function("digest and key of the session", |bench| {
        bench.iter(|| SessionDigest::of(black_box(&text)).key())
    });
    group.bench_function("find the cookie", |bench| {
        bench.iter(|| find(black_box(&read.headers), "__Host-doorward-default"))
    });
    group.bench_function("canonical path", |bench| {
        bench.iter(|| CanonicalPath::parse(black_box("/rest/V1/c125/7")).is_ok())
    });
    group.bench_function("find the route among 1,000", |bench| {
        bench.iter(|| {
            matches!(
                policy.find(Door::Public, &Method::GET, HOST_NAME, black_box("/rest/V1/c125/7")),
                doorward::policy::Match::Route(_)
            )
        });
    });
    group.bench_function("read the head", |bench| bench.iter(|| head(black_box(&read))));
    for (name, parts) in [("judge GET", &read), ("judge PUT with its token", &write)] {
        let head = head(parts);
        group.bench_function(name, |bench| bench.iter(|| ready(world.engine.judge(black_box(&head)))));
    }
    group.bench_function("read the head and judge GET", |bench| {
        bench.iter(|| ready(world.engine.judge(&head(black_box(&read)))));
    });
    group.finish();
}

criterion_group!(benches, decisions);
criterion_main!(benches);
