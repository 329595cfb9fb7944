use std::sync::Arc;

use jiff::civil::Date;
use ward_http::{Answer, AssuredRequest, StatusCode};
use ward_records::People;

use super::{
    banner::grouped,
    search_page::{Found, More, Person, SearchPage},
};
use crate::{
    Web,
    date::{self, FhirDate},
    error::of_records,
    render::Problem,
    web::page,
};

/// Characters of a name or number that are looked at.
const TEXT_CHARS: usize = 200;
const NOTHING_TYPED: &str = "Type an NHS number, or at least two letters of a name";

/// `GET /patients`: the box, and nobody.
pub(crate) async fn show(web: Arc<Web>, request: AssuredRequest) -> Answer {
    page(
        StatusCode::OK,
        &web.layout(&request.assured),
        &SearchPage::default(),
    )
}

/// `POST /patients`: who was asked for. A POST, so that no name reaches an address or a log.
pub(crate) async fn find(web: Arc<Web>, request: AssuredRequest) -> Answer {
    let form = request.form()?;
    let field = |name| {
        form.get(name)
            .unwrap_or_default()
            .chars()
            .take(TEXT_CHARS)
            .collect()
    };
    let today = date::today(web.clock.now());
    let text: String = field("text");
    let more = More {
        day: field("day"),
        month: field("month"),
        year: field("year"),
        ..More::default()
    };
    let typed = date::typed([&more.day, &more.month, &more.year], today);
    let mut asked = SearchPage {
        text,
        more,
        ..SearchPage::default()
    };
    asked.more.born_error = typed.as_ref().err().copied();
    let letters = asked
        .text
        .chars()
        .filter(|letter| letter.is_alphanumeric())
        .count();
    asked.more.text_error = (letters < 2).then_some(NOTHING_TYPED);
    let layout = web.layout(&request.assured);
    let (None, Ok(born)) = (asked.more.text_error, typed) else {
        asked.problems = problems(&asked.more);
        return page(StatusCode::UNPROCESSABLE_ENTITY, &layout, &asked);
    };
    let assured = &request.assured;
    let door = web
        .records
        .door(assured, request.id(), assured.organisation())
        .await;
    let door = door.map_err(of_records)?;
    let people = door
        .find_people(&asked.text, born.as_deref())
        .await
        .map_err(of_records)?;
    asked.found = Some(found(people, today));
    page(StatusCode::OK, &layout, &asked)
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
