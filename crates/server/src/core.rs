//! One core: a thread with a runtime of its own, and all connections that were given to it.

use std::cell::RefCell;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;
use std::{io, thread};

use tokio::runtime::Builder;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::{JoinHandle, LocalSet};
use tokio::time::MissedTickBehavior;
use tokio_util::task::TaskTracker;

use crate::connection;
use crate::direct::{READ, Scratch};
use crate::gateway::Gateway;
use crate::listen::Accepted;
use crate::request_id::RequestIds;
use crate::seat::{Held, Seat};
use crate::streams::{INTERVAL, OpenStreams};
use crate::upstream::{Parsed, Pool, Raw};

/// How the process is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// It serves.
    Serving,
    /// It accepts nothing more, and ends what is under way.
    Draining,
    /// It ends.
    Closing,
}

/// What the connections of one core share.
pub(crate) struct Core {
    pub(crate) gateway: Arc<Gateway>,
    /// Connections to upstreams, by how they are spoken to.
    pub(crate) parsed: Pool<Parsed>,
    pub(crate) raw: Pool<Raw>,
    pub(crate) streams: OpenStreams,
    /// Where the bytes of one read lie until they are sorted.
    pub(crate) scratch: Scratch,
    pub(crate) ids: RequestIds,
    pub(crate) phase: watch::Receiver<Phase>,
    /// Connections that have become tunnels.
    pub(crate) tunnels: TaskTracker,
}

impl Core {
    /// Whether it goes on after what is under way.
    pub(crate) fn serves(&self) -> bool {
        *self.phase.borrow() == Phase::Serving
    }
}

/// All cores, as the acceptor sees them.
pub(crate) struct Cores {
    cores: Vec<Handle>,
    gateway: Arc<Gateway>,
    next: AtomicUsize,
}

struct Handle {
    inbox: mpsc::UnboundedSender<(Accepted, Held)>,
    busy: Arc<AtomicUsize>,
}

/// Says when a core has ended.
pub(crate) struct Ending {
    /// All requests have ended; tunnels may be open.
    pub(crate) quiet: oneshot::Receiver<()>,
    /// The thread is done.
    pub(crate) done: oneshot::Receiver<()>,
}

impl Cores {
    /// Starts `count` cores.
    pub(crate) fn start(
        count: usize,
        gateway: &Arc<Gateway>,
        phase: &watch::Receiver<Phase>,
    ) -> io::Result<(Self, Vec<Ending>)> {
        let (mut cores, mut endings) = (Vec::new(), Vec::new());
        for number in 0..count.max(1) {
            let (inbox, accepted) = mpsc::unbounded_channel();
            let (quiet_sender, quiet) = oneshot::channel();
            let (done_sender, done) = oneshot::channel();
            let (gateway, phase) = (gateway.clone(), phase.clone());
            let runtime = Builder::new_current_thread().enable_all().build()?;
            thread::Builder::new().name(format!("core-{number}")).spawn(move || {
                LocalSet::new().block_on(&runtime, run(gateway, accepted, phase, quiet_sender));
                // Nothing is waited for: what is left was cut off.
                runtime.shutdown_background();
                let _ = done_sender.send(());
            })?;
            cores.push(Handle { inbox, busy: Arc::default() });
            endings.push(Ending { quiet, done });
        }
        Ok((Self { cores, gateway: gateway.clone(), next: AtomicUsize::new(0) }, endings))
    }

    /// Gives a connection to the least busy core. It is closed at once when there are as many as there may be, in all or of
    /// its client's network.
    pub(crate) fn take(&self, accepted: Accepted) {
        let (setup, seats) = (self.gateway.setup.load(), self.gateway.seats.at(accepted.entry.door));
        let Some(seat) = seats.take(&setup) else {
            tracing::debug!(peer = ?accepted.peer, "connection refused: there are as many as there may be");
            return;
        };
        // Behind a balancer that says it, the client is known later.
        let peer = accepted.peer.filter(|_| !accepted.entry.proxy_protocol);
        let Ok(share) = seats.share(peer, &setup) else {
            tracing::debug!(?peer, "connection refused: its network has its share");
            return;
        };
        // Among equals another one each time.
        let first = self.next.fetch_add(1, Ordering::Relaxed);
        let order = (0..self.cores.len()).map(|step| &self.cores[(first + step) % self.cores.len()]);
        if let Some(core) = order.min_by_key(|core| core.busy.load(Ordering::Relaxed)) {
            let held = Held::new(seat, Seat::take(&core.busy), share);
            // A core that is gone drops the connection.
            let _ = core.inbox.send((accepted, held));
        }
    }
}

async fn run(
    gateway: Arc<Gateway>,
    mut inbox: mpsc::UnboundedReceiver<(Accepted, Held)>,
    mut phase: watch::Receiver<Phase>,
    quiet: oneshot::Sender<()>,
) {
    // The connections of a core listen to the core: all of them at one place would be a lock that cores share.
    let (here, phase_here) = watch::channel(Phase::Serving);
    let (parsed, raw, streams, ids) = (Pool::default(), Pool::default(), OpenStreams::default(), RequestIds::default());
    let (scratch, tunnels) = (Rc::new(RefCell::new(vec![0; READ].into())), TaskTracker::new());
    let core = Rc::new(Core { gateway, parsed, raw, streams, scratch, ids, phase: phase_here, tunnels });
    let connections = TaskTracker::new();
    let chores = [tokio::task::spawn_local(tick(core.clone())), tokio::task::spawn_local(make_room(core.clone()))];
    loop {
        tokio::select! {
            next = inbox.recv() => match next {
                Some((accepted, held)) => {
                    connections.spawn_local(connection::serve(core.clone(), accepted, held));
                }
                None => break,
            },
            changed = phase.changed() => if changed.is_err() || *phase.borrow() != Phase::Serving {
                break;
            },
        }
    }
    inbox.close();
    let _ = here.send(Phase::Draining);
    core.streams.drain();
    connections.close();
    core.tunnels.close();
    tokio::select! {
        () = connections.wait() => {
            let _ = quiet.send(());
        }
        _ = phase.wait_for(|phase| *phase == Phase::Closing) => {}
    }
    let _ = phase.wait_for(|phase| *phase == Phase::Closing).await;
    let _ = here.send(Phase::Closing);
    chores.iter().for_each(JoinHandle::abort);
    core.parsed.clear();
    core.raw.clear();
    connections.wait().await;
    core.tunnels.wait().await;
}

/// What a core does once a second.
async fn tick(core: Rc<Core>) {
    let mut clock = tokio::time::interval(INTERVAL);
    clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        clock.tick().await;
        core.streams.judge(&core.gateway.engine).await;
        let upstreams = core.gateway.upstreams.load_full();
        let now = Instant::now();
        core.parsed.sweep(&upstreams, now);
        core.raw.sweep(&upstreams, now);
    }
}

/// Gives up connections that serve nobody here, as soon as somebody on any core waits for one to the same upstream.
async fn make_room(core: Rc<Core>) {
    let wanted = core.gateway.upstreams.load().wanted().clone();
    loop {
        let mut next = pin!(wanted.notified());
        // From here on nothing is missed.
        next.as_mut().enable();
        for upstream in core.gateway.upstreams.load().each() {
            for _ in 0..upstream.waiting() {
                if !core.raw.make_room(upstream) && !core.parsed.make_room(upstream) {
                    break;
                }
            }
        }
        next.await;
    }
}
