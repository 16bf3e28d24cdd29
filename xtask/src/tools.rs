//! Programs that tests and figures need: installed when they are missing.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::bail;

use crate::step::{has, run, target};

/// Programs that the tests need, and the Debian packages that have them.
pub(crate) const PROGRAMS: [(&str, &str); 8] = [
    ("curl", "curl"),
    ("chromium", "chromium"),
    ("chromedriver", "chromium-driver"),
    ("valgrind", "valgrind"),
    ("strace", "strace"),
    ("python3", "python3"),
    ("nginx", "nginx"),
    ("npm", "npm"),
];
/// Python packages: an HTTP API that is not ours, and a client that is not ours.
const PYTHON: [&str; 2] = ["httpbin==0.10.2", "requests==2.32.5"];
/// The npm package that looks at pages.
const AXE: &str = "axe-core@4.14.1";

/// Installs what is missing of these programs, from the packages beside them.
pub(crate) fn install(programs: &[(&str, &str)]) -> anyhow::Result<()> {
    let missing: Vec<&str> =
        programs.iter().filter(|(program, _)| !has(program)).map(|(_, package)| *package).collect();
    if missing.is_empty() {
        return Ok(());
    }
    if !has("apt-get") {
        bail!("this needs {}: install them, then try again", missing.join(", "));
    }
    let apt = |arguments: &[&str]| {
        let mut command = Command::new("apt-get");
        command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    run("apt-get update", &mut apt(&["update", "-qq"]))?;
    let mut install = apt(&["install", "-qq", "--yes", "--no-install-recommends"]);
    run("apt-get install", install.args(&missing))
}

/// A Python with the packages of our peers, in a folder of its own below the build's.
pub(crate) fn python() -> anyhow::Result<PathBuf> {
    let folder = target().join("peers");
    python_with(&folder, &PYTHON)
}

/// A Python with these packages in this folder, made once.
pub(crate) fn python_with(folder: &Path, packages: &[&str]) -> anyhow::Result<PathBuf> {
    let python = folder.join("bin/python3");
    let stamp = folder.join("installed");
    let wanted = packages.join("\n");
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) && python.is_file() {
        return Ok(python);
    }
    make_environment(folder)?;
    let mut install = Command::new(&python);
    install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]).args(packages);
    run("pip install", &mut install)?;
    std::fs::write(&stamp, wanted)?;
    Ok(python)
}

/// What looks at pages for people who see, hear or move otherwise: a script, in a folder of its own below the build's.
pub(crate) fn axe() -> anyhow::Result<PathBuf> {
    let folder = target().join("axe").join(AXE);
    let script = folder.join("node_modules/axe-core/axe.min.js");
    if script.is_file() {
        return Ok(script);
    }
    std::fs::create_dir_all(&folder)?;
    let mut install = Command::new("npm");
    install
        .args(["install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix"])
        .arg(&folder)
        .arg(AXE);
    run("npm install", &mut install)?;
    Ok(script)
}

fn make_environment(folder: &Path) -> anyhow::Result<()> {
    let _ = std::fs::remove_dir_all(folder);
    let mut make = Command::new("python3");
    make.args(["-m", "venv"]).arg(folder);
    if run("python3 -m venv", &mut make).is_ok() {
        return Ok(());
    }
    // Debian has the module in a package of its own.
    let mut install = Command::new("apt-get");
    install.args(["install", "-qq", "--yes", "--no-install-recommends", "python3-venv"]);
    run("apt-get install python3-venv", install.env("DEBIAN_FRONTEND", "noninteractive"))?;
    run("python3 -m venv", &mut make)
}

/// A program of the Rust world, built once.
pub(crate) fn cargo_program(program: &str, package: &str, version: &str) -> anyhow::Result<()> {
    if has(program) {
        return Ok(());
    }
    let mut install = crate::step::cargo_with(["install", "--locked", "--quiet", package, "--version", version]);
    run(&format!("cargo install {package}"), &mut install)
}
