//! The FHIR base of each organisation: `/fhir/{ods}`.

mod bundle;
mod capability;
mod condition;
mod create;
mod delete;
mod history;
mod metadata;
mod negotiate;
mod read;
mod search;
mod smart;
mod transaction;
mod update;

use std::sync::Arc;

use ward_core::{Ods, ResourceKey, limits};
use ward_fhir::{Limits, Resource};
use ward_http::{
    AssuredRequest, Credential, HttpError, Kind, Method, Origin, Request, Route, with,
};
use ward_records::Door;

use crate::{Api, refused::refused};

pub(crate) use metadata::route as metadata_route;

/// The routes, each action named after the interaction of R4 that it is: what the
/// CapabilityStatement says is read off here.
pub(crate) fn routes(api: &Arc<Api>) -> Vec<Route> {
    let dpop = Credential::Dpop;
    let (get, post, put) = (Method::GET, Method::POST, Method::PUT);
    let (of_type, of_one) = ("/fhir/{ods}/{type}", "/fhir/{ods}/{type}/{id}");
    let (versions, version) = (
        "/fhir/{ods}/{type}/{id}/_history",
        "/fhir/{ods}/{type}/{id}/_history/{vid}",
    );
    let routes = vec![
        Route::public(
            get.clone(),
            "/fhir/{ods}/.well-known/smart-configuration",
            "says how to get a token",
            with(api, smart::configuration),
        ),
        Route::assured(
            get.clone(),
            "/fhir/{ods}",
            "page",
            dpop,
            with(api, search::page),
        ),
        transaction(api, "/fhir/{ods}"),
        // Clients write the base with a slash, too (R4, http 3.1.0.1.2).
        transaction(api, "/fhir/{ods}/"),
        Route::assured(
            get.clone(),
            of_type,
            "search-type",
            dpop,
            with(api, search::get),
        ),
        Route::assured(
            post.clone(),
            "/fhir/{ods}/{type}/_search",
            "search-type",
            dpop,
            with(api, search::post),
        )
        .only_reads(),
        Route::assured(post, of_type, "create", dpop, with(api, create::post))
            .body_limit(limits::RESOURCE_BYTES),
        Route::assured(get.clone(), of_one, "read", dpop, with(api, read::get)),
        Route::assured(put, of_one, "update", dpop, with(api, update::put))
            .body_limit(limits::RESOURCE_BYTES),
        Route::assured(
            Method::DELETE,
            of_one,
            "delete",
            dpop,
            with(api, delete::delete),
        ),
        Route::assured(
            get.clone(),
            versions,
            "history-instance",
            dpop,
            with(api, history::get),
        ),
        Route::assured(get, version, "vread", dpop, with(api, read::vread)),
    ];
    // Apps run in browsers, on sites of their own.
    routes.into_iter().map(Route::cross_origin).collect()
}

fn transaction(api: &Arc<Api>, pattern: &'static str) -> Route {
    let (action, dpop) = ("transaction batch", Credential::Dpop);
    Route::assured(
        Method::POST,
        pattern,
        action,
        dpop,
        with(api, transaction::post),
    )
    .body_limit(limits::BODY_BYTES)
}

/// The base URL of an organisation.
fn base(origin: &Origin, ods: &Ods) -> String {
    origin.url(&format!("/fhir/{ods}"))
}

/// The door to the records of the organisation in the path, and its base URL.
async fn door<'a>(
    api: &'a Api,
    request: &'a AssuredRequest,
) -> Result<(Door<'a>, String), HttpError> {
    let ods: Ods = request
        .parameter("ods")
        .parse()
        .map_err(|_| HttpError::not_found())?;
    let door = api
        .records
        .door(&request.assured, request.id(), &ods)
        .await
        .map_err(refused)?;
    // One organisation has one spelling in a URL, so that a proof of a URL has one meaning.
    if ods.as_str() != request.parameter("ods") {
        return Err(HttpError::not_found());
    }
    Ok((door, base(request.origin(), &ods)))
}

/// The type in the path, if R4 defines it.
fn resource_type(request: &Request) -> Result<&str, HttpError> {
    let named = request.parameter("type");
    if ward_fhir::is_resource_type(named) {
        return Ok(named);
    }
    Err(HttpError::new(
        Kind::NotFound,
        "unknown-type",
        "FHIR R4 has no such resource type.",
    ))
}

/// The resource that the path names. An id that none can have is an id that none has.
fn key(request: &Request) -> Result<ResourceKey, HttpError> {
    let named = ResourceKey::new(resource_type(request)?, request.parameter("id"));
    named.map_err(|_| HttpError::not_found())
}

/// The resource in the body, of the type in the path.
fn resource(request: &Request) -> Result<Resource, HttpError> {
    negotiate::check_content_type(request)?;
    let resource = Resource::parse(request.body(), &Limits::RESOURCE)
        .map_err(|error| refused(ward_records::Error::Invalid(vec![error.into()])))?;
    if resource.resource_type() == resource_type(request)? {
        return Ok(resource);
    }
    let text = "The resource is of another type than the URL says.";
    Err(HttpError::bad_request("other-type", text))
}
