//! Signing in: by passkey, or by password and code in one step.

mod page;
pub(crate) mod passkey;
pub(crate) mod password;
pub(crate) mod provider;
pub(crate) mod show;

use ward_http::{PublicRequest, cookie};

use crate::Web;

pub(crate) use page::{Choice, SignIn};

/// Where a browser goes once it is signed in: to what an app asks, if it came for that.
fn next(web: &Web, request: &PublicRequest) -> String {
    let asked = request.cookie(cookie::ASKING);
    match asked.filter(|name| web.identity.is_asking(name)) {
        Some(name) => format!("/authorize/{name}"),
        None => "/".to_owned(),
    }
}
