//! `GET metadata` (R4 3.1.0.8, capabilities).

use std::{collections::HashMap, sync::Arc};

use ward_http::{
    Answer, Bytes, HttpError, Listed, Method, Origin, PublicRequest, Response, Route, StatusCode,
};

use super::{base, capability::statement, negotiate};
use crate::Api;

/// The route, its answers written once from the routes that there are.
pub(crate) fn route(api: &Arc<Api>, origin: &Origin, routes: &[Route]) -> Route {
    let listed: Vec<Listed> = routes.iter().map(Route::listed).collect();
    let statements: HashMap<String, Bytes> = api
        .organisations
        .iter()
        .map(|ods| {
            let statement = statement(&base(origin, ods), origin, &listed);
            (ods.as_str().to_owned(), statement.into())
        })
        .collect();
    let statements = Arc::new(statements);
    let reason = "says what the server does; holds no patient data";
    Route::public(
        Method::GET,
        "/fhir/{ods}/metadata",
        reason,
        move |request: PublicRequest| {
            let statements = Arc::clone(&statements);
            async move { get(&statements, &request) }
        },
    )
    .cross_origin()
}

fn get(statements: &HashMap<String, Bytes>, request: &PublicRequest) -> Answer {
    negotiate::check_accept(request, &request.query()?)?;
    let statement = statements
        .get(request.parameter("ods"))
        .ok_or_else(HttpError::not_found)?;
    Ok(Response::fhir(StatusCode::OK, statement.clone()))
}
