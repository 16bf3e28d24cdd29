//! Bringing a path into its one spelling, or refusing it.

use std::hint::black_box;

use criterion::Criterion;
use doorward::CanonicalPath;

/// As most are; with escapes that are undone and such that stay; as it would be sent to get around a rule.
const PATHS: [(&str, &str); 3] = [
    ("plain", "/rest/V1/customers/me/orders/000000123"),
    ("escaped", "/rest/V1/%63ustomers/zo%C3%AB%20b/orders"),
    ("refused", "/rest/V1/customers/me/%2e%2e/%2e%2e/admin"),
];

pub(super) fn bench(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("path");
    for (name, path) in PATHS {
        group.bench_function(name, |bench| bench.iter(|| CanonicalPath::parse(black_box(path)).is_ok()));
    }
    group.finish();
}
