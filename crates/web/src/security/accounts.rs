use std::sync::Arc;

use ward_http::{Answer, AssuredRequest, StatusCode};
use ward_identity::Role;

use super::{
    accounts_page::{AccountsPage, Choice, Filter, Row},
    door::{filter, looks},
    person::{Person, Strongest},
};
use crate::{
    Web, date,
    web::{page, role_in_words},
};

/// What the list is narrowed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Factor {
    Strongest(Strongest),
    /// Anything but a passkey.
    Weak,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    CanSignIn,
    Suspended,
    Recovering,
    Never,
}

type Asked<'a> = (Option<&'a str>, Option<&'a str>, Option<&'a str>);

const FACTORS: [(&str, Factor, &str); 5] = [
    ("passkey", Factor::Strongest(Strongest::Passkey), "Passkey"),
    (
        "password",
        Factor::Strongest(Strongest::Typed),
        "Password and code",
    ),
    (
        "provider",
        Factor::Strongest(Strongest::Provider),
        "Organisation’s sign-in",
    ),
    (
        "nothing",
        Factor::Strongest(Strongest::Nothing),
        "Nothing yet",
    ),
    ("weak", Factor::Weak, "No passkey"),
];
const STANDINGS: [(&str, Standing, &str); 4] = [
    ("active", Standing::CanSignIn, "Can sign in"),
    ("suspended", Standing::Suspended, "Shut out"),
    ("recovering", Standing::Recovering, "Being recovered"),
    ("never", Standing::Never, "Never signed in"),
];

/// `GET /security/accounts?factor=&state=&role=`
pub(crate) async fn show(web: Arc<Web>, request: AssuredRequest) -> Answer {
    if let Err(answer) = looks(&web, &request).await {
        return answer;
    }
    let query = request.query()?;
    let roles = Role::ALL.map(|role| (role.as_str(), role));
    let factor = filter(&query, "factor", &FACTORS.map(|(name, one, _)| (name, one)))?;
    let state = filter(
        &query,
        "state",
        &STANDINGS.map(|(name, one, _)| (name, one)),
    )?;
    let role = filter(&query, "role", &roles)?;
    let people = Person::all(&web, &request);
    let all = people.len();
    let rows: Vec<Row> = people
        .iter()
        .filter(|one| factor.is_none_or(|factor| factor.holds(one)))
        .filter(|one| state.is_none_or(|state| state.holds(one)))
        .filter(|one| role.is_none_or(|role| one.account.role() == role))
        .map(row)
        .collect();
    let asked = (
        FACTORS
            .iter()
            .find(|(_, one, _)| Some(*one) == factor)
            .map(|(name, ..)| *name),
        STANDINGS
            .iter()
            .find(|(_, one, _)| Some(*one) == state)
            .map(|(name, ..)| *name),
        role.map(Role::as_str),
    );
    let shown = AccountsPage {
        filters: filters(asked),
        all,
        rows,
    };
    page(
        StatusCode::OK,
        &web.layout_with_search(&request.assured),
        &shown,
    )
}

fn row(person: &Person) -> Row {
    Row {
        id: person.account.id().to_string(),
        name: person.account.display_name().to_owned(),
        role: role_in_words(person.account.role()),
        state: person.state.in_words(),
        factors: person.factors_in_words(),
        is_weak: Factor::Weak.holds(person),
        last_used: last_used(person),
    }
}

fn last_used(person: &Person) -> String {
    match person.last_used() {
        Some(used) => date::moment(used),
        None if person.never_signed_in() => "Never".to_owned(),
        None => "Not known".to_owned(),
    }
}

impl Factor {
    fn holds(self, person: &Person) -> bool {
        match self {
            Self::Strongest(strongest) => person.strongest() == strongest,
            Self::Weak => person.strongest() != Strongest::Passkey,
        }
    }
}

impl Standing {
    fn holds(self, person: &Person) -> bool {
        match self {
            Self::CanSignIn => person.state.enrolled && !person.state.suspended,
            Self::Suspended => person.state.suspended,
            Self::Recovering => person.state.recovering,
            Self::Never => person.never_signed_in(),
        }
    }
}

/// The filters as links, each keeping the others.
fn filters((factor, state, role): Asked<'_>) -> Vec<Filter> {
    let people = Role::ALL.into_iter().filter(|role| role.is_person());
    let factors = FACTORS.map(|(name, _, text)| (name, text));
    let states = STANDINGS.map(|(name, _, text)| (name, text));
    let roles: Vec<_> = people
        .map(|role| (role.as_str(), role_in_words(role)))
        .collect();
    let of = |heading,
              known: &[(&'static str, &'static str)],
              asked: Option<&str>,
              at: fn(Option<&'static str>, Asked<'_>) -> String| {
        let everything = Choice {
            text: "All",
            href: at(None, (factor, state, role)),
            is_chosen: asked.is_none(),
        };
        let choices = known.iter().map(|(name, text)| Choice {
            text,
            href: at(Some(name), (factor, state, role)),
            is_chosen: asked == Some(*name),
        });
        Filter {
            heading,
            choices: std::iter::once(everything).chain(choices).collect(),
        }
    };
    vec![
        of(
            "Strongest way to sign in",
            &factors,
            factor,
            |new, (_, state, role)| address((new, state, role)),
        ),
        of("State", &states, state, |new, (factor, _, role)| {
            address((factor, new, role))
        }),
        of("Role", &roles, role, |new, (factor, state, _)| {
            address((factor, state, new))
        }),
    ]
}

fn address((factor, state, role): Asked<'_>) -> String {
    let pairs = [("factor", factor), ("state", state), ("role", role)];
    let asked: Vec<String> = pairs
        .into_iter()
        .filter_map(|(name, value)| Some(format!("{name}={}", value?)))
        .collect();
    if asked.is_empty() {
        "/security/accounts".to_owned()
    } else {
        format!("/security/accounts?{}", asked.join("&"))
    }
}
