//! Proof that a browser's request comes from its own site: what the headers say, and the token.

use std::hint::black_box;

use criterion::Criterion;
use doorward::csrf::{Check, Evidence, Origins, Proof, TokenState, judge, token, verify};

use crate::world::{HOST_NAME, World};

pub(super) fn bench(criterion: &mut Criterion) {
    let world = World::new();
    let headers = world.request("PUT", "/rest/V1/c125/7").headers;
    let origins = Origins::new(vec![format!("https://{HOST_NAME}")], Vec::new());
    let check = Check::Full { proof: Proof::TokenOrOrigin };
    let text = world.cookie.split_once('=').expect("a value").1;
    let mut group = criterion.benchmark_group("csrf");
    group.bench_function("judge the headers", |bench| {
        bench.iter(|| {
            let evidence = Evidence::read(black_box(&headers), None, true);
            judge(&evidence, &origins, check, TokenState::Absent).is_ok()
        });
    });
    group.bench_function("verify a token", |bench| {
        bench.iter(|| verify(black_box(text), black_box(world.csrf.as_bytes())));
    });
    group.bench_function("make a token", |bench| bench.iter(|| token(black_box(text)).is_ok()));
    group.finish();
}
