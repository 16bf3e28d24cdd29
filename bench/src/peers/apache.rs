//! Apache with Basic, or with sessions that it keeps in an encrypted cookie.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, ensure};

use crate::house::basic;
use crate::place::PASSWORD;
use crate::run::Run;

use super::cookie::{does_not_log_in, log_in, one_letter_off};
use super::passwords::{NOT_THE_PASSWORD, bcrypt};
use super::site::{first_line, free_address, number};
use super::{Door, Peer, Site, Started};

/// What it asks for.
pub(crate) enum Apache {
    Basic,
    /// A session that a form begins.
    Form,
}

/// Where distributions put them.
const MODULES: [&str; 3] = ["/usr/lib/apache2/modules", "/usr/lib64/httpd/modules", "/usr/lib/httpd/modules"];
const BASIC: [&str; 1] = ["auth_basic"];
const FORM: [&str; 5] = ["request", "auth_form", "session", "session_cookie", "session_crypto"];
const ALWAYS: [&str; 7] = ["mpm_event", "authn_core", "authn_file", "authz_core", "authz_user", "proxy", "proxy_http"];

impl Peer for Apache {
    fn name(&self) -> &str {
        match self {
            Self::Basic => "Apache, Basic, bcrypt 10",
            Self::Form => "Apache, session in an encrypted cookie (`mod_auth_form`, no password is verified)",
        }
    }

    fn version(&self, _: &Run) -> anyhow::Result<String> {
        number(&first_line(Command::new(PROGRAM).arg("-v"))?)
    }

    fn start(&self, site: &Site<'_>) -> anyhow::Result<Started> {
        let address = free_address()?;
        let passwords = site.write("passwords", &format!("anna:{}\n", bcrypt()?))?;
        let passwords = passwords.display();
        let (modules, ask) = match self {
            Self::Basic => {
                let ask = format!("AuthType Basic\n AuthName bench\n AuthUserFile {passwords}\n Require valid-user\n");
                (BASIC.as_slice(), format!("<Location />\n {ask}</Location>\n"))
            }
            // With its phrase in the session it trusts the session, and asks for no password again.
            Self::Form => {
                let ask = format!(
                    "AuthType form\n AuthName bench\n AuthFormProvider file\n AuthUserFile {passwords}\n \
                     AuthFormSitePassphrase bench\n Session On\n SessionCookieName session path=/\n \
                     SessionCryptoPassphrase {SECRET}\n SessionMaxAge 43200\n"
                );
                let form = format!("<Location /log-in>\n SetHandler form-login-handler\n {ask}</Location>\n");
                let me = format!("<Location />\n {ask} Require valid-user\n</Location>\n");
                (FORM.as_slice(), me + &form)
            }
        };
        let file = site.write("apache.conf", &(general(site, address, modules)? + &ask))?;
        let mut command = Command::new(PROGRAM);
        let process = site.start(command.args(["-DFOREGROUND", "-f"]).arg(file), address)?;
        let url = format!("http://{address}/me");
        let door = match self {
            Self::Basic => Door::Guarded { right: basic(PASSWORD), wrong: basic(NOT_THE_PASSWORD) },
            Self::Form => {
                let form = format!("http://{address}/log-in");
                does_not_log_in(&form, &[], &fields(NOT_THE_PASSWORD))?;
                let right = log_in(&form, &[], &fields(PASSWORD))?;
                Door::Guarded { wrong: one_letter_off(&right), right }
            }
        };
        Ok(Started { processes: vec![process], url, door })
    }
}

const PROGRAM: &str = "apache2";
/// What cookies are encrypted with. They live as long as the figure.
const SECRET: &str = "a-sail-on-the-horizon";

fn general(site: &Site<'_>, address: SocketAddr, modules: &[&str]) -> anyhow::Result<String> {
    let folder = MODULES.iter().map(PathBuf::from).find(|folder| folder.is_dir()).context("Apache has no modules")?;
    // More threads in a process than there are connections: one whose threads are all busy closes those that are kept.
    let mut text = format!(
        "ServerRoot {0}\nServerName localhost\nListen {address}\nPidFile {0}/pid\nDefaultRuntimeDir {0}\n\
         ErrorLog {0}/error.log\nLogLevel crit\nKeepAlive On\nMaxKeepAliveRequests 0\nKeepAliveTimeout 600\n\
         ThreadsPerChild 64\nMaxRequestWorkers 256\nMaxSpareThreads 256\n",
        site.folder.display()
    );
    if rustix::process::geteuid().is_root() {
        // Nobody, in most systems: Apache does not serve as root.
        text.push_str("User #65534\nGroup #65534\n");
    }
    for module in ALWAYS.iter().chain(modules) {
        let file = folder.join(format!("mod_{module}.so"));
        ensure!(file.is_file(), "Apache has no mod_{module}");
        text.push_str(&format!("LoadModule {module}_module {}\n", file.display()));
    }
    text.push_str(&format!("ProxyPass /log-in !\nProxyPass / http://{}/ keepalive=On\n", site.upstream));
    Ok(text)
}

fn fields(password: &str) -> String {
    format!("httpd_username=anna&httpd_password={}", password.replace(' ', "+"))
}
