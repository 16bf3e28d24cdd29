//! The life of one connection: who it is from, what it speaks, and its requests until one side has enough.

use std::cell::Cell;
use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use doorward::client::Peer;
use http_body::Body;
use hyper::body::Incoming;
use hyper::rt::Executor;
use hyper::rt::bounds::Http2ServerConnExec;
use hyper::server::conn::{http1, http2};
use hyper::service::{HttpService, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::AsyncReadExt as _;
use tokio::net::{TcpStream, UnixStream};
use tokio::time::timeout;

use crate::activity::Activity;
use crate::core::{Core, Phase};
use crate::direct::{self, HandedOver};
use crate::exchange;
use crate::hop::LastHop;
use crate::listen::{Accepted, AcceptedSocket, Entry};
use crate::proxy_protocol::{self, Parsed};
use crate::seat::Held;
use crate::setup::Setup;
use crate::stream::{Socket, Stream};
use crate::wire::Wire;

/// A connection, as its requests see it.
pub(crate) struct Link {
    pub(crate) core: Rc<Core>,
    pub(crate) peer: Peer,
    pub(crate) entry: Arc<Entry>,
    /// What upstreams are told of the way here.
    pub(crate) last_hop: LastHop,
    /// Seats in the house and on the core, taken until the last one who holds the link is done: a tunnel outlives the requests.
    _held: Held,
}

impl Link {
    /// The peer's address. Whoever is behind a Unix socket is on this machine.
    pub(crate) fn address(&self) -> IpAddr {
        self.peer.address.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST))
    }
}

/// The first bytes of an HTTP/2 connection (RFC 9113, section 3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// The most requests at the same time on an HTTP/2 connection.
const STREAMS: u32 = 128;
/// How many streams a peer may open and reset before they are served, and may make us reset.
const RESETS: usize = 32;
/// How often an HTTP/2 peer is asked whether it is there, and how long it may take to answer.
const PING: (Duration, Duration) = (Duration::from_secs(30), Duration::from_secs(20));
/// How much more than head and body limits a parser may hold.
const SLACK: usize = 16 << 10;

/// Serves a connection until its end.
pub(crate) async fn serve(core: Rc<Core>, accepted: Accepted, mut held: Held) {
    let setup = core.gateway.setup.load_full();
    let entry = accepted.entry.clone();
    let mut phase = core.phase.clone();
    let opened = tokio::select! {
        opened = open(accepted, &core, &setup, &mut held) => opened,
        _ = phase.wait_for(|phase| *phase != Phase::Serving) => return,
    };
    let Opened { stream, read_ahead, speaks_http2, peer } = match opened {
        Ok(Some(opened)) => opened,
        Ok(None) => return,
        Err(error) => {
            tracing::debug!(%error, "connection not opened");
            return;
        }
    };
    let link = Rc::new(Link { core, peer, entry, last_hop: LastHop::default(), _held: held });
    if speaks_http2 {
        serve_http2(link, stream, read_ahead, &setup, phase).await;
        return;
    }
    if link.entry.redirect_to_https {
        serve_http1(link, HandedOver { stream, read: read_ahead, judged: None }, &setup, phase).await;
    } else if let Some(rest) = direct::serve(&link, stream, read_ahead, &setup, phase.clone()).await {
        serve_http1(link, rest, &setup, phase).await;
    }
}

// === opening ===

struct Opened {
    stream: Stream,
    read_ahead: Bytes,
    speaks_http2: bool,
    peer: Peer,
}

/// Finds out who the peer is and what it speaks. `None` when it leaves without a word.
async fn open(accepted: Accepted, core: &Core, setup: &Setup, held: &mut Held) -> io::Result<Option<Opened>> {
    let Accepted { socket, mut peer, entry } = accepted;
    let mut socket = match socket {
        AcceptedSocket::Tcp(stream) => Socket::Tcp(TcpStream::from_std(stream)?),
        AcceptedSocket::Unix(stream) => Socket::Unix(UnixStream::from_std(stream)?),
    };
    let stream = timeout(setup.patience.head, async {
        if entry.proxy_protocol
            && let Some(source) = read_proxy_header(&mut socket).await?
        {
            peer = Some(source);
            let share = core.gateway.seats.at(entry.door).share(peer, setup);
            held.hold(share.map_err(|_| io::Error::other("the client's network has its share of connections"))?);
        }
        match &entry.certificate {
            None => Ok(Stream::Plain(socket)),
            Some(certificate) => {
                let stream = certificate.acceptor().accept(socket).await?;
                Ok::<_, io::Error>(Stream::Secure(Box::new(stream.into())))
            }
        }
    });
    let mut stream = stream.await??;
    let peer = Peer { address: peer, secure: stream.is_secure() };
    if let Some(protocol) = stream.negotiated_protocol() {
        let speaks_http2 = protocol == b"h2";
        return Ok(Some(Opened { stream, read_ahead: Bytes::new(), speaks_http2, peer }));
    }
    let Some((read_ahead, speaks_http2)) = sniff(&mut stream, setup).await? else { return Ok(None) };
    Ok(Some(Opened { stream, read_ahead, speaks_http2, peer }))
}

/// The client's address, as the balancer says it. Nothing is read beyond the header: what follows may be TLS.
async fn read_proxy_header(socket: &mut Socket) -> io::Result<Option<std::net::IpAddr>> {
    let mut bytes = Vec::with_capacity(128);
    loop {
        match proxy_protocol::parse(&bytes) {
            Ok(Parsed::Header { source, .. }) => return Ok(source.map(|source| source.ip())),
            Ok(Parsed::Partial) if bytes.len() < proxy_protocol::LONGEST => {}
            Ok(Parsed::Partial) | Err(_) => return Err(io::ErrorKind::InvalidData.into()),
        }
        let before = bytes.len();
        bytes.resize(before + proxy_protocol::missing(&bytes), 0);
        socket.read_exact(&mut bytes[before..]).await?;
    }
}

/// Reads what comes first, and tells HTTP/2 from HTTP/1 by it.
async fn sniff(stream: &mut Stream, setup: &Setup) -> io::Result<Option<(Bytes, bool)>> {
    let mut bytes = BytesMut::with_capacity(4096);
    // A browser opens connections before it needs them.
    if timeout(setup.keep_alive, stream.read_buf(&mut bytes)).await?? == 0 {
        return Ok(None);
    }
    let rest = async {
        loop {
            let shared = bytes.len().min(PREFACE.len());
            if bytes[..shared] != PREFACE[..shared] {
                return Ok(false);
            }
            if shared == PREFACE.len() {
                return Ok::<_, io::Error>(true);
            }
            if stream.read_buf(&mut bytes).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    };
    let speaks_http2 = timeout(setup.patience.head, rest).await??;
    Ok(Some((bytes.freeze(), speaks_http2)))
}

// === serving ===

async fn serve_http1(
    link: Rc<Link>,
    handed_over: HandedOver,
    setup: &Setup,
    phase: tokio::sync::watch::Receiver<Phase>,
) {
    let HandedOver { stream, read, judged } = handed_over;
    let wire = Wire::http1(stream, read, setup.patience);
    let mut builder = http1::Builder::new();
    let head = setup.head.target + setup.head.headers + SLACK;
    builder
        .timer(TokioTimer::new())
        // How long a head may take is watched by the wire, from its first byte; this is the time without one.
        .header_read_timeout(setup.keep_alive)
        .max_header_size(head)
        .max_buf_size(head.max(64 << 10));
    // Another number than the parser's own costs an allocation each time.
    if setup.head.fields != 100 {
        builder.max_headers(setup.head.fields);
    }
    let service = {
        let (link, judged) = (link.clone(), Cell::new(judged));
        service_fn(move |request| {
            let (link, judged) = (link.clone(), judged.take());
            async move { Ok::<_, Infallible>(exchange::answer(&link, request, judged).await) }
        })
    };
    let connection = builder.serve_connection(TokioIo::new(wire), service).with_upgrades();
    if let Err(error) = see_through(connection, phase, std::future::pending()).await {
        exchange::note_broken(&link, &error);
    }
}

async fn serve_http2(
    link: Rc<Link>,
    stream: Stream,
    read_ahead: Bytes,
    setup: &Setup,
    phase: tokio::sync::watch::Receiver<Phase>,
) {
    let wire = Wire::http2(stream, read_ahead, setup.patience);
    let mut builder = http2::Builder::new(OnThisCore);
    builder
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS)
        .max_pending_accept_reset_streams(RESETS)
        .max_local_error_reset_streams(RESETS)
        .max_header_list_size(u32::try_from(setup.head.headers + setup.head.target).unwrap_or(u32::MAX))
        .keep_alive_interval(PING.0)
        .keep_alive_timeout(PING.1);
    let activity = Activity::new();
    let service = {
        let (link, activity) = (link.clone(), activity.clone());
        service_fn(move |request| {
            let (link, running) = (link.clone(), activity.run());
            async move {
                Ok::<_, Infallible>(exchange::answer(&link, request, None).await.map(|body| body.running(running)))
            }
        })
    };
    let connection = builder.serve_connection(TokioIo::new(wire), service);
    if let Err(error) = see_through(connection, phase, activity.watch(setup.patience.write, setup.keep_alive)).await {
        exchange::note_broken(&link, &error);
    }
}

/// Serves until the end: the client's, that of a time without requests, or the process's.
async fn see_through<C: Serving>(
    connection: C,
    mut phase: tokio::sync::watch::Receiver<Phase>,
    idle: impl Future<Output = ()>,
) -> hyper::Result<()> {
    tokio::pin!(connection, idle);
    let mut ends = false;
    loop {
        tokio::select! {
            biased;
            result = connection.as_mut() => return result,
            () = idle.as_mut(), if !ends => {}
            changed = phase.changed() => if changed.is_err() || *phase.borrow() == Phase::Closing {
                return Ok(());
            },
        }
        ends = true;
        connection.as_mut().wind_up();
    }
}

/// A connection that can be told to end after what is under way.
trait Serving: Future<Output = hyper::Result<()>> {
    fn wind_up(self: Pin<&mut Self>);
}

impl<S, B> Serving for http1::UpgradeableConnection<TokioIo<Wire>, S>
where
    S: HttpService<Incoming, ResBody = B>,
    S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    B: Body + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    fn wind_up(self: Pin<&mut Self>) {
        self.graceful_shutdown();
    }
}

impl<S, B> Serving for http2::Connection<TokioIo<Wire>, S, OnThisCore>
where
    S: HttpService<Incoming, ResBody = B>,
    S::Future: 'static,
    S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    B: Body + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    OnThisCore: Http2ServerConnExec<S::Future, B>,
{
    fn wind_up(self: Pin<&mut Self>) {
        self.graceful_shutdown();
    }
}

/// Spawns on the core that asks.
#[derive(Clone, Copy)]
struct OnThisCore;

impl<F: Future<Output = ()> + 'static> Executor<F> for OnThisCore {
    fn execute(&self, future: F) {
        tokio::task::spawn_local(future);
    }
}
