//! A passkey in software, and the browser around it.

use data_encoding::BASE64URL_NOPAD;
use passkey::{
    authenticator::{Authenticator, UiHint, UserCheck, UserValidationMethod},
    client::{Client, DefaultClientData},
    crypto::AvailableBackend,
    types::{
        Passkey,
        ctap2::{Aaguid, Ctap2Error},
        webauthn::{CredentialCreationOptions, CredentialRequestOptions},
    },
};
use serde::Serialize;
use serde_json::Value;
use url::Url;

/// A browser at one origin, with an authenticator that holds one passkey. A clone is a cloned
/// authenticator.
#[derive(Clone)]
pub struct SoftwarePasskey {
    origin: Url,
    passkey: Option<Passkey>,
    verifies: bool,
    counts: bool,
}

impl SoftwarePasskey {
    /// An empty authenticator in a browser at an origin: `https://localhost:8443`.
    ///
    /// # Errors
    /// Where the origin is no URL.
    pub fn at(origin: &str) -> Result<Self, String> {
        let origin = origin.parse().map_err(|error| format!("{error}"))?;
        Ok(Self {
            origin,
            passkey: None,
            verifies: true,
            counts: false,
        })
    }

    /// The same authenticator in a browser at another origin.
    ///
    /// # Errors
    /// Where the origin is no URL.
    pub fn moved_to(&self, origin: &str) -> Result<Self, String> {
        Ok(Self {
            passkey: self.passkey.clone(),
            ..Self::at(origin)?
        })
    }

    /// An authenticator that sees that somebody is there, and not who, whatever it is asked.
    #[must_use]
    pub fn without_verification(self) -> Self {
        Self {
            verifies: false,
            ..self
        }
    }

    /// An authenticator that counts its uses.
    #[must_use]
    pub fn counting(self) -> Self {
        Self {
            counts: true,
            ..self
        }
    }

    /// Makes a passkey: what `navigator.credentials.create(options)` gives, as JSON.
    ///
    /// # Errors
    /// What the browser or the authenticator says.
    pub async fn create(&mut self, options: &str) -> Result<String, String> {
        let options = self.asked(options);
        let options: CredentialCreationOptions =
            serde_json::from_str(&options).map_err(|error| error.to_string())?;
        let mut client = Client::new(self.authenticator()).allows_insecure_localhost(true);
        let made = client
            .register(&self.origin, options, DefaultClientData)
            .await;
        let made = made.map_err(|error| format!("{error:?}"))?;
        self.passkey.clone_from(client.authenticator().store());
        to_json(&made)
    }

    /// Uses the passkey: what `navigator.credentials.get(options)` gives, as JSON.
    ///
    /// # Errors
    /// What the browser or the authenticator says.
    pub async fn get(&mut self, options: &str) -> Result<String, String> {
        let options = self.asked(options);
        let options: CredentialRequestOptions =
            serde_json::from_str(&options).map_err(|error| error.to_string())?;
        let mut client = Client::new(self.authenticator()).allows_insecure_localhost(true);
        let given = client
            .authenticate(&self.origin, options, DefaultClientData)
            .await;
        let given = given.map_err(|error| format!("{error:?}"))?;
        self.passkey.clone_from(client.authenticator().store());
        to_json(&given)
    }

    /// What the authenticator makes of what the server asks.
    fn asked(&self, options: &str) -> String {
        let (required, discouraged) = (
            r#""userVerification":"required""#,
            r#""userVerification":"discouraged""#,
        );
        if self.verifies {
            options.to_owned()
        } else {
            options.replace(required, discouraged)
        }
    }

    fn authenticator(&self) -> Authenticator<Option<Passkey>, Person, AvailableBackend> {
        let (person, store) = (
            Person {
                verifies: self.verifies,
            },
            self.passkey.clone(),
        );
        let mut authenticator =
            Authenticator::new(Aaguid::new_empty(), store, person, AvailableBackend);
        authenticator.set_make_credentials_with_signature_counter(self.counts);
        authenticator
    }
}

/// As browsers write it: bytes in base64url, where the library has lists of numbers.
fn to_json(credential: &impl Serialize) -> Result<String, String> {
    let mut json = serde_json::to_value(credential).map_err(|error| error.to_string())?;
    encode_bytes(&mut json);
    Ok(json.to_string())
}

fn encode_bytes(json: &mut Value) {
    match json {
        Value::Object(members) => members.values_mut().for_each(encode_bytes),
        Value::Array(items) => {
            let bytes = items
                .iter()
                .map(|item| item.as_u64().and_then(|it| it.try_into().ok()));
            if let Some(bytes) = bytes.collect::<Option<Vec<u8>>>() {
                *json = BASE64URL_NOPAD.encode(&bytes).into();
            }
        }
        _ => {}
    }
}

/// Whoever touches the authenticator.
struct Person {
    verifies: bool,
}

#[async_trait::async_trait]
impl UserValidationMethod for Person {
    type PasskeyItem = Passkey;

    async fn check_user<'a>(
        &self,
        _hint: UiHint<'a, Passkey>,
        _presence: bool,
        _verification: bool,
    ) -> Result<UserCheck, Ctap2Error> {
        Ok(UserCheck {
            presence: true,
            verification: self.verifies,
        })
    }

    fn is_presence_enabled(&self) -> bool {
        true
    }

    fn is_verification_enabled(&self) -> Option<bool> {
        self.verifies.then_some(true)
    }
}
