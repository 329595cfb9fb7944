use std::sync::Arc;

use ward_http::{Answer, PublicRequest, Response, StatusCode, cookie};
use ward_identity::Error;

use super::{SignIn, next};
use crate::{
    Web,
    error::of_identity,
    layout::Layout,
    web::{caller, page},
};

/// `POST /sign-in/password`: name, password and code at once. A failure says the same whatever was
/// wrong, and keeps the name alone.
pub(crate) async fn finish(web: Arc<Web>, request: PublicRequest) -> Answer {
    let form = request.form()?;
    let field = |name| form.get(name).unwrap_or_default();
    let (name, password, code) = (field("name"), field("password"), field("code"));
    let proved = web
        .identity
        .sign_in_with_password(name, password, code, &caller(&request))
        .await;
    match proved {
        Ok(signed_in) => Ok(
            Response::see_other(&next(&web, &request)).with_cookie(cookie::set(
                cookie::SESSION,
                &signed_in.token,
                None,
            )),
        ),
        Err(Error::SignIn) => {
            let name = name.chars().take(SHOWN).collect();
            page(
                StatusCode::UNAUTHORIZED,
                &Layout::public(),
                &SignIn {
                    refused: true,
                    name,
                    providers: web.providers(None),
                },
            )
        }
        Err(error) => Err(of_identity(error)),
    }
}

/// Characters of a name that are shown again: no name is longer.
const SHOWN: usize = 120;
