//! What is kept of it: a sealed fact of the organisation's log, and in memory what still opens.

use std::collections::{BTreeMap, HashMap};

use minicbor::{Decode, Encode};
use parking_lot::RwLock;
use ward_access::Relationship;
use ward_core::{AccountId, PatientId, ResourceKey, Timestamp};
use ward_crypto::Token;
use ward_log::RelationshipKind;
use ward_store::Operation;

use super::{BrokenGlass, Review};
use crate::{Error, Records, records::Organisation};

const KIND: &str = "break-glass/";

/// `break-glass/{id}`. Fields are only ever added, under new numbers.
#[derive(Encode, Decode)]
struct Record {
    #[n(0)]
    account: String,
    #[n(1)]
    patient: String,
    #[n(2)]
    reason: String,
    #[n(3)]
    began_micros: i64,
    #[n(4)]
    ends_micros: i64,
    #[n(5)]
    reviewed_by: Option<String>,
    #[n(6)]
    reviewed_at_micros: Option<i64>,
    #[n(7)]
    in_order: Option<bool>,
    #[n(8)]
    notes: Option<String>,
}

/// What was opened in an organisation, read from its log when it is first asked for.
#[derive(Default)]
pub(crate) struct Glass(RwLock<Option<Known>>);

#[derive(Default)]
struct Known {
    all: BTreeMap<String, BrokenGlass>,
    /// What had not ended when it was last added to.
    open: HashMap<AccountId, Vec<(Token, Relationship)>>,
}

impl Known {
    fn insert(&mut self, subject: Token, broken: BrokenGlass, now: Timestamp) {
        let open = self.open.entry(broken.account).or_default();
        open.retain(|(_, one)| one.in_force(now) && one.source != broken.source);
        let relationship = Relationship {
            kind: RelationshipKind::BreakGlass,
            start: broken.began,
            end: Some(broken.ends),
            source: broken.source.clone(),
        };
        if relationship.in_force(now) {
            open.push((subject, relationship));
        }
        self.all.insert(broken.id().to_owned(), broken);
    }
}

/// What would say so in FHIR: an AuditEvent of purpose BTG. Here the log says it.
pub(super) fn source(id: &str) -> Result<ResourceKey, Error> {
    ResourceKey::new("AuditEvent", id).map_err(|_| Error::NotFound)
}

impl Organisation {
    /// What an account has opened, and has not ended, with the token of each patient.
    pub(crate) fn opened_by(
        &self,
        account: AccountId,
        now: Timestamp,
    ) -> Result<Vec<(Token, Relationship)>, Error> {
        self.known(now, |known| {
            let open = known.open.get(&account).into_iter().flatten();
            open.filter(|(_, one)| one.in_force(now)).cloned().collect()
        })
    }

    /// Everything that was ever opened, by id.
    pub(super) fn all_broken_glass(&self, now: Timestamp) -> Result<Vec<BrokenGlass>, Error> {
        self.known(now, |known| known.all.values().cloned().collect())
    }

    pub(super) fn broken_glass(
        &self,
        id: &str,
        now: Timestamp,
    ) -> Result<Option<BrokenGlass>, Error> {
        self.known(now, |known| known.all.get(id).cloned())
    }

    /// It is durable: shows it.
    pub(super) fn remember(&self, broken: BrokenGlass, now: Timestamp) -> Result<(), Error> {
        self.known(now, |_| ())?;
        let subject = self.store.subject(&broken.patient);
        if let Some(known) = self.glass.0.write().as_mut() {
            known.insert(subject, broken, now);
        }
        Ok(())
    }

    fn known<T>(&self, now: Timestamp, read: impl Fn(&Known) -> T) -> Result<T, Error> {
        if let Some(known) = self.glass.0.read().as_ref() {
            return Ok(read(known));
        }
        let mut glass = self.glass.0.write();
        if let Some(known) = glass.as_ref() {
            return Ok(read(known));
        }
        let mut known = Known::default();
        for (key, sealed) in self.store.states(KIND)? {
            let broken = self
                .read_broken_glass(&key, &sealed)
                .ok_or(Error::Unreadable)?;
            known.insert(self.store.subject(&broken.patient), broken, now);
        }
        let answer = read(&known);
        *glass = Some(known);
        Ok(answer)
    }

    fn read_broken_glass(&self, key: &str, sealed: &[u8]) -> Option<BrokenGlass> {
        let plain = self.keys.open_state(key, sealed).ok()?;
        let record: Record = minicbor::decode(&plain).ok()?;
        let review = |by: String| {
            Some(Review {
                by: by.parse().ok()?,
                at: Timestamp::from_micros(record.reviewed_at_micros?),
                in_order: record.in_order?,
                notes: record.notes.clone()?,
            })
        };
        let reviewed = record.reviewed_by.clone().map(review);
        if reviewed.as_ref().is_some_and(Option::is_none) {
            return None;
        }
        Some(BrokenGlass {
            source: source(key.strip_prefix(KIND)?).ok()?,
            account: record.account.parse().ok()?,
            patient: PatientId::new(&record.patient).ok()?,
            reason: record.reason,
            began: Timestamp::from_micros(record.began_micros),
            ends: Timestamp::from_micros(record.ends_micros),
            reviewed: reviewed.flatten(),
        })
    }

    /// What writes it down.
    pub(super) fn keep_broken_glass(
        &self,
        records: &Records,
        broken: &BrokenGlass,
    ) -> Result<Operation, Error> {
        let key = format!("{KIND}{}", broken.id());
        let review = broken.reviewed.as_ref();
        let record = Record {
            account: broken.account.to_string(),
            patient: broken.patient.to_string(),
            reason: broken.reason.clone(),
            began_micros: broken.began.as_micros(),
            ends_micros: broken.ends.as_micros(),
            reviewed_by: review.map(|review| review.by.to_string()),
            reviewed_at_micros: review.map(|review| review.at.as_micros()),
            in_order: review.map(|review| review.in_order),
            notes: review.map(|review| review.notes.clone()),
        };
        let plain = minicbor::to_vec(&record).map_err(|_| Error::Unreadable)?;
        let value = Some(self.keys.seal_state(&key, &plain, &*records.random));
        Ok(Operation::State { key, value })
    }
}
