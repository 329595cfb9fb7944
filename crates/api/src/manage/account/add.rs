use std::sync::Arc;

use serde::Deserialize;
use ward_access::ManageAccounts;
use ward_core::ResourceKey;
use ward_http::{Answer, AssuredRequest, HttpError, Kind, StatusCode};
use ward_identity::{Author, NewAccount, Role};

use super::link_shown;
use crate::{
    Api,
    manage::{
        answer,
        door::{may, refused},
        sent,
    },
};

/// What is sent: the part of the sign-in name before the `@`, the name that others see, the role,
/// and the id of a Practitioner.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct New {
    name: String,
    display_name: String,
    role: Role,
    practitioner: Option<String>,
}

/// `POST /manage/accounts`: makes the account, and gives its link once.
pub(in crate::manage) async fn add(api: Arc<Api>, request: AssuredRequest) -> Answer {
    may::<ManageAccounts>(&api, &request).await?;
    let new: New = sent(&request)?;
    let practitioner = new.practitioner.as_deref().map(practitioner).transpose()?;
    let new = NewAccount {
        name: new.name,
        display_name: new.display_name,
        role: new.role,
        practitioner,
    };
    let by = Author::Account(&request.assured);
    let organisation = request.assured.organisation();
    let made = api.identity.create_account(by, organisation, new).await;
    let link = made.map_err(refused)?;
    answer(StatusCode::CREATED, &link_shown(&request, &link))
}

fn practitioner(id: &str) -> Result<ResourceKey, HttpError> {
    let id = id.strip_prefix("Practitioner/").unwrap_or(id);
    let key = ResourceKey::new("Practitioner", id);
    key.map_err(|_| {
        let text = "This is no id of a Practitioner.";
        HttpError::new(Kind::Unprocessable, "practitioner", text)
    })
}
