//! `/admin/events`: the live figures, as long as somebody watches.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event, Sse};
use futures_util::stream::{Stream, unfold};
use http::header::{self, HeaderName, HeaderValue};
use tokio::time::{MissedTickBehavior, interval};

use super::administrator::Administrator;
use super::stats::Live;
use crate::openapi::Reading;
use crate::own::{House, Shared};

/// How often the figures are sent.
const EVERY: Duration = Duration::from_secs(2);

/// Server-sent events: every two seconds an event `figures` with the live figures.
///
/// The door judges the caller again while the stream is open, and ends it when they may no longer watch.
#[utoipa::path(get, path = "/admin/events", tag = "figures",
    responses((status = 200, body = Live, content_type = "text/event-stream"), Reading))]
pub(crate) async fn follow(
    _: Administrator,
    State(house): House,
) -> ([(HeaderName, HeaderValue); 1], Sse<impl Stream<Item = Result<Event, Infallible>> + use<>>) {
    let mut clock = interval(EVERY);
    clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let figures = unfold((house, clock), async |(house, mut clock)| {
        clock.tick().await;
        Some((Ok(event(&house)), (house, clock)))
    });
    ([(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], Sse::new(figures))
}

fn event(house: &Arc<Shared>) -> Event {
    let event = Event::default().event("figures");
    // Figures always make JSON; should they not, the event is one without data, which browsers pass over.
    event.json_data(Live::of(house)).unwrap_or_default()
}
