//! Finding what somebody named on the command line.

use serde_json::Value;

use crate::{
    client::{Client, field, list, text},
    error::Error,
};

/// The id of what is called so in a list: by its id, by its name, or by the part of a sign-in name
/// before the `@`. What two have is the name of neither.
pub(crate) async fn id_of(
    client: &mut Client,
    (path, named): (&str, &str),
    given: &str,
) -> Result<String, Error> {
    let answer = client.get(path).await?;
    let all = list(&answer, named);
    let called = |one: &&Value| {
        let name = text(one, "name");
        let local = name.split('@').next().unwrap_or_default();
        text(one, "id") == given
            || name.eq_ignore_ascii_case(given)
            || local.eq_ignore_ascii_case(given)
    };
    let mut found = all
        .iter()
        .filter(called)
        .filter_map(|one| field(one, "id").as_str());
    match (found.next(), found.next()) {
        (Some(id), None) => Ok(id.to_owned()),
        (None, _) => Err(Error::Told(format!(
            "there is no `{given}` among the {named}"
        ))),
        (Some(_), Some(_)) => Err(Error::Told(format!(
            "more than one of the {named} is called `{given}`: give an id"
        ))),
    }
}
