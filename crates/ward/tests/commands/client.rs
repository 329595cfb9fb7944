//! `ward login` and what it opens: the real binary, a real server, a passkey in software.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _},
    process::Stdio,
};

use reqwest::StatusCode;
use serde_json::Value;

use crate::browser::{Browser, Served};

/// Types a command that wants its person in the browser, and gives what it prints.
async fn with_browser(served: &Served, browser: &mut Browser<'_>, arguments: &[&str]) -> String {
    let mut command = served.operator.command(arguments);
    let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut told = String::new();
    let stderr = BufReader::new(child.stderr.take().unwrap());
    for line in stderr.lines() {
        let line = line.unwrap();
        let code = line.trim();
        let is_code = code.len() == 9 && code.as_bytes()[4] == b'-';
        told.push_str(&line);
        if is_code {
            browser.approve(code).await;
        }
    }
    let mut printed = String::new();
    child
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut printed)
        .unwrap();
    assert!(child.wait().unwrap().success(), "{arguments:?} {told}");
    printed
}

const LOGIN: &[&str] = &["login", "--ca", "server.pem"];

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_logs_in_by_passkey_and_keeps_accounts() {
    let served = Served::new().await;
    let operator = &served.operator;
    let told = operator.refuses(&["account", "list"]);
    assert!(told.contains("ward login"), "{told}");
    let mut browser = Browser::enrol(&served, &served.link().unwrap()).await;

    let said = with_browser(&served, &mut browser, LOGIN).await;
    assert!(
        said.contains("administrator@WRD01 (administrator)"),
        "{said}"
    );
    let own: Value = serde_json::from_str(&operator.says(&["whoami", "--json"])).unwrap();
    assert_eq!(own["role"], "administrator");

    let made = operator.says(&[
        "account",
        "add",
        "b.lee",
        "--display-name",
        "Bo Lee",
        "--role",
        "clinician",
        "--json",
    ]);
    let made: Value = serde_json::from_str(&made).unwrap();
    assert!(made["url"].as_str().unwrap().starts_with(&served.url));
    let listed = operator.says(&["account", "list"]);
    let row = listed.lines().find(|line| line.starts_with("b.lee@WRD01"));
    assert!(row.unwrap().contains("not-enrolled"), "{listed}");
    let said = operator.says(&["account", "suspend", "B.LEE"]);
    assert!(said.contains("Suspended"), "{said}");
    let shown = operator.says(&["account", "show", "b.lee", "--json"]);
    let shown: Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(shown["state"], "waits-to-be-let-in");
    let told = operator.refuses(&["account", "suspend", "administrator"]);
    assert!(told.contains("somebody else"), "{told}");
    let told = operator.refuses(&["account", "show", "nobody"]);
    assert!(told.contains("there is no `nobody`"), "{told}");
    let listed = operator.says(&["session", "list"]);
    assert!(
        listed.contains("command-line") && listed.contains("browser"),
        "{listed}"
    );
    assert_eq!(operator.says(&["service", "list"]), "None.\n");

    let kept = operator.path("home/.config/ward/session.json");
    let stolen = fs::read(&kept).unwrap();
    operator.says(&["logout"]);
    assert!(!kept.exists());
    let told = operator.refuses(&["whoami"]);
    assert!(told.contains("not logged in"), "{told}");
    // A copy that somebody took before is worth nothing now, and is thrown away.
    write_secret(&kept, &stolen);
    let told = operator.refuses(&["account", "list"]);
    assert!(told.contains("ward login") && !kept.exists(), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_of_its_key_and_its_process() {
    let mut served = Served::new().await;
    let mut browser = Browser::enrol(&served, &served.link().unwrap()).await;
    with_browser(&served, &mut browser, LOGIN).await;
    drop(browser);
    let kept = served.operator.path("home/.config/ward/session.json");
    let whole = fs::read_to_string(&kept).unwrap();
    // The attack: the token alone, with a key of the thief's.
    let mut stolen: Value = serde_json::from_str(&whole).unwrap();
    let other = aws_lc_rs::signature::EcdsaKeyPair::generate_pkcs8(
        &aws_lc_rs::signature::ECDSA_P256_SHA256_FIXED_SIGNING,
        &aws_lc_rs::rand::SystemRandom::new(),
    );
    let other = data_encoding::BASE64.encode(other.unwrap().as_ref());
    stolen["key"] = other.into();
    write_secret(&kept, stolen.to_string().as_bytes());
    let told = served.operator.refuses(&["whoami"]);
    assert!(told.contains("not of the key"), "{told}");
    // The attack: the key alone, with a token that was made up.
    let mut stolen: Value = serde_json::from_str(&whole).unwrap();
    stolen["token"] = "A".repeat(43).into();
    write_secret(&kept, stolen.to_string().as_bytes());
    let told = served.operator.refuses(&["whoami"]);
    assert!(told.contains("does not work"), "{told}");
    write_secret(&kept, whole.as_bytes());
    served.operator.says(&["whoami"]);
    served.restart().await;
    let told = served.operator.refuses(&["whoami"]);
    assert!(told.contains("ward login"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_is_itself_or_nobody() {
    let served = Served::new().await;
    let told = served.operator.refuses(&["login"]);
    assert!(told.contains("--ca FILE"), "{told}");
    let told = served
        .operator
        .refuses(&["login", "--server", "http://localhost:1"]);
    assert!(told.contains("https://host"), "{told}");
    let told = served
        .operator
        .refuses(&["login", "--server", "https://localhost:1"]);
    assert!(told.contains("can't be reached"), "{told}");
    let told = served.operator.refuses(&["login", "--ca", "ward.toml"]);
    assert!(told.contains("holds no certificate"), "{told}");
}

/// The attack: a link that lay about, in a log or a terminal's history, is tried later.
#[tokio::test(flavor = "multi_thread")]
async fn the_first_link_is_good_once_in_its_start() {
    let mut served = Served::new().await;
    let before = served.link().unwrap();
    served.restart().await;
    let link = served.link().unwrap();
    assert_ne!(before, link, "each start makes another");
    let refused = StatusCode::NOT_FOUND;
    let made_up = format!("{}/enrol/{}", served.url, "A".repeat(43));
    for dead in [&before, &made_up] {
        assert_eq!(Browser::new(&served).try_enrol(dead).await, refused);
    }
    let first = Browser::enrol(&served, &link).await;
    assert_eq!(
        Browser::new(&served).try_enrol(&link).await,
        refused,
        "used"
    );
    drop(first);
    served.restart().await;
    assert_eq!(served.link(), None, "an administrator has enrolled");
    assert_eq!(Browser::new(&served).try_enrol(&link).await, refused);
}

fn write_secret(path: &std::path::Path, bytes: &[u8]) {
    fs::write(path, bytes).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    }
}
