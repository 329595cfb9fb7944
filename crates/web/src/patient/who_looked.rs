use std::sync::Arc;

use ward_http::{Answer, AssuredRequest, HttpError, StatusCode};
use ward_identity::Assured;
use ward_records::Looked;

use super::{
    banner::Banner,
    show::patient,
    who_looked_page::{Look, WhoLookedPage},
    words,
};
use crate::{
    Web, date,
    error::of_records,
    web::{page, role_in_words},
};

/// `GET /patients/{id}/who-looked`, `?before=` for those before.
pub(crate) async fn show(web: Arc<Web>, request: AssuredRequest) -> Answer {
    let assured = &request.assured;
    let id = patient(&request)?;
    let before = before(&request)?;
    let door = web
        .records
        .door(assured, request.id(), assured.organisation())
        .await;
    let door = door.map_err(of_records)?;
    let looked = door.who_looked(&id, before).await.map_err(of_records)?;
    let patient = door.read(&id.key()).await.map_err(of_records)?;
    let patient = patient.resource().map_err(of_records)?;
    let shown = WhoLookedPage {
        id: id.to_string(),
        patient: Banner::of(&patient, date::today(web.clock.now())),
        looks: looked
            .lines
            .iter()
            .map(|line| look(&web, assured, line))
            .collect(),
        earlier: looked.next,
    };
    page(StatusCode::OK, &web.layout_with_search(assured), &shown)
}

fn before(request: &AssuredRequest) -> Result<Option<u64>, HttpError> {
    let query = request.query()?;
    let before = query.iter().find(|(name, _)| name == "before");
    let number = before.map(|(_, value)| value.parse());
    number.transpose().map_err(|_| HttpError::not_found())
}

fn look(web: &Web, reader: &Assured, line: &Looked) -> Look {
    let account = line
        .account
        .and_then(|id| web.identity.account(reader.organisation(), id));
    let (who, role) = match &account {
        Some(account) => (
            account.display_name().to_owned(),
            role_in_words(account.role()),
        ),
        None if line.account.is_some() => ("An account that is no longer there".to_owned(), ""),
        None => ("Ward itself".to_owned(), ""),
    };
    Look {
        when: date::moment(line.time),
        who,
        role,
        you: line.account == Some(reader.account()),
        did: words::did(line.interaction, line.count),
        why: words::why(&line.basis),
    }
}
