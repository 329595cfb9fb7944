use std::sync::Arc;

use serde::Serialize;
use ward_access::ManageServices;
use ward_http::{Answer, AssuredRequest, Response, StatusCode};
use ward_identity::{Error, NewProvider};

use crate::{
    Web,
    accounts::may,
    render::{Page, Problem},
    step_up::ask_or_refuse,
    web::page,
};

/// The form of a new provider.
#[derive(Debug, Default, Serialize)]
pub(crate) struct AddProvider {
    name: String,
    issuer: String,
    client: String,
    acr_values: String,
    map: String,
    problems: Vec<Problem>,
}

/// `GET /providers/add`
pub(crate) async fn show(web: Arc<Web>, request: AssuredRequest) -> Answer {
    if let Err(answer) = may::<ManageServices>(&web, &request).await {
        return answer;
    }
    let empty = AddProvider::default();
    page(StatusCode::OK, &web.layout(&request.assured), &empty)
}

/// `POST /providers/add`: proposes it.
pub(crate) async fn add(web: Arc<Web>, request: AssuredRequest) -> Answer {
    if let Err(answer) = may::<ManageServices>(&web, &request).await {
        return answer;
    }
    let form = request.form()?;
    let field = |name| form.get(name).unwrap_or_default().trim().to_owned();
    let new = NewProvider {
        name: field("name"),
        issuer: field("issuer"),
        client: field("client"),
        acr_values: field("acr_values"),
        map: field("map"),
    };
    let proposed = web
        .identity
        .propose_provider(&request.assured, new.clone())
        .await;
    let problem = match proposed {
        Ok(id) => return Ok(Response::see_other(&format!("/providers/{id}"))),
        Err(Error::Map(invalid)) => Problem {
            text: format!("The map can’t be taken: {invalid}"),
            href: "#map",
        },
        Err(Error::NotPossible(why)) => Problem {
            text: format!("Check what you typed: {why}"),
            href: "#name",
        },
        Err(error) => return ask_or_refuse(&web, &request, error),
    };
    let shown = AddProvider {
        name: new.name,
        issuer: new.issuer,
        client: new.client,
        acr_values: new.acr_values,
        map: new.map,
        problems: vec![problem],
    };
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    page(status, &web.layout(&request.assured), &shown)
}

impl Page for AddProvider {
    const TEMPLATE: &'static str = "providers/add.jinja";

    fn title(&self) -> String {
        let prefix = if self.problems.is_empty() {
            ""
        } else {
            "Error: "
        };
        format!("{prefix}Propose a provider")
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let wrong = Self {
            name: "Staff sign-in".to_owned(),
            issuer: "provider.example".to_owned(),
            client: "ward".to_owned(),
            acr_values: "AAL2_OR_AAL3_ANY".to_owned(),
            map: "acr=AAL1 => two-factors".to_owned(),
            problems: vec![Problem {
                text: "The map can’t be taken: line 1".to_owned(),
                href: "#map",
            }],
        };
        vec![Self::default(), wrong]
    }
}
