//! Being connected by a person in their browser (RFC 8628).

use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::Value;
use ward_core::{Clock as _, Secret, SystemClock};

use super::{Body, Key, Refusal, Server, field, text};
use crate::error::Error;

const CLIENT: (&str, &str) = ("client_id", "ward-cli");
const GRANT: (&str, &str) = ("grant_type", "urn:ietf:params:oauth:grant-type:device_code");
/// What is added to the time between two questions for each that came too soon (RFC 8628 3.5).
const SLOWER: Duration = Duration::from_secs(5);

/// A token.
pub(super) struct Connected {
    pub(super) token: Secret<String>,
    /// When it ends, in seconds since 1970.
    pub(super) ends: i64,
}

/// Shows a code, and waits until its person has decided.
pub(super) async fn connect(
    server: &Server,
    key: &Key,
    wanted: &[(&str, &str)],
) -> Result<Connected, Error> {
    let machine = machine();
    let mut fields = vec![CLIENT, ("scope", "ward/manage")];
    fields.extend(machine.as_deref().map(|name| ("machine", name)));
    fields.extend(wanted);
    let begin = (&Method::POST, "/oauth/device_authorization");
    let begun = server.ask(key, None, begin, Body::Form(&fields)).await?;
    if !begun.status().is_success() {
        return Err(Refusal::read(begun).await.told());
    }
    let begun: Value = begun.json().await.map_err(Error::told)?;
    eprintln!("Open   {}", text(&begun, "verification_uri"));
    eprintln!("in a browser where you sign in with your passkey, and type this code:\n");
    eprintln!("       {}\n", text(&begun, "user_code"));
    let minutes = field(&begun, "expires_in").as_u64().unwrap_or_default() / 60;
    eprintln!("Waiting for up to {minutes} minutes; Ctrl-C stops. Give the code to nobody.");
    let interval = Duration::from_secs(field(&begun, "interval").as_u64().unwrap_or(5));
    wait(server, key, text(&begun, "device_code"), interval).await
}

/// Asks for the token until there is one, or none will be. The server ends it: its codes expire.
async fn wait(
    server: &Server,
    key: &Key,
    device_code: &str,
    mut interval: Duration,
) -> Result<Connected, Error> {
    let fields = [CLIENT, GRANT, ("device_code", device_code)];
    loop {
        tokio::time::sleep(interval).await;
        let token = (&Method::POST, "/oauth/token");
        let answer = server.ask(key, None, token, Body::Form(&fields)).await?;
        let status = answer.status();
        let answer: Value = answer.json().await.map_err(Error::told)?;
        if status.is_success() {
            return read(&answer);
        }
        let told = |why: &str| Err(Error::Told(why.to_owned()));
        match text(&answer, "error") {
            "authorization_pending" => {}
            "slow_down" => interval += SLOWER,
            _ if status == StatusCode::SERVICE_UNAVAILABLE => interval += SLOWER,
            "access_denied" => return told("it was refused in the browser"),
            "expired_token" => return told("nobody typed the code in time: begin again"),
            _ => {
                let why = text(&answer, "error_description");
                return Err(Error::Told(format!("the server refused: {why}")));
            }
        }
    }
}

fn read(answer: &Value) -> Result<Connected, Error> {
    let token = field(answer, "access_token").as_str();
    let token = token.ok_or_else(|| Error::Told("the server gave no token".into()))?;
    let life = field(answer, "expires_in").as_i64().unwrap_or_default();
    Ok(Connected {
        token: Secret::new(token.to_owned()),
        ends: SystemClock.now().as_seconds() + life,
    })
}

/// What this machine calls itself, as far as that is plain.
fn machine() -> Option<String> {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").ok()?;
    let is_plain = |letter: &char| letter.is_ascii_alphanumeric() || "-.".contains(*letter);
    let name: String = name.trim().chars().filter(is_plain).take(63).collect();
    (!name.is_empty()).then_some(name)
}
