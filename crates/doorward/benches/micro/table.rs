//! Finding a route among few and among very many.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion};
use doorward::policy::{Door, Match};
use http::Method;

use crate::world::{HOST_NAME, policy_of};

/// Collections, each with four routes.
const COLLECTIONS: [u32; 3] = [3, 250, 2_500];

pub(super) fn bench(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("table");
    for collections in COLLECTIONS {
        let policy = policy_of(collections);
        let found = format!("/rest/V1/c{}/7/items/a/b", collections / 2);
        let missing = format!("/rest/V1/c{}/7/nothing", collections / 2);
        for (name, path) in [("found", found), ("missing", missing)] {
            group.bench_function(BenchmarkId::new(name, collections * 4), |bench| {
                bench.iter(|| {
                    matches!(policy.find(Door::Public, &Method::GET, HOST_NAME, black_box(&path)), Match::Route(_))
                });
            });
        }
    }
    group.finish();
}
