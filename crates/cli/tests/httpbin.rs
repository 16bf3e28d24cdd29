//! Transparency: httpbin, an HTTP API that is not ours, answers behind Doorward as it does without it.
//!
//! A tap between the two keeps every byte. For each request the test compares what the client sent with what httpbin got, and
//! what httpbin answered with what the client got. Nothing may differ but the headers that the documentation names.

mod kit;
mod peers;

#[path = "httpbin/asked.rs"]
mod asked;
#[path = "httpbin/row.rs"]
mod row;

use asked::{Asked, ask, get};
use row::Row;

#[test]
fn every_method_reaches_httpbin_and_so_does_its_answer() {
    let row = Row::start();
    let methods = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"];
    let paths =
        ["/get", "/post", "/put", "/patch", "/delete", "/anything", "/anything/a/b?c=d&c=e&f", "/headers", "/delay/0"];
    let plain = methods.iter().flat_map(|method| paths.iter().map(move |path| ask(method, *path)));
    // httpbin knows none of these but answers them itself.
    let others = ["PROPFIND", "QUERY"].into_iter().map(|method| ask(method, "/anything"));
    row.assert_transparent(plain.chain(others));
}

#[test]
fn every_status_comes_back_as_it_is() {
    let row = Row::start();
    row.assert_transparent((200..600).map(|status| get(format!("/status/{status}"))));
    let some = [200, 204, 205, 301, 304, 401, 404, 418, 500, 599];
    let methods = ["HEAD", "POST", "PUT", "PATCH", "DELETE"];
    row.assert_transparent(
        methods.iter().flat_map(|method| some.map(|status| ask(method, format!("/status/{status}")))),
    );
}

#[test]
fn a_status_that_announces_another_is_no_answer() {
    let row = Row::start();
    for status in 100..104 {
        assert_eq!(row.status(&get(format!("/status/{status}"))), 502, "{status}");
    }
}

#[test]
fn every_encoding_comes_back_byte_for_byte() {
    let row = Row::start();
    let encodings = [
        "/gzip",
        "/deflate",
        "/brotli",
        "/encoding/utf8",
        "/base64/SFRUUEJJTiBpcyBhd2Vzb21l",
        "/html",
        "/xml",
        "/json",
    ];
    let accepted = ["identity", "gzip", "gzip, deflate, br", "*;q=0"];
    row.assert_transparent(
        encodings.iter().flat_map(|path| accepted.map(|kinds| get(*path).header("accept-encoding", kinds))),
    );
    let images = ["/image", "/image/png", "/image/jpeg", "/image/webp", "/image/svg"];
    let kinds = ["image/webp", "image/svg+xml", "image/jpeg", "image/png", "image/*", "text/plain", "*/*"];
    row.assert_transparent(images.iter().flat_map(|path| kinds.map(|kind| get(*path).header("accept", kind))));
}

#[test]
fn streams_and_ranges_come_back_whole() {
    let row = Row::start();
    let streams = [
        "/stream/0",
        "/stream/1",
        "/stream/100",
        "/stream-bytes/0",
        "/stream-bytes/1",
        "/stream-bytes/100000?chunk_size=7",
        "/stream-bytes/70000?seed=1",
        "/bytes/0",
        "/bytes/1",
        "/bytes/102400",
        "/drip?numbytes=10&duration=1&delay=0",
        "/drip?numbytes=3&duration=0&delay=1&code=500",
        "/delay/1",
        "/range/26",
        "/range/1024?duration=1&chunk_size=100",
    ];
    row.assert_transparent(streams.map(get));
    let ranges =
        ["bytes=0-0", "bytes=0-9", "bytes=10-", "bytes=-5", "bytes=1000-", "bytes=9-1", "bytes=0-1,3-4", "lines=1-2"];
    row.assert_transparent(ranges.map(|range| get("/range/100").header("range", range)));
    row.assert_transparent(streams.map(|path| ask("HEAD", path)));
}

#[test]
fn redirects_come_back_as_they_are() {
    let row = Row::start();
    let mut all: Vec<Asked> = ["/redirect", "/relative-redirect", "/absolute-redirect"]
        .iter()
        .flat_map(|kind| [1, 2, 5].map(|times| get(format!("{kind}/{times}"))))
        .collect();
    all.push(get("/redirect/3?absolute=true"));
    for status in [301, 302, 303, 307, 308] {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            all.push(ask(
                method,
                format!("/redirect-to?url=https%3A%2F%2Fexample.com%2Fa%3Fb%3Dc&status_code={status}"),
            ));
        }
    }
    all.push(get("/redirect-to?url=%2Fget"));
    all.push(get("/redirect-to?url=%2F%2Felsewhere"));
    row.assert_transparent(all);
}

#[test]
fn cookies_of_the_api_are_its_own() {
    let row = Row::start();
    row.assert_transparent([
        get("/cookies"),
        get("/cookies").header("cookie", "a=1; b=2; c=\"3 4\"; d=ä"),
        get("/cookies").header("cookie", "session=x; theme=dark"),
        get("/cookies/set/name/value"),
        get("/cookies/set?a=1&b=2&c=3"),
        get("/cookies/delete?a&b").header("cookie", "a=1; b=2"),
        get("/response-headers?Set-Cookie=x%3D1%3B%20Path%3D%2F&Set-Cookie=y%3D2%3B%20HttpOnly"),
    ]);
}

#[test]
fn what_caches_live_by_comes_back_as_it_is() {
    let row = Row::start();
    row.assert_transparent([
        get("/cache"),
        get("/cache").header("if-modified-since", "Wed, 21 Oct 2015 07:28:00 GMT"),
        get("/cache").header("if-none-match", "\"x\""),
        get("/cache/0"),
        get("/cache/3600"),
        get("/etag/abc"),
        get("/etag/abc").header("if-none-match", "abc"),
        get("/etag/abc").header("if-none-match", "W/\"abc\", \"x\""),
        get("/etag/abc").header("if-none-match", "*"),
        get("/etag/abc").header("if-match", "abc"),
        get("/etag/abc").header("if-match", "x"),
        ask("HEAD", "/etag/abc"),
        ask("HEAD", "/cache").header("if-none-match", "\"x\""),
        get("/response-headers?Cache-Control=public%2C%20s-maxage%3D60&Vary=Accept%2C%20Origin&Age=3&ETag=%22x%22"),
        get("/response-headers?Expires=Wed%2C%2021%20Oct%202015%2007%3A28%3A00%20GMT&Pragma=no-cache&Warning=110%20-%20stale"),
    ]);
}

#[test]
fn headers_of_the_api_win_over_those_that_doorward_adds() {
    let row = Row::start();
    row.assert_transparent([
        get("/response-headers?X-Frame-Options=SAMEORIGIN&Referrer-Policy=origin&X-Content-Type-Options=nosniff"),
        get("/response-headers?Content-Security-Policy=default-src%20%27self%27%3B%20frame-ancestors%20%27self%27"),
        get("/response-headers?Strict-Transport-Security=max-age%3D1&X-One=1&X-One=2&x-two=&X-Three=a%2Cb"),
        get("/response-headers?Link=%3C%2F2%3E%3B%20rel%3Dnext&Location=%2Fx&Content-Language=de&Allow=GET"),
        ask("POST", "/response-headers?X-Name=Zo%C3%AB"),
    ]);
}

#[test]
fn credentials_for_the_api_reach_it_where_the_route_lets_them() {
    let row = Row::start();
    let right = "Basic dXNlcjpwYXNz";
    let wrong = "Basic dXNlcjp3cm9uZw==";
    let paths = ["/basic-auth/user/pass", "/hidden-basic-auth/user/pass", "/bearer", "/digest-auth/auth/user/pass/MD5"];
    let values = [right, wrong, "Bearer abc.def", "Digest username=\"user\"", "Unknown x"];
    row.assert_transparent(paths.iter().map(|path| get(*path)));
    row.assert_transparent(paths.iter().flat_map(|path| values.map(|value| get(*path).header("authorization", value))));
}

#[test]
fn forms_files_and_uploads_arrive_whole() {
    let row = Row::start();
    let form = "application/x-www-form-urlencoded";
    let parts = "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--x\r\nContent-Disposition: form-data; name=\"file\"; \
                 filename=\"ä.bin\"\r\nContent-Type: application/octet-stream\r\n\r\n\0\u{1}\u{2}\r\n--x--\r\n";
    let large: Vec<u8> = (0..1_000_000u32).map(|place| (place.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let bytes = "application/octet-stream";
    for method in ["POST", "PUT", "PATCH", "DELETE"] {
        let path = format!("/{}", method.to_lowercase());
        row.assert_transparent([
            ask(method, &*path).body(form, "a=1&b=2&b=3&c=%C3%BC&d="),
            ask(method, &*path).body("multipart/form-data; boundary=x", parts),
            ask(method, &*path)
                .body("application/json", r#"{"a":[1,2.5,null,true],"b":"\u00fc \ud83d\ude00","c":"🦀"}"#),
            ask(method, &*path).body("application/json", "{not json"),
            ask(method, &*path).body("text/plain; charset=utf-8", "Grüße aus Köln ☕"),
            ask(method, &*path).body(bytes, "").header("x-empty", ""),
            ask(method, &*path).body(bytes, large.clone()),
            ask(method, &*path).body(form, "a=1&b=2").chunked(3),
            ask(method, &*path).body(bytes, large.clone()).chunked(65_536),
            ask(method, &*path).body(bytes, "").chunked(1),
            ask(method, &*path).body(form, "a=1").waiting(),
            ask(method, &*path).body(bytes, large.clone()).chunked(10_000).waiting(),
        ]);
    }
}

#[test]
fn odd_but_proper_requests_are_not_made_even() {
    let row = Row::start();
    let mut old = get("/anything/old");
    old.version = "HTTP/1.0";
    row.assert_transparent([
        get("/anything/%C3%BC/%F0%9F%A6%80?q=%C3%A4+b%20c&%E2%98%83=1"),
        get("/anything/a%20b-c=d,e:f@g!$&'()*+=~_-."),
        get("/anything/a%2Fb"),
        get("/anything/x?"),
        get("/anything/x?a=1&a=2&&b&=c&d==e?f/g"),
        get("/anything/x")
            .header("x-utf8", "Zoë ☕")
            .header("x-tabs", "a\tb")
            .header("x-many", "1")
            .header("x-many", "2"),
        get("/anything/x").header("accept", "a/b;q=0.5, c/d").header("accept-language", "de-CH, en;q=0.7"),
        get("/anything/x").header("x-long", &"x".repeat(7_000)),
        get(format!("/anything/x?q={}", "y".repeat(7_000))),
        get("/links/10/3"),
        get("/links/5"),
        get("/forms/post"),
        get("/robots.txt"),
        get("/deny"),
        get("/ip"),
        get("/uuid"),
        get("/user-agent"),
        get("/"),
        get("/spec.json"),
        get("/legacy"),
        old,
    ]);
}
