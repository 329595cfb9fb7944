//! The page where a person lets a command line act for them, without JavaScript.

use std::time::Duration;

use ward_identity::Role;
use ward_testkit::{CommandLine, Raw, Server};

use crate::browser::{Browser, hidden, serve};

const LATER: Duration = Duration::from_mins(6);

/// A code, as `ward login` shows it. The world has no routes of the API here: it is asked for below
/// the wire.
fn code(server: &Server) -> String {
    let machine = CommandLine::new();
    let proof = machine.proof(server, "POST", "/oauth/device_authorization", None);
    let url = format!("{}/oauth/device_authorization", ward_testkit::ORIGIN);
    let fields = [("client_id", "ward-cli"), ("machine", "desk-7")];
    let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let caller = ward_identity::Caller {
        address: "203.0.113.9".parse().ok(),
        ..Default::default()
    };
    let identity = &server.world.identity;
    let begun = identity.begin_command_line(&fields, Some(&proof), &url, &caller);
    begun.unwrap().user_code
}

async fn type_code(browser: &mut Browser<'_>, code: &str) -> Raw {
    browser.submit("/device", &[("code", code)]).await
}

#[tokio::test]
async fn the_page_says_who_asks_and_wants_a_passkey_for_yes() {
    let server = serve().await;
    let mut admin = Browser::with_passkey(&server, "ada", Role::Administrator).await;
    let code = code(&server);
    let page = admin.get("/device").await;
    assert!(page.body.contains("Did somebody send you the code?"));
    let shown = type_code(&mut admin, &code.to_lowercase()).await;
    assert_eq!(shown.status, 200, "{}", shown.body);
    for told in [
        code.as_str(),
        "desk-7",
        "203.0.113.9",
        "127.0.0.1",
        "from elsewhere",
    ] {
        assert!(shown.body.contains(told), "{told}");
    }
    server.world.clock.advance(LATER);
    let asked = admin
        .submit("/device/approve", &[("user_code", &code)])
        .await;
    assert_eq!(asked.status, 401);
    let (token, draft) = (admin.form_token(), hidden(&asked, "draft"));
    let (start, finish) = ("/prove/passkey/start", "/prove/passkey/finish");
    assert_eq!(
        admin.by_passkey(start, finish, &token, &draft).await.status,
        200
    );
    let goes_on = admin.get("/prove/continue").await;
    assert_eq!(hidden(&goes_on, "user_code"), code);
    let approved = admin
        .submit("/device/approve", &[("user_code", &code)])
        .await;
    assert!(approved.body.contains("is connected"), "{}", approved.body);
    let again = admin
        .submit("/device/approve", &[("user_code", &code)])
        .await;
    assert_eq!(again.status, 422, "once");
}

/// The attack: whoever phished a password and a code connects a command line.
#[tokio::test]
async fn who_has_no_passkey_connects_nothing() {
    let server = serve().await;
    let mut mary = Browser::with_password(&server, "mary", Role::Administrator).await;
    let code = code(&server);
    assert_eq!(type_code(&mut mary, &code).await.status, 200);
    let asked = mary
        .submit("/device/approve", &[("user_code", &code)])
        .await;
    assert_eq!(asked.status, 401);
    assert!(asked.body.contains("needs a passkey"), "{}", asked.body);
    let denied = mary.submit("/device/deny", &[("user_code", &code)]).await;
    assert!(denied.body.contains("was refused"), "{}", denied.body);
}

#[tokio::test]
async fn a_code_that_is_not_right_is_said_so_and_guesses_end() {
    let server = serve().await;
    let mut admin = Browser::with_passkey(&server, "ada", Role::Administrator).await;
    for _ in 0..5 {
        let refused = type_code(&mut admin, "BBBB-BBBB").await;
        assert_eq!(refused.status, 422);
        assert!(refused.body.contains("Nothing waits under this code"));
    }
    assert_eq!(type_code(&mut admin, "BBBB-BBBB").await.status, 429);
}

/// The attack: another site's page sends the form.
#[tokio::test]
async fn no_form_of_another_page_approves() {
    let server = serve().await;
    let mut admin = Browser::with_passkey(&server, "ada", Role::Administrator).await;
    let code = code(&server);
    let forged = admin.post("/device/approve", &[("user_code", &code)]).await;
    assert_eq!(forged.status, 403);
}
