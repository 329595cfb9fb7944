use std::sync::Arc;

use ward_http::{Answer, AssuredRequest, Form, HttpError, Response, StatusCode};

use super::{
    search::FOUND,
    search_page::{More, SearchPage},
};
use crate::{Web, date, error::of_records, render::Problem, web::page};

/// Characters of a name or number that are looked at.
const TEXT_CHARS: usize = 200;
const NOTHING_TYPED: &str = "Type an NHS number, or at least two letters of a name";

/// What came of a search that was typed.
pub(crate) enum Asked {
    /// The parameter of an address that holds the search sealed.
    Link(String),
    /// The form again, with what is wrong.
    Wrong(Box<SearchPage>),
}

/// `POST /patients`: who is asked for. A POST, so that no name reaches an address, a history or a
/// log; the address that it leads to holds the search sealed.
pub(crate) async fn find(web: Arc<Web>, request: AssuredRequest) -> Answer {
    match asked_for(&web, &request).await? {
        Asked::Link(link) => Ok(Response::see_other(&format!("/patients?{link}"))),
        Asked::Wrong(asked) => {
            let layout = web.layout(&request.assured);
            page(StatusCode::UNPROCESSABLE_ENTITY, &layout, &*asked)
        }
    }
}

/// Reads the form of a search.
pub(crate) async fn asked_for(web: &Web, request: &AssuredRequest) -> Result<Asked, HttpError> {
    let assured = &request.assured;
    let form = request.form()?;
    let (text, mut more) = typed(&form);
    let born = date::typed(
        [&more.day, &more.month, &more.year],
        date::today(web.clock.now()),
    );
    let letters = text
        .chars()
        .filter(|letter| letter.is_alphanumeric())
        .count();
    more.text_error = (letters < 2).then_some(NOTHING_TYPED);
    more.born_error = born.as_ref().err().copied();
    match (more.text_error, born) {
        (None, Ok(born)) => {
            let door = web
                .records
                .door(assured, request.id(), assured.organisation())
                .await;
            let link = door
                .map_err(of_records)?
                .people_link(&text, born.as_deref());
            Ok(Asked::Link(format!("{FOUND}={link}")))
        }
        _ => Ok(Asked::Wrong(Box::new(SearchPage {
            problems: problems(&more),
            text,
            more,
            found: None,
        }))),
    }
}

fn typed(form: &Form) -> (String, More) {
    let field = |name| {
        form.get(name)
            .unwrap_or_default()
            .chars()
            .take(TEXT_CHARS)
            .collect()
    };
    let (day, month, year) = (field("day"), field("month"), field("year"));
    (
        field("text"),
        More {
            day,
            month,
            year,
            ..More::default()
        },
    )
}

fn problems(more: &More) -> Vec<Problem> {
    [("#text", more.text_error), ("#born-year", more.born_error)]
        .into_iter()
        .filter_map(|(href, text)| {
            Some(Problem {
                text: text?.to_owned(),
                href,
            })
        })
        .collect()
}
