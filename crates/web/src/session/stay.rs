use ward_http::{Answer, AssuredRequest, HttpError, Response, StatusCode, header};

/// `POST /session/stay`: to be asked is all that keeps a session alive. Without JavaScript, the
/// browser goes home.
pub(crate) async fn stay(request: AssuredRequest) -> Answer {
    let accepted = request.header(&header::ACCEPT)?.unwrap_or_default();
    let by_script = accepted == "application/json";
    Ok::<_, HttpError>(if by_script {
        Response::new(StatusCode::NO_CONTENT)
    } else {
        Response::see_other("/")
    })
}
