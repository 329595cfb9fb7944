//! What those see who govern information, with the numbers of what the test did.

use ward_identity::{Author, NewAccount, Role};
use ward_log::Interaction;
use ward_testkit::{Raw, Server, ods};

use crate::browser::{Browser, serve};

const PAGES: [&str; 5] = [
    "/security",
    "/security/accounts",
    "/security/sign-ins",
    "/security/clients",
    "/security/emergency",
];
const REASON: &str = "Unconscious on arrival, no care team yet";

fn plain(page: &Raw) -> String {
    assert_eq!(page.status, 200, "{}", page.body);
    page.body.replace("&#x2f;", "/").replace("&quot;", "\"")
}

/// A figure of the overview.
fn figure(page: &str, what: &str) -> u64 {
    let (before, _) = page.split_once(&format!("</strong> {what}")).unwrap();
    before.rsplit('>').next().unwrap().parse().unwrap()
}

async fn fail(server: &Server, names: &[&str]) {
    let mut stranger = Browser::with_passkey(server, "stranger", Role::Carer).await;
    stranger.cookie.clear();
    for name in names {
        let fields = [
            ("name", *name),
            ("password", "wrong tractors in fog"),
            ("code", "000000"),
        ];
        let failed = stranger.post("/sign-in/password", &fields).await;
        assert_eq!(failed.status, 401, "{}", failed.body);
    }
}

#[tokio::test]
async fn the_numbers_are_those_of_what_happened() {
    let server = serve().await;
    let mut ivy = Browser::with_passkey(&server, "ivy", Role::InformationGovernance).await;
    let typed = Browser::with_password(&server, "typed", Role::Clinician).await;
    fail(&server, &["typed@WRD01", "typed@WRD01", "nobody@WRD01"]).await;
    let new = NewAccount {
        name: "new".to_owned(),
        display_name: "Nobody yet".to_owned(),
        role: Role::Carer,
        practitioner: None,
    };
    let (identity, organisation) = (&server.world.identity, ods("WRD01"));
    let made = identity.create_account(Author::Setup, &organisation, new);
    made.await.unwrap();
    let entries = server.world.store("WRD01").log_position();
    let page = plain(&ivy.get("/security").await);
    assert_eq!(figure(&page, "failed sign-ins in 24 hours"), 3);
    assert_eq!(figure(&page, "people without a passkey"), 2);
    assert_eq!(figure(&page, "people who never signed in"), 1);
    assert_eq!(figure(&page, "people shut out"), 0);
    assert_eq!(figure(&page, "emergencies to look at"), 0);
    assert!(
        page.contains(
            "Passkey: 2. Password and code: 1. Organisation’s sign-in: 0. Nothing yet: 1."
        ),
        "{page}"
    );
    assert!(
        page.contains(&format!("{} entries", entries + 1)),
        "to look is an entry, too"
    );
    assert!(page.contains("ward/WRD01"), "the checkpoint");

    let page = plain(&ivy.get("/security/sign-ins").await);
    assert!(page.contains("3 in the last 24 hours"));
    assert!(
        page.contains("Unknown account <strong>1</strong>"),
        "{page}"
    );
    assert!(page.contains("Wrong or late proof <strong>2</strong>"));
    assert!(page.contains("Slowed down <strong>0</strong>"));
    let page = plain(&ivy.get("/security/sign-ins?period=month").await);
    assert!(page.contains("3 in the last 30 days"));

    let weak = plain(&ivy.get("/security/accounts?factor=weak").await);
    assert!(weak.contains("2 of 4 people") && weak.contains("Someone called typed"));
    assert!(!weak.contains("Someone called stranger"));
    let narrowed = plain(&ivy.get("/security/accounts?factor=weak&role=carer").await);
    assert!(narrowed.contains("1 of 4 people"));
    assert!(
        narrowed.contains("href=\"/security/accounts?factor=weak\""),
        "filters are addresses"
    );
    for wrong in ["factor=strong", "state=x", "role=root"] {
        let asked = ivy.get(&format!("/security/accounts?{wrong}")).await;
        assert_eq!(asked.status, 400, "{wrong}");
    }
    drop(typed);
}

#[tokio::test]
async fn what_other_organisations_do_is_not_here() {
    let server = serve().await;
    let mut ivy = Browser::with_passkey(&server, "ivy", Role::InformationGovernance).await;
    server
        .world
        .person("WRD02", "other", Role::Clinician, "1")
        .await;
    fail(&server, &["other@WRD02", "nobody@WRD02"]).await;
    let page = plain(&ivy.get("/security").await);
    assert_eq!(figure(&page, "failed sign-ins in 24 hours"), 0);
    assert!(page.contains("How 2 people sign in"));
}

#[tokio::test]
async fn the_security_page_is_for_those_whose_role_it_is() {
    let server = serve().await;
    for role in [
        Role::Clinician,
        Role::CallHandler,
        Role::Receptionist,
        Role::Carer,
    ] {
        let mut other = Browser::with_passkey(&server, role.as_str(), role).await;
        let before = server.world.store("WRD01").log_position();
        for path in PAGES {
            assert_eq!(other.get(path).await.status, 403, "{role} {path}");
        }
        let after = server.world.store("WRD01").log_position();
        assert_eq!(
            after - before,
            PAGES.len() as u64,
            "each refusal is written down"
        );
    }
    // Administrators see no patients, so no emergencies either.
    let mut ada = Browser::with_passkey(&server, "ada", Role::Administrator).await;
    let page = plain(&ada.get("/security").await);
    assert!(!page.contains("emergencies to look at"));
    assert_eq!(ada.get("/security/emergency").await.status, 403);
}

#[tokio::test]
async fn a_record_opened_in_an_emergency_is_looked_at_afterwards() {
    let server = serve().await;
    let import = [r#"{"resourceType":"Patient","id":"p","name":[{"family":"Smith"}]}"#];
    server.world.import("WRD01", &import).await;
    let mut doctor = Browser::with_passkey(&server, "doctor", Role::Clinician).await;
    let mut carer = Browser::with_passkey(&server, "carer", Role::Carer).await;
    let mut ivy = Browser::with_passkey(&server, "ivy", Role::InformationGovernance).await;
    let own = "/patients/p/break-glass";
    let record = plain(&doctor.get("/patients/p").await);
    assert!(record.contains(own), "it is offered");
    assert!(!plain(&ivy.get("/patients/p").await).contains(own));
    assert_eq!(carer.get(own).await.status, 404);
    assert_eq!(carer.submit(own, &[("reason", REASON)]).await.status, 404);
    assert_eq!(
        doctor.get("/patients/nobody/break-glass").await.status,
        200,
        "tells nothing"
    );
    assert_eq!(doctor.submit(own, &[("reason", "x")]).await.status, 422);
    let opened = doctor.submit(own, &[("reason", REASON)]).await;
    assert_eq!(opened.header("location"), Some("/patients/p"));
    let record = plain(&doctor.get("/patients/p").await);
    assert!(record.contains("you opened it in an emergency and said why until"));
    assert!(!record.contains(own));

    assert_eq!(
        figure(
            &plain(&ivy.get("/security").await),
            "emergencies to look at"
        ),
        1
    );
    let queue = plain(&ivy.get("/security/emergency").await);
    assert!(queue.contains(REASON) && queue.contains("Open now") && !queue.contains("Smith"));
    let (_, rest) = queue.split_once("/security/emergency/").unwrap();
    let review = format!(
        "/security/emergency/{}/review",
        rest.split('/').next().unwrap()
    );
    for fields in [
        &[("notes", "seen")][..],
        &[("finding", "maybe"), ("notes", "seen")],
    ] {
        assert_eq!(ivy.submit(&review, fields).await.status, 400);
    }
    let finding = [("finding", "not-in-order"), ("notes", "No such arrival")];
    assert_eq!(doctor.submit(&review, &finding).await.status, 403);
    server
        .world
        .clock
        .advance(std::time::Duration::from_mins(6));
    assert_eq!(
        ivy.submit(&review, &finding).await.status,
        401,
        "with a fresh proof"
    );
    ivy.sign_in().await;
    assert_eq!(ivy.submit(&review, &finding).await.status, 303);
    assert_eq!(
        ivy.submit(&review, &finding).await.status,
        409,
        "what is said stays"
    );
    let queue = plain(&ivy.get("/security/emergency").await);
    assert!(
        queue.contains("Not in order, says Someone called ivy") && queue.contains("Nothing waits")
    );
    let told = server.world.disclosures("WRD01", "p").await;
    let broke = told.iter().filter(|entry| {
        matches!(&entry.event, ward_log::Event::Disclosure { interaction, .. } if *interaction == Interaction::BreakGlass)
    });
    assert_eq!(broke.count(), 1);
}
