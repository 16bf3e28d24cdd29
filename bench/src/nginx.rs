//! nginx, which checks nothing: the upstream of all, and the proxy that they are compared with.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::bail;

use crate::certificate::Certificate;
use crate::check::ANSWER;
use crate::process::Process;

/// Where the upstream says who asks.
pub(crate) const WHO: &str = "/who";

/// One nginx, with processes of its own, so that CPU time is told apart.
pub(crate) struct Nginx {
    pub(crate) process: Process,
    pub(crate) address: SocketAddr,
}

/// How the proxy deals with bodies.
#[derive(Clone, Copy)]
pub(crate) enum Buffering {
    /// As nginx comes: answers are read ahead, request bodies are read whole, into a file where they are large.
    Default,
    /// What comes goes on at once.
    Off,
    /// As it comes, with room for much: no body of ours goes into a file.
    Large,
}

impl Nginx {
    /// Answers everything with the same few bytes, [`WHO`] with who is said to ask, and `/file/` with files of this folder.
    pub(crate) fn upstream(folder: &Path) -> anyhow::Result<Self> {
        let files = folder.join("files");
        std::fs::create_dir_all(&files)?;
        let server = format!(
            "default_type application/json;\n location / {{ return 200 '{ANSWER}'; }}\n \
             location = {WHO} {{ return 200 $http_x_doorward_login; }}\n location /file/ {{ alias {}/; }}",
            files.display()
        );
        Self::start(&folder.join("upstream"), "", "", &server)
    }

    /// Forwards everything over connections that are kept.
    pub(crate) fn proxy(folder: &Path, upstream: SocketAddr) -> anyhow::Result<Self> {
        Self::start(&folder.join("proxy"), &pool(upstream), "", &forward(Buffering::Default))
    }

    /// The same, with bodies dealt with like this.
    pub(crate) fn buffering(folder: &Path, upstream: SocketAddr, buffering: Buffering) -> anyhow::Result<Self> {
        let name = match buffering {
            Buffering::Default => "buffered",
            Buffering::Off => "unbuffered",
            Buffering::Large => "large",
        };
        Self::start(&folder.join(name), &pool(upstream), "", &forward(buffering))
    }

    /// The same over TLS 1.3, with HTTP/2 for those who ask for it.
    pub(crate) fn encrypted(folder: &Path, upstream: SocketAddr, certificate: &Certificate) -> anyhow::Result<Self> {
        let keys = format!(
            "ssl_certificate {};\n ssl_certificate_key {};\n ssl_protocols TLSv1.3;\n ",
            certificate.cert.display(),
            certificate.key.display()
        );
        let server = keys + &forward(Buffering::Default);
        Self::start(&folder.join("encrypted"), &pool(upstream), "ssl http2", &server)
    }

    /// With these upstreams, these words behind `listen`, and this inside `server`.
    pub(crate) fn start(folder: &Path, pool: &str, listen: &str, server: &str) -> anyhow::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let place = folder.display();
        let text = format!(
            "worker_processes auto;\ndaemon off;\npid {place}/nginx.pid;\nerror_log stderr crit;\n\
             events {{ worker_connections 32000; }}\n\
             http {{\n access_log off;\n sendfile on;\n tcp_nopush on;\n client_body_temp_path {place}/body;\n \
             proxy_temp_path {place}/proxy;\n fastcgi_temp_path {place}/fastcgi;\n uwsgi_temp_path {place}/uwsgi;\n \
             scgi_temp_path {place}/scgi;\n client_max_body_size 0;\n keepalive_timeout 600s;\n \
             keepalive_requests 1000000000;\n {pool}\n server {{ listen {address} {listen} backlog=4096;\n {server} }}\n}}\n"
        );
        let file = folder.join("nginx.conf");
        std::fs::write(&file, text)?;
        let mut command = Command::new("nginx");
        command.arg("-c").arg(&file).stdout(Stdio::null()).stderr(Stdio::null());
        let started = Self { process: Process::start(&mut command)?, address };
        for _ in 0..100 {
            if TcpStream::connect(address).is_ok() {
                return Ok(started);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        bail!("nginx does not listen: try `nginx -t -c {}`", file.display())
    }
}

/// The upstream `api`, over connections that are kept.
pub(crate) fn pool(upstream: SocketAddr) -> String {
    format!("upstream api {{ server {upstream}; keepalive 128; keepalive_requests 1000000000; }}")
}

/// Forwards everything to `api`.
pub(crate) fn forward(buffering: Buffering) -> String {
    let buffering = match buffering {
        Buffering::Default => "",
        Buffering::Off => "proxy_buffering off; proxy_request_buffering off; ",
        Buffering::Large => {
            "proxy_buffer_size 64k; proxy_buffers 8 64k; proxy_busy_buffers_size 128k; proxy_max_temp_file_size 0; \
             client_body_buffer_size 16m; "
        }
    };
    format!(
        "location / {{ proxy_pass http://api; proxy_http_version 1.1; proxy_set_header Connection \"\"; \
         proxy_set_header Host $host; proxy_set_header X-Forwarded-For $remote_addr; {buffering}}}"
    )
}
