//! What is done to a policy, each by whom policy lets do it.

use std::sync::Arc;

use ward_access::{Approve, Contain, ManagePolicy, OwnPolicyError};
use ward_http::{Answer, AssuredRequest, Response};

use super::show::number;
use crate::{Web, accounts::may, error::of_policies, step_up::ask_or_refuse};

/// `POST /policies/{number}/activate`: by another than who wrote it, and proved once more.
pub(crate) async fn activate(web: Arc<Web>, request: AssuredRequest) -> Answer {
    let grant = match may::<Approve>(&web, &request).await {
        Ok(grant) => grant,
        Err(answer) => return answer,
    };
    let (number, assured) = (number(&request)?, &request.assured);
    let activated = web
        .policies
        .activate(grant, assured, number, request.id())
        .await;
    match activated {
        // The page says what is broken, and why nothing could be proved.
        Err(OwnPolicyError::Broken(_) | OwnPolicyError::Proof(_)) => back(&web, &request, Ok(())),
        other => back(&web, &request, other),
    }
}

/// `POST /policies/{number}/withdraw`
pub(crate) async fn withdraw(web: Arc<Web>, request: AssuredRequest) -> Answer {
    let grant = match may::<ManagePolicy>(&web, &request).await {
        Ok(grant) => grant,
        Err(answer) => return answer,
    };
    let (number, assured) = (number(&request)?, &request.assured);
    let withdrawn = web
        .policies
        .withdraw(grant, assured, number, request.id())
        .await;
    back(&web, &request, withdrawn)
}

/// `POST /policies/{number}/narrow`: its permits go out of force.
pub(crate) async fn narrow(web: Arc<Web>, request: AssuredRequest) -> Answer {
    let grant = match may::<Contain>(&web, &request).await {
        Ok(grant) => grant,
        Err(answer) => return answer,
    };
    let (number, assured) = (number(&request)?, &request.assured);
    let narrowed = web
        .policies
        .narrow(grant, assured, number, request.id())
        .await;
    back(&web, &request, narrowed)
}

/// Back to the policy's page, or to what to do first.
fn back(web: &Web, request: &AssuredRequest, done: Result<(), OwnPolicyError>) -> Answer {
    match done {
        Ok(()) => {
            let number = request.parameter("number");
            Ok(Response::see_other(&format!("/policies/{number}")))
        }
        Err(OwnPolicyError::Identity(error)) => ask_or_refuse(web, request, error),
        Err(error) => Err(of_policies(error)),
    }
}
