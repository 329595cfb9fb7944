//! Reading resources. Everything of a patient comes out undisclosed.

use std::ops::ControlFlow;

use ward_core::{PatientId, ResourceKey, Timestamp};
use ward_crypto::Token;
use ward_log::{Entry, Event, Item, WriteMethod};

use super::OrganisationStore;
use crate::{
    StoreError, Undisclosed,
    index::{Head, key, value},
    tokens,
};

/// Where the newest version of a resource is. Tells nothing of the record's contents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    /// Its entry in the log: its row.
    pub seq: u64,
    /// Its version.
    pub version: u64,
    /// Whether it is the end of the resource.
    pub deleted: bool,
    /// When it was written.
    pub time: Timestamp,
    /// The patients whose record it is part of.
    pub subjects: Vec<Token>,
}

/// A version of a resource, as the log has it.
pub struct SealedVersion {
    /// Which resource.
    pub resource: ResourceKey,
    /// Which version.
    pub version: u64,
    /// When it was written.
    pub time: Timestamp,
    /// How it came to be.
    pub method: WriteMethod,
    /// The patients whose record it is part of.
    pub patients: Vec<PatientId>,
    /// The sealed body. Empty for a delete.
    pub body: Vec<u8>,
}

const ANOTHER: StoreError = StoreError::Corrupt("the view points to another version");

impl OrganisationStore {
    /// Where the newest version of a resource is; none where there never was one.
    pub fn locate(&self, resource: &ResourceKey) -> Result<Option<Located>, StoreError> {
        let shared = self.shared();
        let key = key::head(&tokens::resource(&shared.keys, resource));
        let head = shared.read(|view| {
            view.get(&key)?
                .map(|head| Head::from_bytes(&head))
                .transpose()
        })?;
        Ok(head.map(
            |Head {
                 row,
                 version,
                 time,
                 deleted,
                 subjects,
             }| Located {
                seq: row,
                version,
                deleted,
                time,
                subjects,
            },
        ))
    }

    /// The version at a row: [`Located::seq`], or one that a query found.
    ///
    /// # Errors
    /// [`StoreError::NoSuchVersion`] where something else is there.
    pub fn read(&self, row: u64) -> Result<Undisclosed<SealedVersion>, StoreError> {
        let entry = self.shared().entry(row)?.ok_or(StoreError::NoSuchVersion)?;
        let Entry { time, event, .. } = entry;
        let Event::Write {
            resource,
            version,
            method,
            patients,
            body,
            ..
        } = event
        else {
            return Err(StoreError::NoSuchVersion);
        };
        let item = Item {
            resource: resource.clone(),
            version,
            patients: patients.clone(),
        };
        let sealed = SealedVersion {
            resource,
            version,
            time,
            method,
            patients,
            body,
        };
        Ok(Undisclosed::new(self.ods(), sealed, vec![item]))
    }

    /// One version of a resource; none where there is none of that number.
    pub fn read_version(
        &self,
        resource: &ResourceKey,
        version: u64,
    ) -> Result<Option<Undisclosed<SealedVersion>>, StoreError> {
        let shared = self.shared();
        let key = key::version(&tokens::resource(&shared.keys, resource), version);
        let row = shared.read(|view| {
            view.get(&key)?
                .map(|row| value::row_from_bytes(&row))
                .transpose()
        })?;
        let Some(row) = row else {
            return Ok(None);
        };
        let found = self.read(row)?;
        let is_it = found.is_of(resource, version);
        if is_it {
            Ok(Some(found))
        } else {
            Err(shared.doubt(ANOTHER))
        }
    }

    /// The versions of a resource and their rows, oldest first.
    pub fn versions(&self, resource: &ResourceKey) -> Result<Vec<(u64, u64)>, StoreError> {
        let shared = self.shared();
        let (from, to) = key::versions(&tokens::resource(&shared.keys, resource));
        shared.read(|view| {
            let mut versions = Vec::new();
            view.scan(&from, &to, &mut |key, row| {
                versions.push((key::number(key), value::row_from_bytes(row)));
                ControlFlow::Continue(())
            })?;
            versions
                .into_iter()
                .map(|(version, row)| Ok((version?, row?)))
                .collect()
        })
    }
}
