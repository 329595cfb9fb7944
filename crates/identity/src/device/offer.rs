//! What the device does: it offers its key, and asks whether it is taken.

use ward_core::{AccountId, Secret};

use super::{
    pairing::{CODE_LETTERS, Offer, Pairing},
    words::words,
};
use crate::{
    Caller, Error, Identity,
    service::Algorithm,
    token::{TokenHash, new_token, same},
};

/// A key that was offered.
#[derive(Debug)]
pub struct Offered {
    /// By which the device asks how it stands.
    pub waiting: Secret<String>,
    /// What it shows.
    pub words: String,
}

/// How a device stands that offered its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Collected {
    /// Nobody confirmed it yet.
    Waiting,
    /// It is paired.
    Paired {
        /// Its `client_id`.
        client: AccountId,
        /// What it is called.
        name: String,
    },
}

impl Identity {
    /// Offers a key for the pairing of a code. The code is used up with it: whoever types it next
    /// is told, and so are the staff, whose words the device does not show.
    ///
    /// # Errors
    /// [`Error::Proof`] where the device does not prove to have the key; [`Error::Code`];
    /// [`Error::TooManyAttempts`].
    pub fn offer_key(
        &self,
        code: &str,
        proof: &str,
        url: &str,
        caller: &Caller<'_>,
    ) -> Result<Offered, Error> {
        let (key, unspent) = self.check_proof_at(proof, url)?;
        if key.key.algorithm != Algorithm::Es256 {
            return Err(Error::Proof("a device's key is for ES256"));
        }
        let now = self.now();
        let taken = caller
            .address
            .map(|from| self.by_origin.take(from, now).map(|taken| (from, taken)))
            .transpose()
            .map_err(|wait| Error::TooManyAttempts { wait })?;
        self.spend(&key, &unspent)?;
        let code = plain(code).ok_or(Error::Code)?;
        let (waiting, hash) = new_token(&*self.random);
        let jwk = key.jwk()?;
        let thumbprint = key.key.thumbprint;
        let words = self.pairings.with(now, |pairings| {
            let is_open = |one: &&mut Pairing| one.offer.is_none() && one.paired.is_none();
            let mut open = pairings.iter_mut().filter(is_open);
            let found = open.find(|one| same(one.code.expose(), &code))?;
            let words = words(&found.id.to_string(), &thumbprint);
            // Nobody finds it by its code again.
            found.code = Secret::new(String::new());
            found.offer = Some(Offer {
                jwk,
                thumbprint,
                words: words.clone(),
                waiting: hash,
            });
            Some(words)
        });
        let words = words.ok_or(Error::Code)?;
        if let Some((from, taken)) = taken {
            self.by_origin.give_back(from, taken, now);
        }
        Ok(Offered { waiting, words })
    }

    /// How a device stands that offered its key.
    ///
    /// # Errors
    /// [`Error::Proof`] where it does not prove to have the key; [`Error::Ceremony`] where the
    /// pairing is over, or was refused.
    pub fn collect_pairing(
        &self,
        waiting: &str,
        proof: &str,
        url: &str,
    ) -> Result<Collected, Error> {
        let (key, unspent) = self.check_proof_at(proof, url)?;
        self.spend(&key, &unspent)?;
        let hash = TokenHash::of(waiting).ok_or(Error::Ceremony)?;
        let found = self.pairings.with(self.now(), |pairings| {
            let own = pairings.iter().find(|one| {
                let offer = one.offer.as_ref();
                offer.is_some_and(|offer| {
                    offer.waiting == hash && offer.thumbprint == key.key.thumbprint
                })
            });
            own.map(|one| (one.paired, one.name.to_string()))
        });
        match found {
            Some((None, _)) => Ok(Collected::Waiting),
            Some((Some(client), name)) => Ok(Collected::Paired { client, name }),
            None => Err(Error::Ceremony),
        }
    }
}

/// A code as it was made, however it was typed. None where it can be none: that of a pairing whose
/// code is used up must match nothing.
fn plain(typed: &str) -> Option<String> {
    let letters = typed.chars().filter(char::is_ascii_alphanumeric);
    let code: String = letters
        .take(CODE_LETTERS + 1)
        .map(|letter| letter.to_ascii_uppercase())
        .collect();
    (code.len() == CODE_LETTERS).then_some(code)
}
