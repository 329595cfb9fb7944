//! What a person is told of changes to their account.

use std::sync::Arc;

use ward_http::{Answer, AssuredRequest, Response};
use ward_identity::{News, Notice};

use crate::{Web, date, error::of_identity};

/// `POST /account/notices/seen`: told once is enough; the account's page keeps listing them.
pub(crate) async fn seen(web: Arc<Web>, request: AssuredRequest) -> Answer {
    let seen = web.identity.notices_seen(&request.assured).await;
    seen.map_err(of_identity)?;
    Ok(Response::see_other("/account"))
}

/// One change as a sentence.
pub(crate) fn in_words(notice: &Notice) -> String {
    let on = date::moment(notice.at());
    let label = notice.label.as_deref().unwrap_or_default();
    match notice.what {
        News::PasskeyAdded => format!("A passkey, “{label}”, was added on {on}."),
        News::PasskeyRemoved => format!("A passkey, “{label}”, was removed on {on}."),
        News::PasswordSet => format!("The password and authenticator app were changed on {on}."),
        News::PasswordRemoved => {
            format!("The password and authenticator app were removed on {on}.")
        }
        News::Recovered => {
            format!("The account was recovered on {on}: all ways to sign in before that ended.")
        }
    }
}
