//! Many at once, some of them rude.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use crate::kit::{House, OPEN, RawHttp2, Upstream, ok, until};

#[test]
fn nobody_ever_gets_the_answer_to_somebody_else() {
    let upstream = Upstream::answering(|seen| ok(&format!("{} {}", seen.target, seen.text()).repeat(20)));
    let house = House::before(&upstream, OPEN);
    let answered = AtomicUsize::new(0);
    thread::scope(|scope| {
        for crowd in 0..6 {
            let (house, answered) = (&house, &answered);
            scope.spawn(move || {
                let mut client = house.client();
                for number in 0..250usize {
                    let marker = format!("/{crowd}-{number}");
                    match number % 5 {
                        // Leaves before the answer.
                        0 => {
                            client.request("GET", &marker, &[]);
                            client = house.client();
                        }
                        // Leaves in the middle of the body.
                        1 => {
                            client.request("POST", &marker, &["Content-Length: 100"]).send("half");
                            client = house.client();
                        }
                        // Leaves in the middle of the answer.
                        2 => {
                            client.request("GET", &marker, &[]).head();
                            client = house.client();
                        }
                        _ => {
                            let answer = client.request_with("POST", &marker, &[], &marker).answer();
                            assert_eq!(answer.text(), format!("{marker} {marker}").repeat(20));
                            answered.fetch_add(1, Ordering::SeqCst);
                        }
                    }
                }
            });
        }
    });
    assert_eq!(answered.load(Ordering::SeqCst), 6 * 100);
}

#[test]
fn clients_that_say_nothing_delay_nobody_and_are_sent_away() {
    let upstream = Upstream::echo();
    let house = House::before(&upstream, &format!("limits = {{ header_read = \"2s\", body_stall = \"2s\" }}\n{OPEN}"));
    let mut rude: Vec<_> = (0..300)
        .map(|number| {
            let mut client = house.client();
            match number % 3 {
                0 => client.send("GET / HTTP/1.1\r\nHost: local"),
                1 => client.request("POST", "/", &["Content-Length: 10"]).send("x"),
                _ => client.send("PRI * HT"),
            };
            client
        })
        .collect();
    for _ in 0..50 {
        assert_eq!(house.client().request("GET", "/", &[]).answer().status, 200);
    }
    for client in &mut rude {
        client.rest();
        assert!(client.is_closed());
    }
}

#[test]
fn a_head_without_end_is_refused_on_http2_too() {
    let upstream = Upstream::echo();
    let house = House::before(&upstream, OPEN);
    let mut connection = RawHttp2::new(house.client());
    let field = [&[0u8, 1, b'x', 0x7f, 0x81, 0x07][..], &[b'y'; 1_024]].concat();
    connection.frame(1, 0, 1, &field);
    for _ in 0..2_000 {
        connection.frame(9, 0, 1, &field);
    }
    connection.frame(9, 4, 1, &field);
    let answer = connection.next();
    assert!(answer.as_ref().is_none_or(|frame| frame.kind != 1 || frame.status() == 0), "{answer:?}");
    assert_eq!(upstream.connections(), 0);
    until("others are served", || (house.client().request("GET", "/", &[]).answer().status == 200).then_some(()));
}

#[test]
fn pings_and_settings_without_end_are_bounded() {
    let upstream = Upstream::echo();
    let house = House::before(&upstream, OPEN);
    let mut connection = RawHttp2::new(house.client());
    for _ in 0..20_000 {
        connection.frame(6, 0, 0, &[0; 8]).frame(4, 0, 0, &[]);
    }
    drop(connection);
    thread::sleep(Duration::from_millis(50));
    assert_eq!(house.client().request("GET", "/", &[]).answer().status, 200);
}
