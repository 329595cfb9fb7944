use std::sync::Arc;

use ward_core::limits;
use ward_http::{Answer, HttpError, PublicRequest, Response, StatusCode};
use ward_identity::{AppEnrolment, Error, PasswordProblem};

use super::{page::AppPage, qr};
use crate::{
    Web,
    error::{dead_link, of_identity},
    layout::Layout,
    render::Problem,
    web::{caller, page},
};

/// `POST /enrol/{token}/password/start`: a new key for the authenticator app each time. A POST, so
/// that a link previewed by a mail program starts nothing.
pub(crate) async fn start(web: Arc<Web>, request: PublicRequest) -> Answer {
    let token = request.parameter("token");
    let app = web
        .identity
        .start_app_enrolment(token)
        .map_err(of_identity)?;
    show(&web, token, &app, None, StatusCode::OK)
}

/// `POST /enrol/{token}/password/finish`: after a mistake, the same page with the same key.
pub(crate) async fn finish(web: Arc<Web>, request: PublicRequest) -> Answer {
    let token = request.parameter("token");
    let form = request.form()?;
    let field = |name| form.get(name).unwrap_or_default();
    let ceremony = field("ceremony");
    let caller = caller(&request);
    let finished = web
        .identity
        .finish_app_enrolment(token, ceremony, field("password"), field("code"), &caller)
        .await;
    match finished {
        Ok(()) => Ok(Response::see_other("/enrolled")),
        Err(mistake @ (Error::Password(_) | Error::Code)) => {
            let app = web
                .identity
                .app_enrolment(token, ceremony)
                .map_err(of_identity)?;
            show(
                &web,
                token,
                &app,
                Some(&mistake),
                StatusCode::UNPROCESSABLE_ENTITY,
            )
        }
        Err(error) => Err(of_identity(error)),
    }
}

fn show(
    web: &Web,
    token: &str,
    app: &AppEnrolment,
    mistake: Option<&Error>,
    status: StatusCode,
) -> Answer {
    let enrolment = web.identity.enrolment(token).ok_or_else(dead_link)?;
    let ods = enrolment.name.organisation();
    let layout = Layout::public().of_organisation(ods.as_str(), web.organisation(ods));
    let action = format!("/enrol/{token}/password/finish");
    let shown = app_page(action, enrolment.name.to_string(), app, mistake)?;
    page(status, &layout, &shown)
}

/// The page of a new password and authenticator app, whose form goes to `action`.
pub(crate) fn app_page(
    action: String,
    sign_in_name: String,
    app: &AppEnrolment,
    mistake: Option<&Error>,
) -> Result<AppPage, HttpError> {
    let (refused_password, refused_code) = match mistake {
        Some(Error::Password(problem)) => (Some(in_words(*problem)), None),
        Some(_) => (None, Some(WRONG_CODE.to_owned())),
        None => (None, None),
    };
    let problems = [("#password", &refused_password), ("#code", &refused_code)]
        .into_iter()
        .filter_map(|(href, text)| {
            Some(Problem {
                text: text.clone()?,
                href,
            })
        });
    Ok(AppPage {
        action,
        ceremony: app.ceremony.clone(),
        sign_in_name,
        qr: qr::svg(app.uri.expose()).map_err(|error| HttpError::internal(&error))?,
        key: qr::grouped(app.secret.expose()),
        problems: problems.collect(),
        refused_password,
        refused_code,
    })
}

const WRONG_CODE: &str = "This is not the code that the app shows now. Wait for the next one";

fn in_words(problem: PasswordProblem) -> String {
    match problem {
        PasswordProblem::TooShort => {
            format!("Use at least {} characters", limits::PASSWORD_MIN_CHARS)
        }
        PasswordProblem::TooLong => "This password is too long".to_owned(),
        PasswordProblem::Common => "This password is easy to guess. Choose another".to_owned(),
        PasswordProblem::OwnName => {
            "Your name and your organisation’s are easy to guess. Choose other words".to_owned()
        }
    }
}
