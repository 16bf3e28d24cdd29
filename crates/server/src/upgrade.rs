//! WebSockets: the handshake is checked here and made by the upstream; after it the two sides speak past us (RFC 6455, section 4).

use doorward::Pass;
use http::header::{self, HeaderMap, HeaderValue};
use http::{Method, Request, Response, StatusCode, Version};
use hyper::body::Incoming;
use hyper::upgrade::OnUpgrade;
use std::time::Duration;

use crate::body::{RequestBody, ResponseBody};
use crate::exchange::{Exchange, Served, Stop};
use crate::fault::Fault;
use crate::forward;
use crate::headers::{self, tokens};
use crate::tunnel;
use crate::upstream::{Dedicated, dedicated};

/// Whether a request asks to become a WebSocket, among other things perhaps.
pub(crate) fn asks_for_websocket(headers: &HeaderMap) -> bool {
    tokens(headers, &header::UPGRADE).any(|token| token.eq_ignore_ascii_case(b"websocket"))
}

/// Forwards a request to upgrade, and connects the two sides when the upstream agrees. Any other answer is passed on.
pub(crate) async fn forward(exchange: &Exchange<'_>, mut request: Request<Incoming>, pass: Box<Pass>) -> Served {
    let (method, path) = (request.method().clone(), request.uri().clone());
    let client = hyper::upgrade::on(&mut request);
    match shake_hands(exchange, request, &pass).await {
        Ok((response, Dedicated { seat, .. })) if response.status() == StatusCode::SWITCHING_PROTOCOLS => {
            Served::allowed(switched(exchange, response, pass, client, seat))
        }
        Ok((response, _)) => Served::allowed(exchange.returned(response, None, pass)),
        Err(stop) => exchange.stop_at(stop, (method.as_str(), path.path()), &pass),
    }
}

/// What RFC 6455, section 4.2.1, asks of a client.
fn check(request: &Request<Incoming>) -> Result<(), Fault> {
    let headers = request.headers();
    let mut protocols = tokens(headers, &header::UPGRADE);
    let is_alone =
        protocols.next().is_some_and(|token| token.eq_ignore_ascii_case(b"websocket")) && protocols.next().is_none();
    let is_connected = tokens(headers, &header::CONNECTION).any(|token| token.eq_ignore_ascii_case(b"upgrade"));
    if *request.method() != Method::GET || request.version() != Version::HTTP_11 || !is_alone || !is_connected {
        return Err(Fault::UpgradeRefused);
    }
    let mut versions = headers.get_all(header::SEC_WEBSOCKET_VERSION).iter();
    match (versions.next(), versions.next()) {
        (Some(version), None) if version == "13" => {}
        _ => return Err(Fault::UpgradeVersion),
    }
    let mut keys = headers.get_all(header::SEC_WEBSOCKET_KEY).iter();
    match (keys.next(), keys.next()) {
        (Some(key), None) if is_key(key.as_bytes()) => Ok(()),
        _ => Err(Fault::UpgradeRefused),
    }
}

/// Sixteen bytes in base64.
fn is_key(text: &[u8]) -> bool {
    let Some(digits) = text.strip_suffix(b"==") else { return false };
    digits.len() == 22 && digits.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'))
}

async fn shake_hands(
    exchange: &Exchange<'_>,
    request: Request<Incoming>,
    pass: &Pass,
) -> Result<(Response<Incoming>, Dedicated), Stop> {
    check(&request)?;
    let upstream = exchange.upstream(pass)?;
    let (mut parts, _) = request.into_parts();
    forward::prepare(exchange, &mut parts, &upstream, pass);
    parts.headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    parts.headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    let mut connection = dedicated(&upstream).await.map_err(|error| exchange.unreachable(&upstream, &error))?;
    let sending = connection.sender.send_request(Request::from_parts(parts, RequestBody::Empty));
    let patience = Duration::from_secs(pass.route().bounds.timeout.0.into());
    let answered = tokio::time::timeout(patience, sending).await.map_err(|_| exchange.late(&upstream))?;
    let response = answered.map_err(|error| exchange.bad_gateway(&upstream, error))?;
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        if !is_switch(response.headers()) {
            return Err(exchange.bad_gateway(&upstream, "it switches to something else than a WebSocket"));
        }
    } else {
        forward::check_framing(response.status(), response.headers())
            .map_err(|what| exchange.bad_gateway(&upstream, what))?;
    }
    exchange.judge_again(pass).await?;
    Ok((response, connection))
}

/// What RFC 6455, section 4.2.2, asks of a server; that the digest is right is the client's to check.
fn is_switch(headers: &HeaderMap) -> bool {
    let mut protocols = tokens(headers, &header::UPGRADE);
    let is_alone =
        protocols.next().is_some_and(|token| token.eq_ignore_ascii_case(b"websocket")) && protocols.next().is_none();
    let is_connected = tokens(headers, &header::CONNECTION).any(|token| token.eq_ignore_ascii_case(b"upgrade"));
    let has_no_body = !headers.contains_key(header::CONTENT_LENGTH) && !headers.contains_key(header::TRANSFER_ENCODING);
    is_alone && is_connected && has_no_body && headers.contains_key(header::SEC_WEBSOCKET_ACCEPT)
}

/// The 101 for the client, and the tunnel that begins behind it.
fn switched(
    exchange: &Exchange<'_>,
    mut response: Response<Incoming>,
    pass: Box<Pass>,
    client: OnUpgrade,
    seat: tunnel::UpstreamSeat,
) -> Response<ResponseBody> {
    let upstream = hyper::upgrade::on(&mut response);
    let (mut parts, _) = response.into_parts();
    headers::clean_response(&mut parts.headers);
    pass.edit_response(&mut parts.headers);
    parts.extensions.clear();
    parts.headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    parts.headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    tunnel::begin(exchange.link, exchange.id, pass, client, upstream, seat);
    Response::from_parts(parts, ResponseBody::empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_sixteen_bytes() {
        assert!(is_key(b"dGhlIHNhbXBsZSBub25jZQ=="));
        for text in ["", "==", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25j!!==", "dGhlIHNhbXBsZSBub25jZQQ=="] {
            assert!(!is_key(text.as_bytes()), "{text}");
        }
    }
}
