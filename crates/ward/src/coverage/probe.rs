//! Asking all of it, one question after another.

use std::{collections::BTreeMap, time::Duration};

use data_encoding::BASE64;
use reqwest::header;
use serde_json::Value;

use super::{
    held::{Held, Secret},
    judge::Verdict,
    kind::Kind,
    plan::{Means, NOBODYS, Probe, Shown, plan},
    wire::{Answered, Wire},
};
use crate::{
    client::{Key, new_id},
    command::progress,
    error::Error,
};

/// The cookie of a session.
const SESSION: &str = "__Host-ward";
/// How often a question is asked that was not answered, and how long it waits.
const TRIES: u32 = 4;
const WAIT: Duration = Duration::from_secs(2);

/// What came of one question.
#[derive(Debug, Clone, Default)]
pub(crate) struct Observed {
    /// None, where nothing came.
    pub(crate) status: Option<u16>,
    pub(crate) location: String,
    /// The error's code, where it names one.
    pub(crate) code: String,
    pub(crate) bytes: usize,
    /// It set the cookie of a session, or held a token.
    pub(crate) gave_session: bool,
}

/// A question whose answer was not the one expected.
#[derive(Debug, Clone)]
pub(crate) struct Finding {
    pub(crate) verdict: Verdict,
    pub(crate) kind: Kind,
    pub(crate) method: String,
    pub(crate) pattern: String,
    pub(crate) expected: &'static str,
    pub(crate) observed: Observed,
}

/// What came of all of it.
#[derive(Debug, Default)]
pub(crate) struct Probed {
    pub(crate) probes: u64,
    /// How many questions were asked with each kind.
    pub(crate) by_kind: BTreeMap<Kind, u64>,
    /// How many questions were asked of each pattern.
    pub(crate) by_pattern: BTreeMap<String, usize>,
    pub(crate) findings: Vec<Finding>,
}

/// Asks a server.
pub(crate) struct Prober<'a> {
    wire: &'a Wire,
    /// A key that no token is bound to.
    other: Key,
    /// The id of proofs that was used.
    used: String,
}

impl<'a> Prober<'a> {
    pub(crate) fn new(wire: &'a Wire) -> Result<Self, Error> {
        Ok(Self {
            wire,
            other: Key::new()?,
            used: new_id(),
        })
    }

    /// Begins a sign-in and does not finish it: what the server gave until then.
    pub(crate) async fn half_way(&self) -> Result<Vec<String>, Error> {
        let headers = self.own_page();
        let path = "/sign-in/passkey/start";
        let started = self.wire.ask("POST", path, &headers, None).await?;
        let body: Value = serde_json::from_slice(&started.body).unwrap_or_default();
        let ceremony = body.get("ceremony").and_then(Value::as_str);
        let cookies = started.cookies().map(|(_, value)| value.to_owned());
        Ok(ceremony
            .map(str::to_owned)
            .into_iter()
            .chain(cookies)
            .collect())
    }

    /// Uses the id up that replayed proofs have: once, before anything is asked.
    pub(crate) async fn prepare(&self, held: &[Held]) -> Result<(), Error> {
        for held in held {
            self.use_up(held).await?;
        }
        Ok(())
    }

    /// Asks everything of a plan; of `only` one kind, where it is named.
    pub(crate) async fn run(
        &self,
        means: &Means<'_>,
        only: Option<Kind>,
        probed: &mut Probed,
    ) -> Result<(), Error> {
        let mut plan = plan(means);
        plan.retain(|probe| only.is_none_or(|kind| kind == probe.kind));
        let bar = progress::bar("questions asked", plan.len() as u64);
        for probe in &plan {
            let (observed, verdict) = self.ask(probe).await?;
            probed.probes += 1;
            *probed.by_kind.entry(probe.kind).or_default() += 1;
            *probed
                .by_pattern
                .entry(probe.pattern.to_owned())
                .or_default() += 1;
            if verdict != Verdict::AsExpected {
                probed.findings.push(Finding {
                    verdict,
                    kind: probe.kind,
                    method: probe.method.to_owned(),
                    pattern: probe.pattern.to_owned(),
                    expected: probe.expected.as_str(),
                    observed,
                });
            }
            bar.inc(1);
        }
        bar.finish_and_clear();
        Ok(())
    }

    /// Uses the id up that replayed proofs have, for the key of a token: by a question that reads
    /// nothing.
    async fn use_up(&self, held: &Held) -> Result<(), Error> {
        let Secret::Token { token, key } = &held.secret else {
            return Ok(());
        };
        for path in ["/manage/session", "/fhir/NOBODY/Patient/nobody"] {
            let url = format!("{}{path}", self.wire.origin());
            let proof = key.proof_of(&self.used, "GET", &url, Some(token))?;
            let headers = [("authorization", format!("DPoP {token}")), ("dpop", proof)];
            self.wire.ask("GET", path, &headers, None).await?;
        }
        Ok(())
    }

    async fn ask(&self, probe: &Probe<'_>) -> Result<(Observed, Verdict), Error> {
        let mut last = (Observed::default(), Verdict::Unanswered);
        for attempt in 0..TRIES {
            if attempt > 0 {
                tokio::time::sleep(WAIT).await;
            }
            let answer = self.once(probe, &probe.path).await;
            let observed = answer
                .map(|answer| Observed::of(&answer))
                .unwrap_or_default();
            last = (observed.clone(), probe.expected.judge(&observed));
            if last.1 != Verdict::Unanswered {
                break;
            }
        }
        if last.1 == Verdict::LetIn && self.tells_nothing(probe).await? {
            last.1 = Verdict::AsExpected;
        }
        Ok(last)
    }

    /// Whether what is read of another organisation's is what is read of an id that nobody has: an
    /// empty form, say.
    async fn tells_nothing(&self, probe: &Probe<'_>) -> Result<bool, Error> {
        let (Some(named), "GET" | "HEAD") = (probe.named, probe.method) else {
            return Ok(false);
        };
        let own = self.once(probe, &probe.path).await?;
        let nobodys = self
            .once(probe, &probe.path.replace(named, NOBODYS))
            .await?;
        let without =
            |answer: &Answered, id: &str| String::from_utf8_lossy(&answer.body).replace(id, "");
        let is_same = without(&own, named) == without(&nobodys, NOBODYS);
        Ok(own.status == nobodys.status && is_same)
    }

    /// Asks once, at a path.
    async fn once(&self, probe: &Probe<'_>, path: &str) -> Result<Answered, Error> {
        let (headers, body) = self.request(probe, path)?;
        self.wire.ask(probe.method, path, &headers, body).await
    }

    /// The headers and the body of a question. A new one each time: proofs work once.
    fn request(&self, probe: &Probe<'_>, path: &str) -> Result<(Headers, Option<Vec<u8>>), Error> {
        let mut headers = self.own_page();
        let mut body = None;
        let takes_body = ["POST", "PUT", "PATCH"].contains(&probe.method);
        if takes_body {
            let (media_type, text) = usual(probe.pattern, path);
            headers.push(("content-type", media_type.to_owned()));
            body = Some(text.into_bytes());
        }
        let path = path.split('?').next().unwrap_or_default();
        let url = format!("{}{path}", self.wire.origin());
        let with_proof = |token: &str, key: &Key, id: &str| {
            let proof = key.proof_of(id, probe.method, &url, Some(token))?;
            Ok::<_, Error>([("authorization", format!("DPoP {token}")), ("dpop", proof)])
        };
        match probe.shown {
            Shown::Nothing => {}
            Shown::Cookie(value) => headers.push(("cookie", format!("{SESSION}={value}"))),
            Shown::Bearer(token) => headers.push(("authorization", format!("Bearer {token}"))),
            Shown::Basic(name, password) => {
                let pair = BASE64.encode(format!("{name}:{password}").as_bytes());
                headers.push(("authorization", format!("Basic {pair}")));
            }
            Shown::Fields(name, password) => {
                headers.retain(|(name, _)| *name != "content-type");
                headers.push(("content-type", FORM.to_owned()));
                let fields = [
                    ("name", name),
                    ("password", password),
                    ("grant_type", "password"),
                    ("username", name),
                ];
                body = Some(form(&fields).into_bytes());
            }
            Shown::OtherKey(token) => headers.extend(with_proof(token, &self.other, &new_id())?),
            Shown::Token { held, replayed } => {
                if let Secret::Token { token, key } = &held.secret {
                    let id = if replayed {
                        self.used.clone()
                    } else {
                        new_id()
                    };
                    headers.extend(with_proof(token, key, &id)?);
                }
            }
            Shown::Upgrade(protocol, who) => {
                headers.push(("upgrade", protocol.to_owned()));
                headers.push(("connection", "upgrade".to_owned()));
                match who.map(|held| &held.secret) {
                    Some(Secret::Cookie(value)) => {
                        headers.push(("cookie", format!("{SESSION}={value}")));
                    }
                    Some(Secret::Token { token, key }) => {
                        headers.extend(with_proof(token, key, &new_id())?);
                    }
                    _ => {}
                }
            }
        }
        Ok((headers, body))
    }

    /// What a browser says with what a page of Ward asks: that refuses nobody for being elsewhere.
    fn own_page(&self) -> Headers {
        vec![
            ("origin", self.wire.origin().to_owned()),
            ("sec-fetch-site", "same-origin".to_owned()),
        ]
    }
}

type Headers = Vec<(&'static str, String)>;

const FORM: &str = "application/x-www-form-urlencoded";

/// A body that a pattern's route would take, so that no hole hides behind what is wrong with it.
fn usual(pattern: &str, path: &str) -> (&'static str, String) {
    match pattern {
        "/fhir/{ods}" => {
            let bundle = r#"{"resourceType":"Bundle","type":"batch","entry":[]}"#;
            ("application/fhir+json", bundle.to_owned())
        }
        _ if pattern.ends_with("/_search") => (FORM, String::new()),
        _ if pattern.starts_with("/fhir") => {
            let id = path.rsplit('/').next().unwrap_or_default();
            let patient = match pattern {
                "/fhir/{ods}/{type}" => r#"{"resourceType":"Patient"}"#.to_owned(),
                _ => format!(r#"{{"resourceType":"Patient","id":"{id}"}}"#),
            };
            ("application/fhir+json", patient)
        }
        _ if pattern.starts_with("/manage") => ("application/json", "{}".to_owned()),
        _ => (FORM, String::new()),
    }
}

/// Fields as a form (URL standard, application/x-www-form-urlencoded).
pub(crate) fn form(fields: &[(&str, &str)]) -> String {
    let encoded = |text: &str| -> String {
        let each = text.bytes().map(|byte| {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
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

impl Observed {
    fn of(answer: &Answered) -> Self {
        let json: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let cookie = answer
            .cookies()
            .any(|(name, value)| name == SESSION && !value.is_empty());
        let token = json.get("access_token").is_some();
        let code = json
            .pointer("/issue/0/details/coding/0/code")
            .or_else(|| json.get("error"))
            .and_then(Value::as_str);
        Self {
            status: Some(answer.status),
            location: answer.header(&header::LOCATION).to_owned(),
            code: code.unwrap_or_default().to_owned(),
            bytes: answer.body.len(),
            gave_session: cookie || token,
        }
    }
}
