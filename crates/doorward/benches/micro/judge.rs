//! One decision from the head of a request to its verdict, for a session that is known.

use std::hint::black_box;

use criterion::Criterion;

use crate::world::{World, head, ready};

pub(super) fn bench(criterion: &mut Criterion) {
    let world = World::new();
    let read = world.request("GET", "/rest/V1/c125/7");
    let write = world.request("PUT", "/rest/V1/c125/7");
    let mut group = criterion.benchmark_group("judge");
    group.bench_function("read the head", |bench| bench.iter(|| head(black_box(&read))));
    for (name, parts) in [("a read", &read), ("a write with its token", &write)] {
        assert!(world.allows(parts), "{name} is refused");
        let head = head(parts);
        group.bench_function(name, |bench| bench.iter(|| ready(world.engine.judge(black_box(&head)))));
    }
    group.bench_function("the head and a read", |bench| {
        bench.iter(|| ready(world.engine.judge(&head(black_box(&read)))));
    });
    group.finish();
}
