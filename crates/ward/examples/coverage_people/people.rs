//! The people of one organisation, and what each comes to hold.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use ward_core::{Clock as _, SystemClock};
use ward_testkit::ServiceClient;

use crate::{
    Failure, Site,
    browser::{Browser, enrol_password},
    command_line::Waiting,
    program::{Token, of_service},
    text,
};

const PASSWORD: &str = "seven tractors in fog";
const SCOPE: &str = "system/*.cruds";
/// A registration that ends so soon ends its token with it.
const SHORT: Duration = Duration::from_secs(10);

/// Credentials of one organisation, as the folder keeps them, and the id of a patient of its.
pub(crate) async fn of(
    site: &Site,
    demo: &Value,
    ods: &str,
) -> Result<(Vec<Value>, String), Failure> {
    let accounts = demo["accounts"].as_array().into_iter().flatten();
    let own: Vec<&Value> = accounts.filter(|one| one["organisation"] == ods).collect();
    let account = |role: &str| {
        let found = own.iter().find(|one| one["role"] == role);
        found
            .copied()
            .ok_or_else(|| format!("nobody of {ods} is {role}"))
    };
    let enrol = async |role: &str| {
        let link = text(account(role)?, "enrol_url")?;
        Browser::enrol(site, link).await
    };
    let administrator = enrol("administrator").await?;
    let governance = enrol("information-governance").await?;
    let clinician = enrol("clinician").await?;
    let typist = account("receptionist")?;
    enrol_password(site, text(typist, "enrol_url")?, PASSWORD).await?;

    let one = Waiting::begin(site).await?.approved_by(&administrator);
    let other = Waiting::begin(site).await?.approved_by(&governance);
    let third = Waiting::begin(site).await?.approved_by(&governance);
    let (one, other, over) = tokio::try_join!(one, other, third)?;
    over.ask(site, Method::DELETE, "/manage/session", None)
        .await?;

    let services = Services {
        site,
        one: &one,
        other: &other,
    };
    let service = services.enrol("coverage", Duration::from_hours(24)).await?;
    let short = services.enrol("coverage.short", SHORT).await?;
    let one_of_them = format!("/fhir/{ods}/Patient?_count=1");
    let found = service.ask(site, Method::GET, &one_of_them, None);
    let patient = found.await?.pointer("/entry/0/resource/id").cloned();
    let patient = patient.ok_or("there is no patient")?;
    let recovery = recover(site, &one, &other, text(typist, "name")?).await?;

    let elsewhere = clinician.another().await?;
    elsewhere.submit("/sign-out", &[]).await?;
    // The registration's end.
    tokio::time::sleep(SHORT).await;
    let held = vec![
        other.kept("operator", ods),
        over.kept("revoked", ods),
        service.kept("service", ods),
        short.kept("expired", ods),
        cookie("person", ods, &clinician.cookie),
        cookie("revoked", ods, &elsewhere.cookie),
        json!({ "is": "recovery", "organisation": ods, "name": recovery }),
        json!({
            "is": "password", "organisation": ods,
            "password": { "name": text(typist, "name")?, "password": PASSWORD },
        }),
    ];
    Ok((held, patient.as_str().unwrap_or_default().to_owned()))
}

fn cookie(is: &str, ods: &str, value: &str) -> Value {
    json!({ "is": is, "organisation": ods, "cookie": value })
}

/// Services, each enrolled by one person and approved by another.
struct Services<'a> {
    site: &'a Site,
    one: &'a Token,
    other: &'a Token,
}

impl Services<'_> {
    async fn enrol(&self, name: &str, life: Duration) -> Result<Token, Failure> {
        let key = ServiceClient::new()?;
        let jwks: Value = serde_json::from_str(&key.jwks())?;
        let new = json!({
            "name": name, "display_name": "Coverage", "jwks": jwks, "scopes": SCOPE,
            "expires": (SystemClock.now() + life).to_string(),
        });
        let site = self.site;
        let proposed = self
            .one
            .ask(site, Method::POST, "/manage/services", Some(new));
        let proposed = proposed.await?;
        let id = text(&proposed, "id")?;
        let approve = format!("/manage/services/{id}/approve");
        self.other.ask(site, Method::POST, &approve, None).await?;
        of_service(site, key, id, SCOPE).await
    }
}

/// Opens the recovery of an account and approves it: what names it.
async fn recover(site: &Site, one: &Token, other: &Token, name: &str) -> Result<String, Failure> {
    let accounts = other
        .ask(site, Method::GET, "/manage/accounts", None)
        .await?;
    let all = accounts["accounts"].as_array().into_iter().flatten();
    let account = all.into_iter().find(|one| one["name"] == name);
    let account = text(account.ok_or("no such account")?, "id")?;
    let at = |step: &str| format!("/manage/accounts/{account}/recovery/{step}");
    let notes = json!({ "notes": "Seen in person." });
    one.ask(site, Method::POST, &at("open"), Some(notes))
        .await?;
    let open = other
        .ask(site, Method::GET, "/manage/recoveries", None)
        .await?;
    let recovery = open.pointer("/recoveries/0/id").and_then(Value::as_str);
    let recovery = recovery.ok_or("no recovery was opened")?.to_owned();
    let approve = json!({ "recovery": recovery });
    other
        .ask(site, Method::POST, &at("approve"), Some(approve))
        .await?;
    Ok(recovery)
}
