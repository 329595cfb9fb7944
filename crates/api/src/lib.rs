//! FHIR R4 REST, SMART and OAuth endpoints, and administration for command lines.
//!
//! An endpoint a file. Each handler reads what was asked, goes through the one door of
//! `ward-records`, and writes the answer; it holds no key and knows no SQL.

mod fhir;
mod manage;
mod oauth;
mod refused;

pub use oauth::TOKEN;

use std::{collections::BTreeSet, sync::Arc};

use ward_access::OwnPolicies;
use ward_core::Ods;
use ward_http::{HttpError, Origin, Request, Route};
use ward_identity::Identity;
use ward_records::Records;

/// What the endpoints work with.
pub struct Api {
    records: Arc<Records>,
    identity: Arc<Identity>,
    organisations: BTreeSet<Ods>,
}

impl Api {
    /// The API to these organisations' records.
    pub fn new(
        records: Arc<Records>,
        identity: Arc<Identity>,
        organisations: impl IntoIterator<Item = Ods>,
    ) -> Arc<Self> {
        Arc::new(Self {
            records,
            identity,
            organisations: organisations.into_iter().collect(),
        })
    }

    /// The organisation that a public path names, if it is one of this server. In its one
    /// spelling: a URL with another names nothing.
    fn known_organisation(&self, request: &Request) -> Result<&Ods, HttpError> {
        let named = request.parameter("ods");
        let known = self.organisations.iter().find(|ods| ods.as_str() == named);
        known.ok_or_else(HttpError::not_found)
    }
}

/// The routes of the organisations' own policies.
pub fn policy_routes(api: &Arc<Api>, policies: &Arc<OwnPolicies>) -> Vec<Route> {
    manage::policy::routes(api, policies)
}

/// Every other route of the API.
pub fn routes(api: &Arc<Api>, origin: &Origin) -> Vec<Route> {
    let mut routes = fhir::routes(api);
    routes.push(fhir::metadata_route(api, origin, &routes));
    routes.extend(oauth::routes(api));
    routes.extend(manage::routes(api));
    routes
}

/// The routes that tell of all routes: what the server answers and listens on, and who can get in.
pub fn coverage_routes(api: &Arc<Api>, policies: &Arc<OwnPolicies>) -> Vec<Route> {
    manage::coverage_routes(api, policies)
}
