//! Tokens, and what is asked with them.

use std::sync::atomic::{AtomicU64, Ordering};

use reqwest::Method;
use serde_json::{Value, json};
use ward_core::{Clock as _, SystemClock};
use ward_testkit::ServiceClient;

use crate::{Failure, Site, text};

/// A token, and the key that it is bound to.
pub(crate) struct Token {
    pub(crate) text: String,
    pub(crate) key: ServiceClient,
}

impl Token {
    /// As the folder keeps it.
    pub(crate) fn kept(&self, is: &str, organisation: &str) -> Value {
        json!({
            "is": is, "organisation": organisation,
            "token": { "token": self.text, "key": self.key.bound_key() },
        })
    }

    /// Asks with the token and a proof.
    pub(crate) async fn ask(
        &self,
        site: &Site,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<Value, Failure> {
        let before_query = path.split('?').next().unwrap_or_default();
        let proof = proof(
            site,
            &self.key,
            method.as_str(),
            before_query,
            Some(&self.text),
        )?;
        let request = site.http.request(method.clone(), site.at(path));
        let request = request
            .header("authorization", format!("DPoP {}", self.text))
            .header("dpop", proof);
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        let answer = request.send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        if !status.is_success() {
            return Err(format!("{method} {before_query}: {status} {text}").into());
        }
        Ok(serde_json::from_str(&text).unwrap_or_default())
    }
}

/// A proof for one request.
pub(crate) fn proof(
    site: &Site,
    key: &ServiceClient,
    method: &str,
    path: &str,
    token: Option<&str>,
) -> Result<String, Failure> {
    let (now, id) = (SystemClock.now(), id());
    Ok(key.proof(method, &site.at(path), now, &id, token)?)
}

/// A token of a service (SMART App Launch 2.2, backend services).
pub(crate) async fn of_service(
    site: &Site,
    key: ServiceClient,
    client: &str,
    scope: &str,
) -> Result<Token, Failure> {
    let path = "/oauth/token";
    let assertion = key.assertion(client, &site.at(path), SystemClock.now(), &id())?;
    let fields = [
        ("grant_type", "client_credentials"),
        ("scope", scope),
        (
            "client_assertion_type",
            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        ),
        ("client_assertion", &assertion),
    ];
    let answer = site.http.post(site.at(path));
    let answer = answer
        .header("dpop", proof(site, &key, "POST", path, None)?)
        .form(&fields)
        .send()
        .await?;
    let answer: Value = answer.error_for_status()?.json().await?;
    let text = text(&answer, "access_token")?.to_owned();
    Ok(Token { text, key })
}

/// An id that this process has not used.
fn id() -> String {
    static USED: AtomicU64 = AtomicU64::new(0);
    let number = USED.fetch_add(1, Ordering::Relaxed);
    format!("{}-{number}", std::process::id())
}
