use ward_access::{Grant, ReadSecurity};
use ward_http::{Answer, AssuredRequest, HttpError};

use crate::{Web, accounts::may, error::of_identity};

/// Asks policy whether the account of a request may look, and writes down that it does.
///
/// # Errors
/// What to answer instead.
pub(super) async fn looks(
    web: &Web,
    request: &AssuredRequest,
) -> Result<Grant<ReadSecurity>, Answer> {
    let grant = may::<ReadSecurity>(web, request).await?;
    let looked = web
        .identity
        .looked_at_security(&request.assured, request.id());
    match looked.await {
        Ok(()) => Ok(grant),
        Err(error) => Err(Err(of_identity(error))),
    }
}

/// The value of a filter in the address: one of those that there are, or none.
pub(super) fn filter<T: Copy>(
    query: &[(String, String)],
    name: &str,
    known: &[(&str, T)],
) -> Result<Option<T>, HttpError> {
    let mut asked = query.iter().filter(|(asked, _)| asked == name);
    let (Some((_, value)), None) = (asked.next(), asked.next()) else {
        return Ok(None);
    };
    let found = known.iter().find(|(known, _)| known == value);
    let found = found.map(|(_, value)| Some(*value));
    found.ok_or_else(|| HttpError::bad_request("filter", "There is no such filter."))
}
