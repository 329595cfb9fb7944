//! An organisation's own policy, as its people write it, read its proof, and put it in force.

use std::time::Duration;

use ward_identity::Role;
use ward_testkit::Raw;

use crate::browser::{Browser, serve};

const POLICY: &str =
    "@id(\"nothing-is-deleted\")\nforbid (principal, action == Action::\"delete\", resource);";

/// Writes a policy, and waits for its proof; gives the address of its page.
async fn proved(ada: &mut Browser<'_>, text: &str) -> String {
    let kept = ada.submit("/policies/write", &[("text", text)]).await;
    assert_eq!(kept.status, 303, "{}", kept.body);
    let page = kept.header("location").unwrap().to_owned();
    for _ in 0..3_000 {
        if !ada.get(&page).await.body.contains("It is being proved") {
            return page;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("no proof within half a minute");
}

fn plain(page: &Raw) -> String {
    page.body.replace("&quot;", "\"").replace("&#x2f;", "/")
}

#[tokio::test]
async fn a_policy_is_written_proved_and_put_in_force_by_two_people() {
    let server = serve().await;
    let mut ada = Browser::with_passkey(&server, "ada", Role::Administrator).await;
    let mut ivy = Browser::with_passkey(&server, "ivy", Role::InformationGovernance).await;
    let page = proved(&mut ada, POLICY).await;
    let own = ada.get(&page).await.body;
    assert!(own.contains("Proved: all") && own.contains("somebody else puts it in force"));
    assert!(!own.contains("/activate"), "one person is not two");
    let forced = ada.submit(&format!("{page}/activate"), &[]).await;
    assert_eq!(forced.status, 409);

    let shown = plain(&ivy.get(&page).await);
    assert!(shown.contains("forbid (principal, action == Action::\"delete\", resource);"));
    let activated = ivy.submit(&format!("{page}/activate"), &[]).await;
    assert_eq!(activated.header("location"), Some(page.as_str()));
    let shown = plain(&ivy.get(&page).await);
    assert!(
        shown.contains("In force") && shown.contains("Put in force</strong>: Someone called ivy")
    );

    let next = proved(&mut ada, "// Nothing of our own.").await;
    let shown = plain(&ivy.get(&next).await);
    assert!(shown.contains("What changes from policy 1"));
    assert!(
        shown.contains("Removed: </span><code>@id(\"nothing-is-deleted\")"),
        "{shown}"
    );
    assert!(shown.contains("Added: </span><code>// Nothing of our own."));
    ivy.submit(&format!("{page}/narrow"), &[]).await;
    assert!(ivy.get(&page).await.body.contains("Only its forbids"));
    ada.submit(&format!("{next}/withdraw"), &[]).await;
    assert!(ada.get("/policies").await.body.contains("Withdrawn"));
}

#[tokio::test]
async fn a_policy_that_breaks_a_promise_is_told_as_a_sentence() {
    let server = serve().await;
    let mut ada = Browser::with_passkey(&server, "ada", Role::Administrator).await;
    let mut ivy = Browser::with_passkey(&server, "ivy", Role::InformationGovernance).await;
    let text = "@id(\"shut\") forbid (principal, action, resource);";
    let page = proved(&mut ada, text).await;
    let shown = plain(&ivy.get(&page).await);
    assert!(
        shown.contains("An administrator of WRD01 could not do `manage-policy`"),
        "{shown}"
    );
    assert!(!shown.contains("/activate"));
    let forced = ivy.submit(&format!("{page}/activate"), &[]).await;
    assert_eq!(forced.status, 303);
    assert!(
        ivy.get(&page).await.body.contains("Draft"),
        "it stays a draft"
    );
    let unreadable = ada
        .submit("/policies/write", &[("text", "permit everything")])
        .await;
    assert_eq!(unreadable.status, 422);
    assert!(unreadable.body.contains("line 1: "));
}

#[tokio::test]
async fn policies_are_for_those_whose_role_it_is_with_a_fresh_proof() {
    let server = serve().await;
    let routes = [
        ("GET", "/policies"),
        ("GET", "/policies/write"),
        ("POST", "/policies/write"),
        ("GET", "/policies/1"),
        ("POST", "/policies/1/activate"),
        ("POST", "/policies/1/withdraw"),
        ("POST", "/policies/1/narrow"),
    ];
    for role in [
        Role::Clinician,
        Role::CallHandler,
        Role::Receptionist,
        Role::Carer,
    ] {
        let mut other = Browser::with_passkey(&server, role.as_str(), role).await;
        for (method, path) in routes {
            let answer = match method {
                "GET" => other.get(path).await,
                _ => other.submit(path, &[("text", "")]).await,
            };
            assert_eq!(answer.status, 403, "{role} {method} {path}");
        }
    }
    let mut ivy = Browser::with_passkey(&server, "ivy", Role::InformationGovernance).await;
    assert_eq!(
        ivy.submit("/policies/write", &[("text", "")]).await.status,
        403
    );
    let mut typed = Browser::with_password(&server, "typed", Role::Administrator).await;
    assert_eq!(
        typed
            .submit("/policies/write", &[("text", "")])
            .await
            .status,
        401
    );
    let mut ada = Browser::with_passkey(&server, "ada", Role::Administrator).await;
    let page = proved(&mut ada, POLICY).await;
    server.world.clock.advance(Duration::from_mins(6));
    for path in [
        "/policies/write",
        &format!("{page}/withdraw"),
        &format!("{page}/narrow"),
    ] {
        let asked = ada.submit(path, &[("text", "")]).await;
        assert_eq!(asked.status, 401, "{path}");
        assert!(asked.body.contains("Prove it is you"), "{path}");
    }
    assert_eq!(
        ivy.submit(&format!("{page}/activate"), &[]).await.status,
        401
    );
    assert!(ada.get(&page).await.body.contains("Draft"));
}
