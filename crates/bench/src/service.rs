//! A program as Ward's callers write one: SMART Backend Services with DPoP, over one connection.

use std::{path::Path, sync::Arc};

use aws_lc_rs::{
    digest::{SHA256, digest},
    rand::SystemRandom,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair,
        KeyPair as _,
    },
};
use data_encoding::BASE64URL_NOPAD as BASE64URL;
use http_body_util::{BodyExt as _, Full};
use hyper::{Method, Request, StatusCode, body::Bytes, client::conn::http1};
use hyper_util::rt::TokioIo;
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, ServerName, pem::PemObject as _},
};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use ward_core::{Clock as _, Random as _, SystemClock};

use crate::Error;

/// What a service knows of itself and of the server: what `ward demo --json` prints.
#[derive(Clone)]
pub(crate) struct Service {
    pub(crate) client_id: String,
    pub(crate) token_url: String,
    pub(crate) scope: String,
    key: Arc<EcdsaKeyPair>,
    key_id: String,
    /// `https://host:port`.
    pub(crate) origin: String,
    tls: Arc<ClientConfig>,
    has_tokens: bool,
}

impl Service {
    /// From the demo's line of JSON: the first service.
    pub(crate) fn of_demo(demo: &Value) -> Result<Self, Error> {
        let service = &demo["services"][0];
        let text = |value: &Value| value.as_str().map(str::to_owned).ok_or(Error::Demo);
        let jwk: Value =
            serde_json::from_str(&std::fs::read_to_string(text(&service["key_file"])?)?)?;
        let part = |name: &str| -> Result<Vec<u8>, Error> {
            BASE64URL
                .decode(text(&jwk[name])?.as_bytes())
                .map_err(|_| Error::Demo)
        };
        let point = [vec![4], part("x")?, part("y")?].concat();
        let key = EcdsaKeyPair::from_private_key_and_public_key(
            &ECDSA_P384_SHA384_FIXED_SIGNING,
            &part("d")?,
            &point,
        )
        .map_err(|_| Error::Demo)?;
        Ok(Self {
            client_id: text(&service["client_id"])?,
            token_url: text(&service["token_url"])?,
            scope: text(&service["scope"])?,
            key: Arc::new(key),
            key_id: text(&jwk["kid"])?,
            origin: text(&demo["url"])?.trim_end_matches('/').to_owned(),
            tls: tls(Path::new(&text(&demo["ca_file"])?))?,
            has_tokens: true,
        })
    }

    /// A `private_key_jwt` client assertion (SMART App Launch 2.2, backend services).
    fn assertion(&self) -> Result<String, Error> {
        let now = SystemClock.now().as_seconds();
        let claims = json!({
            "iss": self.client_id, "sub": self.client_id, "aud": self.token_url,
            "iat": now, "exp": now + 120, "jti": nonce(),
        });
        sign(
            &json!({"alg": "ES384", "typ": "JWT", "kid": self.key_id}),
            &claims,
            &self.key,
        )
    }

    /// The same service before another server, which asks for no token.
    pub(crate) fn at(&self, origin: &str) -> Self {
        Self {
            origin: origin.to_owned(),
            has_tokens: false,
            ..self.clone()
        }
    }

    /// Opens a connection with a token bound to a key of its own.
    pub(crate) async fn connect(&self) -> Result<Connection, Error> {
        let authority = self.origin.trim_start_matches("https://").to_owned();
        let host = authority.split(':').next().unwrap_or_default().to_owned();
        let stream = TcpStream::connect(authority.replace("localhost", "127.0.0.1")).await?;
        stream.set_nodelay(true)?;
        let name = ServerName::try_from(host).map_err(|_| Error::Demo)?;
        let stream = TlsConnector::from(Arc::clone(&self.tls))
            .connect(name, stream)
            .await?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        let pair =
            EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(|_| Error::Demo)?;
        let point = pair.public_key().as_ref();
        let (x, y) = point.get(1..).unwrap_or_default().split_at(32);
        let jwk = json!({
            "kty": "EC", "crv": "P-256", "x": BASE64URL.encode(x), "y": BASE64URL.encode(y),
        });
        let header = json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": jwk});
        let mut connection = Connection {
            sender,
            authority,
            origin: self.origin.clone(),
            pair,
            header,
            token: None,
        };
        connection.sign_in(self).await?;
        Ok(connection)
    }
}

/// One kept-alive HTTP/1.1 connection with a token.
pub(crate) struct Connection {
    sender: http1::SendRequest<Full<Bytes>>,
    authority: String,
    origin: String,
    pair: EcdsaKeyPair,
    /// Header of each proof.
    header: Value,
    token: Option<Token>,
}

struct Token {
    text: String,
    /// `ath` of the proofs that go with it.
    hash: String,
}

impl Connection {
    /// Gets a fresh token; they live 300 s.
    pub(crate) async fn sign_in(&mut self, service: &Service) -> Result<(), Error> {
        self.token = None;
        if !service.has_tokens {
            return Ok(());
        }
        let form = [
            ("grant_type", "client_credentials"),
            ("scope", &service.scope),
            (
                "client_assertion_type",
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            ),
            ("client_assertion", &service.assertion()?),
        ]
        .map(|(name, value)| format!("{name}={}", percent(value)))
        .join("&");
        let path = service
            .token_url
            .trim_start_matches(&self.origin)
            .to_owned();
        let answer = self
            .send(
                Method::POST,
                &path,
                Some(("application/x-www-form-urlencoded", form.into())),
            )
            .await?;
        let body: Value = serde_json::from_slice(&answer.body)?;
        let text = body["access_token"]
            .as_str()
            .ok_or(Error::Refused(answer.status.as_u16()))?;
        let hash = BASE64URL.encode(digest(&SHA256, text.as_bytes()).as_ref());
        self.token = Some(Token {
            text: text.to_owned(),
            hash,
        });
        Ok(())
    }

    /// Sends one request with its proof and reads the whole answer.
    pub(crate) async fn send(
        &mut self,
        method: Method,
        path_and_query: &str,
        body: Option<(&'static str, Bytes)>,
    ) -> Result<Answer, Error> {
        let path = path_and_query.split('?').next().unwrap_or_default();
        let mut claims = json!({
            "jti": nonce(),
            "htm": method.as_str(),
            "htu": format!("{}{path}", self.origin),
            "iat": SystemClock.now().as_seconds(),
        });
        let mut request = Request::builder()
            .method(method)
            .uri(path_and_query)
            .header("host", &self.authority)
            .header("accept", "application/fhir+json, application/json");
        if let Some(token) = &self.token {
            claims["ath"] = json!(token.hash);
            request = request.header("authorization", format!("DPoP {}", token.text));
        }
        request = request.header("dpop", sign(&self.header, &claims, &self.pair)?);
        let body = body.map_or_else(Bytes::new, |(media_type, body)| {
            request.headers_mut().map(|headers| {
                headers.insert(
                    "content-type",
                    hyper::header::HeaderValue::from_static(media_type),
                )
            });
            body
        });
        self.sender.ready().await?;
        let answer = self
            .sender
            .send_request(request.body(Full::new(body))?)
            .await?;
        let status = answer.status();
        Ok(Answer {
            status,
            body: answer.into_body().collect().await?.to_bytes(),
        })
    }
}

/// A whole answer.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Bytes,
}

fn tls(authority: &Path) -> Result<Arc<ClientConfig>, Error> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(authority).map_err(|_| Error::Demo)?)?;
    Ok(Arc::new(
        ClientConfig::builder()
            .with_root_certificates(roots)
            .with_no_client_auth(),
    ))
}

fn sign(header: &Value, claims: &Value, pair: &EcdsaKeyPair) -> Result<String, Error> {
    let encode = |value: &Value| BASE64URL.encode(value.to_string().as_bytes());
    let text = format!("{}.{}", encode(header), encode(claims));
    let signature = pair
        .sign(&SystemRandom::new(), text.as_bytes())
        .map_err(|_| Error::Demo)?;
    Ok(format!("{text}.{}", BASE64URL.encode(signature.as_ref())))
}

fn nonce() -> String {
    let mut bytes = [0; 16];
    ward_core::SystemRandom.fill(&mut bytes);
    BASE64URL.encode(&bytes)
}

fn percent(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}
