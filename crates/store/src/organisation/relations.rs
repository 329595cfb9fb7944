//! Relationships, as the current versions of resources make them.

use std::ops::ControlFlow;

use ward_crypto::Token;

use super::OrganisationStore;
use crate::{
    RelationRow, StoreError,
    index::{
        RELATION,
        key::{self, Range},
        value,
    },
};

type Sealed = Vec<(Vec<u8>, Vec<u8>)>;

impl OrganisationStore {
    /// The relationships between a member and a patient, ended ones included.
    pub fn relation(
        &self,
        member: &Token,
        subject: &Token,
    ) -> Result<Vec<RelationRow>, StoreError> {
        self.relations_in(&key::relations(member, subject))
    }

    /// The relationships of a member.
    pub fn relations_of_member(&self, member: &Token) -> Result<Vec<RelationRow>, StoreError> {
        self.relations_in(&key::relations_of_member(member))
    }

    /// The relationships of a patient.
    pub fn relations_of_subject(&self, subject: &Token) -> Result<Vec<RelationRow>, StoreError> {
        let (from, to) = key::relations_of_subject(subject);
        let sealed = self.shared().read(|view| {
            let mut places = Vec::new();
            view.scan(&from, &to, &mut |key, _| {
                places.push(key::relation_behind(key));
                ControlFlow::Continue(())
            })?;
            let mut sealed = Sealed::new();
            for place in places {
                let place = place.ok_or(BROKEN)?;
                let value = view.get(&place)?.ok_or(BROKEN)?;
                sealed.push((place, value));
            }
            Ok(sealed)
        })?;
        self.open_relations(sealed)
    }

    fn relations_in(&self, (from, to): &Range) -> Result<Vec<RelationRow>, StoreError> {
        let sealed = self.shared().read(|view| {
            let mut sealed = Sealed::new();
            view.scan(from, to, &mut |key, value| {
                sealed.push((key.to_vec(), value.to_vec()));
                ControlFlow::Continue(())
            })?;
            Ok(sealed)
        })?;
        self.open_relations(sealed)
    }

    fn open_relations(&self, sealed: Sealed) -> Result<Vec<RelationRow>, StoreError> {
        let shared = self.shared();
        let open = |(key, sealed): (Vec<u8>, Vec<u8>)| {
            let bytes = shared
                .keys
                .open_state(RELATION, &sealed)
                .map_err(|_| BROKEN)?;
            let relation = value::relation_from_bytes(&bytes)?;
            // The seal does not know the key it lies under: a row moved to another is no grant.
            let moved = key::related(&key) != Some((relation.member, relation.subject));
            if moved { Err(BROKEN) } else { Ok(relation) }
        };
        let opened: Result<_, _> = sealed.into_iter().map(open).collect();
        opened.map_err(|error| shared.doubt(error))
    }
}

const BROKEN: StoreError = StoreError::Corrupt("a relationship of the view is not as it was made");
