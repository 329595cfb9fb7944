//! Pairings under way, in memory: they live for minutes.

use std::fmt;

use parking_lot::Mutex;
use ward_core::{AccountId, Ods, RequestId, Secret, Timestamp, limits};

use super::{DeviceAccount, DeviceKind};
use crate::{
    Account, Assured, Author, Error, Identity, Role,
    ledger::Changes,
    people::shown_name,
    service::Thumbprint,
    token::{TokenHash, same},
};

/// Letters of a code: none is taken for another, and no vowels make a word.
const LETTERS: &[u8; 24] = b"BCDFGHJKMNPQRSTVWXYZ2346";
/// Letters in a code: 36 bits, for a few tries in a few minutes.
pub(super) const CODE_LETTERS: usize = 8;

/// One pairing.
pub(super) struct Pairing {
    pub(super) id: RequestId,
    pub(super) organisation: Ods,
    opened_by: AccountId,
    pub(super) name: Box<str>,
    pub(super) kind: DeviceKind,
    pub(super) code: Secret<String>,
    pub(super) expires: Timestamp,
    pub(super) offer: Option<Offer>,
    /// The device, once it is paired.
    pub(super) paired: Option<AccountId>,
}

/// The key that a device offered.
#[derive(Clone)]
pub(super) struct Offer {
    pub(super) jwk: String,
    pub(super) thumbprint: Thumbprint,
    pub(super) words: String,
    /// By which the device asks how it stands.
    pub(super) waiting: TokenHash,
}

/// All of them.
#[derive(Default)]
pub(crate) struct Pairings(pub(super) Mutex<Vec<Pairing>>);

/// A pairing, as the staff see it who look at the device.
pub struct PairingView {
    /// Names it.
    pub id: RequestId,
    /// What the device is to be called.
    pub name: String,
    /// What it is for.
    pub kind: DeviceKind,
    /// It ends then.
    pub expires: Timestamp,
    /// How far it is.
    pub stage: PairingStage,
}

/// How far a pairing is.
pub enum PairingStage {
    /// It waits for the device.
    Open {
        /// What is typed there, for whoever began it alone.
        code: Option<Secret<String>>,
    },
    /// The device offered a key.
    Offered {
        /// Its words, which the device shows, too.
        words: String,
    },
    /// The device is paired.
    Paired,
}

impl fmt::Debug for PairingView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PairingView({})", self.id)
    }
}

impl Pairings {
    /// Looks at those that are not over.
    pub(super) fn with<T>(&self, now: Timestamp, look: impl FnOnce(&mut Vec<Pairing>) -> T) -> T {
        let mut pairings = self.0.lock();
        pairings.retain(|pairing| pairing.expires > now);
        look(&mut pairings)
    }
}

impl Identity {
    /// Begins to pair a device. Whether the account's role may is for policy to say before, too.
    ///
    /// # Errors
    /// [`Error::FreshProof`]; [`Error::NotPossible`] where the author is no administrator, the name
    /// is none, or there are too many devices or pairings.
    pub fn open_pairing(
        &self,
        by: &Assured,
        name: &str,
        kind: DeviceKind,
    ) -> Result<RequestId, Error> {
        self.may_pair(by)?;
        if self.devices(by.organisation()).len() >= limits::DEVICES {
            return Err(Error::NotPossible(
                "the organisation has as many devices as it may",
            ));
        }
        let now = self.now();
        let pairing = Pairing {
            id: RequestId::random(&*self.random),
            organisation: by.organisation().clone(),
            opened_by: by.account(),
            name: shown_name(name)?.into(),
            kind,
            code: self.new_code(),
            expires: now + limits::PAIRING,
            offer: None,
            paired: None,
        };
        let id = pairing.id;
        self.pairings.with(now, |pairings| {
            let own = pairings.iter();
            let own = own.filter(|other| other.organisation == pairing.organisation);
            if own.count() >= limits::PAIRINGS {
                return Err(Error::NotPossible("many pairings are under way: end some"));
            }
            pairings.push(pairing);
            Ok(id)
        })
    }

    /// A pairing of the own organisation.
    pub fn pairing(&self, by: &Assured, id: RequestId) -> Option<PairingView> {
        self.pairings.with(self.now(), |pairings| {
            let found = find(pairings, by.organisation(), id)?;
            let stage = match (&found.offer, found.paired) {
                (_, Some(_)) => PairingStage::Paired,
                (Some(offer), None) => PairingStage::Offered {
                    words: offer.words.clone(),
                },
                (None, None) => PairingStage::Open {
                    code: (found.opened_by == by.account()).then(|| found.code.clone()),
                },
            };
            Some(PairingView {
                id,
                name: found.name.to_string(),
                kind: found.kind,
                expires: found.expires,
                stage,
            })
        })
    }

    /// Says that the device shows the same words: from now on it is one of the organisation's.
    /// `words` are those that the author saw, so that what is confirmed is this key.
    ///
    /// # Errors
    /// [`Error::FreshProof`]; [`Error::NotPossible`] where it is over, or shows other words.
    pub async fn confirm_pairing(
        &self,
        by: &Assured,
        id: RequestId,
        words: &str,
    ) -> Result<AccountId, Error> {
        self.may_pair(by)?;
        let over = Error::NotPossible("this pairing is over, or shows other words");
        // Taken out, so that of two who confirm it, one does.
        let taken = self.pairings.with(self.now(), |pairings| {
            let found = find(pairings, by.organisation(), id)?;
            let offer = found.offer.clone()?;
            let is_it = found.paired.is_none() && same(&offer.words, words);
            is_it.then(|| {
                found.offer = None;
                (offer, found.name.clone(), found.kind)
            })
        });
        let (offer, name, kind) = taken.ok_or(over)?;
        let device = DeviceAccount {
            kind,
            jwk: offer.jwk.as_str().into(),
            paired_by: by.account(),
            unpaired: false,
        };
        let author = Author::Account(by);
        // Nobody signs in with it: it is the id's beginning.
        let local = format!("device-{}", self.new_code().expose().to_ascii_lowercase());
        let draft = self.draft(author, by.organisation(), &local, &name, Role::Device)?;
        let account = Account {
            device: Some(device),
            ..draft
        };
        let paired = self
            .add(author, account.clone(), Changes::default())
            .await?;
        self.tokens.register(&account, None)?;
        self.pairings.with(self.now(), |pairings| {
            if let Some(found) = find(pairings, by.organisation(), id) {
                found.paired = Some(paired);
                found.offer = Some(offer);
            }
        });
        Ok(paired)
    }

    /// Ends a pairing: the words differ, or it was a mistake. Nothing is asked of the proof.
    pub fn end_pairing(&self, by: &Assured, id: RequestId) {
        self.pairings.with(self.now(), |pairings| {
            pairings.retain(|one| one.id != id || one.organisation != *by.organisation());
        });
    }

    fn new_code(&self) -> Secret<String> {
        let mut code = String::new();
        while code.len() < CODE_LETTERS {
            let mut byte = [0];
            self.random.fill(&mut byte);
            let [byte] = byte;
            // The same chance for each letter.
            if let Some(letter) = LETTERS.get(usize::from(byte) % 32) {
                code.push(char::from(*letter));
            }
        }
        Secret::new(code)
    }
}

fn find<'a>(
    pairings: &'a mut [Pairing],
    organisation: &Ods,
    id: RequestId,
) -> Option<&'a mut Pairing> {
    let mut own = pairings.iter_mut();
    own.find(|one| one.id == id && one.organisation == *organisation)
}
