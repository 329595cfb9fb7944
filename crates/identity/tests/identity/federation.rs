//! People whom a provider vouches for, and what a lying, absent or mixed-up one can do.

use std::{sync::atomic::Ordering, time::Duration};

use aws_lc_rs::hmac;
use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};
use ward_core::ProviderId;
use ward_identity::{Arrived, Author, Caller, Error, NewAccount, NewProvider, Returned, Role};
use ward_log::Factors;

use crate::{
    provider::{Federated, ISSUER, Token, Tweak, new_provider, parameter},
    world::{from, ods},
};

#[tokio::test]
async fn a_person_whom_the_provider_vouches_for_signs_in() {
    let it = Federated::new().await;
    let account = it.linked("mary", "555254240100").await;
    let signed_in = it.sign_in(|_| {}).await.unwrap();
    let assured = it.session(&signed_in).unwrap();
    assert_eq!(assured.account(), account);
    assert!(assured.phishing_resistant());
    let restarted = it.world.restart();
    let assured = restarted.session(&signed_in).unwrap();
    let factors = Factors::FEDERATED.with(Factors::FEDERATED_KEY);
    assert_eq!(assured.factors(), factors);
}

/// Class 23: an `acr` that is absent, unknown or too little is no proof.
#[tokio::test]
async fn class_23_what_the_map_does_not_name_is_refused() {
    let it = Federated::new().await;
    it.linked("mary", "555254240100").await;
    for acr in [
        Value::Null,
        json!(""),
        json!("AAL1"),
        json!("AAL2"),
        json!("aal3"),
        json!("AAL3 "),
        json!(3),
        json!(0),
        json!(["AAL3"]),
        json!(true),
        json!({}),
    ] {
        let shown = acr.clone();
        let refused = it.sign_in(move |token| token.claims["acr"] = acr).await;
        assert!(matches!(refused, Err(Error::SignIn)), "{shown}");
    }
    let absent = it
        .sign_in(|token| {
            token.claims.as_object_mut().unwrap().remove("acr");
        })
        .await;
    assert!(matches!(absent, Err(Error::SignIn)));
}

#[tokio::test]
async fn levels_are_texts_or_integers_and_methods_a_list() {
    let it = Federated::new().await;
    it.linked("mary", "555254240100").await;
    for (claims, phishing_resistant) in [
        (json!({ "acr": "AAL3" }), true),
        (json!({ "acr": 2 }), false),
        (json!({ "acr": "2" }), false),
        (json!({ "acr": "AAL2", "amr": ["pwd", "otp"] }), false),
        (
            json!({ "acr": "x", "authentication_assurance_level": 3 }),
            true,
        ),
        (
            json!({ "acr": "x", "authentication_assurance_level": "3" }),
            true,
        ),
    ] {
        let shown = claims.clone();
        let signed_in = it
            .sign_in(move |token| {
                for (name, value) in claims.as_object().unwrap() {
                    token.claims[name] = value.clone();
                }
            })
            .await
            .unwrap();
        let assured = it.session(&signed_in).unwrap();
        assert_eq!(assured.phishing_resistant(), phishing_resistant, "{shown}");
    }
}

#[tokio::test]
async fn a_token_that_is_not_what_was_asked_for_is_refused() {
    let it = Federated::new().await;
    it.linked("mary", "555254240100").await;
    let now = it.world.now().as_seconds();
    for (claim, value) in [
        ("iss", json!("https://op.example/")),
        ("iss", json!("https://evil.example")),
        ("iss", Value::Null),
        ("aud", json!("ward-2")),
        ("aud", json!(["ward-1", "ward-2"])),
        ("aud", json!([])),
        ("azp", json!("ward-2")),
        ("nonce", json!("another")),
        ("nonce", Value::Null),
        ("sub", json!("")),
        ("sub", json!("someone-else")),
        ("sub", json!("mary@nhs.example")),
        ("sub", json!("a".repeat(256))),
        ("exp", json!(now - 61)),
        ("exp", Value::Null),
        ("iat", json!(now + 120)),
        ("iat", json!(now - 120)),
        ("auth_time", json!(now - 361)),
        ("auth_time", json!(now + 120)),
        ("auth_time", Value::Null),
        ("auth_time", json!("now")),
    ] {
        let shown = value.clone();
        let refused = it.sign_in(move |token| token.claims[claim] = value).await;
        assert!(matches!(refused, Err(Error::SignIn)), "{claim}: {shown}");
    }
    it.sign_in(|_| {}).await.unwrap();
}

#[tokio::test]
async fn a_token_that_the_provider_did_not_sign_is_refused() {
    let it = Federated::new().await;
    it.linked("mary", "555254240100").await;
    let public = it.op.public_bytes();
    let forgeries: Vec<(&str, Tweak)> = vec![
        ("another key", Box::new(|token| token.forged = true)),
        (
            "alg none",
            Box::new(|token| {
                token.header["alg"] = json!("none");
                token.signature = Some(String::new());
            }),
        ),
        (
            "alg none with a signature",
            Box::new(|token| token.header["alg"] = json!("none")),
        ),
        (
            "the public key as a secret",
            Box::new(move |token| {
                token.header["alg"] = json!("HS256");
                token.signature = Some(signed_with(token, &public));
            }),
        ),
        (
            "a secret among the keys",
            Box::new(|token| {
                token.header = json!({ "alg": "HS256", "kid": "shared", "typ": "JWT" });
                token.signature = Some(signed_with(token, b"secret"));
            }),
        ),
        (
            "a secret's name with a signature",
            Box::new(|token| token.header["kid"] = json!("shared")),
        ),
        (
            "another algorithm",
            Box::new(|token| token.header["alg"] = json!("ES384")),
        ),
        (
            "an unknown key",
            Box::new(|token| token.header["kid"] = json!("k9")),
        ),
        (
            "its own key",
            Box::new(|token| {
                token.header["jwk"] = json!({ "kty": "oct", "k": "c2VjcmV0" });
                token.forged = true;
            }),
        ),
        (
            "no signature",
            Box::new(|token| token.signature = Some(String::new())),
        ),
    ];
    for (how, forge) in forgeries {
        let refused = it.sign_in(forge).await;
        assert!(matches!(refused, Err(Error::SignIn)), "{how}");
    }
    assert_eq!(
        it.op.key_requests.load(Ordering::SeqCst),
        1,
        "names of keys that nobody has make Ward ask no more"
    );
}

fn signed_with(token: &Token, secret: &[u8]) -> String {
    let part = |json: &Value| BASE64URL_NOPAD.encode(json.to_string().as_bytes());
    let signed = format!("{}.{}", part(&token.header), part(&token.claims));
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    BASE64URL_NOPAD.encode(hmac::sign(&key, signed.as_bytes()).as_ref())
}

#[tokio::test]
async fn what_was_begun_is_finished_once_in_time_and_in_the_same_browser() {
    let it = Federated::new().await;
    it.linked("mary", "555254240100").await;
    let identity = &it.world.identity;
    let caller = from("192.0.2.1");
    let back = |state: String, browser: Option<String>| async move {
        let returned = Returned {
            state: &state,
            code: Some("code"),
            issuer: None,
            browser: browser.as_deref(),
        };
        identity
            .return_from_provider(it.provider, &returned, &caller)
            .await
    };
    // A code injected into another browser: of none, or of one that left by itself.
    let (mine, theirs) = (it.leave().await, it.leave().await);
    let injected = back(it.state(&mine), None).await;
    assert!(matches!(injected, Err(Error::Ceremony)));
    let mine = it.leave().await;
    let injected = back(it.state(&mine), Some(theirs.browser.expose().clone())).await;
    assert!(matches!(injected, Err(Error::Ceremony)));
    // Once.
    let left = it.leave().await;
    it.come_back(&left, &caller, |_| {}).await.unwrap();
    let again = it.come_back(&left, &caller, |_| {}).await;
    assert!(matches!(again, Err(Error::Ceremony)));
    // In time.
    let left = it.leave().await;
    it.world.pass(Duration::from_mins(10));
    let late = it.come_back(&left, &caller, |_| {}).await;
    assert!(matches!(late, Err(Error::Ceremony)));
    for state in ["", "x", &"A".repeat(43)] {
        let unknown = back(state.to_owned(), None).await;
        assert!(matches!(unknown, Err(Error::Ceremony)));
    }
}

/// The mix-up attack: an answer of one provider, given for another's (RFC 9207; RFC 9700 4.4).
#[tokio::test]
async fn the_answer_of_another_issuer_is_refused() {
    let it = Federated::with(|op| op.says_issuer = true).await;
    it.linked("mary", "555254240100").await;
    for issuer in [
        None,
        Some("https://evil.example"),
        Some(""),
        Some("https://op.example/"),
    ] {
        let left = it.leave().await;
        let state = it.state(&left);
        let returned = Returned {
            state: &state,
            code: Some("code"),
            issuer,
            browser: Some(left.browser.expose()),
        };
        let before = it.op.asked.lock().len();
        let refused = it
            .world
            .identity
            .return_from_provider(it.provider, &returned, &Caller::default())
            .await;
        assert!(matches!(refused, Err(Error::SignIn)), "{issuer:?}");
        assert_eq!(it.op.asked.lock().len(), before, "no code is sent anywhere");
    }
    // To the address of another provider.
    let left = it.leave().await;
    let state = it.state(&left);
    let returned = Returned {
        state: &state,
        code: Some("code"),
        issuer: Some(ISSUER),
        browser: Some(left.browser.expose()),
    };
    let other = ProviderId::from_bytes([9; 16]);
    let refused = it
        .world
        .identity
        .return_from_provider(other, &returned, &Caller::default())
        .await;
    assert!(matches!(refused, Err(Error::Ceremony)));
}

#[tokio::test]
async fn what_is_asked_of_the_provider_is_all_that_the_standards_have() {
    for pushes in [false, true] {
        let it = Federated::with(|op| op.pushes = pushes).await;
        it.linked("mary", "555254240100").await;
        let left = it.leave().await;
        let state = it.state(&left);
        if pushes {
            assert_eq!(
                left.url,
                "https://op.example/authorize?tenant=1&client_id=ward-1&request_uri=urn%3Apushed%3A1"
            );
        } else {
            let sent = |name| parameter(&left.url, name).unwrap_or_default();
            assert_eq!(sent("response_type"), "code");
            assert_eq!(sent("scope"), "openid");
            assert_eq!(sent("code_challenge_method"), "S256");
            assert_eq!(sent("code_challenge").len(), 43);
            assert_eq!(sent("acr_values"), "AAL3 AAL2 2");
            assert_eq!(sent("max_age"), "300");
            assert_eq!(sent("tenant"), "1");
        }
        it.come_back(&left, &Caller::default(), |_| {})
            .await
            .unwrap();
        let asked = it.op.asked.lock();
        let (_, fields) = asked
            .iter()
            .rfind(|(url, _)| url.ends_with("/token"))
            .unwrap();
        let names: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(
            names,
            [
                "grant_type",
                "code",
                "redirect_uri",
                "code_verifier",
                "client_id",
                "client_assertion_type",
                "client_assertion"
            ]
        );
        assert!(!state.is_empty());
    }
}

#[tokio::test]
async fn a_provider_that_is_down_shuts_out_nobody_else_and_is_left_alone_for_a_while() {
    let it = Federated::new().await;
    it.linked("mary", "555254240100").await;
    it.world.pass(Duration::from_hours(1));
    it.op.down.store(true, Ordering::SeqCst);
    let caller = from("192.0.2.1");
    let start = || {
        it.world
            .identity
            .start_federated_sign_in(it.provider, &caller)
    };
    assert!(matches!(start().await, Err(Error::Provider(_))));
    let (_, mut passkey) = it.world.with_passkey("zoe").await;
    it.world.sign_in(&mut passkey).await.unwrap();
    it.op.down.store(false, Ordering::SeqCst);
    assert!(
        matches!(start().await, Err(Error::Provider(_))),
        "not asked at once"
    );
    it.world.pass(Duration::from_secs(30));
    start().await.unwrap();
}

/// Class 16: an account that a provider vouches for gets no way in beside it.
#[tokio::test]
async fn class_16_a_federated_account_adds_no_local_way_in() {
    let it = Federated::new().await;
    let account = it.linked("mary", "555254240100").await;
    let signed_in = it.sign_in(|_| {}).await.unwrap();
    let assured = it.session(&signed_in).unwrap();
    let identity = &it.world.identity;
    let refused = |error: Option<Error>| matches!(error, Some(Error::NotPossible(_)));
    assert!(refused(identity.start_passkey_addition(&assured).err()));
    assert!(refused(identity.start_app_change(&assured).err()));
    assert!(refused(identity.check_own_factors(&assured).err()));
    // Nor does one administrator make one: that takes the two people of a recovery.
    let by = it.session(&it.one).unwrap();
    let renewed = identity
        .renew_enrolment(Author::Account(&by), &ods("WRD01"), account)
        .await;
    assert!(refused(renewed.err()));
}

#[tokio::test]
async fn suspension_at_ward_ends_it_at_the_next_request() {
    let it = Federated::new().await;
    let account = it.linked("mary", "555254240100").await;
    let signed_in = it.sign_in(|_| {}).await.unwrap();
    let by = it.session(&it.one).unwrap();
    let identity = &it.world.identity;
    identity
        .suspend(Author::Account(&by), account)
        .await
        .unwrap();
    assert!(it.session(&signed_in).is_none());
    assert!(matches!(it.sign_in(|_| {}).await, Err(Error::SignIn)));
    identity
        .resume(Author::Account(&by), account)
        .await
        .unwrap();
    it.sign_in(|_| {}).await.unwrap();
}

#[tokio::test]
async fn a_provider_that_ends_takes_its_sessions_with_it() {
    let it = Federated::new().await;
    it.linked("mary", "555254240100").await;
    let signed_in = it.sign_in(|_| {}).await.unwrap();
    let left = it.leave().await;
    let identity = &it.world.identity;
    let by = it.session(&it.one).unwrap();
    identity.end_provider(&by, it.provider).await.unwrap();
    assert!(it.session(&signed_in).is_none());
    assert!(identity.providers_offered(None).is_empty());
    let refused = it.come_back(&left, &Caller::default(), |_| {}).await;
    assert!(matches!(refused, Err(Error::NoSuchAccount)));
    let by = it.session(&it.other).unwrap();
    let approved = identity.approve_provider(&by, it.provider).await;
    assert!(matches!(approved, Err(Error::NotPossible(_))));
}

#[tokio::test]
async fn a_link_is_one_accounts_and_needs_a_fresh_proof() {
    let it = Federated::new().await;
    it.linked("mary", "555254240100").await;
    let identity = &it.world.identity;
    let link = it.world.account("WRD01", "john", Role::Clinician).await;
    let token = link.token.expose();
    let leave = || identity.start_federated_enrolment(token, it.provider);
    // A proof from before the request, as of a provider's session on a shared machine.
    let now = it.world.now().as_seconds();
    it.op.knows("john-1");
    let left = leave().await.unwrap();
    assert_eq!(parameter(&left.url, "prompt").as_deref(), Some("login"));
    assert_eq!(parameter(&left.url, "max_age").as_deref(), Some("0"));
    let stale = it
        .come_back(&left, &Caller::default(), move |token| {
            token.claims["auth_time"] = json!(now - 61);
        })
        .await;
    assert!(matches!(stale, Err(Error::SignIn)));
    // Mary's own subject is hers.
    it.op.knows("555254240100");
    let left = leave().await.unwrap();
    let taken = it.come_back(&left, &Caller::default(), |_| {}).await;
    assert!(matches!(taken, Err(Error::NotPossible(_))));
    // The link works still, and then no more.
    it.op.knows("john-1");
    let left = leave().await.unwrap();
    let arrived = it.come_back(&left, &Caller::default(), |_| {}).await;
    assert!(matches!(arrived, Ok(Arrived::Enrolled)));
    assert!(matches!(leave().await, Err(Error::Link)));
    let signed_in = it.sign_in(|_| {}).await.unwrap();
    assert_eq!(it.session(&signed_in).unwrap().account(), link.account);
}

#[tokio::test]
async fn a_provider_vouches_for_its_own_organisation_alone() {
    let it = Federated::new().await;
    let link = it.world.account("WRD02", "mary", Role::Clinician).await;
    let identity = &it.world.identity;
    let left = identity.start_federated_enrolment(link.token.expose(), it.provider);
    assert!(matches!(left.await, Err(Error::NoSuchAccount)));
}

#[tokio::test]
async fn a_step_up_goes_to_the_provider_again_and_is_never_less() {
    let it = Federated::new().await;
    it.linked("mary", "555254240100").await;
    it.linked("john", "john-1").await;
    it.op.knows("555254240100");
    let signed_in = it.sign_in(|_| {}).await.unwrap();
    it.world.pass(Duration::from_mins(10));
    let before = it.session(&signed_in).unwrap();
    let identity = &it.world.identity;
    assert_eq!(identity.step_up_ways(&before).provider, Some(it.provider));
    let caller = Caller {
        session: Some(signed_in.token.expose()),
        ..Caller::default()
    };
    let leave = || identity.start_federated_step_up(&before, "draft");
    let left = leave().await.unwrap();
    assert_eq!(parameter(&left.url, "acr_values").as_deref(), Some("AAL3"));
    // Less than the session had; somebody else; another session.
    let less = it
        .come_back(&left, &caller, |token| token.claims["acr"] = json!(2))
        .await;
    assert!(matches!(less, Err(Error::FreshProof)));
    it.op.knows("john-1");
    let left = leave().await.unwrap();
    let other = it.come_back(&left, &caller, |_| {}).await;
    assert!(matches!(other, Err(Error::SignIn)));
    it.op.knows("555254240100");
    let left = leave().await.unwrap();
    let elsewhere = it.come_back(&left, &Caller::default(), |_| {}).await;
    assert!(matches!(elsewhere, Err(Error::FreshProof)));
    let left = leave().await.unwrap();
    let proved = it.come_back(&left, &caller, |_| {}).await.unwrap();
    let Arrived::Proved {
        from,
        signed_in: fresh,
        draft,
    } = proved
    else {
        panic!("{proved:?}");
    };
    assert_eq!((from, draft.as_str()), (before.session(), "draft"));
    assert!(it.session(&signed_in).is_none(), "the one before ends");
    assert_eq!(it.session(&fresh).unwrap().proved_at(), it.world.now());
}

#[tokio::test]
async fn a_proof_is_as_old_as_the_provider_says() {
    let it = Federated::new().await;
    it.linked("mary", "555254240100").await;
    let now = it.world.now();
    let at = now.as_seconds() - 240;
    let signed_in = it
        .sign_in(move |token| token.claims["auth_time"] = json!(at))
        .await
        .unwrap();
    let assured = it.session(&signed_in).unwrap();
    assert_eq!(now.since(assured.proved_at()), Duration::from_mins(4));
    let ahead = now.as_seconds() + 50;
    let signed_in = it
        .sign_in(move |token| token.claims["auth_time"] = json!(ahead))
        .await
        .unwrap();
    assert_eq!(it.session(&signed_in).unwrap().proved_at(), now);
}

#[tokio::test]
async fn one_proposes_a_provider_and_another_approves_it() {
    let it = Federated::new().await;
    let identity = &it.world.identity;
    let (one, other) = (it.session(&it.one).unwrap(), it.session(&it.other).unwrap());
    let id = identity
        .propose_provider(&one, new_provider())
        .await
        .unwrap();
    let caller = Caller::default();
    let unapproved = identity.start_federated_sign_in(id, &caller).await;
    assert!(matches!(unapproved, Err(Error::NoSuchAccount)));
    let own = identity.approve_provider(&one, id).await;
    assert!(matches!(own, Err(Error::NotPossible(_))));
    let wrong = |change: fn(&mut NewProvider)| {
        let mut new = new_provider();
        change(&mut new);
        identity.propose_provider(&one, new)
    };
    for change in [
        (|new| new.issuer = "http://op.example".to_owned()) as fn(&mut NewProvider),
        |new| new.issuer = "https://u:p@op.example".to_owned(),
        |new| new.issuer = "https://op.example/?a=b".to_owned(),
        |new| new.issuer = "https://op.example/#a".to_owned(),
        |new| new.issuer = "file:///etc/passwd".to_owned(),
        |new| new.issuer = String::new(),
        |new| new.client = String::new(),
        |new| new.client = "a\nb".to_owned(),
        |new| new.name = String::new(),
        |new| new.map = "acr=AAL1 => phishing-resistant".to_owned(),
        |new| new.map = String::new(),
    ] {
        assert!(wrong(change).await.is_err());
    }
    it.world.pass(Duration::from_mins(6));
    let stale = identity.approve_provider(&other, id).await;
    assert!(matches!(stale, Err(Error::FreshProof)));
}

/// Class 11: an account keeps its binding in every spelling, and a subject has one alone.
#[tokio::test]
async fn class_11_a_subject_has_one_spelling_and_a_name_all_of_them() {
    let it = Federated::new().await;
    it.linked("mary", "Fay-555").await;
    for other in [
        "fay-555",
        "FAY-555",
        " Fay-555",
        "Fay-555 ",
        "Ｆay-555",
        "Fay\u{ad}-555",
    ] {
        it.op.knows(other);
        let refused = it.sign_in(|_| {}).await;
        assert!(matches!(refused, Err(Error::SignIn)), "{other:?}");
    }
    it.op.knows("Fay-555");
    it.sign_in(|_| {}).await.unwrap();
    let (identity, caller, organisation) = (&it.world.identity, Caller::default(), ods("WRD01"));
    for spelling in [
        "MARY@wrd01",
        " ma ry@WRD01",
        "ｍａｒｙ@WRD01",
        "m\u{ad}ary@WRD01",
    ] {
        let typed = identity.sign_in_with_password(spelling, "", "000000", &caller);
        assert!(
            matches!(typed.await, Err(Error::SignIn)),
            "no way in beside the provider"
        );
        let by = it.session(&it.one).unwrap();
        let new = NewAccount {
            name: spelling.split('@').next().unwrap().to_owned(),
            display_name: "Another".to_owned(),
            role: Role::Clinician,
            practitioner: None,
        };
        let taken = identity.create_account(Author::Account(&by), &organisation, new);
        assert!(matches!(taken.await, Err(Error::NameTaken)), "{spelling}");
    }
}
