//! Requests at a fixed rate, whatever becomes of those before: the time of each counts from when it was due.
//!
//! A client that waits for an answer before it asks again asks less when answers are late, and so does not notice most of
//! the delay. This one asks when it is time. Where no connection is free, the request waits for one, and that counts too.

use std::collections::VecDeque;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::num::NonZeroU64;
use std::time::{Duration, Instant};

use anyhow::{bail, ensure};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::client::{Answer, get};
use crate::spread::Spread;

/// So many requests may be under way at once.
const CONNECTIONS: usize = 64;
/// Without an answer for so long, something is wrong.
const PATIENCE: Duration = Duration::from_secs(10);

/// A connection that asks.
struct Asker {
    stream: TcpStream,
    answer: Answer,
    /// When the request was due that is under way.
    due: Option<Instant>,
}

/// Asks so many times a second, for so many seconds. Microseconds of each request, from when it was due to its answer.
pub(crate) fn run(address: SocketAddr, path: &str, line: &str, rate: f64, seconds: u32) -> anyhow::Result<Spread> {
    // Else the kernel rings up to 50 µs late. Where it cannot be told so, that counts for all alike.
    let _ = rustix::thread::set_current_timer_slack(NonZeroU64::new(1));
    let request = get(path, line).into_bytes();
    let mut askers = (0..CONNECTIONS).map(|_| open(address)).collect::<anyhow::Result<Vec<_>>>()?;
    let mut free: VecDeque<usize> = (0..CONNECTIONS).collect();
    let all = (rate * f64::from(seconds)) as u32;
    let mut times = Vec::with_capacity(all as usize);
    let start = Instant::now();
    let due = |number: u32| start + Duration::from_secs_f64(f64::from(number) / rate);
    let mut asked = 0;
    while times.len() < all as usize {
        while asked < all && due(asked) <= Instant::now() {
            let Some(place) = free.pop_front() else { break };
            // It is as small as what a socket takes at once.
            askers[place].stream.write_all(&request)?;
            askers[place].due = Some(due(asked));
            asked += 1;
        }
        let wait = if asked < all && !free.is_empty() {
            due(asked).saturating_duration_since(Instant::now())
        } else {
            PATIENCE
        };
        for place in ready(&askers, wait)? {
            if let Some(time) = read(&mut askers[place])? {
                times.push(time.as_secs_f64() * 1e6);
                free.push_back(place);
            }
        }
    }
    Ok(Spread::of(times))
}

fn open(address: SocketAddr) -> anyhow::Result<Asker> {
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.set_nonblocking(true)?;
    Ok(Asker { stream, answer: Answer::default(), due: None })
}

/// Those with something to read, of those that wait for an answer.
fn ready(askers: &[Asker], wait: Duration) -> anyhow::Result<Vec<usize>> {
    let waiting: Vec<usize> = (0..askers.len()).filter(|place| askers[*place].due.is_some()).collect();
    let mut watched: Vec<PollFd<'_>> =
        waiting.iter().map(|place| PollFd::new(&askers[*place].stream, PollFlags::IN)).collect();
    let found = poll(&mut watched, Some(&Timespec::try_from(wait)?))?;
    ensure!(found > 0 || wait < PATIENCE, "no answer for {} s", PATIENCE.as_secs());
    let rang = watched.iter().zip(&waiting).filter(|(watched, _)| !watched.revents().is_empty());
    Ok(rang.map(|(_, place)| *place).collect())
}

/// How long it took, when the answer is complete.
fn read(asker: &mut Asker) -> anyhow::Result<Option<Duration>> {
    let mut chunk = [0; 4096];
    let length = match asker.stream.read(&mut chunk) {
        Ok(0) => bail!("the connection was closed"),
        Ok(length) => length,
        Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let Some(status) = asker.answer.take(&chunk[..length])? else { return Ok(None) };
    ensure!(status == 200, "an answer was {status}");
    Ok(asker.due.take().map(|due| due.elapsed()))
}
