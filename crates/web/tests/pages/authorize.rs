//! A person decides what an app may do, in a browser without JavaScript.

use std::time::Duration;

use ward_http::Guard;
use ward_identity::{Begun, Caller, Role, TokenRequest};
use ward_testkit::{App, ORIGIN, REDIRECT, Raw, Server, VERIFIER, challenge};

use crate::browser::{Browser, PASSWORD, hidden, serve};

const REGISTERED: &str = "launch launch/patient offline_access patient/*.rs user/*.rs";
const ANNA: &str = r#"{"resourceType":"Patient","id":"anna","name":[{"family":"Archer",
    "given":["Anna"]}],"birthDate":"1980-01-02"}"#;
const LATER: Duration = Duration::from_mins(6);

/// A Ward with a patient and an app.
async fn served() -> (Server, App) {
    let server = serve().await;
    server.world.import("WRD01", &[ANNA]).await;
    let app = server.world.app("WRD01", "chart", REGISTERED, false).await;
    (server, app)
}

/// Begins what the app asks, with more parameters: the name of the request.
fn begin(server: &Server, app: &App, scope: &str, more: &[(&str, &str)]) -> String {
    match begun(server, app, scope, more) {
        Begun::Ask(name) => name,
        Begun::Back(url) => panic!("back to {url}"),
    }
}

fn begun(server: &Server, app: &App, scope: &str, more: &[(&str, &str)]) -> Begun {
    let (id, challenge) = (app.id.to_string(), challenge(VERIFIER));
    let base = |ods: &ward_core::Ods| format!("{ORIGIN}/fhir/{ods}");
    let good = [
        ("response_type", "code"),
        ("client_id", &id),
        ("redirect_uri", REDIRECT),
        ("scope", scope),
        ("state", "s&1"),
        ("aud", "https://localhost:8443/fhir/WRD01"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ];
    let pairs = good.iter().chain(more);
    let pairs: Vec<_> = pairs
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let begun = server.world.identity.begin_authorization(&pairs, &base);
    begun.unwrap()
}

/// Where a page that leads elsewhere leads.
fn leads_to(page: &Raw) -> String {
    assert_eq!(page.status, 200, "{}", page.body);
    let text = page.body.replace("&#x2f;", "/").replace("&amp;", "&");
    let (_, rest) = text
        .split_once("http-equiv=\"refresh\" content=\"0;url=")
        .unwrap_or_else(|| panic!("leads nowhere: {text}"));
    let url = rest.split('"').next().unwrap().to_owned();
    assert_eq!(text.matches(&url).count(), 2, "a link, too");
    url
}

#[tokio::test]
async fn an_app_is_let_in_and_shut_out_by_its_person() {
    let (server, app) = served().await;
    let mut mary = Browser::with_passkey(&server, "mary", Role::Clinician).await;
    let request = begin(&server, &app, "launch/patient patient/*.rs", &[]);
    let page = format!("/authorize/{request}");

    // Signing in comes first, and leads back.
    let session = std::mem::take(&mut mary.cookie);
    assert_eq!(mary.get(&page).await.header("location"), Some("/sign-in"));
    mary.asking.clone_from(&request);
    let (start, finish) = ("/sign-in/passkey/start", "/sign-in/passkey/finish");
    let signed_in = mary.by_passkey(start, finish, "", "").await;
    assert_eq!(signed_in.body, format!(r#"{{"next":"{page}"}}"#));
    assert_ne!(mary.cookie, session);

    let picker = format!("{page}/patient");
    assert_eq!(mary.get(&page).await.header("location"), Some(&*picker));
    let early = mary.submit(&format!("{page}/allow"), &[]).await;
    assert_eq!(early.status, 409, "no patient was chosen");
    let find = format!("{page}/find");
    let empty = mary.submit(&find, &[("text", "a")]).await;
    assert_eq!(empty.status, 422);
    let asked = mary.submit(&find, &[("text", "Archer")]).await;
    let found = asked.header("location").unwrap().to_owned();
    assert!(found.starts_with(&format!("{picker}?found=")) && !found.contains("rcher"));
    let found = mary.get(&found).await;
    assert_eq!(hidden(&found, "patient"), "anna");
    for nobody in ["bert", "", "../anna"] {
        let chosen = mary.submit(&picker, &[("patient", nobody)]).await;
        assert_eq!(chosen.status, 404, "{nobody}");
    }
    let chosen = mary.submit(&picker, &[("patient", "anna")]).await;
    assert_eq!(chosen.header("location"), Some(&*page));
    let asked = mary.get(&page).await;
    for part in [
        "ARCHER, Anna",
        "everything that is recorded",
        "app.example",
        "chart.two",
    ] {
        assert!(asked.body.contains(part), "{part} in {}", asked.body);
    }
    assert!(server.world.disclosures("WRD01", "anna").await.len() >= 2);

    let allowed = mary.submit(&format!("{page}/allow"), &[]).await;
    let url = leads_to(&allowed);
    assert!(url.starts_with(&format!("{REDIRECT}?code=")), "{url}");
    assert!(url.contains("&state=s%261&iss="), "{url}");
    assert_eq!(mary.asking, "", "the cookie went");
    assert_eq!(mary.get(&page).await.status, 400, "answered once");

    let own = mary.get("/account/apps").await;
    let (_, rest) = own.body.split_once("/account/apps/").unwrap();
    let given = rest.split('/').next().unwrap().to_owned();
    let mut thief = Browser::with_passkey(&server, "thief", Role::Clinician).await;
    let end = format!("/account/apps/{given}/take-back");
    assert_eq!(thief.submit(&end, &[]).await.status, 404);
    assert!(mary.get("/account/apps").await.body.contains(&given));
    assert_eq!(mary.submit(&end, &[]).await.status, 303);
    assert!(!mary.get("/account/apps").await.body.contains(&given));
}

#[tokio::test]
async fn an_app_that_is_not_let_in_is_told_so() {
    let (server, app) = served().await;
    let mut mary = Browser::with_passkey(&server, "mary", Role::Clinician).await;
    let request = begin(&server, &app, "user/Patient.r", &[]);
    let denied = mary
        .submit(&format!("/authorize/{request}/deny"), &[])
        .await;
    let url = leads_to(&denied);
    assert!(
        url.starts_with(&format!("{REDIRECT}?error=access_denied")),
        "{url}"
    );
    assert!(
        server
            .world
            .identity
            .authorizations(&assured(&mary))
            .is_empty()
    );
}

/// The attack: answering for somebody else, in another session or without the page's token.
#[tokio::test]
async fn a_request_is_answered_by_the_session_that_looked_at_it() {
    let (server, app) = served().await;
    let mut mary = Browser::with_passkey(&server, "mary", Role::Clinician).await;
    let mut thief = Browser::with_passkey(&server, "thief", Role::Clinician).await;
    let request = begin(&server, &app, "user/Patient.r", &[]);
    let page = format!("/authorize/{request}");
    assert_eq!(mary.get(&page).await.status, 200);
    assert_eq!(thief.get(&page).await.status, 400);
    for answer in ["allow", "deny", "patient", "find"] {
        let path = format!("{page}/{answer}");
        let fields = [("patient", "anna"), ("text", "x")];
        let answered = thief.submit(&path, &fields).await;
        assert!(
            (400..500).contains(&answered.status),
            "{answer} {}",
            answered.status
        );
        assert_eq!(mary.post(&path, &[]).await.status, 403, "no token");
    }
    let other = server
        .world
        .person("WRD02", "other", Role::Clinician, "1")
        .await;
    thief.cookie = other.token;
    let unseen = begin(&server, &app, "user/Patient.r", &[]);
    assert_eq!(thief.get(&format!("/authorize/{unseen}")).await.status, 400);
    assert_eq!(mary.get(&page).await.status, 200);
}

/// RFC 9470 5: the app sends its person again, with what the API asked for.
#[tokio::test]
async fn an_app_gets_the_proof_that_it_asks_for() {
    let (server, app) = served().await;
    let mut mary = Browser::with_passkey(&server, "mary", Role::Clinician).await;
    for more in [
        &[("max_age", "300"), ("acr_values", "phr")][..],
        &[("max_age", "0")],
        &[("prompt", "login")],
    ] {
        server.world.clock.advance(LATER);
        let request = begin(&server, &app, "user/Patient.r", more);
        let page = format!("/authorize/{request}");
        let asked = mary.get(&page).await;
        assert_eq!(asked.status, 401, "{more:?}");
        assert!(asked.body.contains("Prove it is you"));
        let allowed = mary.submit(&format!("{page}/allow"), &[]).await;
        assert_eq!(allowed.status, 401, "{more:?}");
        let (token, draft) = (mary.form_token(), hidden(&asked, "draft"));
        let (start, finish) = ("/prove/passkey/start", "/prove/passkey/finish");
        let proved = mary.by_passkey(start, finish, &token, &draft).await;
        assert_eq!(proved.status, 200, "{}", proved.body);
        let back = mary.get("/prove/continue").await;
        assert_eq!(back.header("location"), Some(&*page));
        assert_eq!(
            mary.get(&page).await.status,
            200,
            "the same session, by its lineage"
        );
        let allowed = mary.submit(&format!("{page}/allow"), &[]).await;
        assert!(leads_to(&allowed).contains("?code="));
    }
    // All of it was given without offline access, and outlived the step-ups.
    let given = server.world.identity.authorizations(&assured(&mary));
    assert_eq!(given.len(), 3);
}

#[tokio::test]
async fn a_proof_that_can_be_phished_is_not_passed_off_as_one_that_cannot() {
    let (server, app) = served().await;
    let mut john = Browser::with_password(&server, "john", Role::Clinician).await;
    let request = begin(&server, &app, "user/Patient.r", &[("acr_values", "phr")]);
    let page = format!("/authorize/{request}");
    let asked = john.get(&page).await;
    assert_eq!(asked.status, 401);
    assert!(
        asked.body.contains("This needs a passkey"),
        "{}",
        asked.body
    );
    server.world.clock.advance(Duration::from_secs(30));
    let code = john.code();
    let fields = [("password", PASSWORD), ("code", &*code), ("draft", "none")];
    assert_eq!(john.submit("/prove/password", &fields).await.status, 303);
    let allowed = john.submit(&format!("{page}/allow"), &[]).await;
    assert_eq!(allowed.status, 401);
    for (more, error) in [
        (("acr_values", "aal1"), "unmet_authentication_requirements"),
        (("prompt", "none"), "interaction_required"),
        (("max_age", "soon"), "invalid_request"),
    ] {
        let Begun::Back(url) = begun(&server, &app, "user/Patient.r", &[more]) else {
            panic!("{more:?} was taken")
        };
        assert!(url.contains(&format!("?error={error}&")), "{url}");
    }
}

#[tokio::test]
async fn an_app_opens_with_the_patient_of_the_page() {
    let (server, app) = served().await;
    let mut mary = Browser::with_passkey(&server, "mary", Role::Clinician).await;
    let shown = mary.get("/patients/anna").await;
    let open = format!("/patients/anna/apps/{}", app.id);
    let has_form = shown.body.replace("&#x2f;", "/").contains(&open);
    assert!(has_form, "{}", shown.body);
    let unknown = format!("/patients/bert/apps/{}", app.id);
    assert_eq!(mary.submit(&unknown, &[]).await.status, 404);
    let nothing = format!("/patients/anna/apps/{}", "0f".repeat(16));
    assert_eq!(mary.submit(&nothing, &[]).await.status, 404);

    let url = leads_to(&mary.submit(&open, &[]).await);
    let base = "https%3A%2F%2Flocalhost%3A8443%2Ffhir%2FWRD01";
    let (start, launch) = url.split_once("&launch=").unwrap();
    assert_eq!(start, format!("https://app.example/launch?iss={base}"));
    assert!(!url.contains("anna"));
    let request = begin(
        &server,
        &app,
        "launch patient/Patient.rs",
        &[("launch", launch)],
    );
    let page = format!("/authorize/{request}");
    let asked = mary.get(&page).await;
    assert!(asked.body.contains("ARCHER, Anna"));
    assert!(!asked.body.contains("Choose another"));
    let other = mary
        .submit(&format!("{page}/patient"), &[("patient", "anna")])
        .await;
    assert_eq!(other.status, 409, "the patient is that of the launch");
    let allowed = mary.submit(&format!("{page}/allow"), &[]).await;
    assert!(leads_to(&allowed).contains("?code="));
}

/// The attack: an app passes what its person gave it off as the person's session.
#[tokio::test]
async fn what_a_person_gave_to_an_app_opens_no_page_and_changes_no_factor() {
    let (server, app) = served().await;
    let mut mary = Browser::with_passkey(&server, "mary", Role::Administrator).await;
    let request = begin(&server, &app, "user/*.rs offline_access", &[]);
    let allowed = mary
        .submit(&format!("/authorize/{request}/allow"), &[])
        .await;
    let url = leads_to(&allowed);
    let code = url
        .split("code=")
        .nth(1)
        .unwrap()
        .split('&')
        .next()
        .unwrap();
    let fields = [
        ("grant_type", "authorization_code"),
        ("client_id", &app.id.to_string()),
        ("code", code),
        ("redirect_uri", REDIRECT),
        ("code_verifier", VERIFIER),
    ];
    let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let asked = TokenRequest::from_form(&fields).unwrap();
    let proof = app.proof(&server, "POST", "/oauth/token", None);
    let caller = Caller::default();
    let issued = server
        .world
        .identity
        .token(&asked, Some(&proof), &caller)
        .await;
    let token = issued.unwrap().token.expose().clone();
    for listed in server
        .routes()
        .iter()
        .filter(|one| matches!(one.guard, Guard::Assured { .. }))
    {
        let path = listed.pattern.replace(['{', '}'], "");
        let proof = app.proof(&server, listed.method.as_str(), &path, Some(&token));
        let proof = format!("DPoP: {proof}");
        for line in [
            format!("Authorization: DPoP {token}"),
            format!("Cookie: __Host-ward={token}"),
        ] {
            let lines = [&*line, &*proof, "Sec-Fetch-Site: same-origin"];
            let answer = server
                .wire
                .send(listed.method.as_str(), &path, &lines, b"")
                .await;
            let is_shut = matches!(answer.status, 303 | 401) && !answer.body.contains("mary");
            let leads = answer.header("location").is_none_or(|to| to == "/sign-in");
            assert!(
                is_shut && leads,
                "{} {path} {}",
                listed.method,
                answer.status
            );
        }
    }
    // Nor by the calls below the pages.
    let proof = app.proof(&server, "GET", "/fhir/WRD01/Patient", Some(&token));
    let target = format!("{ORIGIN}/fhir/WRD01/Patient");
    let identity = &server.world.identity;
    let through = identity.authenticate_dpop(&token, &proof, "GET", &target, None);
    let through = through.unwrap();
    assert!(identity.check_own_factors(&through).is_err());
    assert!(identity.start_passkey_addition(&through).is_err());
    assert!(identity.start_passkey_step_up(&through).is_err());
    assert!(identity.approve_app(&through, app.id).await.is_err());
    assert!(identity.end_app(&through, app.id).await.is_err());
}

fn assured(browser: &Browser<'_>) -> ward_identity::Assured {
    let identity = &browser.server.world.identity;
    identity.authenticate(&browser.cookie, None).unwrap()
}
