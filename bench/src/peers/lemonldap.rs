//! LemonLDAP::NG behind nginx, which asks its FastCGI server about each request, as its manual shows.

use std::os::unix::fs::chown;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

use anyhow::Context as _;
use serde_json::{Value, json};

use crate::nginx::{Nginx, pool};
use crate::run::Run;

use super::cookie::{does_not_log_in, log_in, one_letter_off};
use super::nginx::version as nginx_version;
use super::site::{first_line, number};
use super::{Door, Peer, Site, Started};

/// A session that its portal begins, kept in files.
pub(crate) struct LemonLdap;

impl Peer for LemonLdap {
    fn name(&self) -> &str {
        "LemonLDAP::NG behind nginx, sessions in files (its FastCGI server, through `auth_request`)"
    }

    fn version(&self, _: &Run) -> anyhow::Result<String> {
        let say = "print \"$Lemonldap::NG::Portal::VERSION, Perl $^V\\n\"";
        let line = first_line(Command::new("perl").args(["-MLemonldap::NG::Portal", "-e", say]))
            .context("its portal is not installed: `cargo xtask bench services` installs it")?;
        let (own, perl) = line.split_once(", Perl ").with_context(|| format!("there is no version in `{line}`"))?;
        Ok(format!("{}, Perl {}, nginx {}", number(own)?, number(perl)?, nginx_version()?))
    }

    fn start(&self, site: &Site<'_>) -> anyhow::Result<Started> {
        let socket = site.folder.join("socket");
        let nginx = Nginx::start(&site.folder.join("nginx"), &pool(site.upstream), "", &server(&socket))?;
        let form = format!("http://{}/log-in", nginx.address);
        configure(site, &form)?;
        let mut command = Command::new("llng-fastcgi-server");
        command.arg("--foreground").arg("--socket").arg(&socket).arg("--pid").arg(site.folder.join("pid"));
        command.env("LLNG_DEFAULTCONFFILE", site.folder.join("lemonldap-ng.ini"));
        command.env("LLNG_DEFAULTLOGGER", "Lemonldap::NG::Common::Logger::Std");
        // It would become who they name.
        command.env_remove("USER").env_remove("GROUP");
        if rustix::process::geteuid().is_root() {
            // It does not serve as root.
            command.uid(NOBODY).gid(NOBODY);
        }
        let server = site.start_until(&mut command, || UnixStream::connect(&socket).is_ok())?;
        let headers = ["Accept: application/json"];
        does_not_log_in(&form, &headers, "user=dwho&password=rtyler")?;
        let right = log_in(&form, &headers, "user=dwho&password=dwho")?;
        let door = Door::Guarded { wrong: one_letter_off(&right), right };
        Ok(Started { url: format!("http://{}/me", nginx.address), processes: vec![nginx.process, server], door })
    }
}

/// In most systems.
const NOBODY: u32 = 65_534;
/// What it keeps below its folder.
const FOLDERS: [&str; 5] = ["cache", "sessions", "sessions/lock", "users", "users/lock"];

/// Writes its two files, with folders that it may write to.
fn configure(site: &Site<'_>, form: &str) -> anyhow::Result<()> {
    let place = site.folder.display();
    let ini = format!(
        "[all]\nlogLevel = warn\n[configuration]\ntype = File\ndirName = {place}\n\
         [portal]\ntemplateDir = /usr/share/lemonldap-ng/portal/templates\n"
    );
    site.write("lemonldap-ng.ini", &ini)?;
    site.write("lmConf-1.json", &settings(&site.folder, form).to_string())?;
    for name in FOLDERS {
        std::fs::create_dir_all(site.folder.join(name))?;
    }
    if rustix::process::geteuid().is_root() {
        for name in FOLDERS.iter().chain(&["."]) {
            chown(site.folder.join(name), Some(NOBODY), Some(NOBODY))?;
        }
    }
    Ok(())
}

/// Its own users for trials, and one place that is open to all of them. All else is as it comes, but for what would need
/// packages that nothing here needs: registration and forgotten passwords send mail, and a picture puzzle is drawn.
fn settings(folder: &Path, form: &str) -> Value {
    let files = |name: &str| {
        let folder = folder.join(name);
        json!({
            "Directory": folder,
            "LockDirectory": folder.join("lock"),
            "generateModule": "Lemonldap::NG::Common::Apache::Session::Generate::SHA256",
        })
    };
    json!({
        "cfgNum": 1,
        "cfgDate": 1,
        "key": "a-sail-on-the-horizon",
        "authentication": "Demo",
        "userDB": "Same",
        "passwordDB": "Null",
        "registerDB": "Null",
        "portalDisplayResetPassword": 0,
        "captcha": "::Main::Plugin",
        // A form's token is for browsers, which ask for the form before they send it.
        "requireToken": 0,
        "portal": form,
        "domain": HOST,
        "locationRules": { HOST: { "default": "accept" } },
        "exportedHeaders": { HOST: { "Auth-User": "$uid" } },
        "demoExportedVars": { "uid": "uid" },
        "macros": { "_whatToTrace": "lc($_user)" },
        "whatToTrace": "_whatToTrace",
        "globalStorage": "Apache::Session::File",
        "globalStorageOptions": files("sessions"),
        "persistentStorage": "Apache::Session::File",
        "persistentStorageOptions": files("users"),
        "localSessionStorage": "Cache::FileCache",
        "localSessionStorageOptions": {
            "namespace": "sessions",
            "cache_root": folder.join("cache"),
            "cache_depth": 3,
            "default_expires_in": 600,
            "directory_umask": "007",
        },
    })
}

/// As requests name it.
const HOST: &str = "127.0.0.1";

/// What nginx does: it posts the form to the portal, and asks about all else. Who is not let in would be sent to the portal;
/// here that stays a 401, as an API answers.
fn server(socket: &Path) -> String {
    let socket = socket.display();
    let common = format!(
        "fastcgi_pass unix:{socket}; fastcgi_param REQUEST_METHOD $request_method; fastcgi_param REQUEST_URI $request_uri; \
         fastcgi_param QUERY_STRING $query_string; fastcgi_param SERVER_PROTOCOL $server_protocol; \
         fastcgi_param SERVER_NAME $server_name; fastcgi_param SERVER_PORT $server_port; \
         fastcgi_param REMOTE_ADDR $remote_addr; fastcgi_param HTTP_HOST $host; fastcgi_param SCRIPT_NAME \"\"; \
         fastcgi_param PATH_INFO /;"
    );
    format!(
        "location = /log-in {{ {common} fastcgi_param LLTYPE portal; fastcgi_param CONTENT_TYPE $content_type; \
         fastcgi_param CONTENT_LENGTH $content_length; }}\n \
         location = /auth {{ internal; {common} fastcgi_pass_request_body off; fastcgi_param CONTENT_LENGTH \"\"; \
         fastcgi_param X_ORIGINAL_URI $asked; }}\n \
         location / {{ set $asked $request_uri; auth_request /auth; auth_request_set $user $upstream_http_auth_user; \
         auth_request_set $cookies $upstream_http_cookie; proxy_set_header Auth-User $user; \
         proxy_set_header Cookie $cookies; proxy_pass http://api; proxy_http_version 1.1; \
         proxy_set_header Connection \"\"; }}"
    )
}
