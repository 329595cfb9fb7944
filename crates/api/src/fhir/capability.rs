//! The CapabilityStatement: what this server really does, from the table of routes and the tables
//! of `ward-fhir`.

use serde_json::{Value, json};
use ward_fhir::search::{self, Parameter};
use ward_http::{Guard, Listed, Origin};

use crate::oauth;

/// Interactions that stand at each resource type (R4, type-restful-interaction).
const OF_A_TYPE: [&str; 7] = [
    "read",
    "vread",
    "update",
    "delete",
    "history-instance",
    "create",
    "search-type",
];
/// Interactions that stand at the base (R4, system-restful-interaction).
const OF_THE_BASE: [&str; 2] = ["transaction", "batch"];

/// The statement for a base URL, as JSON. `date` is when this version of Ward was made.
pub(crate) fn statement(base: &str, origin: &Origin, routes: &[Listed]) -> String {
    let interactions = |known: &[&str]| -> Vec<Value> {
        let is_served = |code: &&&str| routes.iter().any(|route| does(route, code));
        known
            .iter()
            .filter(is_served)
            .map(|code| json!({ "code": code }))
            .collect()
    };
    let at_types = interactions(&OF_A_TYPE);
    let types = ward_fhir::resource_types().iter();
    let resources: Vec<Value> = types.map(|name| resource(name, &at_types)).collect();
    json!({
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": "2026-11-23",
        "kind": "instance",
        "software": { "name": "Ward", "version": env!("CARGO_PKG_VERSION") },
        "implementation": { "description": "Ward", "url": base },
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json", "json"],
        "rest": [{
            "mode": "server",
            "documentation": "Each read and each search hit is logged before it is answered. \
                What may not be seen looks like what is not there. Links of searches are opaque.",
            "security": security(origin),
            "resource": resources,
            "interaction": interactions(&OF_THE_BASE),
        }],
    })
    .to_string()
}

/// Whether a route does an interaction: its action is named after it.
fn does(route: &Listed, code: &str) -> bool {
    let Guard::Assured { action, .. } = route.guard else {
        return false;
    };
    action.split(' ').any(|word| word == code)
}

fn resource(name: &str, interactions: &[Value]) -> Value {
    let supported = || {
        search::parameters(name)
            .iter()
            .filter(|parameter| parameter.is_supported())
    };
    let parameters: Vec<Value> = supported().map(parameter).collect();
    let references = supported().filter(|one| one.kind == search::ParameterKind::Reference);
    let includes: Vec<String> = references
        .map(|one| format!("{name}:{}", one.name))
        .collect();
    let mut resource = json!({
        "type": name,
        "interaction": interactions,
        "versioning": "versioned-update",
        "readHistory": true,
        "updateCreate": true,
        "conditionalCreate": true,
        "conditionalRead": "full-support",
        "conditionalUpdate": false,
        "conditionalDelete": "not-supported",
        "referencePolicy": ["literal", "local"],
        "searchInclude": includes,
        "searchParam": parameters,
    });
    // FHIR has no empty arrays.
    if let Some(members) = resource.as_object_mut() {
        members.retain(|_, member| member.as_array().is_none_or(|array| !array.is_empty()));
    }
    resource
}

fn parameter(parameter: &Parameter) -> Value {
    json!({
        "name": parameter.name,
        "definition": parameter.definition(),
        "type": parameter.kind.code(),
    })
}

fn security(origin: &Origin) -> Value {
    let uri = |name: &str, path: &str| json!({ "url": name, "valueUri": origin.url(path) });
    json!({
        "cors": true,
        "service": [{ "coding": [{
            "system": "http://terminology.hl7.org/CodeSystem/restful-security-service",
            "code": "SMART-on-FHIR",
        }] }],
        "description": "SMART App Launch and Backend Services, with DPoP (RFC 9449) on each request. \
            Pages of approved apps alone may ask from a browser.",
        "extension": [{
            "url": "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris",
            "extension": [
                uri("authorize", oauth::AUTHORIZE),
                uri("token", oauth::TOKEN),
                uri("introspect", oauth::INTROSPECT),
                uri("revoke", oauth::REVOKE),
            ],
        }],
    })
}
