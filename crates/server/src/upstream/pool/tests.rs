use std::cell::Cell;

use doorward::Name;
use doorward::policy::UpstreamSettings;

use super::*;

/// A connection that is ready until it is told otherwise.
struct Wire {
    ready: Rc<Cell<bool>>,
    seat: OwnedSemaphorePermit,
}

impl Pooled for Wire {
    async fn open(_: Stream, _: &Arc<Upstream>, _: OwnedSemaphorePermit) -> io::Result<Self> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn is_ready(&mut self) -> bool {
        self.ready.get()
    }

    fn reuse(&mut self) {}

    fn into_seat(self) -> Option<OwnedSemaphorePermit> {
        Some(self.seat)
    }
}

/// One upstream that may have so many connections.
fn upstreams(most: usize) -> (Upstreams, Arc<Upstream>) {
    let name = Name::parse("one").expect("a name");
    let declared = [(name.clone(), UpstreamSettings::at("http://127.0.0.1:9"))].into();
    let before = Upstreams::default();
    let all = Upstreams::new(&doorward::policy::Upstreams(declared), std::path::Path::new("."), &before, most);
    let all = all.unwrap_or_else(|error| panic!("{error}"));
    let one = all.find(&name).expect("it is there").clone();
    (all, one)
}

fn wire(upstream: &Arc<Upstream>) -> Wire {
    let seat = upstream.seats.clone().try_acquire_owned().expect("a seat");
    Wire { ready: Rc::new(Cell::new(true)), seat }
}

#[test]
fn only_so_many_connections_lie_idle() {
    let (_all, upstream) = upstreams(MOST_IDLE + 50);
    let pool = Pool::default();
    let wires: Vec<Wire> = (0..MOST_IDLE + 50).map(|_| wire(&upstream)).collect();
    wires.into_iter().for_each(|wire| pool.put(&upstream, wire));
    assert_eq!(upstream.seats.available_permits(), 50, "the rest was closed");
}

#[test]
fn a_connection_lies_idle_for_a_minute_and_no_longer_than_it_is_open() {
    let (all, upstream) = upstreams(4);
    let pool = Pool::default();
    let [kept, closed] = [wire(&upstream), wire(&upstream)];
    let open = closed.ready.clone();
    pool.put(&upstream, kept);
    pool.put(&upstream, closed);
    let now = Instant::now();
    pool.sweep(&all, now);
    assert_eq!(upstream.seats.available_permits(), 2);
    open.set(false);
    pool.sweep(&all, now + LONGEST_IDLE / 2);
    assert_eq!(upstream.seats.available_permits(), 3, "the one that has ended is gone");
    pool.sweep(&all, now + LONGEST_IDLE);
    assert_eq!(upstream.seats.available_permits(), 4);
}

#[test]
fn connections_to_what_is_no_upstream_any_more_are_closed() {
    let (_all, upstream) = upstreams(1);
    let pool = Pool::default();
    pool.put(&upstream, wire(&upstream));
    pool.sweep(&Upstreams::default(), Instant::now());
    assert_eq!(upstream.seats.available_permits(), 1);
}

#[test]
fn the_connection_used_last_is_used_next_and_what_has_ended_is_passed_over() {
    let (_all, upstream) = upstreams(3);
    let pool = Pool::default();
    let wires = [wire(&upstream), wire(&upstream), wire(&upstream)];
    let ready: Vec<_> = wires.iter().map(|wire| wire.ready.clone()).collect();
    wires.into_iter().for_each(|wire| pool.put(&upstream, wire));
    ready[2].set(false);
    let taken = pool.take(&upstream).expect("one");
    assert!(Rc::ptr_eq(&taken.ready, &ready[1]));
}
