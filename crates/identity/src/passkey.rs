//! Passkeys (WebAuthn), by way of webauthn-rs: user verification required, so that one passkey is
//! two factors; discoverable, so that no name need be typed.

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use ward_core::{AccountId, Timestamp, limits};
use webauthn_rs::prelude::{
    CreationChallengeResponse, DiscoverableAuthentication, DiscoverableKey, Passkey,
    PasskeyRegistration, PublicKeyCredential, RegisterPublicKeyCredential,
    RequestChallengeResponse, Url, Uuid, Webauthn, WebauthnBuilder,
};

use crate::{Account, Error, PasskeyView, token::sha256};

/// What a person may call a passkey, in characters.
const LABEL_CHARS: usize = 50;

/// A passkey as it is kept: the public key, its counter and its flags, and what its owner sees.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct StoredPasskey {
    passkey: Passkey,
    label: String,
    created_at_micros: i64,
    last_used_micros: Option<i64>,
}

/// Ward, as passkeys know it.
pub(crate) struct RelyingParty(Webauthn);

/// A passkey's answer to a sign-in, not yet believed.
pub(crate) struct Answer {
    pub(crate) account: AccountId,
    credential: PublicKeyCredential,
}

impl RelyingParty {
    pub(crate) fn new(id: &str, origin: &str) -> Result<Self, Error> {
        let wrong = |_| Error::Configuration("the relying party id must be of the origin's host");
        let origin =
            Url::parse(origin).map_err(|_| Error::Configuration("the origin is no URL"))?;
        let builder = WebauthnBuilder::new(id, &origin).map_err(wrong)?;
        let builder = builder.rp_name("Ward").timeout(limits::CEREMONY);
        Ok(Self(builder.build().map_err(wrong)?))
    }

    /// Begins a registration: what the browser is asked, and what is kept.
    pub(crate) fn start_registration(
        &self,
        account: &Account,
        existing: &[StoredPasskey],
    ) -> Result<(String, PasskeyRegistration), Error> {
        let exclude = existing
            .iter()
            .map(|stored| stored.passkey.cred_id().clone())
            .collect();
        let (mut challenge, state) = self
            .0
            .start_passkey_registration(
                Uuid::from_bytes(*account.id.as_bytes()),
                &account.name.to_string(),
                &account.display_name,
                Some(exclude),
            )
            .map_err(|_| Error::Passkey)?;
        ask_for_discoverable(&mut challenge)?;
        Ok((to_json(&challenge)?, state))
    }

    pub(crate) fn finish_registration(
        &self,
        response: &str,
        state: &PasskeyRegistration,
        label: &str,
        now: Timestamp,
    ) -> Result<StoredPasskey, Error> {
        let response: RegisterPublicKeyCredential =
            serde_json::from_str(response).map_err(|_| Error::Passkey)?;
        let passkey = self
            .0
            .finish_passkey_registration(&response, state)
            .map_err(|_| Error::Passkey)?;
        Ok(StoredPasskey {
            passkey,
            label: clean_label(label),
            created_at_micros: now.as_micros(),
            last_used_micros: None,
        })
    }

    /// Begins a sign-in of whoever it may be.
    pub(crate) fn start_sign_in(&self) -> Result<(String, DiscoverableAuthentication), Error> {
        let (mut challenge, state): (RequestChallengeResponse, _) = self
            .0
            .start_discoverable_authentication()
            .map_err(|_| Error::Passkey)?;
        challenge.mediation = None; // The page says whether it asks in a field or by a button.
        Ok((to_json(&challenge)?, state))
    }

    /// Reads an answer: which account's passkey it says it is.
    pub(crate) fn read_answer(&self, response: &str) -> Result<Answer, Error> {
        let credential: PublicKeyCredential =
            serde_json::from_str(response).map_err(|_| Error::Passkey)?;
        let (account, _) = self
            .0
            .identify_discoverable_authentication(&credential)
            .map_err(|_| Error::Passkey)?;
        Ok(Answer {
            account: AccountId::from_bytes(account.into_bytes()),
            credential,
        })
    }

    /// Verifies an answer with the passkeys of its account; the one that was used moves its
    /// counter on. Gives that one, to be stored.
    pub(crate) fn finish_sign_in(
        &self,
        answer: &Answer,
        state: DiscoverableAuthentication,
        passkeys: &mut [StoredPasskey],
        now: Timestamp,
    ) -> Result<StoredPasskey, Error> {
        let used = passkeys
            .iter_mut()
            .find(|stored| stored.passkey.cred_id().as_slice() == answer.credential.raw_id)
            .ok_or(Error::Passkey)?;
        let key = DiscoverableKey::from(&used.passkey);
        let result = self
            .0
            .finish_discoverable_authentication_v2(&answer.credential, state, &key)
            .map_err(|_| Error::Passkey)?;
        if !result.user_verified() {
            return Err(Error::Passkey);
        }
        used.passkey.update_credential(&result);
        used.last_used_micros = Some(now.as_micros());
        Ok(used.clone())
    }
}

/// webauthn-rs leaves this to the authenticator; Ward asks for it, as nobody types a name.
fn ask_for_discoverable(challenge: &mut CreationChallengeResponse) -> Result<(), Error> {
    let selection = challenge.public_key.authenticator_selection.as_mut();
    let selection = selection.ok_or(Error::Configuration("no authenticator selection"))?;
    selection.require_resident_key = true;
    selection.resident_key = serde_json::from_str("\"required\"").ok();
    Ok(())
}

fn to_json(challenge: &impl Serialize) -> Result<String, Error> {
    serde_json::to_string(challenge).map_err(|_| Error::Corrupt("passkey challenge"))
}

fn clean_label(label: &str) -> String {
    let shown = label.trim().chars().filter(|letter| !letter.is_control());
    let label: String = shown.take(LABEL_CHARS).collect();
    if label.is_empty() {
        "Passkey".to_owned()
    } else {
        label
    }
}

impl StoredPasskey {
    /// Names the passkey among those of its account, and in the store.
    pub(crate) fn id(&self) -> String {
        let hash = sha256(self.passkey.cred_id().as_slice());
        HEXLOWER.encode(hash.get(..16).unwrap_or(&hash))
    }

    pub(crate) fn rename(&mut self, label: &str) {
        self.label = clean_label(label);
    }

    pub(crate) fn view(&self) -> PasskeyView {
        PasskeyView {
            id: self.id(),
            label: self.label.clone(),
            created_at: Timestamp::from_micros(self.created_at_micros),
            last_used: self.last_used_micros.map(Timestamp::from_micros),
        }
    }
}
