//! Answers that go on: events once a second, and a socket that echoes.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use tokio::time::{interval, sleep};

use super::caller::Caller;

pub async fn events(caller: Caller) -> Response {
    let login = caller.login.unwrap_or_default();
    let ticks = stream::unfold(0_u64, move |count| {
        let login = login.clone();
        async move {
            if count > 0 {
                sleep(Duration::from_secs(1)).await;
            }
            let event = Event::default().event("tick").id(count.to_string()).data(format!("{count} for {login}"));
            Some((Ok::<_, Infallible>(event), count + 1))
        }
    });
    Sse::new(ticks).keep_alive(KeepAlive::default()).into_response()
}

pub async fn echo(upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(converse)
}

/// Sends back what comes, until the other side closes or nothing comes for ten minutes.
async fn converse(mut socket: WebSocket) {
    const PATIENCE: Duration = Duration::from_secs(600);
    let mut silence = interval(PATIENCE);
    silence.reset();
    loop {
        let message = tokio::select! {
            message = socket.recv() => message,
            _ = silence.tick() => return,
        };
        silence.reset();
        match message {
            Some(Ok(message @ (Message::Text(_) | Message::Binary(_)))) => {
                if socket.send(message).await.is_err() {
                    return;
                }
            }
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
            _ => return,
        }
    }
}
