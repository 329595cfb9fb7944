use ward_http::{Answer, AssuredRequest, Method, StatusCode};
use ward_identity::{Assured, Error, StepUpWays};

use super::page::Prove;
use crate::{Web, draft::Place, error::of_identity, web::page};

/// What proof is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// A fresh one, of the best kind that the account has.
    Fresh,
    /// A fresh one that can't be given to a false site.
    PhishingResistant,
}

/// Interrupts a request until it is proved again who asks. What a form held is kept.
pub(crate) fn ask(web: &Web, request: &AssuredRequest, wanted: Wanted) -> Answer {
    let address = if request.raw_query().is_empty() {
        request.path().to_owned()
    } else {
        format!("{}?{}", request.path(), request.raw_query())
    };
    let place = if *request.method() == Method::POST {
        Place::of_form(address, request.form()?.into_pairs())
    } else {
        Place::of_page(address)
    };
    let session = request.assured.session();
    let now = web.clock.now();
    let draft = web.drafts.keep(session, place, now, &*web.random);
    show(web, &request.assured, draft, wanted, false)
}

/// The same where that is what identity refused for; else its refusal.
pub(crate) fn ask_or_refuse(web: &Web, request: &AssuredRequest, error: Error) -> Answer {
    match error {
        Error::FreshProof => ask(web, request, Wanted::Fresh),
        other => Err(of_identity(other)),
    }
}

pub(super) fn show(
    web: &Web,
    assured: &Assured,
    draft: String,
    wanted: Wanted,
    refused: bool,
) -> Answer {
    let StepUpWays {
        passkey,
        password,
        provider,
    } = web.identity.step_up_ways(assured);
    let shown = Prove {
        draft,
        passkey,
        // Whoever has a passkey proves themself with it.
        password: password && !passkey && wanted == Wanted::Fresh,
        provider: provider.map(|id| web.provider_name(id)),
        refused,
    };
    page(StatusCode::UNAUTHORIZED, &web.layout(assured), &shown)
}
