//! A person's command line: its key, its code, its token, its proofs (RFC 8628, RFC 9449).

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use serde_json::Value;
use ward_core::Clock;

use crate::{ORIGIN, Person, Raw, Server, ServiceClient, form};

const FORM: &str = "Content-Type: application/x-www-form-urlencoded";
const BEGIN: &str = "/oauth/device_authorization";
const TOKEN: &str = "/oauth/token";

/// A machine on which `ward login` is typed.
pub struct CommandLine {
    keys: ServiceClient,
    sent: AtomicU64,
    /// Its token, once it is connected.
    pub token: String,
}

#[expect(
    clippy::expect_used,
    reason = "a machine that can't be made fails its tests"
)]
impl CommandLine {
    /// One that is not connected.
    ///
    /// # Panics
    /// Where the machine gives no randomness.
    pub fn new() -> Self {
        Self {
            keys: ServiceClient::new().expect("keys"),
            sent: AtomicU64::new(0),
            token: String::new(),
        }
    }

    /// One that is connected: its person approves it by the session they have.
    ///
    /// # Panics
    /// Where that is too old, or not of a passkey.
    pub async fn of(server: &Server, person: &Person) -> Self {
        let mut machine = Self::new();
        let begun = machine.begin(server).await;
        let assured = server.world.assured(person);
        let code = begun["user_code"].as_str().expect("a code");
        let approved = server.world.identity.approve_command_line(&assured, code);
        approved.expect("approved");
        let code = begun["device_code"].as_str().expect("a code");
        let issued = machine.poll(server, code).await;
        assert_eq!(issued.status, 200, "{}", issued.body);
        let issued: Value = serde_json::from_str(&issued.body).expect("JSON");
        issued["access_token"]
            .as_str()
            .expect("a token")
            .clone_into(&mut machine.token);
        machine
    }

    /// Asks to be connected.
    pub async fn begin(&self, server: &Server) -> Value {
        let fields = [("client_id", "ward-cli"), ("scope", "ward/manage")];
        let begun = self.post(server, BEGIN, &fields).await;
        assert_eq!(begun.status, 200, "{}", begun.body);
        serde_json::from_str(&begun.body).expect("JSON")
    }

    /// Asks for the token, in its time.
    pub async fn poll(&self, server: &Server, device_code: &str) -> Raw {
        server.world.clock.advance(Duration::from_secs(5));
        let fields = [
            ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
            ("client_id", "ward-cli"),
            ("device_code", device_code),
        ];
        self.post(server, TOKEN, &fields).await
    }

    async fn post(&self, server: &Server, path: &str, fields: &[(&str, &str)]) -> Raw {
        let proof = format!("DPoP: {}", self.proof(server, "POST", path, None));
        let body = form(fields);
        let lines = [FORM, &proof];
        server
            .wire
            .send("POST", path, &lines, body.as_bytes())
            .await
    }

    /// Asks with its token, and a body of JSON where there is one.
    pub async fn ask(&self, server: &Server, method: &str, target: &str, body: &str) -> Raw {
        let path = target.split('?').next().unwrap_or_default();
        let lines = [
            format!("Authorization: DPoP {}", self.token),
            format!(
                "DPoP: {}",
                self.proof(server, method, path, Some(&self.token))
            ),
            "Content-Type: application/json".to_owned(),
        ];
        let lines = lines.each_ref().map(String::as_str);
        server
            .wire
            .send(method, target, &lines, body.as_bytes())
            .await
    }

    /// A proof for one request.
    ///
    /// # Panics
    /// Where the machine gives no randomness.
    pub fn proof(&self, server: &Server, method: &str, path: &str, token: Option<&str>) -> String {
        let id = format!("cli-{}", self.sent.fetch_add(1, Ordering::SeqCst));
        let (now, url) = (server.world.clock.now(), format!("{ORIGIN}{path}"));
        self.keys
            .proof(method, &url, now, &id, token)
            .expect("signed")
    }
}

impl Default for CommandLine {
    fn default() -> Self {
        Self::new()
    }
}
