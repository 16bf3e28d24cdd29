//! What goes through, both ways.

use crate::kit::{House, Upstream};

#[test]
fn a_request_is_forwarded_and_its_answer_comes_back() {
    let upstream = Upstream::echo();
    let house = House::open(&format!(
        "upstream = \"{}\"\n[[route]]\nmatch = \"* /*rest\"\naccess = \"anonymous\"\n",
        upstream.url()
    ));
    let answer = house.client().request("GET", "/a/b?c=d", &["Accept: */*"]).answer();
    assert_eq!((answer.status, answer.text().as_str()), (200, "/a/b?c=d"));
    let seen = upstream.last();
    assert_eq!((seen.method.as_str(), seen.target.as_str(), seen.version.as_str()), ("GET", "/a/b?c=d", "HTTP/1.1"));
    assert_eq!(seen.header("accept"), Some("*/*"));
    assert_eq!(seen.header("x-doorward-method"), Some("guest"));
    assert_eq!(seen.header("x-request-id"), answer.header("x-request-id"));
    assert_eq!(seen.header("host"), Some(house.address().to_string().as_str()));
}
