//! The audit log as a file: streamed, so that its length does not matter.

use std::collections::VecDeque;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::response::{IntoResponse as _, Response};
use doorward::Actor;
use doorward::audit::{Event, EventKind};
use doorward::store::{EventFilter, Page, StoreError};
use futures_util::stream::try_unfold;
use http::HeaderValue;
use http::header::{self, HeaderMap};
use serde::Deserialize;
use utoipa::ToSchema;

use super::audit::{Names, View};
use super::csv::write_record;
use crate::own::{Refused, Shared, Timestamp};

/// The format of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Format {
    /// For spreadsheets.
    Csv,
    /// One JSON object a line.
    Jsonl,
}

const COLUMNS: [&str; 14] = [
    "number",
    "at",
    "kind",
    "outcome",
    "realm",
    "user",
    "login",
    "actor",
    "session",
    "address",
    "request",
    "request_id",
    "detail",
    "omitted",
];

impl Format {
    /// The format that `Accept` names, if it names one.
    pub(super) fn accepted(headers: &HeaderMap) -> Option<Self> {
        let lines = headers.get_all(header::ACCEPT).iter().filter_map(|line| line.to_str().ok());
        let mut types =
            lines.flat_map(|line| line.split(',')).map(|one| one.split(';').next().unwrap_or_default().trim());
        types.find_map(|name| match name.to_ascii_lowercase().as_str() {
            "text/csv" => Some(Self::Csv),
            "application/jsonl" | "application/x-ndjson" => Some(Self::Jsonl),
            _ => None,
        })
    }

    fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Jsonl => "application/jsonl",
        })
    }

    fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Jsonl => "jsonl",
        }
    }

    fn head(self) -> String {
        let mut head = String::new();
        if self == Self::Csv {
            write_record(&mut head, COLUMNS);
        }
        head
    }

    fn write(self, out: &mut String, view: &View) {
        match self {
            Self::Csv => write_record(out, row(view).iter().map(|field| &**field)),
            Self::Jsonl => {
                out.push_str(&serde_json::to_string(view).unwrap_or_default());
                out.push('\n');
            }
        }
    }
}

/// All events that match, as a file. That somebody took it away is an event of its own.
pub(super) fn export(
    house: &Arc<Shared>,
    actor: &Actor,
    filter: EventFilter,
    format: Format,
) -> Result<Response, Refused> {
    let now = house.engine.now();
    let event = Event {
        address: actor.address.clone(),
        request_id: actor.request_id.clone(),
        ..Event::new(EventKind::Exported, now).by(actor.name.clone()).detail(format!("audit, {}", format.extension()))
    };
    house.engine.note(event);
    let name = format!("doorward-audit-{}.{}", Timestamp(now).to_string().replace(':', "-"), format.extension());
    let disposition =
        HeaderValue::try_from(format!("attachment; filename=\"{name}\"")).map_err(|_| Refused::internal())?;
    let headers = [(header::CONTENT_TYPE, format.content_type()), (header::CONTENT_DISPOSITION, disposition)];
    Ok((headers, Body::from_stream(lines(house.clone(), filter, format))).into_response())
}

/// What is still to be written.
struct Rest {
    house: Arc<Shared>,
    filter: EventFilter,
    names: Names,
    /// Where the next part begins; none at the end.
    pages: VecDeque<Option<String>>,
    head: String,
}

/// A part of the file for each page of the list. A store that fails breaks the file off: half of it must not look complete.
fn lines(
    house: Arc<Shared>,
    filter: EventFilter,
    format: Format,
) -> impl futures_util::Stream<Item = Result<Bytes, StoreError>> {
    let rest = Rest { house, filter, names: Names::default(), pages: [None].into(), head: format.head() };
    try_unfold(rest, move |mut rest| async move {
        let Some(after) = rest.pages.pop_front() else { return Ok(None) };
        let store = rest.house.engine.store().clone();
        let listed = store.events(rest.filter.clone(), Page { after, limit: Page::GREATEST }).await?;
        let mut text = std::mem::take(&mut rest.head);
        for event in listed.items {
            format.write(&mut text, &rest.names.view(event, &*store).await?);
        }
        rest.pages.extend(listed.next.map(Some));
        Ok(Some((Bytes::from(text), rest)))
    })
}

fn row(view: &View) -> [String; COLUMNS.len()] {
    let text = |field: &Option<String>| field.clone().unwrap_or_default();
    [
        view.number.to_string(),
        view.at.to_string(),
        view.kind.clone(),
        view.outcome.clone(),
        text(&view.realm),
        text(&view.user),
        text(&view.login),
        text(&view.actor),
        text(&view.session),
        text(&view.address),
        text(&view.request),
        text(&view.request_id),
        text(&view.detail),
        view.omitted.to_string(),
    ]
}
