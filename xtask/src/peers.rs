//! What Doorward is compared with, installed where it is asked for.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::figures;
use crate::step::{cargo, root, run, target};
use crate::tools::{install as install_programs, python_with};

/// The figure whose peers are services that have to be built, or installed by other tools than the system's.
const FRAMEWORKS: &str = "frameworks";
/// The figure with LemonLDAP::NG.
const SERVICES: &str = "services";

/// Programs, and the Debian packages that have them. Apache's has no service that would start.
const PROGRAMS: [(&str, &str); 6] = [
    ("haproxy", "haproxy"),
    ("caddy", "caddy"),
    ("apache2", "apache2-bin"),
    ("redis-server", "redis-server"),
    ("node", "nodejs"),
    ("npm", "npm"),
];

/// LemonLDAP::NG's server, and its portal, which is no program of its own. They bring some eighty packages of Perl.
const LEMONLDAP: [(&str, &str); 2] =
    [("llng-fastcgi-server", "lemonldap-ng-fastcgi-server"), ("llng-fastcgi-server", "liblemonldap-ng-portal-perl")];

/// Installs what these figures need, and gives back the folder. Where that fails for a peer, the others are measured all the
/// same, and the figure says what is missing.
pub(crate) fn install(names: &[&str]) -> PathBuf {
    let folder = target().join("field");
    if names.iter().any(|name| figures::has_peers(name)) {
        for program in PROGRAMS {
            complain(install_programs(&[program]));
        }
    }
    if names.iter().any(|name| [figures::PEERS, SERVICES].contains(name)) {
        complain(install_programs(&LEMONLDAP));
    }
    if names.iter().any(|name| [figures::PEERS, FRAMEWORKS].contains(name)) {
        complain(rust());
        complain(node(&folder.join("node")));
        complain(python(&folder.join("python")));
    }
    folder
}

fn complain(result: anyhow::Result<()>) {
    if let Err(error) = result {
        eprintln!("a peer is missing: {error:#}");
    }
}

/// Services of Rust, beside the other programs in the build's folder.
fn rust() -> anyhow::Result<()> {
    let mut build = cargo();
    build.args(["build", "--release", "--locked", "--quiet", "--manifest-path"]);
    build.arg(sources().join("rust/Cargo.toml")).arg("--target-dir").arg(target());
    run("services of Rust", &mut build)
}

/// Services of Node with their packages, whose own scripts are not run.
fn node(folder: &Path) -> anyhow::Result<()> {
    copy(&sources().join("node"), folder)?;
    let wanted = std::fs::read_to_string(folder.join("package.json"))?;
    let stamp = folder.join("installed");
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    let mut install = Command::new("npm");
    install.args(["install", "--no-audit", "--no-fund", "--ignore-scripts"]).current_dir(folder);
    run("npm install", &mut install)?;
    Ok(std::fs::write(stamp, wanted)?)
}

/// A service of Python with its packages.
fn python(folder: &Path) -> anyhow::Result<()> {
    let wanted = std::fs::read_to_string(sources().join("python/requirements.txt"))?;
    python_with(folder, &wanted.lines().collect::<Vec<_>>())?;
    copy(&sources().join("python"), folder)
}

fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(to)?;
    for file in std::fs::read_dir(from)? {
        let file = file?;
        if file.file_type()?.is_file() {
            std::fs::copy(file.path(), to.join(file.file_name()))?;
        }
    }
    Ok(())
}

fn sources() -> PathBuf {
    root().join("bench/peers")
}
