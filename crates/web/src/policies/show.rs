use std::sync::Arc;

use ward_access::{PolicyView, ProofView, ReadSecurity, Standing};
use ward_http::{Answer, AssuredRequest, HttpError, StatusCode};
use ward_identity::Role;

use super::{changes, show_page::ShowPolicy, words};
use crate::{Web, accounts::may, error::of_policies, web::page};

/// `GET /policies/{number}`
pub(crate) async fn show(web: Arc<Web>, request: AssuredRequest) -> Answer {
    let grant = match may::<ReadSecurity>(&web, &request).await {
        Ok(grant) => grant,
        Err(answer) => return answer,
    };
    let number = number(&request)?;
    let all = web.policies.list(&grant).map_err(of_policies)?;
    let policy = all.iter().find(|policy| policy.number == number);
    let policy = policy.ok_or_else(HttpError::not_found)?;
    let before = before(&all, number);
    let text = |policy: &PolicyView| policy.text.clone();
    let own = request.assured.account() == policy.written.by;
    let is_draft = policy.standing == Standing::Draft;
    let proved = matches!(policy.proof, Some(ProofView::Holds { .. }));
    let broken = match &policy.proof {
        Some(ProofView::Broken(sentences)) => sentences.clone(),
        _ => Vec::new(),
    };
    let shown = ShowPolicy {
        number,
        standing: words::standing(policy.standing),
        history: words::history(&web, &request, policy),
        proof: policy.proof.as_ref().map(words::proof),
        broken,
        before: before.map(|before| before.number),
        changes: changes::between(&before.map(text).unwrap_or_default(), &policy.text),
        waits_for_another: is_draft && proved && own,
        can_activate: is_draft && proved && !own,
        can_withdraw: is_draft && request.assured.role() == Role::Administrator,
        can_narrow: policy.standing == Standing::InForce,
    };
    page(StatusCode::OK, &web.layout(&request.assured), &shown)
}

/// What was in force before, or is, if the policy is not.
fn before(all: &[PolicyView], number: u32) -> Option<&PolicyView> {
    let mut older = all.iter().filter(|policy| policy.number < number);
    older.find(|policy| policy.activated.is_some())
}

/// The number that the address names.
pub(super) fn number(request: &AssuredRequest) -> Result<u32, HttpError> {
    let number = request.parameter("number").parse();
    number.map_err(|_| HttpError::not_found())
}
