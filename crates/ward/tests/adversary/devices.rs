//! Authenticators: weaker than is asked, locked, or somebody else's.

use ward_core::limits;
use ward_identity::Role;
use ward_testkit::{
    Browser, ORIGIN, PASSWORD, Raw, SoftwarePasskey, ceremony, link, session_set_by,
};

use crate::fixture::{declared, empty};

const START: &str = "/sign-in/passkey/start";
const FINISH: &str = "/sign-in/passkey/finish";

/// Keycloak CVE-2025-12150: `fmt: none` passes where an attested authenticator is asked for. Ward
/// asks for no attestation, and so claims of no authenticator what only one could show: what it
/// does ask for, user verification, is not left out.
#[tokio::test]
async fn class_07_attestation_downgrade() {
    let server = empty().await;
    let link = link(&server, "mary", Role::Clinician).await;
    let base = format!("/enrol/{}/passkey", link.token.expose());
    let mut mary = Browser::new(&server, link.account);
    mary.passkey = SoftwarePasskey::at(ORIGIN).unwrap().without_verification();
    let started = mary.json(&format!("{base}/start"), "", "{}").await;
    let (id, options) = ceremony(&started);
    for asked in [
        r#""userVerification":"required""#,
        r#""residentKey":"required""#,
        r#""attestation":"none""#,
    ] {
        assert!(options.contains(asked), "{asked}: {options}");
    }
    let made = mary.passkey.create(&options).await.unwrap();
    let body = format!("{{\"ceremony\":\"{id}\",\"credential\":{made}}}");
    let refused = mary.json(&format!("{base}/finish"), "", &body).await;
    assert_eq!(
        refused.status, 401,
        "made without user verification: {}",
        refused.body
    );
    // A browser elsewhere, for a phisher's page.
    let started = mary.json(&format!("{base}/start"), "", "{}").await;
    let (id, options) = ceremony(&started);
    mary.passkey = SoftwarePasskey::at("https://localhost.evil.example").unwrap();
    if let Ok(made) = mary.passkey.create(&options).await {
        let body = format!("{{\"ceremony\":\"{id}\",\"credential\":{made}}}");
        let refused = mary.json(&format!("{base}/finish"), "", &body).await;
        assert_eq!(refused.status, 401, "made for another site");
    }
    // One that was made with it, and is used without.
    mary.passkey = SoftwarePasskey::at(ORIGIN).unwrap();
    mary.enrol_passkey(&link).await;
    mary.passkey = mary.passkey.clone().without_verification();
    let used = mary.by_passkey(START, FINISH, "", "").await;
    assert_eq!((used.status, session_set_by(&used)), (401, None));
    // And nowhere is more claimed of it than it is.
    let metadata = "/.well-known/oauth-authorization-server";
    let told = mary.get(metadata).await;
    assert!(!told.body.contains("AAL3") && !told.body.contains("aal3"));
}

/// Teleport #36629: an authenticator that was locked goes on being accepted.
#[tokio::test]
async fn class_17_locked_device_accepted() {
    let server = empty().await;
    let mut mary = Browser::with_passkey(&server, "mary", Role::Clinician).await;
    let mut ada = Browser::with_passkey(&server, "ada", Role::Administrator).await;
    // Mary's second passkey, on another device; then she takes the first away, which was stolen.
    let mut stolen = Browser::new(&server, mary.account);
    stolen.passkey = mary.passkey.clone();
    stolen.sign_in().await;
    let begun = stolen.json(START, "", "{}").await;
    let kept_for_later = stolen.answer(&begun, "").await;
    let page = mary.get("/account").await;
    let first = passkey_ids(&page).pop().unwrap();
    let token = mary.form_token();
    let started = mary.json("/account/passkeys/start", &token, "{}").await;
    let (id, options) = ceremony(&started);
    let mut second = SoftwarePasskey::at(ORIGIN).unwrap();
    let made = second.create(&options).await.unwrap();
    let body = format!("{{\"ceremony\":\"{id}\",\"credential\":{made}}}");
    assert_eq!(
        mary.json("/account/passkeys/finish", &token, &body)
            .await
            .status,
        200
    );
    let removed = mary
        .submit(&format!("/account/passkeys/{first}/remove"), &[])
        .await;
    assert_eq!(removed.status, 303, "{}", removed.body);
    assert_eq!(
        stolen.get("/account").await.header("location"),
        Some("/sign-in")
    );
    let late = stolen.json(FINISH, "", &kept_for_later).await;
    assert_eq!(
        (late.status, session_set_by(&late)),
        (401, None),
        "begun before"
    );
    let again = stolen.by_passkey(START, FINISH, "", "").await;
    assert_eq!((again.status, session_set_by(&again)), (401, None));
    // An account that is shut out, with all its authenticators.
    mary.passkey = second;
    mary.sign_in().await;
    let begun = mary.json(START, "", "{}").await;
    let kept_for_later = mary.answer(&begun, "").await;
    let suspend = format!("/accounts/{}/suspend", mary.account);
    assert_eq!(ada.submit(&suspend, &[]).await.status, 303);
    assert_eq!(
        mary.get("/account").await.header("location"),
        Some("/sign-in")
    );
    mary.cookie.clear();
    let late = mary.json(FINISH, "", &kept_for_later).await;
    assert_eq!(
        (late.status, session_set_by(&late)),
        (401, None),
        "begun before"
    );
    let again = mary.by_passkey(START, FINISH, "", "").await;
    assert_eq!((again.status, session_set_by(&again)), (401, None));
    let resume = format!("/accounts/{}/resume", mary.account);
    assert_eq!(ada.submit(&resume, &[]).await.status, 303);
    mary.sign_in().await;
}

fn passkey_ids(page: &Raw) -> Vec<String> {
    let links = page.body.replace("&#x2f;", "/");
    let links = links.split("/account/passkeys/").skip(1);
    let ids = links.filter_map(|rest| rest.get(..32));
    ids.filter(|id| id.bytes().all(|byte| byte.is_ascii_hexdigit()))
        .map(str::to_owned)
        .collect()
}

/// Gogs CVE-2025-64175: a recovery code of one account opens another, or works again. Ward has none;
/// what else proves something belongs to its account.
#[tokio::test]
async fn class_25_recovery_codes() {
    let server = empty().await;
    let mut mary = Browser::with_password(&server, "mary", Role::Clinician).await;
    let john = Browser::with_password(&server, "john", Role::Clinician).await;
    mary.cookie.clear();
    for code in [
        john.code().as_str(),
        "ABCD-EFGH",
        "abcde-fghij",
        "12345678",
        "00000000-0000-0000-0000-000000000000",
    ] {
        server.world.clock.advance(limits::ATTEMPT_WINDOW * 40);
        let answer = mary.sign_in_typing("mary@WRD01", PASSWORD, code).await;
        assert_eq!(
            (answer.status, session_set_by(&answer)),
            (401, None),
            "{code}"
        );
    }
    server.world.clock.advance(limits::ATTEMPT_WINDOW * 40);
    let code = mary.code();
    assert_eq!(
        mary.sign_in_typing("mary@WRD01", PASSWORD, &code)
            .await
            .status,
        303
    );
    let page = mary.get("/account").await;
    for word in ["ecovery code", "ackup code", "cratch code"] {
        assert!(!page.body.contains(word), "{word}");
    }
    for route in declared(&server) {
        let is_of_codes = ["backup", "recovery-code", "scratch", "codes"]
            .iter()
            .any(|word| route.pattern.contains(word));
        assert!(!is_of_codes, "{route:?}: try another's here, and one twice");
    }
    // A link is of one account, and works once; a ceremony is of the link that began it.
    let (one, two) = (
        link(&server, "one", Role::Clinician).await,
        link(&server, "two", Role::Clinician).await,
    );
    let of = |link: &ward_identity::EnrolmentLink, step: &str| {
        format!("/enrol/{}/passkey/{step}", link.token.expose())
    };
    let mut thief = Browser::new(&server, one.account);
    let started = thief.json(&of(&one, "start"), "", "{}").await;
    let (id, options) = ceremony(&started);
    let made = thief.passkey.create(&options).await.unwrap();
    let body = format!("{{\"ceremony\":\"{id}\",\"credential\":{made}}}");
    assert_eq!(
        thief.json(&of(&two, "finish"), "", &body).await.status,
        400,
        "another's"
    );
    assert_eq!(
        thief.json(&of(&one, "finish"), "", &body).await.status,
        400,
        "used up"
    );
    thief.enrol_passkey(&one).await;
    assert_eq!(
        thief.json(&of(&one, "start"), "", "{}").await.status,
        404,
        "once"
    );
    // A passkey that answers for another account.
    thief.sign_in().await;
    let mut two_of = Browser::new(&server, two.account);
    two_of.enrol_passkey(&two).await;
    let begun = thief
        .json("/prove/passkey/start", &thief.form_token(), "{}")
        .await;
    let anothers = two_of.answer(&begun, "").await;
    let token = thief.form_token();
    let answer = thief.json("/prove/passkey/finish", &token, &anothers).await;
    assert_eq!((answer.status, session_set_by(&answer)), (401, None));
}
