use std::sync::Arc;

use serde_json::{Value, json};
use ward_access::{Grant, OwnPolicies, ProofView, ReadSecurity, Standing};
use ward_core::Ods;
use ward_http::{
    Answer, AssuredRequest, Credential, Guard, HttpError, Inventory, Listed, Method, REFUSED,
    Route, Socket, StatusCode, with,
};
use ward_identity::{Account, Provider};

use crate::{
    Api,
    manage::{
        answer,
        coverage_report::{self, REPORT_BYTES},
        door::may,
    },
};

pub(crate) fn routes(api: &Arc<Api>, policies: &Arc<OwnPolicies>) -> Vec<Route> {
    const COVERAGE: &str = "coverage";
    let manage = Credential::Manage;
    let (own, policies) = (Arc::clone(api), Arc::clone(policies));
    let handler = move |request| show(Arc::clone(&own), Arc::clone(&policies), request);
    let report = "/manage/coverage/report";
    vec![
        Route::assured(Method::GET, "/manage/coverage", COVERAGE, manage, handler),
        Route::assured(
            Method::POST,
            report,
            COVERAGE,
            manage,
            with(api, coverage_report::sign),
        )
        .body_limit(REPORT_BYTES),
    ]
}

/// `GET /manage/coverage`: what can be asked of this server and how each of it is guarded, what its
/// process listens on, and who can get in, by how many factors. Names accounts; no patient.
async fn show(api: Arc<Api>, policies: Arc<OwnPolicies>, request: AssuredRequest) -> Answer {
    let grant = may::<ReadSecurity>(&api, &request).await?;
    let (inventory, own) = (request.inventory(), request.assured.organisation());
    let accounts = api.identity.accounts(own);
    let (people, programs): (Vec<_>, Vec<_>) = accounts
        .iter()
        .partition(|account| account.role().is_person());
    let routes: Vec<_> = inventory.routes().iter().map(route_shown).collect();
    let refused = REFUSED.map(|(what, why)| json!({ "what": what, "why": why }));
    let people: Vec<_> = people.iter().map(|one| person(&api, own, one)).collect();
    let services = programs.iter().filter_map(|one| service(&api, one));
    let devices = programs.iter().filter_map(|one| device(&api, one));
    let body = json!({
        "origin": inventory.origin().as_str(),
        "organisation": own.as_str(),
        "organisations": api.organisations.iter().map(Ods::as_str).collect::<Vec<_>>(),
        "routes": routes,
        "refused": refused,
        "sockets": sockets(inventory),
        "accounts": people,
        "services": services.collect::<Vec<_>>(),
        "devices": devices.collect::<Vec<_>>(),
        "providers": api.identity.providers(own).iter().map(provider).collect::<Vec<_>>(),
        "policies": own_policies(&policies, &grant)?,
    });
    answer(StatusCode::OK, &body)
}

fn route_shown(listed: &Listed) -> Value {
    let (public, action, credential) = match listed.guard {
        Guard::Public { reason } => (Some(reason), None, None),
        Guard::Assured { action, credential } => (None, Some(action), Some(credential.as_str())),
    };
    json!({
        "method": listed.method.as_str(),
        "pattern": listed.pattern,
        "public": public,
        "action": action,
        "credential": credential,
        "only_reads": listed.only_reads,
        "stream": listed.is_stream,
    })
}

/// `observed` is null where the operating system does not say: then nothing is known.
fn sockets(inventory: &Inventory) -> Value {
    let shown = |sockets: Vec<Socket>| -> Vec<Value> {
        let each = sockets.into_iter();
        each.map(|one| {
            json!({ "protocol": one.protocol, "address": one.address, "purpose": one.purpose })
        })
        .collect()
    };
    let sockets = inventory.sockets();
    json!({ "listed": shown(sockets.listed()), "observed": sockets.observed().ok().map(shown) })
}

fn person(api: &Api, own: &Ods, account: &Account) -> Value {
    let factors = api.identity.factors(own, account.id()).unwrap_or_default();
    json!({
        "id": account.id(),
        "name": account.name().to_string(),
        "role": account.role(),
        "suspended": account.suspended(),
        "passkeys": factors.passkeys.len(),
        "password_and_totp": factors.password_and_totp,
        "one_factor_alone": factors.one_factor_alone,
        "federated": factors.federated,
    })
}

fn device(api: &Api, account: &Account) -> Option<Value> {
    let device = account.device().filter(|device| !device.unpaired())?;
    let last_used = api.identity.device_last_used(account.id());
    Some(json!({
        "id": account.id(),
        "name": account.display_name(),
        "kind": device.kind().as_str(),
        "paired_by": device.paired_by(),
        "last_used": last_used.map(|at| at.to_string()),
    }))
}

fn service(api: &Api, account: &Account) -> Option<Value> {
    let service = account.service()?;
    let last_used = api.identity.service_last_used(account.id());
    Some(json!({
        "id": account.id(),
        "name": account.name().to_string(),
        "enrolled_by": service.enrolled_by(),
        "approved_by": service.approved_by(),
        "expires": service.expires().to_string(),
        "last_used": last_used.map(|at| at.to_string()),
        "suspended": account.suspended(),
    }))
}

/// What a provider says, and what each of it is worth here. What the map does not name is refused.
fn provider(provider: &Provider) -> Value {
    json!({
        "id": provider.id(),
        "name": provider.name(),
        "issuer": provider.issuer(),
        "map": provider.map().to_string(),
        "proposed_by": provider.proposed_by(),
        "approved_by": provider.approved_by(),
        "works": provider.works(),
    })
}

/// The organisation's own policies that are adopted. What is narrowed only forbids, and needs no
/// proof to do that.
fn own_policies(
    policies: &OwnPolicies,
    grant: &Grant<ReadSecurity>,
) -> Result<Vec<Value>, HttpError> {
    let all = policies.list(grant);
    let all = all
        .map_err(|error| HttpError::internal(&error))?
        .into_iter();
    let adopted = [Standing::InForce, Standing::Narrowed];
    Ok(all
        .filter(|policy| adopted.contains(&policy.standing))
        .map(|policy| {
            let is_proved = matches!(policy.proof, Some(ProofView::Holds { .. }));
            json!({
                "name": format!("policy {}", policy.number),
                "standing": policy.standing.as_str(),
                "proved": is_proved || policy.standing == Standing::Narrowed,
            })
        })
        .collect())
}
