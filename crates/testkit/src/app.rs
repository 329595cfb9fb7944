//! An app's side of SMART App Launch: its request, its code, its tokens, its proofs.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use aws_lc_rs::digest;
use data_encoding::BASE64URL_NOPAD;
use ward_core::{AppId, Clock};
use ward_identity::{AppScopes, NewApp};

use crate::{ORIGIN, Raw, Server, ServiceClient, World, ods};

/// Where the app of a test is answered.
pub const REDIRECT: &str = "https://app.example/callback";
const FORM: &str = "Content-Type: application/x-www-form-urlencoded";

/// An app that was approved.
pub struct App {
    /// Its client id.
    pub id: AppId,
    /// Its keys: registered, and of its tokens.
    pub keys: ServiceClient,
    is_confidential: bool,
    sent: AtomicU64,
}

/// A secret that proves to have asked (RFC 7636 4.1).
pub const VERIFIER: &str = "a-verifier-of-a-test-that-is-as-long-as-it-must-be";

/// What stands for the verifier in the request (RFC 7636 4.2).
pub fn challenge(verifier: &str) -> String {
    let hash = digest::digest(&digest::SHA256, verifier.as_bytes());
    BASE64URL_NOPAD.encode(hash.as_ref())
}

/// Fields as a form or a query.
pub fn form(fields: &[(&str, &str)]) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let encoded = |text: &str| -> String {
        let each = text.bytes().map(|byte| {
            if plain(byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        });
        each.collect()
    };
    let pairs = fields
        .iter()
        .map(|(name, value)| format!("{name}={}", encoded(value)));
    pairs.collect::<Vec<_>>().join("&")
}

#[expect(
    clippy::expect_used,
    reason = "an app that can't be made fails its test"
)]
impl World {
    /// Registers an app, vouched for by two people.
    ///
    /// # Panics
    /// Where it can't.
    pub async fn app(&self, code: &str, name: &str, scopes: &str, is_confidential: bool) -> App {
        let keys = ServiceClient::new().expect("keys");
        let one = self.account(code, &format!("{name}.one")).await;
        let two = self.account(code, &format!("{name}.two")).await;
        let new = NewApp {
            name: name.to_owned(),
            redirect_uris: vec![REDIRECT.to_owned(), "http://127.0.0.1/app".to_owned()],
            launch_url: Some("https://app.example/launch".to_owned()),
            jwks: is_confidential.then(|| keys.jwks()),
            scopes: AppScopes::parse(scopes).expect("scopes"),
            expires: self.clock.now() + Duration::from_hours(24 * 30),
        };
        let id = self.identity.set_up_app(&ods(code), new, one, two).await;
        App {
            id: id.expect("an app"),
            keys,
            is_confidential,
            sent: AtomicU64::new(0),
        }
    }
}

#[expect(
    clippy::expect_used,
    reason = "a machine without randomness fails its tests"
)]
impl App {
    fn next(&self) -> String {
        format!("{}-{}", self.id, self.sent.fetch_add(1, Ordering::SeqCst))
    }

    /// A proof for one request.
    ///
    /// # Panics
    /// Where the machine gives no randomness.
    pub fn proof(&self, server: &Server, method: &str, path: &str, token: Option<&str>) -> String {
        let (now, url) = (server.world.clock.now(), format!("{ORIGIN}{path}"));
        self.keys
            .proof(method, &url, now, &self.next(), token)
            .expect("signed")
    }

    /// The fields by which it says who it is.
    ///
    /// # Panics
    /// Where the machine gives no randomness.
    pub fn authentication(&self, server: &Server) -> Vec<(String, String)> {
        let id = self.id.to_string();
        if !self.is_confidential {
            return vec![("client_id".to_owned(), id)];
        }
        let (now, url) = (server.world.clock.now(), format!("{ORIGIN}/oauth/token"));
        let assertion = self.keys.assertion(&id, &url, now, &self.next());
        let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
        vec![
            ("client_assertion_type".to_owned(), kind.to_owned()),
            ("client_assertion".to_owned(), assertion.expect("signed")),
        ]
    }

    /// Posts a form with its authentication; with a proof at the token endpoint.
    pub async fn post(&self, server: &Server, path: &str, fields: &[(&str, &str)]) -> Raw {
        let proof = self.proof(server, "POST", path, None);
        self.post_with(server, path, fields, Some(&proof)).await
    }

    /// Posts a form with its authentication and this proof.
    pub async fn post_with(
        &self,
        server: &Server,
        path: &str,
        fields: &[(&str, &str)],
        proof: Option<&str>,
    ) -> Raw {
        let own = self.authentication(server);
        let own = own.iter().map(|(name, value)| (&**name, &**value));
        let fields: Vec<_> = own.chain(fields.iter().copied()).collect();
        let proof = proof.map(|proof| format!("DPoP: {proof}"));
        let lines: Vec<&str> = [FORM].into_iter().chain(proof.as_deref()).collect();
        let body = form(&fields);
        server
            .wire
            .send("POST", path, &lines, body.as_bytes())
            .await
    }

    /// Reads with a token and a proof.
    pub async fn get(&self, server: &Server, target: &str, token: &str) -> Raw {
        self.ask(server, "GET", target, token, "").await
    }

    /// Asks with a token and a proof.
    pub async fn ask(
        &self,
        server: &Server,
        method: &str,
        target: &str,
        token: &str,
        body: &str,
    ) -> Raw {
        let path = target.split('?').next().unwrap_or_default();
        let lines = [
            format!("Authorization: DPoP {token}"),
            format!("DPoP: {}", self.proof(server, method, path, Some(token))),
            "Content-Type: application/fhir+json".to_owned(),
        ];
        let lines = lines.each_ref().map(String::as_str);
        server
            .wire
            .send(method, target, &lines, body.as_bytes())
            .await
    }
}
