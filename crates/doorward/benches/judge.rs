//! How many instructions a decision takes. Counts do not depend on what else the machine does; `cargo xtask test` compares them
//! with those in `instructions.txt`, and fails where one has grown.

#![allow(missing_docs, reason = "the macros write public functions")]

mod world;

use std::hint::black_box;

use doorward::csrf::{self, Check, Evidence, Origins, Proof, TokenState};
use doorward::policy::{Door, Match, Policy};
use doorward::{CanonicalPath, Head, Verdict, cookie};
use gungraun::prelude::*;
use http::Method;
use http::request::Parts;
use world::{HOST_NAME, World, head, policy, ready};

fn decision(method: &str, target: &str) -> (World, Head<'static>) {
    let world = World::new();
    let parts: &'static Parts = Box::leak(Box::new(world.request(method, target)));
    assert!(world.allows(parts));
    (world, head(parts))
}

fn read() -> (World, Head<'static>) {
    decision("GET", "/rest/V1/c125/7")
}

fn write() -> (World, Head<'static>) {
    decision("PUT", "/rest/V1/c125/7")
}

#[library_benchmark]
#[bench::read(args = (), setup = read)]
#[bench::write(args = (), setup = write)]
fn judge((world, head): (World, Head<'static>)) -> (Verdict, World, Head<'static>) {
    (ready(world.engine.judge(black_box(&head))), world, head)
}

fn request() -> &'static Parts {
    Box::leak(Box::new(World::new().request("GET", "/rest/V1/c125/7")))
}

#[library_benchmark]
#[bench::head(args = (), setup = request)]
fn read_head(parts: &'static Parts) -> Head<'static> {
    head(black_box(parts))
}

#[library_benchmark]
#[bench::plain(args = ("/rest/V1/customers/me/orders/000000123"))]
#[bench::escaped(args = ("/rest/V1/%63ustomers/zo%C3%AB%20b/orders"))]
fn canonical_path(path: &str) -> CanonicalPath<'_> {
    CanonicalPath::parse(black_box(path)).expect("a path")
}

#[library_benchmark]
#[bench::session(args = (), setup = request)]
fn find_cookie(parts: &'static Parts) -> cookie::Found<'static> {
    cookie::find(black_box(&parts.headers), black_box("__Host-doorward-default"))
}

fn evidence() -> (&'static Parts, Origins) {
    (request(), Origins::new(vec![format!("https://{HOST_NAME}")], Vec::new()))
}

#[library_benchmark]
#[bench::same_origin(args = (), setup = evidence)]
fn judge_csrf((parts, origins): (&'static Parts, Origins)) -> (bool, Origins) {
    let evidence = Evidence::read(black_box(&parts.headers), None, true);
    let check = Check::Full { proof: Proof::TokenOrOrigin };
    (csrf::judge(&evidence, &origins, check, TokenState::Absent).is_ok(), origins)
}

fn token() -> (String, String) {
    let text = "a".repeat(43);
    let token = csrf::token(&text).expect("randomness");
    (text, token)
}

#[library_benchmark]
#[bench::right(args = (), setup = token)]
fn verify_csrf_token((text, token): (String, String)) -> (bool, String, String) {
    (csrf::verify(black_box(&text), black_box(token.as_bytes())), text, token)
}

#[library_benchmark]
#[bench::found(args = ("/rest/V1/c125/7/items/a/b"), setup = search)]
#[bench::missing(args = ("/rest/V1/c125/7/nothing"), setup = search)]
fn find_route_among_a_thousand((policy, path): (Policy, &'static str)) -> (bool, Policy) {
    let found = policy.find(Door::Public, &Method::GET, HOST_NAME, black_box(path));
    (matches!(found, Match::Route(_)), policy)
}

fn search(path: &'static str) -> (Policy, &'static str) {
    (policy(), path)
}

library_benchmark_group!(
    name = decision_group,
    benchmarks =
        [judge, read_head, canonical_path, find_cookie, judge_csrf, verify_csrf_token, find_route_among_a_thousand]
);

main!(library_benchmark_groups = decision_group);
