//! Two sides that speak past us, until one leaves, both are silent, or the caller may not any more.

use std::cell::Cell;
use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use doorward::Pass;
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::MissedTickBehavior;

use crate::connection::Link;
use crate::core::Phase;
use crate::frames::Frames;
use crate::request_id::RequestId;
use crate::seat::Seat;
use crate::streams::INTERVAL;

/// The connection's place among those that the upstream may have.
pub(crate) type UpstreamSeat = Arc<OwnedSemaphorePermit>;

/// How long both sides may be silent. WebSockets that are meant to last ping each other every minute or so.
const LONGEST_SILENCE: Duration = Duration::from_secs(10 * 60);
/// How long the two connections may take to be handed over after the 101.
const HANDING_OVER: Duration = Duration::from_secs(10);
/// How long a client may take to read the last frame.
const FAREWELL: Duration = Duration::from_secs(1);
const BUFFER: usize = 16 << 10;

/// Why a tunnel is closed by us.
#[derive(Clone, Copy)]
enum Ending {
    /// The caller may not have it any more.
    Revoked,
    /// Nobody has said anything for long.
    Silent,
    /// The process ends.
    Closing,
}

impl Ending {
    /// RFC 6455, section 7.4.1.
    fn code(self) -> u16 {
        match self {
            Self::Revoked => 1008,
            Self::Silent | Self::Closing => 1001,
        }
    }

    fn reason(self) -> &'static str {
        match self {
            Self::Revoked => "revoked",
            Self::Silent => "silent",
            Self::Closing => "closing",
        }
    }
}

/// Connects the two sides as soon as both have switched. The core follows it until its end.
pub(crate) fn begin(
    link: &Rc<Link>,
    id: RequestId,
    pass: Box<Pass>,
    client: OnUpgrade,
    upstream: OnUpgrade,
    seat: UpstreamSeat,
) {
    let link = link.clone();
    let tunnels = link.core.tunnels.clone();
    let counted = Seat::take(&link.core.gateway.tunnels);
    tunnels.spawn_local(async move {
        let both = async { tokio::try_join!(client, upstream) };
        match tokio::time::timeout(HANDING_OVER, both).await {
            Ok(Ok((client, upstream))) => run(&link, &id, &pass, client, upstream).await,
            Ok(Err(error)) => tracing::debug!(%error, request_id = id.as_str(), "no tunnel"),
            Err(_) => tracing::debug!(request_id = id.as_str(), "no tunnel in time"),
        }
        drop((counted, seat));
    });
}

async fn run(link: &Link, id: &RequestId, pass: &Pass, client: Upgraded, upstream: Upgraded) {
    let (mut client_reader, mut client_writer) = tokio::io::split(TokioIo::new(client));
    let (mut upstream_reader, mut upstream_writer) = tokio::io::split(TokioIo::new(upstream));
    let heard = Cell::new(Instant::now());
    let (mut frames, writing, writing_up) = (Frames::default(), Cell::new(false), Cell::new(false));
    let ending = {
        let up = pump(&mut client_reader, &mut upstream_writer, &heard, &writing_up, |_| {});
        let down = pump(&mut upstream_reader, &mut client_writer, &heard, &writing, |bytes| frames.follow(bytes));
        let both = async { tokio::try_join!(up, down) };
        tokio::select! {
            _ = both => None,
            ending = watch(link, pass, &heard) => Some(ending),
        }
    };
    let Some(ending) = ending else { return };
    tracing::info!(request_id = id.as_str(), reason = ending.reason(), "tunnel closed");
    // Between two frames the client can be told why; within one, only that it is over.
    if frames.is_between() && !writing.get() {
        let [high, low] = ending.code().to_be_bytes();
        let farewell = async {
            client_writer.write_all(&[0x88, 2, high, low]).await?;
            client_writer.shutdown().await
        };
        let _ = tokio::time::timeout(FAREWELL, farewell).await;
    }
}

/// Carries bytes one way until they end, and then says so to the other side.
async fn pump(
    from: &mut (impl AsyncRead + Unpin),
    to: &mut (impl AsyncWrite + Unpin),
    heard: &Cell<Instant>,
    writing: &Cell<bool>,
    mut see: impl FnMut(&[u8]),
) -> io::Result<()> {
    let mut buffer = vec![0; BUFFER];
    loop {
        let length = from.read(&mut buffer).await?;
        if length == 0 {
            return to.shutdown().await;
        }
        heard.set(Instant::now());
        see(&buffer[..length]);
        writing.set(true);
        to.write_all(&buffer[..length]).await?;
        to.flush().await?;
        writing.set(false);
    }
}

/// Returns when the tunnel must end.
async fn watch(link: &Link, pass: &Pass, heard: &Cell<Instant>) -> Ending {
    let mut clock = tokio::time::interval(INTERVAL);
    clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut phase = link.core.phase.clone();
    loop {
        tokio::select! {
            _ = clock.tick() => {}
            _ = phase.wait_for(|phase| *phase == Phase::Closing) => return Ending::Closing,
        }
        if !link.core.gateway.engine.is_still_allowed(pass).await {
            return Ending::Revoked;
        }
        if heard.get().elapsed() > LONGEST_SILENCE {
            return Ending::Silent;
        }
    }
}
