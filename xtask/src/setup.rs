//! Fetches what the build takes from npm and PyPI, and finds a browser for the journeys and the
//! solver for the proof.
//!
//! Safe to run again, and quick then: each fetched folder keeps a copy of the list that it was
//! fetched from, and is left alone while that list is unchanged.

use std::{fs, path::Path, process::Stdio};

use crate::command::{check, program, root};

/// The design system's CSS, JavaScript and icons, and the browser tests' tools.
const NPM_LIST: &str = "web/package-lock.json";
const NPM_FOLDER: &str = "web/node_modules";
/// The design system's Jinja templates.
const PYPI_LIST: &str = "web/requirements.txt";
const PYPI_FOLDER: &str = "target/vendor/nhsuk-frontend-jinja";
/// The Python client of the tests.
const PYTHON_LIST: &str = "web/requirements-tests.txt";
const PYTHON_FOLDER: &str = "target/vendor/python";
/// The copy of the list, kept in the folder.
const STAMP: &str = ".fetched-from";
/// The same, where the packages that only the tests take are there, too.
const TESTS_STAMP: &str = ".fetched-with-tests-from";
const BROWSERS: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];

/// Fetches the npm and PyPI packages that `crates/web/build.rs` embeds.
pub(crate) fn pages() -> Result<(), String> {
    // The packages of the tests contain those of the pages.
    if !fetched(NPM_LIST, NPM_FOLDER, TESTS_STAMP)? {
        fetch(NPM_LIST, NPM_FOLDER, STAMP, |_| npm(&["--omit=dev"]))?;
    }
    fetch(PYPI_LIST, PYPI_FOLDER, STAMP, pypi)
}

/// Fetches what the tests take as well: R4's definitions and examples, the browser's driver, clients
/// of apps and services, and the solver.
pub(crate) fn tests() -> Result<(), String> {
    fetch(NPM_LIST, NPM_FOLDER, TESTS_STAMP, |_| npm(&[]))?;
    fetch(PYTHON_LIST, PYTHON_FOLDER, STAMP, python)?;
    solver()?;
    pages()
}

/// The program of a Chromium: installed where it is missing, on Debian and as root.
pub(crate) fn browser() -> Result<String, String> {
    installed_from_debian(&BROWSERS, "chromium", "Chromium for the browser journeys")
}

/// The solver that proves policies: installed where it is missing, on Debian and as root.
fn solver() -> Result<String, String> {
    installed_from_debian(
        &["cvc5"],
        "cvc5",
        "the solver cvc5 for the proof of the policies",
    )
}

/// The path of a program by one of its names; its package is installed where it is missing.
fn installed_from_debian(names: &[&str], package: &str, what: &str) -> Result<String, String> {
    let found = || names.iter().find_map(|name| installed(name));
    if let Some(path) = found() {
        return Ok(path);
    }
    if installed("apt-get").is_some() {
        eprintln!("installing {what}");
        let quietly =
            |arguments: &[&str]| check(program("apt-get").args(arguments).stdout(Stdio::null()));
        quietly(&["update", "--quiet"])
            .and_then(|()| {
                let install = ["install", "--quiet", "--yes", "--no-install-recommends"];
                quietly(&[&install[..], &[package]].concat())
            })
            .map_err(|why| format!("install {what} ({why})"))?;
    }
    found().ok_or_else(|| format!("install {what} (looked for {})", names.join(", ")))
}

fn fetch(
    list: &str,
    folder: &str,
    stamp: &str,
    how: impl Fn(&Path) -> Result<(), String>,
) -> Result<(), String> {
    if fetched(list, folder, stamp)? {
        return Ok(());
    }
    let folder = root().join(folder);
    how(&folder)?;
    let stamp = folder.join(stamp);
    fs::write(&stamp, wanted(list)?).map_err(|error| format!("{}: {error}", stamp.display()))
}

/// Whether the folder was fetched from the list as it is now.
fn fetched(list: &str, folder: &str, stamp: &str) -> Result<bool, String> {
    let wanted = wanted(list)?;
    Ok(fs::read(root().join(folder).join(stamp)).is_ok_and(|fetched| fetched == wanted))
}

fn wanted(list: &str) -> Result<Vec<u8>, String> {
    fs::read(root().join(list)).map_err(|error| format!("{list}: {error}"))
}

fn npm(which: &[&str]) -> Result<(), String> {
    if installed("npm").is_none() {
        return Err(
            "install Node 20 or newer with npm: the pages' design system comes from npm".into(),
        );
    }
    let install = [
        "ci",
        "--silent",
        "--no-audit",
        "--no-fund",
        "--ignore-scripts",
    ];
    check(
        program("npm")
            .current_dir(root().join("web"))
            .args(install)
            .args(which),
    )
}

fn pypi(folder: &Path) -> Result<(), String> {
    let pip = pip()?;
    let wheels = folder.with_extension("wheels");
    for old in [folder, &wheels] {
        if old.exists() {
            fs::remove_dir_all(old).map_err(|error| format!("{}: {error}", old.display()))?;
        }
    }
    let (name, first) = pip.split_first().ok_or("no pip")?;
    check(
        program(name)
            .args(first)
            .args([
                "download",
                "--quiet",
                "--disable-pip-version-check",
                "--no-deps",
            ])
            .args([
                "--only-binary=:all:",
                "--require-hashes",
                "--requirement",
                PYPI_LIST,
                "--dest",
            ])
            .arg(&wheels),
    )?;
    let wheel = fs::read_dir(&wheels)
        .map_err(|error| format!("{}: {error}", wheels.display()))?
        .find_map(|entry| entry.ok().map(|entry| entry.path()))
        .ok_or("pip downloaded nothing")?;
    check(
        program("python3")
            .args(["-m", "zipfile", "-e"])
            .arg(wheel)
            .arg(folder),
    )?;
    fs::remove_dir_all(&wheels).map_err(|error| format!("{}: {error}", wheels.display()))
}

/// The packages that the Python client is made of, with theirs.
fn python(folder: &Path) -> Result<(), String> {
    let pip = pip()?;
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    let (name, first) = pip.split_first().ok_or("no pip")?;
    let install = [
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--root-user-action=ignore",
        "--only-binary=:all:",
        "--require-hashes",
        "--requirement",
        PYTHON_LIST,
        "--target",
    ];
    check(program(name).args(first).args(install).arg(folder))
}

/// Debian's Python comes without the pip module where `pip3` is installed apart.
fn pip() -> Result<Vec<&'static str>, String> {
    if installed("python3").is_none() {
        return Err("install Python 3 with pip: the pages' templates come from PyPI".into());
    }
    let runs = |line: &[&str]| {
        line.split_first().is_some_and(|(name, rest)| {
            let mut command = program(name);
            command
                .args(rest)
                .arg("--version")
                .stdout(Stdio::null())
                .stderr(Stdio::null());
            command.status().is_ok_and(|status| status.success())
        })
    };
    [vec!["python3", "-m", "pip"], vec!["pip3"]]
        .into_iter()
        .find(|line| runs(line))
        .ok_or_else(|| "install pip (python3-pip): the pages' templates come from PyPI".into())
}

/// The path of a program, where the shell would find it.
fn installed(name: &str) -> Option<String> {
    let output = program("sh")
        .args(["-c", "command -v -- \"$0\"", name])
        .output()
        .ok()?;
    let path = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| path.trim().to_owned())
}
