//! What goes wrong on the way, and what the caller is told of it: what they can mend themselves, and never a detail of ours.

use bytes::Bytes;
use doorward::Speech;
use doorward::problem::Problem;
use doorward::problem::Said;
use http::{HeaderValue, Response, StatusCode, header};

/// A request that ends here, for a reason that is not the engine's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The framing can be understood in two ways.
    Malformed,
    /// GET, HEAD or OPTIONS with a body.
    BodyNotExpected,
    /// `Connection` names a header that somebody decides by.
    ProtectedNomination,
    /// A request to upgrade with a body.
    UpgradeWithBody,
    /// A request to upgrade that is none to a WebSocket.
    UpgradeRefused,
    /// A WebSocket of another version than 13.
    UpgradeVersion,
    /// The body could not be read to its end.
    BodyBroken,
    /// The body came too slowly.
    BodyStalled,
    /// The body is longer than the route allows.
    BodyTooLarge,
    TargetTooLong,
    HeadTooLarge,
    UnknownExpectation,
    MethodRefused,
    /// The upstream has as many connections as it may have, or is known to be down.
    UpstreamUnavailable {
        retry_after: u32,
    },
    /// The upstream cannot be reached, or its answer cannot be understood.
    BadGateway,
    /// The upstream takes too long.
    GatewayTimeout,
    /// The request was here before.
    Loop,
    /// Something of ours failed.
    Internal,
}

impl Fault {
    pub(crate) fn status(self) -> StatusCode {
        match self {
            Self::Malformed
            | Self::BodyNotExpected
            | Self::ProtectedNomination
            | Self::UpgradeWithBody
            | Self::UpgradeRefused
            | Self::BodyBroken => StatusCode::BAD_REQUEST,
            Self::UpgradeVersion => StatusCode::UPGRADE_REQUIRED,
            Self::BodyStalled => StatusCode::REQUEST_TIMEOUT,
            Self::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TargetTooLong => StatusCode::URI_TOO_LONG,
            Self::HeadTooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::UnknownExpectation => StatusCode::EXPECTATION_FAILED,
            Self::MethodRefused => StatusCode::METHOD_NOT_ALLOWED,
            Self::UpstreamUnavailable { .. } => StatusCode::SERVICE_UNAVAILABLE,
            Self::BadGateway => StatusCode::BAD_GATEWAY,
            Self::GatewayTimeout => StatusCode::GATEWAY_TIMEOUT,
            Self::Loop => StatusCode::LOOP_DETECTED,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Malformed => "malformed_request",
            Self::BodyNotExpected => "body_not_expected",
            Self::ProtectedNomination => "protected_header",
            Self::UpgradeWithBody | Self::UpgradeRefused => "upgrade_refused",
            Self::UpgradeVersion => "upgrade_required",
            Self::BodyBroken => "malformed_body",
            Self::BodyStalled => "request_timeout",
            Self::BodyTooLarge => "body_too_large",
            Self::TargetTooLong => "target_too_long",
            Self::HeadTooLarge => "headers_too_large",
            Self::UnknownExpectation => "expectation_failed",
            Self::MethodRefused => "method_not_allowed",
            Self::UpstreamUnavailable { .. } => "upstream_unavailable",
            Self::BadGateway => "bad_gateway",
            Self::GatewayTimeout => "gateway_timeout",
            Self::Loop => "loop_detected",
            Self::Internal => "internal_error",
        }
    }

    /// What the operator may want to look into, for the audit log: requests that somebody made on purpose, as far as one can tell.
    pub(crate) fn suspicion(self) -> Option<&'static str> {
        match self {
            Self::Malformed => Some("the framing is ambiguous"),
            Self::BodyNotExpected => Some("a body where none is expected"),
            Self::ProtectedNomination => Some("Connection names a protected header"),
            Self::UpgradeWithBody => Some("a request to upgrade with a body"),
            Self::UpgradeRefused => Some("a request to upgrade that is none to a WebSocket"),
            Self::BodyBroken => Some("the body is malformed"),
            Self::HeadTooLarge => Some("the head is too large"),
            Self::TargetTooLong => Some("the target is too long"),
            Self::Loop => Some("the request was here before"),
            _ => None,
        }
    }

    /// What is told, and what to do about it. Nothing about who is behind us, nor where.
    fn words(self) -> (&'static str, Option<&'static str>) {
        match self {
            Self::Malformed => (
                "The length of the body is ambiguous.",
                Some("State it once: Content-Length in digits, or Transfer-Encoding: chunked."),
            ),
            Self::BodyNotExpected => ("The method takes no body.", Some("Send GET, HEAD and OPTIONS without one.")),
            Self::ProtectedNomination => (
                "The header Connection names a header that must not be dropped.",
                Some("Name there only headers that are for the next hop alone."),
            ),
            Self::UpgradeWithBody => (
                "The connection cannot be upgraded.",
                Some("Send the request to upgrade without Content-Length and Transfer-Encoding."),
            ),
            Self::UpgradeRefused => (
                "The connection cannot be upgraded.",
                Some("Only a proper handshake of a WebSocket is taken, by GET over HTTP/1.1, on routes that have one."),
            ),
            Self::UpgradeVersion => ("Only version 13 of WebSocket is spoken here.", None),
            Self::BodyBroken => ("The body is incomplete.", None),
            Self::BodyStalled => ("The body came too slowly.", None),
            Self::BodyTooLarge => ("The body is too large.", None),
            Self::TargetTooLong => ("The target of the request is too long.", None),
            Self::HeadTooLarge => ("The headers of the request are too many or too large.", None),
            Self::UnknownExpectation => {
                ("The expectation cannot be met.", Some("Send no header Expect but `Expect: 100-continue`."))
            }
            Self::MethodRefused => ("The method is not allowed here.", None),
            Self::UpstreamUnavailable { .. } => {
                ("The service behind this address is not available.", Some("Retry-After says when to try again."))
            }
            Self::BadGateway => ("The service behind this address gave no answer that could be passed on.", None),
            Self::GatewayTimeout => ("The service behind this address took too long to answer.", None),
            Self::Loop => ("The request has been here before.", None),
            Self::Internal => ("Something went wrong here.", None),
        }
    }

    /// The answer in the words of another system.
    pub(crate) fn spoken(self, speech: &Speech) -> Response<Bytes> {
        let status = self.status();
        let detail = status.canonical_reason().unwrap_or("Error");
        let mut response = speech.response(Said { status, reason: None, detail });
        if let Self::UpstreamUnavailable { retry_after } = self {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(retry_after));
        }
        response
    }

    /// The answer, an RFC 9457 problem.
    pub(crate) fn response(self, request_id: &str) -> Response<Bytes> {
        let (title, detail) = self.words();
        let mut problem = Problem::new(self.status(), self.code(), title).member("request_id", request_id);
        problem.detail = detail.map(str::to_owned);
        let mut response = problem.response();
        let headers = response.headers_mut();
        match self {
            Self::UpstreamUnavailable { retry_after } => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from(retry_after));
            }
            // RFC 9110 section 10.2.1: a 405 says what is allowed, here nothing.
            Self::MethodRefused => {
                headers.insert(header::ALLOW, HeaderValue::from_static(""));
            }
            Self::UpgradeVersion => {
                headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
                headers.insert(header::SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
            }
            _ => {}
        }
        response
    }
}
