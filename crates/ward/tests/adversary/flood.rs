//! Ten thousand failing sign-ins, over TLS, against the binary itself: who else gets in, and what
//! memory it takes.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use ward_testkit::{PASSWORD, Raw, SoftwarePasskey, Wire, ceremony, form, hidden, session_set_by};

use crate::{fixture::FORM, running::Running};

/// Failing sign-ins, in all.
const FAILING: usize = 10_000;
/// Connections that they come over at once.
const AT_ONCE: usize = 20;
/// What the process may grow by meanwhile: two password hashes at once take 128 MiB; the counters
/// of attempts have their size from the start, and are touched as they are used.
const GROWTH: u64 = 192 * 1024 * 1024;

/// The attack: ten thousand wrong passwords for one account, from one address. Others of the same
/// address get in by either way, its owner with a passkey, and memory stays bounded.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_failing_sign_ins_keep_nobody_else_out() {
    let (running, told) = Running::demo();
    let site = Site::of(&running, &told);
    let mut people = site.people(&told);
    let (mary, john, zoe) = (people.remove(0), people.remove(0), people.remove(0));
    let mut mary_passkey = site.enrol_passkey(&mary).await;
    let mut zoe_passkey = site.enrol_passkey(&zoe).await;
    let john_app = site.enrol_app(&john).await;
    // Who signed in from there of late has attempts of their own there.
    assert_eq!(site.by_passkey(&mut mary_passkey).await, 200);
    // Whatever a hash takes, it takes once.
    assert_eq!(
        site.typed("nobody@WRD01", "wrong", "000000").await.status,
        401
    );
    let before = running.memory();
    let flood: Vec<_> = (0..AT_ONCE)
        .map(|_| {
            tokio::spawn(fail(
                site.wire.clone(),
                mary.name.clone(),
                FAILING / AT_ONCE,
            ))
        })
        .collect();
    let mut during = 0;
    while !flood.iter().all(tokio::task::JoinHandle::is_finished) {
        during += 1;
        assert_eq!(
            site.by_passkey(&mut zoe_passkey).await,
            200,
            "somebody else"
        );
        assert_eq!(site.by_passkey(&mut mary_passkey).await, 200, "the owner");
    }
    assert!(during > 0, "the flood was over before anybody tried");
    // The code after the one of the enrolment: the app's clock may run ahead by a step.
    let code = code_in(&john_app, 30);
    assert_eq!(
        site.typed(&john.name, PASSWORD, &code).await.status,
        303,
        "with a password"
    );
    let mut checked = 0;
    for one in flood {
        checked += one.await.unwrap();
    }
    let limit = ward_core::limits::ATTEMPTS_PER_ACCOUNT as usize;
    // One more is given back for each share of the window that the flood took.
    assert!(
        (limit..=limit + 2).contains(&checked),
        "{checked} guesses were checked"
    );
    let grown = running.memory().saturating_sub(before);
    println!("{FAILING} failing sign-ins; {during} rounds of others meanwhile; {grown} bytes more");
    assert!(grown < GROWTH, "{grown} bytes more");
}

/// Fails so often over one connection; gives how many guesses were looked at.
async fn fail(wire: Wire, name: String, times: usize) -> usize {
    let mut stream = wire.connect(b"http/1.1").await;
    let body = form(&[("name", &name), ("password", "wrong"), ("code", "000000")]);
    let request = format!(
        "POST /sign-in/password HTTP/1.1\r\nHost: {}\r\nSec-Fetch-Site: same-origin\r\n{FORM}\r\n\
         Content-Length: {}\r\n\r\n{body}",
        wire.authority,
        body.len()
    );
    let mut checked = 0;
    for _ in 0..times {
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.unwrap());
        }
        let head = String::from_utf8(head).unwrap();
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        let mut rest = vec![0; length.map_or(0, |length| length.parse().unwrap())];
        stream.read_exact(&mut rest).await.unwrap();
        let status: u16 = head.split(' ').nth(1).unwrap().parse().unwrap();
        assert!([401, 429, 503].contains(&status), "{head}");
        checked += usize::from(status == 401);
    }
    checked
}

/// What the seconds now are, of this machine: the binary goes by them.
#[expect(
    clippy::disallowed_methods,
    reason = "an authenticator app has the clock of its machine"
)]
fn code_in(app: &str, seconds: u64) -> String {
    let secret = data_encoding::BASE32_NOPAD.decode(app.as_bytes()).unwrap();
    let totp = totp_rs::Builder::new().with_secret(secret).build().unwrap();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    totp.generate(now.as_secs() + seconds).to_string()
}

/// A demo that runs, as a browser reaches it.
struct Site {
    wire: Wire,
    origin: String,
}

/// Somebody who has not enrolled.
struct Newcomer {
    name: String,
    link: String,
}

impl Site {
    fn of(running: &Running, told: &Value) -> Self {
        let origin = told["url"].as_str().unwrap().to_owned();
        let authority = origin.trim_start_matches("https://").to_owned();
        let address = running.listening()[0];
        Self {
            wire: running.wire(address, &authority),
            origin,
        }
    }

    fn people(&self, told: &Value) -> Vec<Newcomer> {
        let accounts = told["accounts"].as_array().unwrap().iter();
        let people = accounts.map(|account| Newcomer {
            name: account["name"].as_str().unwrap().to_owned(),
            link: account["enrol_url"]
                .as_str()
                .unwrap()
                .replace(&self.origin, ""),
        });
        people.collect()
    }

    async fn post(&self, path: &str, kind: &str, body: &str) -> Raw {
        let lines = ["Sec-Fetch-Site: same-origin", kind];
        self.wire.send("POST", path, &lines, body.as_bytes()).await
    }

    async fn json(&self, path: &str, body: &str) -> Raw {
        self.post(path, "Content-Type: application/json", body)
            .await
    }

    async fn enrol_passkey(&self, newcomer: &Newcomer) -> SoftwarePasskey {
        let mut passkey = SoftwarePasskey::at(&self.origin).unwrap();
        let link = &newcomer.link;
        let started = self.json(&format!("{link}/passkey/start"), "{}").await;
        let (id, options) = ceremony(&started);
        let made = passkey.create(&options).await.unwrap();
        let body = format!("{{\"ceremony\":\"{id}\",\"credential\":{made}}}");
        let done = self.json(&format!("{link}/passkey/finish"), &body).await;
        assert_eq!(done.status, 200, "{}", done.body);
        passkey
    }

    /// Enrols [`PASSWORD`] and an app: its secret.
    async fn enrol_app(&self, newcomer: &Newcomer) -> String {
        let link = &newcomer.link;
        let started = self.post(&format!("{link}/password/start"), FORM, "").await;
        let (_, rest) = started.body.split_once("class=\"ward-key\">").unwrap();
        let app: String = rest.split('<').next().unwrap().split_whitespace().collect();
        let (ceremony, code) = (hidden(&started, "ceremony"), code_in(&app, 0));
        let fields = [
            ("ceremony", &*ceremony),
            ("password", PASSWORD),
            ("code", &code),
        ];
        let done = self
            .post(&format!("{link}/password/finish"), FORM, &form(&fields))
            .await;
        assert_eq!(done.status, 303, "{}", done.body);
        app
    }

    async fn typed(&self, name: &str, password: &str, code: &str) -> Raw {
        let fields = [("name", name), ("password", password), ("code", code)];
        self.post("/sign-in/password", FORM, &form(&fields)).await
    }

    async fn by_passkey(&self, passkey: &mut SoftwarePasskey) -> u16 {
        let started = self.json("/sign-in/passkey/start", "{}").await;
        let (id, options) = ceremony(&started);
        let answer = passkey.get(&options).await.unwrap();
        let body = format!("{{\"ceremony\":\"{id}\",\"credential\":{answer}}}");
        let finished = self.json("/sign-in/passkey/finish", &body).await;
        assert!(finished.status != 200 || session_set_by(&finished).is_some());
        finished.status
    }
}
