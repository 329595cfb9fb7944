use std::sync::Arc;

use jiff::civil::Date;
use ward_http::{Answer, AssuredRequest, HttpError, StatusCode};
use ward_records::{Error, People};

use super::{
    banner::grouped,
    search_page::{Found, More, Person, SearchPage},
};
use crate::{
    Web,
    date::{self, FhirDate},
    error::of_records,
    web::page,
};

/// The parameter that holds a sealed search.
pub(super) const FOUND: &str = "found";

/// `GET /patients`: the box, and nobody; with `?found=`, who was asked for.
pub(crate) async fn show(web: Arc<Web>, request: AssuredRequest) -> Answer {
    let shown = found_by(&web, &request).await?;
    page(StatusCode::OK, &web.layout(&request.assured), &shown)
}

/// Who was asked for, by the link in the address. It holds no name that anyone but the server can
/// read, so that going back and loading again just work.
pub(crate) async fn found_by(web: &Web, request: &AssuredRequest) -> Result<SearchPage, HttpError> {
    let assured = &request.assured;
    let query = request.query()?;
    let link = query.iter().find(|(name, _)| name == FOUND);
    let mut shown = SearchPage::default();
    if let Some((_, link)) = link {
        let door = web
            .records
            .door(assured, request.id(), assured.organisation())
            .await;
        let door = door.map_err(of_records)?;
        match door.people_asked(link) {
            Ok((text, born)) => {
                let people = door
                    .find_people(&text, born.as_deref())
                    .await
                    .map_err(of_records)?;
                shown.found = Some(found(people, date::today(web.clock.now())));
                (shown.text, shown.more) = (text, More::of(born.as_deref().unwrap_or_default()));
            }
            // Too old: one asks again.
            Err(Error::BadLink) => {}
            Err(error) => return Err(of_records(error)),
        }
    }
    Ok(shown)
}

fn found(people: People, today: Date) -> Found {
    match people {
        People::TooMany => Found {
            showing: "Too many to show".to_owned(),
            narrow: Some(
                "Type more of the name, add the date of birth under more options, or use the NHS number.",
            ),
            people: Vec::new(),
        },
        People::Found(people) if people.is_empty() => Found {
            showing: "Nobody found".to_owned(),
            narrow: Some(
                "Check the spelling, try fewer letters of the name, or use the NHS number.",
            ),
            people: Vec::new(),
        },
        People::Found(people) => {
            let count = people.len();
            let people = people.into_iter().map(|one| person(one, today)).collect();
            Found {
                showing: format!("Showing 1 to {count} of {count}"),
                narrow: None,
                people,
            }
        }
    }
}

fn person(person: ward_records::Person, today: Date) -> Person {
    let born = person.birth_date.as_deref().and_then(FhirDate::parse);
    let age = born
        .filter(|_| !person.deceased)
        .and_then(|born| born.age_on(today));
    let born = born.map_or_else(|| "Not known".to_owned(), FhirDate::day);
    let name = if person.name.is_empty() {
        "Name not recorded".to_owned()
    } else {
        person.name
    };
    Person {
        id: person.patient.to_string(),
        name,
        born: age.map_or(born.clone(), |age| format!("{born} ({age})")),
        nhs_number: person
            .nhs_number
            .as_deref()
            .map_or_else(|| "None recorded".to_owned(), grouped),
        died: person.deceased,
        yours: person.related,
    }
}
