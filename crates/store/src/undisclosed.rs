//! Values that have left the store and not yet been written down as seen.

use std::collections::HashSet;

use ward_core::{Ods, ResourceKey};
use ward_crypto::OrganisationKeys;
use ward_log::Item;

use crate::{SealedVersion, StoreError};

/// Something read from the store, together with the list of what it shows.
///
/// Nobody can look at it: there is no accessor, and no `Debug`, `Serialize`, `Clone` or `Deref`.
/// [`crate::OrganisationStore::disclose`] alone gives the value, once its list is durable in the
/// log. To find and shape what is to be shown, the floor that holds an organisation's keys may
/// look inside and leave the result inside; the floors above it have no keys.
#[must_use = "a value that is not disclosed is never seen"]
pub struct Undisclosed<T> {
    value: T,
    items: Vec<Item>,
    origin: Origin,
}

/// Which organisation's log has to know.
#[derive(Clone, PartialEq, Eq)]
enum Origin {
    Nowhere,
    One(Ods),
    Several,
}

impl Origin {
    fn with(self, other: Self) -> Self {
        match (self, other) {
            (Self::Nowhere, one) | (one, Self::Nowhere) => one,
            (Self::One(one), Self::One(other)) if one == other => Self::One(one),
            _ => Self::Several,
        }
    }
}

impl<T> Undisclosed<T> {
    pub(crate) fn new(ods: &Ods, value: T, items: Vec<Item>) -> Self {
        Self {
            value,
            items,
            origin: Origin::One(ods.clone()),
        }
    }

    /// A value that shows nothing of any record, to stand beside ones that do.
    pub fn nothing(value: T) -> Self {
        Self {
            value,
            items: Vec::new(),
            origin: Origin::Nowhere,
        }
    }

    /// Changes the value inside.
    pub fn open<U>(self, keys: &OrganisationKeys, change: impl FnOnce(T) -> U) -> Undisclosed<U> {
        let _ = keys;
        Undisclosed {
            value: change(self.value),
            items: self.items,
            origin: self.origin,
        }
    }

    /// Changes the value inside, where that can fail.
    ///
    /// # Errors
    /// Those of `change`; the value is gone then.
    pub fn try_open<U, E>(
        self,
        keys: &OrganisationKeys,
        change: impl FnOnce(T) -> Result<U, E>,
    ) -> Result<Undisclosed<U>, E> {
        let _ = keys;
        Ok(Undisclosed {
            value: change(self.value)?,
            items: self.items,
            origin: self.origin,
        })
    }

    /// Changes the value inside, or drops it unseen: a candidate of a search that does not match
    /// is not shown to anybody, and so not written down.
    pub fn sift<U>(
        self,
        keys: &OrganisationKeys,
        choose: impl FnOnce(T) -> Option<U>,
    ) -> Option<Undisclosed<U>> {
        let _ = keys;
        let value = choose(self.value)?;
        Some(Undisclosed {
            value,
            items: self.items,
            origin: self.origin,
        })
    }

    /// Two values as one, which shows what both show.
    pub fn and<U>(self, other: Undisclosed<U>) -> Undisclosed<(T, U)> {
        let mut items = self.items;
        items.extend(other.items);
        Undisclosed {
            value: (self.value, other.value),
            items,
            origin: self.origin.with(other.origin),
        }
    }

    /// Many values as one, which shows what all of them show.
    pub fn gather(values: Vec<Self>) -> Undisclosed<Vec<T>> {
        let mut gathered = Undisclosed::nothing(Vec::with_capacity(values.len()));
        for value in values {
            gathered.value.push(value.value);
            gathered.items.extend(value.items);
            gathered.origin = gathered.origin.with(value.origin);
        }
        gathered
    }

    /// Takes the list, each resource once, to be written down, and leaves the value locked behind it.
    pub(crate) fn part(self, ods: &Ods) -> Result<(Vec<Item>, Parted<T>), StoreError> {
        match &self.origin {
            Origin::Nowhere => {}
            Origin::One(origin) if origin == ods => {}
            Origin::One(_) | Origin::Several => return Err(StoreError::ForeignOrganisation),
        }
        let mut seen = HashSet::new();
        let mut items = self.items;
        if items.len() > 1 {
            items.retain(|item| seen.insert((item.resource.clone(), item.version)));
        }
        Ok((items, Parted(self.value)))
    }
}

impl Undisclosed<SealedVersion> {
    /// Whether it is the version that was asked for.
    pub(crate) fn is_of(&self, resource: &ResourceKey, version: u64) -> bool {
        self.value.resource == *resource && self.value.version == version
    }
}

/// A value whose list is on its way to the log.
pub(crate) struct Parted<T>(T);

impl<T> Parted<T> {
    /// The value. Called in one place: after the commit of its list.
    pub(crate) fn after_commit(self) -> T {
        self.0
    }
}
