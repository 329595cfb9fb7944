//! Services: registered keys, assertions, proofs, tokens.

use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;
use ward_core::{AccountId, limits};
use ward_identity::{
    AccessToken, Author, Caller, Error, NewService, Permission, Role, Scopes, TokenRequest,
};
use ward_log::Factors;
use ward_testkit::ServiceClient;

use crate::world::{TOKEN_URL, World, ods};

const URL: &str = "https://localhost:8443/fhir/WRD01/Patient/1";
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const ASSERTION_HEADER: &str = r#"{"typ":"JWT","alg":"ES384","kid":"1"}"#;

pub(crate) fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

pub(crate) fn form(assertion: &str, scope: &str) -> Vec<(String, String)> {
    pairs(&[
        ("grant_type", "client_credentials"),
        ("client_assertion_type", JWT_BEARER),
        ("client_assertion", assertion),
        ("scope", scope),
    ])
}

/// Asks for a token with an assertion and a proof.
async fn ask(world: &World, assertion: &str, proof: &str) -> Result<AccessToken, Error> {
    let request = TokenRequest::from_form(&form(assertion, "system/Patient.rs"))?;
    world
        .identity
        .token(&request, Some(proof), &Caller::default())
        .await
}

async fn token(world: &World, id: AccountId, client: &ServiceClient, jti: &str) -> AccessToken {
    let (id, now) = (id.to_string(), world.now());
    let jti = format!("asked {jti}");
    let assertion = client.assertion(&id, TOKEN_URL, now, &jti).unwrap();
    let proof = client.proof("POST", TOKEN_URL, now, &jti, None).unwrap();
    ask(world, &assertion, &proof).await.unwrap()
}

fn open(world: &World, token: &str, proof: &str) -> Result<ward_identity::Assured, Error> {
    world
        .identity
        .authenticate_dpop(token, proof, "GET", URL, None)
}

fn is_proof<T>(result: &Result<T, Error>) -> bool {
    matches!(result, Err(Error::Proof(_)))
}

fn is_client<T>(result: &Result<T, Error>) -> bool {
    matches!(result, Err(Error::Client(_)))
}

#[tokio::test]
async fn a_service_gets_a_token_that_works_with_its_proofs() {
    let world = World::new();
    let (id, client) = world
        .service("lab", "system/Patient.rs system/Observation.c")
        .await;
    let token = token(&world, id, &client, "1").await;
    assert_eq!(
        token.scope, "system/Patient.rs",
        "what is asked for and registered"
    );
    assert_eq!(token.expires_in, limits::SERVICE_TOKEN);
    let secret = token.token.expose();
    for n in 0..3 {
        let proof = client
            .proof("GET", URL, world.now(), &format!("g{n}"), Some(secret))
            .unwrap();
        let assured = open(&world, secret, &proof).unwrap();
        assert_eq!((assured.account(), assured.role()), (id, Role::Service));
        assert_eq!(assured.factors(), Factors::CLIENT_KEY.with(Factors::DPOP));
        assert!(assured.scopes().allow("Patient", Permission::Read));
        assert!(!assured.scopes().allow("Observation", Permission::Create));
        assert_eq!(assured.organisation(), &ods("WRD01"));
        assert!(world.identity.is_in_force(&assured));
    }
    assert!(
        world.identity.authenticate(secret, None).is_none(),
        "a token is no session"
    );
}

#[tokio::test]
async fn a_token_lives_three_hundred_seconds() {
    let world = World::new();
    let (id, client) = world.service("lab", "system/*.rs").await;
    let token = token(&world, id, &client, "1").await;
    let secret = token.token.expose();
    world.pass(Duration::from_secs(299));
    let proof = |jti| {
        client
            .proof("GET", URL, world.now(), jti, Some(secret))
            .unwrap()
    };
    open(&world, secret, &proof("1")).unwrap();
    world.pass(Duration::from_secs(1));
    assert!(matches!(
        open(&world, secret, &proof("2")),
        Err(Error::AccessToken)
    ));
}

/// Classes 10 and 14: a token with another key, another request, another time, or again.
#[tokio::test]
async fn a_stolen_token_is_worth_nothing() {
    let world = World::new();
    let (id, client) = world.service("lab", "system/*.rs").await;
    let (other_id, other) = world.service("pas", "system/*.rs").await;
    let now = world.now();
    let token = token(&world, id, &client, "1").await;
    let others = self::token(&world, other_id, &other, "1").await;
    let (secret, others) = (token.token.expose(), others.token.expose());
    let (early, late) = (now - Duration::from_secs(61), now + Duration::from_secs(61));
    for (what, proof) in [
        (
            "another key",
            other.proof("GET", URL, now, "a", Some(secret)),
        ),
        (
            "another method",
            client.proof("POST", URL, now, "b", Some(secret)),
        ),
        (
            "another url",
            client.proof("GET", &format!("{URL}2"), now, "c", Some(secret)),
        ),
        (
            "another host",
            client.proof(
                "GET",
                &URL.replace("localhost", "evil"),
                now,
                "d",
                Some(secret),
            ),
        ),
        (
            "another token",
            client.proof("GET", URL, now, "e", Some(others)),
        ),
        ("no token", client.proof("GET", URL, now, "f", None)),
        (
            "expired",
            client.proof("GET", URL, early, "g", Some(secret)),
        ),
        ("ahead", client.proof("GET", URL, late, "h", Some(secret))),
        ("no id", client.proof("GET", URL, now, "", Some(secret))),
        (
            "a long id",
            client.proof("GET", URL, now, &"x".repeat(300), Some(secret)),
        ),
    ] {
        assert!(is_proof(&open(&world, secret, &proof.unwrap())), "{what}");
    }
    let proof = client.proof("GET", URL, now, "once", Some(secret)).unwrap();
    open(&world, secret, &proof).unwrap();
    assert!(is_proof(&open(&world, secret, &proof)), "replayed");
    let proof = client.proof("GET", URL, now, "new", Some(others)).unwrap();
    assert!(
        is_proof(&open(&world, others, &proof)),
        "the token of another service"
    );
}

/// Class 19: a bare bearer token, and what is no proof.
#[tokio::test]
async fn a_token_without_a_proof_opens_nothing() {
    let world = World::new();
    let (id, client) = world.service("lab", "system/*.rs").await;
    let token = token(&world, id, &client, "1").await;
    let secret = token.token.expose();
    let good = client
        .proof("GET", URL, world.now(), "1", Some(secret))
        .unwrap();
    let unsigned = format!("{}.", good.rsplit_once('.').unwrap().0);
    for bad in [
        "",
        "null",
        "..",
        secret,
        &unsigned,
        &format!("{good}.x"),
        &good.replace('.', ".."),
    ] {
        assert!(is_proof(&open(&world, secret, bad)), "{bad}");
    }
    for unknown in [
        "",
        "null",
        &"A".repeat(43),
        &secret[1..],
        &format!("{secret}A"),
    ] {
        assert!(
            matches!(open(&world, unknown, &good), Err(Error::AccessToken)),
            "{unknown}"
        );
    }
}

#[tokio::test]
async fn a_proof_with_another_header_is_refused() {
    let world = World::new();
    let (id, client) = world.service("lab", "system/*.rs").await;
    let token = token(&world, id, &client, "1").await;
    let secret = token.token.expose();
    let good = client
        .proof("GET", URL, world.now(), "1", Some(secret))
        .unwrap();
    let claims = part(&good, 1);
    let jwk = client.jwk();
    let private = jwk.replace("\"crv\"", "\"d\":\"AAAA\",\"crv\"");
    for header in [
        format!(r#"{{"typ":"JWT","alg":"ES256","jwk":{jwk}}}"#),
        format!(r#"{{"alg":"ES256","jwk":{jwk}}}"#),
        format!(r#"{{"typ":"dpop+jwt","alg":"none","jwk":{jwk}}}"#),
        format!(r#"{{"typ":"dpop+jwt","alg":"HS256","jwk":{jwk}}}"#),
        format!(r#"{{"typ":"dpop+jwt","alg":"ES384","jwk":{jwk}}}"#),
        format!(r#"{{"typ":"dpop+jwt","alg":"ES256","jwk":{private}}}"#),
        format!(r#"{{"typ":"dpop+jwt","alg":"ES256","jwk":{jwk},"jwk":{jwk}}}"#),
        format!(r#"{{"typ":"dpop+jwt","alg":"ES256","crit":["b64"],"b64":false,"jwk":{jwk}}}"#),
        r#"{"typ":"dpop+jwt","alg":"ES256"}"#.to_owned(),
        r#"{"typ":"dpop+jwt","alg":"ES256","jwk":null}"#.to_owned(),
        r#"{"typ":"dpop+jwt","alg":"HS256","jwk":{"kty":"oct","k":"AAAA"}}"#.to_owned(),
        String::new(),
    ] {
        let proof = client.sign_proof(&header, &claims).unwrap();
        assert!(is_proof(&open(&world, secret, &proof)), "{header}");
    }
    let spaced = format!(r#"{{ "jwk": {jwk}, "alg": "ES256", "typ": "dpop+jwt" }}"#);
    let proof = client.sign_proof(&spaced, &claims).unwrap();
    open(&world, secret, &proof).unwrap();
}

#[tokio::test]
async fn claims_of_a_proof_stand_once_and_are_of_their_kind() {
    let world = World::new();
    let (id, client) = world.service("lab", "system/*.rs").await;
    let token = token(&world, id, &client, "1").await;
    let secret = token.token.expose();
    let good = client
        .proof("GET", URL, world.now(), "1", Some(secret))
        .unwrap();
    let (header, claims) = (part(&good, 0), part(&good, 1));
    let iat = world.now().as_seconds().to_string();
    for bad in [
        "null".to_owned(),
        "{}".to_owned(),
        "[]".to_owned(),
        String::new(),
        claims.replace("\"jti\":\"1\"", "\"jti\":null"),
        claims.replace("\"jti\":\"1\"", "\"jti\":1"),
        claims.replace("\"jti\"", "\"id\""),
        claims.replacen('{', r#"{"htm":"GET","#, 1),
        claims.replacen('{', r#"{"htu":"https://evil","#, 1),
        claims.replace(&iat, "\"1\""),
        claims.replace(&iat, "1e999"),
        claims.replace(&iat, "-1"),
        claims.replace("\"ath\"", "\"at\""),
        claims.replace('}', "} "),
        format!("{claims}{claims}"),
    ] {
        let proof = client.sign_proof(&header, &bad).unwrap();
        let accepted = open(&world, secret, &proof);
        let is_blank = bad.ends_with("} ");
        assert_eq!(is_proof(&accepted), !is_blank, "{bad}");
    }
}

#[tokio::test]
async fn an_assertion_is_used_once() {
    let world = World::new();
    let (id, client) = world.service("lab", "system/Patient.rs").await;
    let assertion = client
        .assertion(&id.to_string(), TOKEN_URL, world.now(), "1")
        .unwrap();
    let proof = |jti| {
        client
            .proof("POST", TOKEN_URL, world.now(), jti, None)
            .unwrap()
    };
    ask(&world, &assertion, &proof("1")).await.unwrap();
    assert!(is_client(&ask(&world, &assertion, &proof("2")).await));
    world.pass(Duration::from_secs(299));
    assert!(is_client(&ask(&world, &assertion, &proof("3")).await));
    let another = client
        .assertion(&id.to_string(), TOKEN_URL, world.now(), "2")
        .unwrap();
    let used = proof("4");
    ask(&world, &another, &used).await.unwrap();
    let third = client
        .assertion(&id.to_string(), TOKEN_URL, world.now(), "3")
        .unwrap();
    assert!(
        is_proof(&ask(&world, &third, &used).await),
        "the proof was used"
    );
    assert!(
        is_client(&ask(&world, &third, &proof("5")).await),
        "and the assertion with it"
    );
}

#[tokio::test]
async fn an_assertion_that_is_not_right_in_everything_is_refused() {
    let world = World::new();
    let (id, client) = world.service("lab", "system/Patient.rs").await;
    let (_, other) = world.service("pas", "system/Patient.rs").await;
    let id = id.to_string();
    let now = world.now().as_seconds();
    let good = part(
        &client.assertion(&id, TOKEN_URL, world.now(), "1").unwrap(),
        1,
    );
    let exp = format!("\"exp\":{}", now + 300);
    let stranger = AccountId::from_bytes([7; 16]).to_string();
    for (place, claims) in [
        good.replace("\"iss\":\"", "\"iss\":\"x"),
        good.replace(
            &format!("\"sub\":\"{id}\""),
            &format!("\"sub\":\"{stranger}\""),
        ),
        good.replace(&id, &stranger),
        good.replace(&id, ""),
        good.replace(TOKEN_URL, "https://other/token"),
        good.replace(
            &format!("\"{TOKEN_URL}\""),
            &format!("[\"{TOKEN_URL}\",\"https://other\"]"),
        ),
        good.replace(&format!("\"{TOKEN_URL}\""), "[]"),
        good.replace(&exp, &format!("\"exp\":{now}")),
        good.replace(&exp, &format!("\"exp\":{}", now + 3600)),
        good.replace(&exp, "\"exp\":null"),
        good.replace(&exp, &format!("\"nbf\":{},{exp}", now + 60)),
        good.replace(&format!("\"iat\":{now}"), &format!("\"iat\":{}", now + 60)),
        good.replace("\"jti\":\"1\"", "\"jti\":\"\""),
        good.replace(",\"jti\":\"1\"", ""),
        good.replacen('{', &format!("{{\"iss\":\"{id}\","), 1),
        String::new(),
        "null".to_owned(),
    ]
    .into_iter()
    .enumerate()
    {
        let assertion = client.sign_assertion(ASSERTION_HEADER, &claims).unwrap();
        let jti = format!("c{place}");
        let proof = client
            .proof("POST", TOKEN_URL, world.now(), &jti, None)
            .unwrap();
        assert!(
            is_client(&ask(&world, &assertion, &proof).await),
            "{claims}"
        );
    }
    for (place, header) in [
        r#"{"typ":"JWT","alg":"none","kid":"1"}"#,
        r#"{"typ":"JWT","alg":"HS384","kid":"1"}"#,
        r#"{"typ":"JWT","alg":"RS384","kid":"1"}"#,
        r#"{"typ":"JWT","alg":"ES256","kid":"1"}"#,
        r#"{"typ":"JWT","alg":"ES384","kid":"2"}"#,
        r#"{"typ":"JWT","alg":"ES384"}"#,
        r#"{"alg":"ES384","kid":"1"}"#,
        r#"{"typ":"dpop+jwt","alg":"ES384","kid":"1"}"#,
        r#"{"typ":"JWT","alg":"ES384","kid":"1","jku":"https://evil/jwks"}"#,
        r#"{"typ":"JWT","alg":"ES384","kid":"1","crit":["exp"]}"#,
        r#"{"typ":"JWT","typ":"JWT","alg":"ES384","kid":"1"}"#,
    ]
    .into_iter()
    .enumerate()
    {
        let assertion = client.sign_assertion(header, &good).unwrap();
        let jti = format!("h{place}");
        let proof = client
            .proof("POST", TOKEN_URL, world.now(), &jti, None)
            .unwrap();
        assert!(
            is_client(&ask(&world, &assertion, &proof).await),
            "{header}"
        );
    }
    let forged = other.sign_assertion(ASSERTION_HEADER, &good).unwrap();
    let unsigned = format!("{}.AAAA", forged.rsplit_once('.').unwrap().0);
    for (place, assertion) in [forged, unsigned, "a.b.c".to_owned()].iter().enumerate() {
        let jti = format!("f{place}");
        let proof = client
            .proof("POST", TOKEN_URL, world.now(), &jti, None)
            .unwrap();
        assert!(is_client(&ask(&world, assertion, &proof).await));
    }
    let assertion = client.sign_assertion(ASSERTION_HEADER, &good).unwrap();
    let proof = client
        .proof("POST", TOKEN_URL, world.now(), "ok", None)
        .unwrap();
    ask(&world, &assertion, &proof).await.unwrap();
}

#[tokio::test]
async fn no_token_is_issued_without_a_proof_of_the_token_endpoint() {
    let world = World::new();
    let (id, client) = world.service("lab", "system/Patient.rs").await;
    let assertion = client
        .assertion(&id.to_string(), TOKEN_URL, world.now(), "1")
        .unwrap();
    let request = TokenRequest::from_form(&form(&assertion, "system/Patient.rs")).unwrap();
    assert!(is_proof(
        &world
            .identity
            .token(&request, None, &Caller::default())
            .await
    ));
    let elsewhere = client.proof("POST", URL, world.now(), "1", None).unwrap();
    assert!(is_proof(&ask(&world, &assertion, &elsewhere).await));
    let get = client
        .proof("GET", TOKEN_URL, world.now(), "2", None)
        .unwrap();
    assert!(is_proof(&ask(&world, &assertion, &get).await));
    let proof = client
        .proof("POST", TOKEN_URL, world.now(), "3", None)
        .unwrap();
    ask(&world, &assertion, &proof)
        .await
        .expect("what was refused used nothing up");
}

/// Class 1: every grant type but the one; class 8: empty, missing and doubled parameters.
#[test]
fn every_other_grant_is_refused() {
    for grant in [
        "password",
        "implicit",
        "CLIENT_CREDENTIALS",
        "client_credentials ",
        "urn:ietf:params:oauth:grant-type:jwt-bearer",
        "urn:ietf:params:oauth:grant-type:token-exchange",
        "urn:openid:params:grant-type:ciba",
    ] {
        let mut fields = form("a.b.c", "system/Patient.r");
        fields[0].1 = grant.to_owned();
        fields.extend(pairs(&[("username", "mary@WRD01"), ("password", "x")]));
        assert!(
            matches!(TokenRequest::from_form(&fields), Err(Error::GrantType)),
            "{grant}"
        );
    }
    let good = form("a.b.c", "system/Patient.r");
    for place in 0..good.len() {
        let mut missing = good.clone();
        missing.remove(place);
        let mut empty = good.clone();
        empty[place].1.clear();
        let mut doubled = good.clone();
        doubled.push(good[place].clone());
        for bad in [missing, empty, doubled] {
            let error = TokenRequest::from_form(&bad).unwrap_err();
            assert!(error.oauth_code().is_some(), "{error}");
        }
    }
    let mut secret = good.clone();
    secret.extend(pairs(&[("client_secret", "x")]));
    assert!(matches!(
        TokenRequest::from_form(&secret),
        Err(Error::TokenRequest(_))
    ));
    let mut basic = good;
    basic[1].1 = "client_secret_basic".to_owned();
    assert!(matches!(
        TokenRequest::from_form(&basic),
        Err(Error::TokenRequest(_))
    ));
}

#[tokio::test]
async fn scopes_that_are_not_registered_are_not_granted() {
    let world = World::new();
    let (id, client) = world.service("lab", "system/Patient.rs").await;
    for (place, scope) in [
        "system/Observation.rs",
        "system/Patient.c",
        "user/Patient.rs",
    ]
    .into_iter()
    .enumerate()
    {
        let jti = place.to_string();
        let assertion = client
            .assertion(&id.to_string(), TOKEN_URL, world.now(), &jti)
            .unwrap();
        let proof = client
            .proof("POST", TOKEN_URL, world.now(), &jti, None)
            .unwrap();
        let request = TokenRequest::from_form(&form(&assertion, scope)).unwrap();
        let refused = world
            .identity
            .token(&request, Some(&proof), &Caller::default())
            .await;
        assert!(matches!(refused, Err(Error::NoScope)), "{scope}");
    }
    for unreadable in ["openid", "system/Patient.read", "system/Patient.rs?x"] {
        let read = TokenRequest::from_form(&form("a.b.c", unreadable));
        assert!(matches!(read, Err(Error::Scope(_))), "{unreadable}");
    }
}

/// Class 9: a dead service account lives on.
#[tokio::test]
async fn a_suspended_service_is_refused_at_its_next_request() {
    let world = World::new();
    let (id, client) = world.service("lab", "system/*.rs").await;
    let token = token(&world, id, &client, "1").await;
    let secret = token.token.expose();
    let proof = |jti| {
        client
            .proof("GET", URL, world.now(), jti, Some(secret))
            .unwrap()
    };
    let assured = open(&world, secret, &proof("1")).unwrap();
    world.identity.suspend(Author::Setup, id).await.unwrap();
    assert!(matches!(
        open(&world, secret, &proof("2")),
        Err(Error::AccessToken)
    ));
    assert!(!world.identity.is_in_force(&assured));
    let assertion = client
        .assertion(&id.to_string(), TOKEN_URL, world.now(), "2")
        .unwrap();
    let asked = client
        .proof("POST", TOKEN_URL, world.now(), "3", None)
        .unwrap();
    assert!(is_client(&ask(&world, &assertion, &asked).await));
    world.identity.resume(Author::Setup, id).await.unwrap();
    assert!(matches!(
        open(&world, secret, &proof("4")),
        Err(Error::AccessToken)
    ));
}

#[tokio::test]
async fn a_service_ends_with_its_registration() {
    let world = World::new();
    let (id, client) = world.service("lab", "system/Patient.rs").await;
    world.pass(Duration::from_mins(365 * 24 * 60 - 1));
    let token = token(&world, id, &client, "1").await;
    assert_eq!(token.expires_in, Duration::from_mins(1));
    world.pass(Duration::from_mins(1));
    let assertion = client
        .assertion(&id.to_string(), TOKEN_URL, world.now(), "2")
        .unwrap();
    let proof = client
        .proof("POST", TOKEN_URL, world.now(), "2", None)
        .unwrap();
    assert!(is_client(&ask(&world, &assertion, &proof).await));
}

#[tokio::test]
async fn a_service_is_vouched_for_by_two_people_of_its_organisation() {
    let world = World::new();
    let one = world
        .account("WRD01", "one", Role::Administrator)
        .await
        .account;
    let two = world
        .account("WRD01", "two", Role::InformationGovernance)
        .await
        .account;
    let gone = world
        .account("WRD01", "gone", Role::Administrator)
        .await
        .account;
    let foreign = world
        .account("WRD02", "foreign", Role::Administrator)
        .await
        .account;
    world.identity.suspend(Author::Setup, gone).await.unwrap();
    let client = ServiceClient::new().unwrap();
    let good = NewService {
        name: "lab".to_owned(),
        display_name: "Laboratory".to_owned(),
        jwks: client.jwks(),
        scopes: Scopes::parse("system/*.rs").unwrap(),
        enrolled_by: one,
        approved_by: two,
        expires: world.now() + Duration::from_hours(24),
    };
    let with_secret = client.jwks().replace("\"kid\"", "\"d\":\"AAAA\",\"kid\"");
    let organisation = ods("WRD01");
    for bad in [
        NewService {
            approved_by: one,
            ..good.clone()
        },
        NewService {
            approved_by: gone,
            ..good.clone()
        },
        NewService {
            approved_by: foreign,
            ..good.clone()
        },
        NewService {
            enrolled_by: AccountId::from_bytes([9; 16]),
            ..good.clone()
        },
        NewService {
            scopes: Scopes::default(),
            ..good.clone()
        },
        NewService {
            scopes: Scopes::parse("user/Patient.r").unwrap(),
            ..good.clone()
        },
        NewService {
            expires: world.now(),
            ..good.clone()
        },
        NewService {
            jwks: with_secret,
            ..good.clone()
        },
        NewService {
            jwks: "{\"keys\":[]}".to_owned(),
            ..good.clone()
        },
        NewService {
            name: "one".to_owned(),
            ..good.clone()
        },
    ] {
        assert!(
            world
                .identity
                .register_service(Author::Setup, &organisation, bad)
                .await
                .is_err()
        );
    }
    let id = world
        .identity
        .register_service(Author::Setup, &organisation, good)
        .await
        .unwrap();
    let account = world.find(id);
    let service = account.service().unwrap();
    assert_eq!(
        (service.enrolled_by(), service.approved_by()),
        (one, Some(two))
    );
}

/// A library other than ours makes the assertion, as real clients do.
#[tokio::test]
async fn an_assertion_of_another_library_is_accepted() {
    let world = World::new();
    let key = aws_lc_rs::rsa::KeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa2048).unwrap();
    let public = aws_lc_rs::signature::KeyPair::public_key(&key);
    // PKCS #1: a header of 9 bytes for a key of this size, the modulus, the exponent.
    let n = BASE64URL_NOPAD.encode(public.as_ref().get(9..265).unwrap());
    let jwks = format!(r#"{{"keys":[{{"kty":"RSA","n":"{n}","e":"AQAB","kid":"r"}}]}}"#);
    let one = world
        .account("WRD01", "one", Role::Administrator)
        .await
        .account;
    let two = world
        .account("WRD01", "two", Role::InformationGovernance)
        .await
        .account;
    let new = NewService {
        name: "lab".to_owned(),
        display_name: "Laboratory".to_owned(),
        jwks,
        scopes: Scopes::parse("system/*.rs").unwrap(),
        enrolled_by: one,
        approved_by: two,
        expires: world.now() + Duration::from_hours(24),
    };
    let id = world
        .identity
        .register_service(Author::Setup, &ods("WRD01"), new)
        .await
        .unwrap();
    let der =
        aws_lc_rs::encoding::AsDer::<aws_lc_rs::encoding::Pkcs8V1Der<'_>>::as_der(&key).unwrap();
    // The library takes PKCS #1, which PKCS #8 wraps behind 26 bytes for a key of this size.
    let encoding = jsonwebtoken::EncodingKey::from_rsa_der(&der.as_ref()[26..]);
    let mut header = jsonwebtoken::Header::new(jsonwebtoken::Algorithm::RS384);
    header.kid = Some("r".to_owned());
    let claims = serde_json::json!({
        "iss": id.to_string(), "sub": id.to_string(), "aud": [TOKEN_URL],
        "exp": world.now().as_seconds() + 300, "iat": world.now().as_seconds(), "jti": "1",
    });
    let assertion = jsonwebtoken::encode(&header, &claims, &encoding).unwrap();
    let client = ServiceClient::new().unwrap();
    let proof = client
        .proof("POST", TOKEN_URL, world.now(), "1", None)
        .unwrap();
    ask(&world, &assertion, &proof).await.unwrap();
    // RS/HS confusion: the public key taken for a shared secret.
    let secret = jsonwebtoken::EncodingKey::from_secret(n.as_bytes());
    let mut header = jsonwebtoken::Header::new(jsonwebtoken::Algorithm::HS384);
    header.kid = Some("r".to_owned());
    let confused = jsonwebtoken::encode(&header, &claims, &secret).unwrap();
    let proof = client
        .proof("POST", TOKEN_URL, world.now(), "2", None)
        .unwrap();
    assert!(is_client(&ask(&world, &confused, &proof).await));
}

#[tokio::test]
async fn a_service_has_so_many_tokens_and_the_oldest_makes_room() {
    let world = World::new();
    let (id, client) = world.service("lab", "system/Patient.rs").await;
    let mut tokens = Vec::new();
    for n in 0..=limits::TOKENS_PER_SERVICE {
        tokens.push(token(&world, id, &client, &n.to_string()).await);
    }
    let works = |place: usize| {
        let secret = tokens[place].token.expose();
        let jti = format!("w{place}");
        let proof = client
            .proof("GET", URL, world.now(), &jti, Some(secret))
            .unwrap();
        open(&world, secret, &proof).is_ok()
    };
    assert!(!works(0) && works(1) && works(limits::TOKENS_PER_SERVICE));
}

fn part(jwt: &str, place: usize) -> String {
    let part = jwt.split('.').nth(place).unwrap();
    String::from_utf8(BASE64URL_NOPAD.decode(part.as_bytes()).unwrap()).unwrap()
}
