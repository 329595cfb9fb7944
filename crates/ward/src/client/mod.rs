//! The command line as a client of a running Ward: its key, its session, its questions.
//!
//! It is an ordinary client. Its person connects it in a browser, with a passkey (RFC 8628), its
//! token is bound to a key of its own (RFC 9449), and a command that wants a fresh proof asks its
//! person for one and goes on (RFC 9470).

mod answer;
mod connect;
mod kept;
mod key;
mod refused;

use std::{path::Path, time::Duration};

use reqwest::{Method, Response, StatusCode, header::WWW_AUTHENTICATE, redirect::Policy};
use serde_json::Value;
use ward_http::Origin;

pub(crate) use self::{
    answer::{field, list, text},
    key::{Key, new_id},
};
use self::{connect::Connected, kept::Kept, refused::Refusal};
use crate::{config::Config, error::Error};

/// A question must be answered within this time: a server takes a minute at most for one.
const ANSWER: Duration = Duration::from_secs(70);
const CONNECT: Duration = Duration::from_secs(10);

/// A way to a server: where it is, and what its certificate is held against.
pub(crate) struct Server {
    origin: Origin,
    http: reqwest::Client,
}

/// A server, and the session that a person has there by this machine.
pub(crate) struct Client {
    server: Server,
    kept: Kept,
    dir: std::path::PathBuf,
}

impl Server {
    /// The way to a server. `ca` is a file of certificates (PEM) of the authorities to trust in
    /// place of the machine's own.
    ///
    /// # Errors
    /// Where the address is no origin, or the file holds no certificate.
    pub(crate) fn new(origin: &str, ca: Option<&Path>) -> Result<Self, Error> {
        let origin = origin.strip_suffix('/').unwrap_or(origin);
        let origin = Origin::parse(origin).map_err(Error::told)?;
        // Once for the process: who comes second finds the same one.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let builder = reqwest::Client::builder()
            .https_only(true)
            .redirect(Policy::none())
            .connect_timeout(CONNECT)
            .timeout(ANSWER)
            .user_agent(concat!("ward/", env!("CARGO_PKG_VERSION")));
        let builder = match ca {
            Some(path) => builder.tls_certs_only(authorities(path)?),
            None => builder,
        };
        let http = builder
            .build()
            .map_err(|error| refused::unreachable(&origin, &error))?;
        Ok(Self { origin, http })
    }

    /// The URL of a path.
    pub(crate) fn url(&self, path: &str) -> String {
        self.origin.url(path)
    }

    /// The client beneath, for questions without a session.
    #[allow(dead_code, reason = "for what asks as nobody")]
    pub(crate) const fn http(&self) -> &reqwest::Client {
        &self.http
    }

    /// Asks with a key's proof, and with a token where there is one.
    async fn ask(
        &self,
        key: &Key,
        token: Option<&str>,
        (method, path): (&Method, &str),
        body: Body<'_>,
    ) -> Result<Response, Error> {
        let url = self.url(path);
        let proof = key.proof(method.as_str(), &url, token)?;
        let request = self.http.request(method.clone(), url).header("DPoP", proof);
        let request = match token {
            Some(token) => request.header("Authorization", format!("DPoP {token}")),
            None => request,
        };
        let request = match body {
            Body::None => request,
            Body::Form(fields) => request.form(fields),
            Body::Json(value) => request.json(value),
        };
        let sent = request.send().await;
        sent.map_err(|error| refused::unreachable(&self.origin, &error))
    }
}

/// What goes with a question.
#[derive(Clone, Copy)]
enum Body<'a> {
    None,
    Form(&'a [(&'a str, &'a str)]),
    Json(&'a Value),
}

impl Client {
    /// The session that is kept.
    ///
    /// # Errors
    /// Where there is none: `ward login` makes one.
    pub(crate) fn open(config: &Config) -> Result<Self, Error> {
        let dir = config.path("client.dir");
        let kept = Kept::read(&dir)?.ok_or_else(refused::not_logged_in)?;
        let server = Server::new(&kept.server, kept.ca.as_deref())?;
        Ok(Self { server, kept, dir })
    }

    /// Begins a session, in the place of the one before: prints a code, and waits for the person.
    pub(crate) async fn log_in(
        config: &Config,
        origin: &str,
        ca: Option<&Path>,
    ) -> Result<Self, Error> {
        let dir = config.path("client.dir");
        let server = Server::new(origin, ca)?;
        // The one before ends first: nobody would find its key again.
        if let Ok(Some(kept)) = Kept::read(&dir)
            && let Ok(server) = Server::new(&kept.server, kept.ca.as_deref())
        {
            let before = Self {
                server,
                kept,
                dir: dir.clone(),
            };
            let _ = before.log_out().await;
        }
        let key = Key::new()?;
        let connected = connect::connect(&server, &key, &[]).await?;
        let ca = ca.map(std::path::absolute).transpose();
        let mut client = Self {
            kept: Kept {
                server: server.origin.as_str().to_owned(),
                ca: ca.map_err(Error::told)?,
                key,
                token: connected.token,
                account: String::new(),
                ends: connected.ends,
            },
            server,
            dir,
        };
        client.kept.account = client.account().await?;
        client.kept.write(&client.dir)?;
        Ok(client)
    }

    /// Ends the session, here and at the server.
    ///
    /// # Errors
    /// Where the server was not told; here it has ended all the same.
    pub(crate) async fn log_out(self) -> Result<(), Error> {
        Kept::remove(&self.dir)?;
        let this = (&Method::DELETE, "/manage/session");
        let ended = self.ask_once(this, None).await?;
        match ended.status() {
            StatusCode::NO_CONTENT | StatusCode::UNAUTHORIZED => Ok(()),
            _ => Err(Refusal::read(ended).await.told()),
        }
    }

    /// The server that the session is of.
    pub(crate) const fn server(&self) -> &Server {
        &self.server
    }

    /// The token of the session: worth nothing without the key.
    pub(crate) fn token(&self) -> &str {
        self.kept.token.expose()
    }

    /// Certificates of the authorities that are trusted in place of the machine's own.
    pub(crate) fn ca(&self) -> Option<&Path> {
        self.kept.ca.as_deref()
    }

    /// The key of the session.
    pub(crate) const fn key(&self) -> &Key {
        &self.kept.key
    }

    /// Reads something.
    pub(crate) async fn get(&mut self, path: &str) -> Result<Value, Error> {
        self.send(&Method::GET, path, None).await
    }

    /// Does something.
    pub(crate) async fn post(&mut self, path: &str, body: Option<&Value>) -> Result<Value, Error> {
        self.send(&Method::POST, path, body).await
    }

    /// Asks, and where a fresh proof is wanted lets the person give one and asks again, once.
    ///
    /// # Errors
    /// What the server refused, and what to do next.
    pub(crate) async fn send(
        &mut self,
        method: &Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Value, Error> {
        let mut answer = self.ask_once((method, path), body).await?;
        if wants_fresh_proof(&answer) {
            self.prove_again().await?;
            answer = self.ask_once((method, path), body).await?;
        }
        if !answer.status().is_success() {
            let refusal = Refusal::read(answer).await;
            if refusal.ends_the_session() {
                Kept::remove(&self.dir)?;
            }
            return Err(refusal.told());
        }
        let body = answer.bytes().await.map_err(Error::told)?;
        if body.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&body)
            .map_err(|_| Error::Told("the server answered what is no JSON".into()))
    }

    async fn ask_once(
        &self,
        what: (&Method, &str),
        body: Option<&Value>,
    ) -> Result<Response, Error> {
        let body = body.map_or(Body::None, Body::Json);
        let token = Some(self.kept.token.expose().as_str());
        self.server.ask(&self.kept.key, token, what, body).await
    }

    /// The person proves again who they are, in the browser. What comes of it must be the same
    /// person's: a command goes on as nobody else.
    async fn prove_again(&mut self) -> Result<(), Error> {
        eprintln!("This needs a fresh proof of who you are.");
        let wanted = [("acr_values", "phr"), ("max_age", "300")];
        let Connected { token, ends } =
            connect::connect(&self.server, &self.kept.key, &wanted).await?;
        (self.kept.token, self.kept.ends) = (token, ends);
        if self.account().await? != self.kept.account {
            let this = (&Method::DELETE, "/manage/session");
            drop(self.ask_once(this, None).await);
            Kept::remove(&self.dir)?;
            return Err(Error::Told(
                "somebody else approved this: nothing was done. Type `ward login`".into(),
            ));
        }
        self.kept.write(&self.dir)
    }

    async fn account(&self) -> Result<String, Error> {
        let this = (&Method::GET, "/manage/session");
        let answer = self.ask_once(this, None).await?;
        if !answer.status().is_success() {
            return Err(Refusal::read(answer).await.told());
        }
        let own: Value = answer.json().await.map_err(Error::told)?;
        Ok(text(&own, "account").to_owned())
    }
}

/// Whether it is for want of a fresh proof that a question was refused (RFC 9470 3).
fn wants_fresh_proof(answer: &Response) -> bool {
    let challenge = answer.headers().get(WWW_AUTHENTICATE);
    let challenge = challenge.and_then(|value| value.to_str().ok());
    answer.status() == StatusCode::UNAUTHORIZED
        && challenge.is_some_and(|text| text.contains("insufficient_user_authentication"))
}

fn authorities(path: &Path) -> Result<Vec<reqwest::Certificate>, Error> {
    let pem = crate::files::read(path)?;
    let found = reqwest::Certificate::from_pem_bundle(pem.as_bytes());
    let found = found.unwrap_or_default();
    if found.is_empty() {
        return Err(Error::File {
            path: path.to_owned(),
            what: "holds no certificate".into(),
        });
    }
    Ok(found)
}
