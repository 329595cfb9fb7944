use std::sync::Arc;

use ward_access::{PolicyView, ProofView, Standing};
use ward_core::limits;
use ward_http::{Answer, AssuredRequest, StatusCode};
use ward_identity::RecoveryStep;

use super::{
    clients::Client,
    door::looks,
    figures::bar,
    overview_page::{Figure, Overview, Recovering},
    person::{Person, Strongest},
    tally::{Period, Tally},
};
use crate::{
    Web, date,
    error::{of_identity, of_policies, of_records},
    web::page,
};

/// `GET /security`: coverage at a glance.
pub(crate) async fn show(web: Arc<Web>, request: AssuredRequest) -> Answer {
    let grant = match looks(&web, &request).await {
        Ok(grant) => grant,
        Err(answer) => return answer,
    };
    let (assured, now) = (&request.assured, web.clock.now());
    let organisation = assured.organisation();
    let people = Person::all(&web, &request);
    let clients = Client::all(&web, &request);
    let tally = Tally::of(&web.identity, organisation, Period::Day, now).map_err(of_identity)?;
    let door = web.records.door(assured, request.id(), organisation).await;
    let emergencies = door.map_err(of_records)?.broken_glass_to_review();
    let emergencies = emergencies.map_err(of_records)?;
    let policies = web.policies.list(&grant).map_err(of_policies)?;
    let end = web.identity.log_end(organisation).map_err(of_identity)?;
    let shown = Overview {
        organisation: web.organisation(organisation).to_owned(),
        as_of: date::moment(now),
        people: people.len(),
        parts: parts(&people),
        figures: figures(&people, &clients, &tally, emergencies),
        recovering: recovering(&web, &request, &people),
        policy: policy(&policies),
        entries: end.entries,
        checkpoint: end.checkpoint.map(|note| note.to_string()),
    };
    page(StatusCode::OK, &web.layout_with_search(assured), &shown)
}

fn parts(people: &[Person]) -> Vec<super::figures::Part> {
    let count = |strongest| {
        people
            .iter()
            .filter(|one| one.strongest() == strongest)
            .count()
    };
    let colours = [
        "ward-fill-good",
        "ward-fill-fair",
        "ward-fill-2",
        "ward-fill-poor",
    ];
    let parts = Strongest::ALL.into_iter().zip(colours);
    bar(parts
        .map(|((name, strongest), colour)| {
            let href = format!("/security/accounts?factor={name}");
            (strongest.in_words(), count(strongest), colour, href)
        })
        .collect())
}

fn figures(
    people: &[Person],
    clients: &[Client],
    tally: &Tally,
    emergencies: Option<usize>,
) -> Vec<Figure> {
    let count = |test: fn(&Person) -> bool| people.iter().filter(|one| test(one)).count();
    let figure = |count: usize, what: &'static str, href: &'static str| Figure {
        count: count as u64,
        what,
        href,
    };
    let weak = count(|one| one.strongest() != Strongest::Passkey);
    let mut figures = vec![
        figure(
            weak,
            "people without a passkey",
            "/security/accounts?factor=weak",
        ),
        figure(
            count(Person::never_signed_in),
            "people who never signed in",
            "/security/accounts?state=never",
        ),
        figure(
            count(|one| one.account.suspended()),
            "people shut out",
            "/security/accounts?state=suspended",
        ),
        figure(
            clients.iter().filter(|one| one.wants_a_look()).count(),
            "services and apps to look at",
            "/security/clients",
        ),
        Figure {
            count: tally.sums().iter().sum::<u64>() + tally.withheld,
            what: "failed sign-ins in 24 hours",
            href: "/security/sign-ins",
        },
    ];
    let emergencies =
        emergencies.map(|count| figure(count, "emergencies to look at", "/security/emergency"));
    figures.extend(emergencies);
    figures
}

fn recovering(web: &Web, request: &AssuredRequest, people: &[Person]) -> Vec<Recovering> {
    let under_way = people.iter().filter_map(|person| {
        let id = person.account.id();
        let recovery = web.identity.recovery(&request.assured, id)?;
        let step = match recovery.step {
            RecoveryStep::Opened => "Waits for somebody else to approve it".to_owned(),
            RecoveryStep::Waiting { until } => {
                format!("Can be stopped until {}", date::moment(until))
            }
            RecoveryStep::Ready => "Its link can be taken".to_owned(),
            RecoveryStep::LinkTaken => "Its link was taken, and was not used yet".to_owned(),
        };
        Some(Recovering {
            id: id.to_string(),
            name: person.account.display_name().to_owned(),
            opened: date::moment(recovery.opened_at),
            step,
        })
    });
    under_way.collect()
}

/// What is in force, in a sentence.
fn policy(policies: &[PolicyView]) -> String {
    let adopted = policies
        .iter()
        .find(|one| matches!(one.standing, Standing::InForce | Standing::Narrowed));
    let drafts = policies.iter().any(|one| one.standing == Standing::Draft);
    let own = match adopted {
        None => "The platform’s roles, and none of your own.".to_owned(),
        Some(one) => match (one.standing, &one.proof) {
            (Standing::InForce, Some(ProofView::Holds { asked, .. })) => format!(
                "Your policy {} is in force beside the platform’s: all {asked} questions of its proof hold.",
                one.number
            ),
            _ => format!(
                "Of your policy {} only the forbids are in force.",
                one.number
            ),
        },
    };
    let draft = if drafts {
        " A draft waits for somebody else."
    } else {
        ""
    };
    format!("{own}{draft}")
}

impl Client {
    /// Whether it ended, ends soon, or is not used.
    fn wants_a_look(&self) -> bool {
        self.is_over() || self.ends_within(limits::CLIENT_ENDS_SOON) || self.is_unused()
    }
}
