//! nginx before the upstream: it asks nobody, a service, or a file of passwords.

use std::process::Command;

use crate::house::basic;
use crate::nginx::{Buffering, Nginx, forward, pool};
use crate::place::PASSWORD;
use crate::run::Run;

use super::cookie::{RIGHT, WRONG};
use super::passwords::{NOT_THE_PASSWORD, bcrypt};
use super::site::{first_line, number};
use super::{Door, Peer, Site, Started};

/// Forwards what comes.
pub(crate) struct Plain;

impl Peer for Plain {
    fn name(&self) -> &str {
        "nginx, plain proxy, no authentication"
    }

    fn version(&self, _: &Run) -> anyhow::Result<String> {
        version()
    }

    fn start(&self, site: &Site<'_>) -> anyhow::Result<Started> {
        let nginx = Nginx::proxy(&site.folder, site.upstream)?;
        Ok(Started { url: url(&nginx), processes: vec![nginx.process], door: Door::Open })
    }
}

/// Asks a service about each request. Ours compares the cookie with one string, so that it costs as little as any could.
pub(crate) struct AuthRequest;

impl Peer for AuthRequest {
    fn name(&self) -> &str {
        "nginx, `auth_request` to a service that compares one string"
    }

    fn version(&self, _: &Run) -> anyhow::Result<String> {
        version()
    }

    fn start(&self, site: &Site<'_>) -> anyhow::Result<Started> {
        let cookie = RIGHT.trim_start_matches("Cookie: ");
        let compare = format!("location / {{ if ($http_cookie != \"{cookie}\") {{ return 401; }} return 204; }}");
        let service = Nginx::start(&site.folder.join("service"), "", "", &compare)?;
        let pools = format!(
            "{} upstream service {{ server {}; keepalive 128; keepalive_requests 1000000000; }}",
            pool(site.upstream),
            service.address
        );
        let server = format!(
            "auth_request /auth; location = /auth {{ internal; proxy_pass http://service; proxy_http_version 1.1; \
             proxy_set_header Connection \"\"; proxy_pass_request_body off; proxy_set_header Content-Length \"\"; }} {}",
            forward(Buffering::Default)
        );
        let nginx = Nginx::start(&site.folder.join("proxy"), &pools, "", &server)?;
        let door = Door::Guarded { right: RIGHT.into(), wrong: WRONG.into() };
        Ok(Started { url: url(&nginx), processes: vec![nginx.process, service.process], door })
    }
}

/// Verifies the password of each request.
pub(crate) struct Basic;

impl Peer for Basic {
    fn name(&self) -> &str {
        "nginx, Basic, bcrypt 10"
    }

    fn version(&self, _: &Run) -> anyhow::Result<String> {
        version()
    }

    fn start(&self, site: &Site<'_>) -> anyhow::Result<Started> {
        let file = site.write("passwords", &format!("anna:{}\n", bcrypt()?))?;
        let server =
            format!("auth_basic bench; auth_basic_user_file {}; {}", file.display(), forward(Buffering::Default));
        let nginx = Nginx::start(&site.folder.join("proxy"), &pool(site.upstream), "", &server)?;
        let door = Door::Guarded { right: basic(PASSWORD), wrong: basic(NOT_THE_PASSWORD) };
        Ok(Started { url: url(&nginx), processes: vec![nginx.process], door })
    }
}

fn url(nginx: &Nginx) -> String {
    format!("http://{}/me", nginx.address)
}

pub(crate) fn version() -> anyhow::Result<String> {
    number(&first_line(Command::new("nginx").arg("-v"))?)
}
