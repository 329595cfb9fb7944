//! Kiosks and boards: pairing one, and what can be done with its code, its key and its token.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use ward_core::{AccountId, RequestId, limits};
use ward_identity::{
    AccessToken, Author, Caller, Collected, DeviceKind, Error, Offered, PairingStage, Role,
    SignedIn, TokenRequest,
};
use ward_testkit::ServiceClient;

use crate::{
    provider::administrator,
    world::{ORIGIN, TOKEN_URL, World, from, ods},
};

/// An organisation with an administrator, and a browser that is to be a device.
struct Ward {
    world: World,
    admin: SignedIn,
    key: ServiceClient,
    proofs: AtomicU64,
}

impl Ward {
    async fn new() -> Self {
        let world = World::new();
        let admin = administrator(&world, "ann").await;
        Self {
            world,
            admin,
            key: ServiceClient::new().unwrap(),
            proofs: AtomicU64::default(),
        }
    }

    fn id(&self) -> String {
        let number = self.proofs.fetch_add(1, Ordering::SeqCst);
        format!("p-{number}")
    }

    fn open(&self) -> (RequestId, String) {
        let by = self.world.session(&self.admin).unwrap();
        let identity = &self.world.identity;
        let id = identity
            .open_pairing(&by, "Front door", DeviceKind::Kiosk)
            .unwrap();
        let PairingStage::Open { code: Some(code) } = identity.pairing(&by, id).unwrap().stage
        else {
            return (id, String::new());
        };
        (id, code.expose().clone())
    }

    fn proof_of(&self, key: &ServiceClient, url: &str, token: Option<&str>) -> String {
        let now = self.world.now();
        key.proof("POST", url, now, &self.id(), token).unwrap()
    }

    fn offer_by(&self, key: &ServiceClient, code: &str) -> Result<Offered, Error> {
        let url = format!("{ORIGIN}/pair/offer");
        let proof = self.proof_of(key, &url, None);
        self.world
            .identity
            .offer_key(code, &proof, &url, &from("192.0.2.9"))
    }

    fn collect_by(&self, key: &ServiceClient, waiting: &str) -> Result<Collected, Error> {
        let url = format!("{ORIGIN}/pair/collect");
        let proof = self.proof_of(key, &url, None);
        self.world.identity.collect_pairing(waiting, &proof, &url)
    }

    async fn confirm(&self, id: RequestId, words: &str) -> Result<AccountId, Error> {
        let by = self.world.session(&self.admin).unwrap();
        self.world.identity.confirm_pairing(&by, id, words).await
    }

    /// Pairs the device.
    async fn pair(&self) -> AccountId {
        let (id, code) = self.open();
        let offered = self.offer_by(&self.key, &code).unwrap();
        self.confirm(id, &offered.words).await.unwrap()
    }

    /// A token for a device, asked for with one key as the device's and another as the token's.
    async fn token(
        &self,
        device: AccountId,
        signs: &ServiceClient,
        bound: &ServiceClient,
        scope: &str,
    ) -> Result<AccessToken, Error> {
        let (now, id) = (self.world.now(), self.id());
        let assertion = signs
            .device_assertion(&device.to_string(), TOKEN_URL, now, &id)
            .unwrap();
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let request = TokenRequest::from_form(&[
            pair("grant_type", "client_credentials"),
            pair("scope", scope),
            pair(
                "client_assertion_type",
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            ),
            pair("client_assertion", &assertion),
        ])?;
        let proof = self.proof_of(bound, TOKEN_URL, None);
        self.world
            .identity
            .token(&request, Some(&proof), &Caller::default())
            .await
    }

    async fn own_token(&self, device: AccountId) -> Result<AccessToken, Error> {
        self.token(device, &self.key, &self.key, "ward/device")
            .await
    }

    fn beat(&self, key: &ServiceClient, token: &str) -> Result<ward_identity::Assured, Error> {
        let url = format!("{ORIGIN}/pair/heartbeat");
        let proof = self.proof_of(key, &url, Some(token));
        self.world
            .identity
            .authenticate_dpop(token, &proof, "POST", &url, None)
    }
}

#[tokio::test]
async fn a_device_is_paired_and_says_that_it_is_one() {
    let ward = Ward::new().await;
    let (id, code) = ward.open();
    let offered = ward.offer_by(&ward.key, &code.to_lowercase()).unwrap();
    let waiting = offered.waiting.expose();
    assert_eq!(
        ward.collect_by(&ward.key, waiting).unwrap(),
        Collected::Waiting
    );
    let by = ward.world.session(&ward.admin).unwrap();
    let stage = ward.world.identity.pairing(&by, id).unwrap().stage;
    assert!(matches!(stage, PairingStage::Offered { words } if words == offered.words));
    let device = ward.confirm(id, &offered.words).await.unwrap();
    let paired = Collected::Paired {
        client: device,
        name: "Front door".to_owned(),
    };
    assert_eq!(ward.collect_by(&ward.key, waiting).unwrap(), paired);
    let token = ward.own_token(device).await.unwrap();
    let assured = ward.beat(&ward.key, token.token.expose()).unwrap();
    assert_eq!((assured.account(), assured.role()), (device, Role::Device));
    assert!(assured.scopes().is_empty() && assured.form_token().is_empty());
    let account = ward.world.find(device);
    assert_eq!(account.device().unwrap().paired_by(), by.account());
    assert!(ward.world.identity.device_last_used(device).is_some());
    let world = ward.world.restart();
    assert_eq!(world.identity.devices(&ods("WRD01")).len(), 1);
}

#[tokio::test]
async fn a_code_is_used_once_in_its_time_and_can_not_be_guessed() {
    let ward = Ward::new().await;
    let thief = ServiceClient::new().unwrap();
    let (_, code) = ward.open();
    for wrong in [
        "",
        "        ",
        "BBBBBBBB",
        &code[..7],
        &format!("{code}B"),
        &"é".repeat(8),
    ] {
        let refused = ward.offer_by(&thief, wrong);
        assert!(matches!(refused, Err(Error::Code)), "{wrong}");
    }
    ward.offer_by(&thief, &code).unwrap();
    let second = ward.offer_by(&ward.key, &code);
    assert!(
        matches!(second, Err(Error::Code)),
        "the device is told that it was used"
    );
    let (_, code) = ward.open();
    ward.world.pass(limits::PAIRING);
    assert!(matches!(ward.offer_by(&ward.key, &code), Err(Error::Code)));
    let mut last = Ok(());
    for _ in 0..=limits::ATTEMPTS_PER_ADDRESS {
        last = ward.offer_by(&thief, "CCCCCCCC").map(drop);
    }
    assert!(matches!(last, Err(Error::TooManyAttempts { .. })));
}

#[tokio::test]
async fn a_key_that_was_not_confirmed_is_nothing() {
    let ward = Ward::new().await;
    let (id, code) = ward.open();
    let thief = ServiceClient::new().unwrap();
    let offered = ward.offer_by(&ward.key, &code).unwrap();
    let waiting = offered.waiting.expose();
    let stolen = ward.collect_by(&thief, waiting);
    assert!(
        matches!(stolen, Err(Error::Ceremony)),
        "the waiting name without the key"
    );
    for words in ["", "acid acorn actor album", &offered.words.to_uppercase()] {
        let refused = ward.confirm(id, words).await;
        assert!(matches!(refused, Err(Error::NotPossible(_))), "{words}");
    }
    let by = ward.world.session(&ward.admin).unwrap();
    ward.world.identity.end_pairing(&by, id);
    assert!(matches!(
        ward.collect_by(&ward.key, waiting),
        Err(Error::Ceremony)
    ));
    let over = ward.confirm(id, &offered.words).await;
    assert!(matches!(over, Err(Error::NotPossible(_))));
    assert!(ward.world.identity.devices(&ods("WRD01")).is_empty());
}

#[tokio::test]
async fn a_pairing_is_confirmed_once_by_a_fresh_proof_of_its_organisation() {
    let ward = Ward::new().await;
    let (id, code) = ward.open();
    let offered = ward.offer_by(&ward.key, &code).unwrap();
    ward.world.pass(Duration::from_mins(6));
    let stale = ward.confirm(id, &offered.words).await;
    assert!(matches!(stale, Err(Error::FreshProof)));
    let fresh = administrator(&ward.world, "bob").await;
    let by = ward.world.session(&fresh).unwrap();
    let identity = &ward.world.identity;
    identity
        .confirm_pairing(&by, id, &offered.words)
        .await
        .unwrap();
    let again = identity.confirm_pairing(&by, id, &offered.words).await;
    assert!(matches!(again, Err(Error::NotPossible(_))));
    let (_, mut passkey) = ward.world.with_passkey("mary").await;
    let mary = ward.world.sign_in(&mut passkey).await.unwrap();
    let mary = ward.world.session(&mary).unwrap();
    let opened = identity.open_pairing(&mary, "Mine", DeviceKind::Board);
    assert!(matches!(opened, Err(Error::NotPossible(_))));
}

/// Class 10, and a cloned profile: names without the key, and keys without the name.
#[tokio::test]
async fn a_devices_token_needs_its_own_key_for_everything() {
    let ward = Ward::new().await;
    let device = ward.pair().await;
    let thief = ServiceClient::new().unwrap();
    let signed_by_thief = ward.token(device, &thief, &thief, "ward/device").await;
    assert!(matches!(signed_by_thief, Err(Error::Client(_))));
    let bound_to_thief = ward.token(device, &ward.key, &thief, "ward/device").await;
    assert!(matches!(bound_to_thief, Err(Error::Proof(_))));
    for scope in ["system/Patient.rs", "ward/manage", "openid", ""] {
        let refused = ward.token(device, &ward.key, &ward.key, scope).await;
        assert!(refused.is_err(), "{scope}");
    }
    let token = ward.own_token(device).await.unwrap();
    assert!(ward.beat(&thief, token.token.expose()).is_err());
    // A service does not become a device by its scope.
    let (service, client) = ward.world.service("ehr", "system/Patient.rs").await;
    let now = ward.world.now();
    let id = service.to_string();
    let assertion = client.assertion(&id, TOKEN_URL, now, "a-1").unwrap();
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let request = TokenRequest::from_form(&[
        pair("grant_type", "client_credentials"),
        pair("scope", "ward/device"),
        pair(
            "client_assertion_type",
            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        ),
        pair("client_assertion", &assertion),
    ]);
    let proof = ward.proof_of(&client, TOKEN_URL, None);
    let identity = &ward.world.identity;
    let refused = identity
        .token(&request.unwrap(), Some(&proof), &Caller::default())
        .await;
    assert!(matches!(refused, Err(Error::NoScope)));
}

#[tokio::test]
async fn an_unpaired_device_is_out_at_its_next_request_and_for_good() {
    let ward = Ward::new().await;
    let device = ward.pair().await;
    let token = ward.own_token(device).await.unwrap();
    let assured = ward.beat(&ward.key, token.token.expose()).unwrap();
    let identity = &ward.world.identity;
    assert!(identity.is_in_force(&assured));
    let by = ward.world.session(&ward.admin).unwrap();
    identity.unpair_device(&by, device).await.unwrap();
    assert!(!identity.is_in_force(&assured), "an open stream ends");
    assert!(ward.beat(&ward.key, token.token.expose()).is_err());
    assert!(matches!(
        ward.own_token(device).await,
        Err(Error::Client(_))
    ));
    let resumed = identity.resume(Author::Account(&by), device).await;
    assert!(matches!(resumed, Err(Error::NotPossible(_))));
    let world = ward.world.restart();
    assert!(world.find(device).device().unwrap().unpaired());
    let ward = Ward { world, ..ward };
    assert!(matches!(
        ward.own_token(device).await,
        Err(Error::Client(_))
    ));
}

#[tokio::test]
async fn a_device_has_no_other_way_in() {
    let ward = Ward::new().await;
    let device = ward.pair().await;
    let by = ward.world.session(&ward.admin).unwrap();
    let identity = &ward.world.identity;
    let renewed = identity
        .renew_enrolment(Author::Account(&by), &ods("WRD01"), device)
        .await;
    assert!(matches!(renewed, Err(Error::NotPossible(_))));
    let recovered = identity
        .open_recovery(&by, device, "seen", &Caller::default())
        .await;
    assert!(matches!(recovered, Err(Error::NotPossible(_))));
    let made = ward_identity::NewAccount {
        name: "kiosk".to_owned(),
        display_name: "Kiosk".to_owned(),
        role: Role::Device,
        practitioner: None,
    };
    let made = identity
        .create_account(Author::Account(&by), &ods("WRD01"), made)
        .await;
    assert!(matches!(made, Err(Error::NotPossible(_))));
}
