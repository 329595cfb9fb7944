use std::sync::Arc;

use ward_http::{AssuredRequest, Event, Events, HttpError};

/// `GET /session/live`: says whose session it is, and goes on for as long as it stands, so that a
/// page whose session ends elsewhere hides what it shows at once.
pub(crate) async fn show(request: Arc<AssuredRequest>) -> Result<Events, HttpError> {
    let account = request.assured.account().to_string();
    Ok(Events::one(Event::new("live", &account)))
}
