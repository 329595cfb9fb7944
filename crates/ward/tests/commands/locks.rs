//! No variable, setting or flag turns a lock off: all of them are listed, and all of them tried.

use std::{fmt::Write as _, process::Stdio};

use expect_test::expect;
use reqwest::{StatusCode, header::HeaderValue};

use crate::{
    browser::{Browser, Served},
    operator::Operator,
};

/// What somebody would try who wants a lock off.
const HOSTILE: [&str; 7] = ["0", "off", "false", "none", "", "*", HUGE];
const HUGE: &str = "999999999999999999999999999999999999999999";

/// Every setting, with more that could be tried of it. One that is not here fails the test: whoever
/// adds it says what an attacker would write there.
const SETTINGS: &[(&str, &[&str])] = &[
    ("data.dir", &["/", "."]),
    ("server.listen", &["everywhere"]),
    ("server.public_url", &["http://localhost", "https://"]),
    ("server.certificate", &["/dev/null"]),
    ("server.private_key", &["/dev/null"]),
    ("metrics.listen", &["0.0.0.0:9464"]),
    ("log.filter", &["trace"]),
    ("key.passphrase", &[]),
    ("key.shares", &["/dev/null"]),
    ("client.dir", &["/"]),
    ("proof.solver", &["/bin/true"]),
];

/// Names of settings that Ward does not have, as somebody would guess them.
const GUESSED: [&str; 6] = [
    "WARD_MFA",
    "WARD_SECOND_FACTOR",
    "WARD_NO_AUTH",
    "WARD_INSECURE",
    "WARD_DEBUG",
    "WARD_SERVER_AUTH",
];

#[tokio::test(flavor = "multi_thread")]
async fn no_variable_and_no_setting_turns_a_lock_off() {
    let listed = Operator::new().says(&["config", "list"]);
    let known: Vec<&str> = SETTINGS.iter().map(|(key, _)| *key).collect();
    let listed: Vec<(&str, &str)> = listed.lines().filter_map(row).collect();
    let keys: Vec<&str> = listed.iter().map(|(key, _)| *key).collect();
    assert_eq!(keys, known, "every setting is known to this test");

    let mut served = Served::new().await;
    let browser = Browser::enrol(&served, &served.link().unwrap()).await;
    let session = browser.session().to_owned();
    drop(browser);
    served.stop();
    let (mut serving, mut refused) = (0, 0);
    for ((key, variable), (_, more)) in listed.iter().zip(SETTINGS) {
        for (number, value) in HOSTILE.iter().chain(*more).enumerate() {
            // By a variable and by a flag in turns: both end in the same table.
            let setting = format!("{key}={value}");
            let started = if number % 2 == 0 {
                served
                    .try_to_serve(&["serve"], &[(*variable, *value)])
                    .await
            } else {
                served
                    .try_to_serve(&["--set", &setting, "serve"], &[])
                    .await
            };
            if started {
                assert_locked(&served, &session, &setting).await;
                serving += 1;
            } else {
                refused += 1;
            }
            served.stop();
        }
    }
    assert!(
        serving > 20 && refused > 20,
        "{serving} {refused}: both were seen"
    );
    for name in GUESSED {
        for value in HOSTILE {
            let mut command = served.operator.command(&["serve"]);
            let output = command.env(name, value).stdout(Stdio::null()).output();
            let output = output.unwrap();
            let told = String::from_utf8(output.stderr).unwrap();
            assert!(!output.status.success() && told.contains(name), "{told}");
        }
    }
    assert!(served.try_to_serve(&["serve"], &[]).await);
    assert_locked(&served, &session, "nothing").await;
}

/// A row of the list: the setting, and its variable.
fn row(line: &str) -> Option<(&str, &str)> {
    let mut cells = line.split('|').map(|cell| cell.trim().trim_matches('`'));
    let (_, key, variable) = (cells.next()?, cells.next()?, cells.next()?);
    variable.starts_with("WARD_").then_some((key, variable))
}

/// Asks as nobody, and with one thing that is right in a form that is not enough: the token of a
/// session as a bearer's, as a program's without its key's proof, as a password.
async fn assert_locked(served: &Served, session: &str, with: &str) {
    let ask = |method, path: &str| served.http.request(method, format!("{}{path}", served.url));
    let get = |path: &str| ask(reqwest::Method::GET, path);
    let forged = format!("__Host-ward={}", "A".repeat(43));
    for path in [
        "/fhir/WRD01/Patient",
        "/fhir/WRD01/Patient/anna",
        "/manage/accounts",
    ] {
        let attempts = [
            get(path),
            get(path).basic_auth("administrator@WRD01", Some(session)),
            get(path).bearer_auth(session),
            get(path).header("Authorization", format!("DPoP {session}")),
            get(path).header("Cookie", &forged),
            get(path).header("Cookie", format!("__Host-ward={session}")),
            get(path).header("X-Forwarded-User", "administrator@WRD01"),
        ];
        for attempt in attempts {
            let answer = attempt.send().await.unwrap();
            assert_eq!(
                answer.status(),
                StatusCode::UNAUTHORIZED,
                "{path} with {with}"
            );
        }
    }
    for path in ["/", "/patients", "/accounts", "/device"] {
        for attempt in [get(path), get(path).header("Cookie", &forged)] {
            let answer = attempt.send().await.unwrap();
            let to = answer.headers().get("location").map(HeaderValue::as_bytes);
            assert_eq!(to, Some(&b"/sign-in"[..]), "{path} with {with}");
        }
    }
    let typed = [("name", "administrator@WRD01"), ("password", session)];
    let answer = ask(reqwest::Method::POST, "/sign-in/password").form(&typed);
    let answer = answer.header("Origin", &served.url).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "with {with}");
    assert!(answer.headers().get("set-cookie").is_none(), "with {with}");
    let grant = [
        ("grant_type", "password"),
        ("username", "x"),
        ("password", "x"),
    ];
    let answer = ask(reqwest::Method::POST, "/oauth/token").form(&grant);
    let answer = answer.send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "with {with}");
}

/// Every flag there is. One that is added shows here, and who adds it says why it opens nothing.
#[test]
fn every_flag_is_known() {
    let mut flags = String::new();
    collect(&Operator::new(), &[], &mut flags);
    expect![[r"
        init: --organisation --passphrase --passphrase-file --quorum --shares-dir --unsealed
        import: --organisation --aside --overwrite --json
        demo: --people --port --dir --json
        login: --server --ca
        whoami: --json
        account list: --json
        account show: --json
        account add: --display-name --role --practitioner --json
        account link: --json
        account suspend: --json
        account resume: --json
        service list: --json
        service propose: --json
        service approve: --json
        service suspend: --json
        app list: --json
        app propose: --json
        app approve: --json
        app end: --json
        recovery list: --json
        recovery open: --json --notes
        recovery approve: --json
        recovery stop: --json
        recovery link: --json
        policy list: --json
        policy show: --json
        policy write: --json
        policy prove: --json
        policy activate: --json
        policy withdraw: --json
        policy narrow: --json
        session list: --json
        coverage: --table --credentials --report --verify --key --prove --policy --organisation --json
        log verify: --organisation --log --key --checkpoint --position --from-start --json
        log key: --organisation
        view rebuild: --organisation
        key seal: --passphrase --passphrase-file --quorum --shares-dir --unsealed
        key rotate: --organisation --passphrase --passphrase-file --quorum --shares-dir --unsealed
    "]]
    .assert_eq(&flags);
}

/// The flags of a command and of those beneath it, a command a line.
fn collect(operator: &Operator, command: &[&str], flags: &mut String) {
    let help = operator.says(&[command, &["--help"]].concat());
    let own: Vec<&str> = help
        .lines()
        .map(str::trim_start)
        .filter(|line| line.starts_with('-'))
        // What comes after two blanks describes it.
        .filter_map(|line| line.split("  ").next())
        .flat_map(str::split_whitespace)
        .filter(|word| word.starts_with("--") && word.len() > 2)
        .map(|word| word.trim_end_matches(','))
        .filter(|flag| !["--help", "--version", "--config", "--set"].contains(flag))
        .collect();
    if !own.is_empty() {
        writeln!(flags, "{}: {}", command.join(" "), own.join(" ")).unwrap();
    }
    let beneath = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let beneath = beneath.take_while(|line| line.starts_with("  "));
    for line in beneath {
        let name = line.split_whitespace().next().unwrap();
        if line.starts_with("  ") && !line.starts_with("   ") && name != "help" {
            collect(operator, &[command, &[name]].concat(), flags);
        }
    }
}

/// Flags that take a value take no hostile one for a lock: the demo, which also serves.
#[test]
fn the_demo_takes_no_hostile_value() {
    let operator = Operator::new();
    for flag in ["--people", "--port"] {
        for value in HOSTILE {
            if (flag, value) == ("--port", "0") {
                continue; // A free port.
            }
            let mut command = operator.command(&["demo", flag, value]);
            let output = command.stdout(Stdio::null()).output().unwrap();
            assert!(!output.status.success(), "{flag} {value}");
        }
    }
}
