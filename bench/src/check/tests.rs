use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use super::{ANSWER, opens, opens_and_shuts, tells};

/// Answers each connection with the next of these: a status, and a body.
fn door(answers: &'static [(u16, &'static str)]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/me", listener.local_addr().expect("an address"));
    std::thread::spawn(move || {
        for (status, body) in answers {
            let (mut stream, _) = listener.accept().expect("a connection");
            let mut head = [0; 2048];
            let _ = stream.read(&mut head).expect("a request");
            let length = body.len();
            let head = format!("HTTP/1.1 {status} Well\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
            stream.write_all((head + body).as_bytes()).expect("an answer");
        }
    });
    url
}

#[test]
fn what_opens_to_the_right_one_alone_may_be_measured() {
    let url = door(&[(200, ANSWER), (401, ""), (401, "")]);
    opens_and_shuts(&url, "Cookie: a=right", "Cookie: a=wrong").expect("a door as it should be");
    tells(&door(&[(200, "anna")]), "Cookie: a=right", "anna").expect("the upstream is told");
}

#[test]
fn an_answer_that_is_not_the_upstreams_is_none() {
    assert!(opens(&door(&[(200, "")])).is_err());
    assert!(opens(&door(&[(302, ANSWER)])).is_err());
    assert!(tells(&door(&[(200, "")]), "Cookie: a=right", "anna").is_err());
}

#[test]
fn a_door_that_lets_the_wrong_one_in_may_not_be_measured() {
    let url = door(&[(200, ANSWER), (200, ANSWER), (401, "")]);
    assert!(opens_and_shuts(&url, "Cookie: a=right", "Cookie: a=wrong").is_err());
    let url = door(&[(200, ANSWER), (401, ""), (200, ANSWER)]);
    assert!(opens_and_shuts(&url, "Cookie: a=right", "Cookie: a=wrong").is_err());
}
