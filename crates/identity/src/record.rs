//! How facts are kept: a format byte, then JSON, sealed by the ledger.
//!
//! Within format 1, fields are only ever added, with a default. What an earlier Ward wrote is read
//! forever: see the fixtures of the tests.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use ward_core::{AccountId, Ods, ResourceKey, SessionId, Timestamp};
use ward_log::Factors;

use crate::{
    Account, DeviceAccount, DeviceKind, Error, Role, Scopes, ServiceAccount, SignInName,
    session::Session, token::TokenHash,
};

const FORMAT: u8 = 1;

/// The bytes of a record.
pub(crate) fn encode(record: &impl Serialize) -> Result<Vec<u8>, Error> {
    let mut bytes = vec![FORMAT];
    serde_json::to_writer(&mut bytes, record).map_err(|_| Error::Corrupt("unwritable record"))?;
    Ok(bytes)
}

/// Reads what [`encode`] wrote.
pub(crate) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    match bytes.split_first() {
        Some((&FORMAT, json)) => serde_json::from_slice(json).map_err(|_| Error::Corrupt("record")),
        _ => Err(Error::Corrupt("record of an unknown format")),
    }
}

/// The key that a fact is kept under: `kind/rest`. No name of a person is part of one.
pub(crate) mod key {
    use ward_core::{AccountId, SessionId};

    pub(crate) const ACCOUNTS: &str = "account/";
    pub(crate) const PASSKEYS: &str = "passkey/";
    pub(crate) const PASSWORDS: &str = "password/";
    pub(crate) const CODES: &str = "totp/";
    pub(crate) const LINKS: &str = "link/";
    pub(crate) const NOTICES: &str = "notices/";
    pub(crate) const RECOVERIES: &str = "recovery/";
    pub(crate) const SESSIONS: &str = "session/";
    pub(crate) const SEEN: &str = "sessions-seen/all";
    pub(crate) const WITHHELD: &str = "sign-ins-withheld/";
    pub(crate) const POLICIES: &str = "policy/";

    pub(crate) fn account(id: AccountId) -> String {
        format!("{ACCOUNTS}{id}")
    }

    pub(crate) fn passkey(account: AccountId, passkey: &str) -> String {
        format!("{PASSKEYS}{account}/{passkey}")
    }

    pub(crate) fn password(account: AccountId) -> String {
        format!("{PASSWORDS}{account}")
    }

    pub(crate) fn totp(account: AccountId) -> String {
        format!("{CODES}{account}")
    }

    pub(crate) fn link(account: AccountId) -> String {
        format!("{LINKS}{account}")
    }

    pub(crate) fn notices(account: AccountId) -> String {
        format!("{NOTICES}{account}")
    }

    pub(crate) fn recovery(account: AccountId) -> String {
        format!("{RECOVERIES}{account}")
    }

    pub(crate) fn session(id: SessionId) -> String {
        format!("{SESSIONS}{id}")
    }

    /// Failed sign-ins of an hour, counted from 1970, that were not written down singly.
    pub(crate) fn withheld(hour: i64) -> String {
        format!("{WITHHELD}{hour}")
    }

    pub(crate) fn policy(number: u32) -> String {
        format!("{POLICIES}{number:06}")
    }

    /// The account that a key is about.
    pub(crate) fn owner(key: &str) -> Option<AccountId> {
        key.split('/').nth(1)?.parse().ok()
    }
}

/// `account/{id}`
#[derive(Serialize, Deserialize)]
pub(crate) struct AccountRecord {
    name: String,
    display_name: String,
    role: Role,
    practitioner: Option<String>,
    suspended: bool,
    created_at_micros: i64,
    created_by: Option<AccountId>,
    service: Option<ServiceRecord>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    device: Option<DeviceRecord>,
}

#[derive(Serialize, Deserialize)]
struct ServiceRecord {
    scopes: Scopes,
    jwks: String,
    enrolled_by: AccountId,
    approved_by: Option<AccountId>,
    expires_micros: i64,
}

#[derive(Serialize, Deserialize)]
struct DeviceRecord {
    kind: DeviceKind,
    jwk: String,
    paired_by: AccountId,
    unpaired: bool,
}

impl From<&Account> for AccountRecord {
    fn from(account: &Account) -> Self {
        Self {
            name: account.name.local().to_owned(),
            display_name: account.display_name.to_string(),
            role: account.role,
            practitioner: account.practitioner.as_ref().map(ResourceKey::to_string),
            suspended: account.suspended,
            created_at_micros: account.created_at.as_micros(),
            created_by: account.created_by,
            service: account.service.as_ref().map(|service| ServiceRecord {
                scopes: service.scopes.clone(),
                jwks: service.jwks.to_string(),
                enrolled_by: service.enrolled_by,
                approved_by: service.approved_by,
                expires_micros: service.expires.as_micros(),
            }),
            device: account.device.as_ref().map(|device| DeviceRecord {
                kind: device.kind,
                jwk: device.jwk.to_string(),
                paired_by: device.paired_by,
                unpaired: device.unpaired,
            }),
        }
    }
}

impl AccountRecord {
    pub(crate) fn into_account(self, id: AccountId, organisation: &Ods) -> Result<Account, Error> {
        let practitioner = self.practitioner.map(|key| key.parse()).transpose();
        Ok(Account {
            id,
            name: SignInName::new(&self.name, organisation)?,
            display_name: self.display_name.into(),
            role: self.role,
            practitioner: practitioner.map_err(|_| Error::Corrupt("practitioner"))?,
            suspended: self.suspended,
            created_at: Timestamp::from_micros(self.created_at_micros),
            created_by: self.created_by,
            service: self.service.map(|service| ServiceAccount {
                scopes: service.scopes,
                jwks: service.jwks.into(),
                enrolled_by: service.enrolled_by,
                approved_by: service.approved_by,
                expires: Timestamp::from_micros(service.expires_micros),
            }),
            device: self.device.map(|device| DeviceAccount {
                kind: device.kind,
                jwk: device.jwk.into(),
                paired_by: device.paired_by,
                unpaired: device.unpaired,
            }),
        })
    }
}

/// `link/{account}`: an account has one enrolment link at most.
#[derive(Serialize, Deserialize)]
pub(crate) struct LinkRecord {
    pub(crate) hash: [u8; 32],
    pub(crate) expires_micros: i64,
    /// Of a recovery: whoever uses it loses all factors that the account had.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) recovers: bool,
}

/// `session/{id}`
#[derive(Serialize, Deserialize)]
pub(crate) struct SessionRecord {
    hash: [u8; 32],
    pub(crate) account: AccountId,
    factors: Vec<String>,
    proved_at_micros: i64,
    form_token: String,
}

impl SessionRecord {
    pub(crate) fn new(session: &Session, hash: TokenHash, account: AccountId) -> Self {
        Self {
            hash: hash.0,
            account,
            factors: session
                .proof
                .factors
                .names()
                .map(ToOwned::to_owned)
                .collect(),
            proved_at_micros: session.proof.at.as_micros(),
            form_token: session.form_token.to_string(),
        }
    }

    pub(crate) fn hash(&self) -> TokenHash {
        TokenHash(self.hash)
    }

    pub(crate) const fn proved_at(&self) -> Timestamp {
        Timestamp::from_micros(self.proved_at_micros)
    }

    pub(crate) fn form_token(&self) -> &str {
        &self.form_token
    }

    /// What was proved. A factor that this Ward does not know counts as nothing.
    pub(crate) fn factors(&self) -> Factors {
        let known = [
            Factors::PASSKEY,
            Factors::PASSWORD,
            Factors::TOTP,
            Factors::FEDERATED,
            Factors::FEDERATED_KEY,
        ];
        let proved = known.into_iter().filter(|factor| {
            factor
                .names()
                .all(|name| self.factors.iter().any(|proved| proved == name))
        });
        proved.fold(Factors::NONE, Factors::with)
    }
}

/// `sign-ins-withheld/{hour}`: failed sign-ins of an hour that were counted and not written down
/// singly.
#[derive(Serialize, Deserialize)]
pub(crate) struct WithheldRecord {
    pub(crate) until_micros: i64,
    pub(crate) count: u64,
}

/// `sessions-seen/all`: when each session was last used, in microseconds since 1970. Written now
/// and then for all, so that a restart takes little of anybody's idle time.
#[derive(Serialize, Deserialize, Default)]
pub(crate) struct SeenRecord(pub(crate) BTreeMap<SessionId, i64>);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        News, Notice, passkey::StoredPasskey, password::PasswordHash, recovery::Recovery,
        totp::TotpSecret,
    };

    const ACCOUNT: &str = include_str!("../tests/fixtures/account.1.json");
    const DEVICE: &str = include_str!("../tests/fixtures/device.1.json");
    const SERVICE: &str = include_str!("../tests/fixtures/service.1.json");
    const LINK: &str = include_str!("../tests/fixtures/link.1.json");
    const NOTICES: &str = include_str!("../tests/fixtures/notices.1.json");
    const RECOVERY: &str = include_str!("../tests/fixtures/recovery.1.json");
    const RECOVERY_LINK: &str = include_str!("../tests/fixtures/link-recovery.1.json");
    const PASSKEY: &str = include_str!("../tests/fixtures/passkey.1.json");
    const PASSWORD: &str = include_str!("../tests/fixtures/password.1.json");
    const SEEN: &str = include_str!("../tests/fixtures/sessions-seen.1.json");
    const SESSION: &str = include_str!("../tests/fixtures/session.1.json");
    const TOTP: &str = include_str!("../tests/fixtures/totp.1.json");

    fn stored(json: &str) -> Vec<u8> {
        [&[FORMAT], json.trim().as_bytes()].concat()
    }

    /// What is read from a fixture, after it was checked to be written as it stands there.
    fn read<T: Serialize + DeserializeOwned>(json: &str) -> T {
        let record: T = decode(&stored(json)).unwrap();
        assert_eq!(
            String::from_utf8(encode(&record).unwrap()).unwrap(),
            format!("\u{1}{}", json.trim())
        );
        record
    }

    #[test]
    fn what_format_1_wrote_is_read_forever() {
        let (id, ods) = (AccountId::from_bytes([1; 16]), "WRD01".parse().unwrap());
        let account = read::<AccountRecord>(ACCOUNT)
            .into_account(id, &ods)
            .unwrap();
        assert_eq!(account.name().to_string(), "mary@WRD01");
        assert_eq!(
            (account.role(), account.suspended()),
            (Role::Clinician, true)
        );
        assert_eq!(
            account.practitioner(),
            Some(&"Practitioner/7".parse().unwrap())
        );
        let service = read::<AccountRecord>(SERVICE)
            .into_account(id, &ods)
            .unwrap();
        assert_eq!(
            service.service().unwrap().scopes().to_string(),
            "system/Patient.rs"
        );
        let device = read::<AccountRecord>(DEVICE)
            .into_account(id, &ods)
            .unwrap();
        let kind = device.device().unwrap().kind();
        assert_eq!((device.role(), kind), (Role::Device, DeviceKind::Board));
        assert_eq!(read::<LinkRecord>(LINK).hash[31], 31);
        let session: SessionRecord = read(SESSION);
        assert_eq!(session.factors(), Factors::PASSWORD.with(Factors::TOTP));
        assert_eq!((session.hash().0[31], session.form_token()), (31, "form"));
        assert_eq!(read::<SeenRecord>(SEEN).0.len(), 1);
        assert_eq!(read::<StoredPasskey>(PASSKEY).view().label, "Key");
        assert!(
            read::<PasswordHash>(PASSWORD)
                .verify("seven tractors in fog")
                .unwrap()
        );
        let recovery: Recovery = read(RECOVERY);
        assert!(recovery.link_taken());
        assert!(!read::<LinkRecord>(LINK).recovers && read::<LinkRecord>(RECOVERY_LINK).recovers);
        let notices: Vec<Notice> = read(NOTICES);
        assert_eq!(notices[0].what, News::PasskeyAdded);
        let totp: TotpSecret = read(TOTP);
        assert_eq!(totp.base32().expose(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    }

    #[test]
    fn what_is_no_record_is_refused() {
        for bad in [
            &b""[..],
            b"{}",
            b"\x01",
            b"\x01null",
            b"\x01{}",
            b"\x02{\"hash\":[]}",
        ] {
            assert!(decode::<LinkRecord>(bad).is_err());
        }
    }

    #[test]
    fn a_factor_that_is_not_known_counts_as_nothing() {
        let unknown = SESSION.replace("\"totp\"", "\"telepathy\"");
        let session: SessionRecord = decode(&stored(&unknown)).unwrap();
        assert_eq!(session.factors(), Factors::PASSWORD);
    }
}
