//! What is asked of the server, from what the demo holds.

use std::sync::Arc;

use hyper::{Method, body::Bytes};
use serde_json::{Value, json};
use ward_people::Population;

use crate::{
    Error,
    load::{Make, Sent},
    service::Connection,
};

/// A kind of request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Read,
    Search,
    Create,
    Transaction,
}

impl Kind {
    pub(crate) const ALL: [Self; 4] = [Self::Read, Self::Search, Self::Create, Self::Transaction];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Search => "search",
            Self::Create => "create",
            Self::Transaction => "transaction_per_resource",
        }
    }
}

/// The people of the demo's first organisation, as far as the requests need them.
pub(crate) struct Scenario {
    base: String,
    patients: Arc<Vec<String>>,
    families: Arc<Vec<String>>,
    /// People who are not there yet, as transactions.
    newcomers: Arc<Population>,
}

/// Numbers of newcomers begin here: nobody of the demo has one.
const NEWCOMERS: u32 = 300_000;
/// Newcomers made beforehand, so that making them costs the run nothing; then they come again,
/// under ids of their own.
const NEWCOMERS_MADE: u32 = 200;

impl Scenario {
    /// Looks up who is there, by the API.
    pub(crate) async fn learn(
        demo: &Value,
        people: u32,
        connections: &mut [Connection],
    ) -> Result<Self, Error> {
        let organisation = &demo["organisations"][0];
        let origin = demo["url"]
            .as_str()
            .ok_or(Error::Demo)?
            .trim_end_matches('/');
        let base = organisation["fhir_base"].as_str().ok_or(Error::Demo)?;
        let base = base
            .trim_start_matches(origin)
            .trim_end_matches('/')
            .to_owned();
        let connection = connections.first_mut().ok_or(Error::Demo)?;
        let (mut patients, mut families) = (Vec::new(), Vec::new());
        let mut next = Some(format!("{base}/Patient?_count=200"));
        while let Some(path) =
            next.filter(|_| patients.len() < usize::try_from(people).unwrap_or(0))
        {
            let answer = connection.send(Method::GET, &path, None).await?;
            let bundle: Value = serde_json::from_slice(&answer.body)?;
            for entry in bundle["entry"].as_array().ok_or(Error::Demo)? {
                let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                patients.push(text(&entry["resource"]["id"]));
                families.push(text(&entry["resource"]["name"][0]["family"]));
            }
            next = bundle["link"]
                .as_array()
                .into_iter()
                .flatten()
                .find_map(|link| {
                    (link["relation"] == "next").then(|| {
                        link["url"]
                            .as_str()
                            .unwrap_or_default()
                            .trim_start_matches(origin)
                            .to_owned()
                    })
                });
        }
        families.retain(|family| family.is_ascii() && !family.contains([' ', '\'']));
        Ok(Self {
            base,
            patients: Arc::new(patients),
            families: Arc::new(families),
            newcomers: Arc::new(Population {
                seed: 99,
                ods: organisation["ods"].as_str().ok_or(Error::Demo)?.to_owned(),
                name: organisation["name"].as_str().ok_or(Error::Demo)?.to_owned(),
                first: NEWCOMERS,
                today: jiff::civil::date(2026, 11, 1),
            }),
        })
    }

    /// Requests of a kind.
    pub(crate) fn make(&self, kind: Kind) -> Make {
        let base = self.base.clone();
        match kind {
            Kind::Read => {
                let patients = Arc::clone(&self.patients);
                Arc::new(move |number| get(format!("{base}/Patient/{}", of(&patients, number))))
            }
            Kind::Search => {
                let families = Arc::clone(&self.families);
                Arc::new(move |number| {
                    get(format!(
                        "{base}/Patient?name={}&_count=10",
                        of(&families, number)
                    ))
                })
            }
            Kind::Create => {
                let patients = Arc::clone(&self.patients);
                Arc::new(move |number| {
                    post(
                        format!("{base}/Observation"),
                        &observation(of::<String>(&patients, number), number),
                    )
                })
            }
            Kind::Transaction => {
                let bundles: Vec<Value> = (0..NEWCOMERS_MADE)
                    .map(|number| as_new(self.newcomers.person(number)))
                    .collect();
                Arc::new(move |number| post(base.clone(), of(&bundles, number)))
            }
        }
    }

    /// Resources in a mean request of a kind: only a transaction has more than one.
    #[expect(clippy::cast_precision_loss, reason = "a figure to divide by")]
    pub(crate) fn resources(&self, kind: Kind) -> f64 {
        if kind != Kind::Transaction {
            return 1.0;
        }
        let entries = |number| {
            self.newcomers.person(number)["entry"]
                .as_array()
                .map_or(0, Vec::len)
        };
        (0..NEWCOMERS_MADE).map(entries).sum::<usize>() as f64 / f64::from(NEWCOMERS_MADE)
    }

    /// One answer of a kind, for the bare server to repeat.
    pub(crate) async fn sample(
        &self,
        kind: Kind,
        connections: &mut [Connection],
    ) -> Result<Bytes, Error> {
        let sent = self.make(kind)(0);
        let body = sent.body.map(|body| ("application/fhir+json", body));
        let connection = connections.first_mut().ok_or(Error::Demo)?;
        Ok(connection.send(sent.method, &sent.path, body).await?.body)
    }
}

fn of<T>(list: &[T], number: u64) -> &T {
    // Scattered, so that neighbours in the list are not neighbours in time.
    let index = number.wrapping_mul(7_919) % list.len().max(1) as u64;
    &list[usize::try_from(index).unwrap_or(0)]
}

const fn get(path: String) -> Sent {
    Sent {
        method: Method::GET,
        path,
        body: None,
    }
}

fn post(path: String, body: &Value) -> Sent {
    Sent {
        method: Method::POST,
        path,
        body: Some(body.to_string().into()),
    }
}

/// A person's transaction with `POST`s in place of `PUT`s: new people each time it is sent.
fn as_new(mut bundle: Value) -> Value {
    for entry in bundle["entry"].as_array_mut().into_iter().flatten() {
        let resource_type = entry["resource"]["resourceType"].clone();
        entry["request"] = json!({"method": "POST", "url": resource_type});
    }
    // References become those of the transaction: `Type/id` as `urn:uuid:id`.
    let ids: Vec<(String, String)> = bundle["entry"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|entry| {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let id = text(&entry["resource"]["id"]);
            (
                format!("\"{}/{id}\"", text(&entry["resource"]["resourceType"])),
                format!("\"urn:uuid:{id}\""),
            )
        })
        .collect();
    let mut text = bundle.to_string();
    for (from, to) in ids {
        text = text.replace(&from, &to);
    }
    serde_json::from_str(&text).unwrap_or(bundle)
}

fn observation(patient: &str, number: u64) -> Value {
    json!({
        "resourceType": "Observation",
        "status": "final",
        "category": [{"coding": [{
            "system": "http://terminology.hl7.org/CodeSystem/observation-category",
            "code": "vital-signs",
        }]}],
        "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4", "display": "Heart rate"}], "text": "Pulse"},
        "subject": {"reference": format!("Patient/{patient}")},
        "effectiveDateTime": format!("2026-11-{:02}T{:02}:{:02}:00Z", number % 28 + 1, number % 24, number % 60),
        "valueQuantity": {
            "value": 60 + number % 40, "unit": "/min", "system": "http://unitsofmeasure.org", "code": "/min",
        },
    })
}
