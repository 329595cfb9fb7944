//! Changes of keys: by one process at a time, and each whole or not at all.

use std::{
    collections::BTreeSet,
    fs::{self, File, TryLockError},
    path::{Path, PathBuf},
};

use serde::Serialize;
use ward_core::{Ods, Random, Secret};
use ward_crypto::{OrganisationKeys, RootKey, SealedRoot};
use ward_log::VerifierKey;

use super::{COMMIT, Data, NEXT, ORGANISATION, Organisation, ROOT, VERIFIERS};
use crate::{error::Error, files};

const LOCK: &str = "keys.lock";

/// The right to change keys. Held from before the root key is read until what it changed is
/// durable: two changes that meet would wrap keys by a root key that the other has replaced.
pub(crate) struct Change<'a> {
    pub(super) data: &'a Data,
    /// The operating system gives the lock back when the process ends, however it ends.
    _lock: File,
}

/// One operation on the disk. The power may go between any two.
pub(super) enum Step {
    /// Makes a file, whole and durable.
    Write(PathBuf, Secret<String>),
    Rename(PathBuf, PathBuf),
    Remove(PathBuf),
    /// Makes the names in a folder durable.
    Sync(PathBuf),
}

impl Step {
    pub(super) fn run(&self) -> Result<(), Error> {
        match self {
            Self::Write(path, text) => files::write_secret(path, text.expose().as_bytes()),
            Self::Rename(from, to) => fs::rename(from, to).map_err(Error::file(to)),
            Self::Remove(path) => fs::remove_file(path).map_err(Error::file(path)),
            Self::Sync(folder) => files::sync_dir(folder),
        }
    }
}

impl Data {
    /// Begins a change, and ends first what another left unfinished.
    ///
    /// # Errors
    /// While another process changes keys.
    pub(crate) fn change(&self) -> Result<Change<'_>, Error> {
        let path = self.dir.join(LOCK);
        let lock = files::open_lock(&path)?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => Error::Told(format!(
                "another command is changing the keys of {}: nothing was changed; try again when it has ended",
                self.dir.display()
            )),
            TryLockError::Error(error) => Error::file(&path)(error),
        })?;
        let change = Change {
            data: self,
            _lock: lock,
        };
        run(&change.finishing()?)?;
        Ok(change)
    }
}

impl Change<'_> {
    /// Writes a first root key.
    ///
    /// # Errors
    /// Where there is one.
    pub(super) fn make_root(&self, root: &SealedRoot) -> Result<(), Error> {
        let place = self.data.dir.join(ROOT);
        if files::exists(&place)? {
            return Err(Error::Told(format!(
                "{} holds a Ward already",
                self.data.dir.display()
            )));
        }
        Step::Write(place, text(root)?).run()
    }

    /// Replaces the seal of the root key.
    ///
    /// # Errors
    /// Where it is not the root key that wraps the organisations' keys: they would never open again.
    pub(crate) fn seal(&self, root: &RootKey, sealed: &SealedRoot) -> Result<(), Error> {
        for organisation in self.data.organisations()? {
            root.unwrap(&organisation.keys).map_err(Error::told)?;
        }
        Step::Write(self.data.dir.join(ROOT), text(sealed)?).run()
    }

    /// Adds an organisation with a first key.
    ///
    /// # Errors
    /// Where there is one of that code already.
    pub(crate) fn add_organisation(
        &self,
        root: &RootKey,
        ods: &Ods,
        name: &str,
        random: &dyn Random,
    ) -> Result<Organisation, Error> {
        let folder = self.data.folder(ods);
        if files::exists(&folder.join(ORGANISATION))? {
            return Err(Error::Told(format!(
                "there is an organisation {ods} already"
            )));
        }
        files::make_dir(&folder)?;
        let organisation = Organisation {
            name: name.to_owned(),
            keys: root.new_organisation(ods, random),
        };
        self.write(root, &organisation)?;
        Ok(organisation)
    }

    /// Gives an organisation a new key for all that is sealed from now on.
    pub(crate) fn add_key(
        &self,
        root: &RootKey,
        ods: &Ods,
        random: &dyn Random,
    ) -> Result<Organisation, Error> {
        let mut organisation = self.data.organisation(ods)?;
        organisation.keys = root
            .add_key(&organisation.keys, random)
            .map_err(Error::told)?;
        self.write(root, &organisation)?;
        Ok(organisation)
    }

    /// Puts every organisation's keys under a new root key, and the new root key in place of the
    /// old: all of it or nothing, whenever it is cut short. Answers how many organisations.
    pub(crate) fn rotate(
        &self,
        old: &RootKey,
        new: &RootKey,
        sealed: &SealedRoot,
        random: &dyn Random,
    ) -> Result<usize, Error> {
        let mut organisations = self.data.organisations()?;
        for organisation in &mut organisations {
            let keys = old.rewrap(&organisation.keys, new, random);
            organisation.keys = keys.map_err(Error::told)?;
        }
        run(&self.preparing(&organisations, sealed)?)?;
        run(&self.finishing()?)?;
        Ok(organisations.len())
    }

    /// The steps of a rotation up to its commit, which is the last of them.
    pub(super) fn preparing(
        &self,
        organisations: &[Organisation],
        sealed: &SealedRoot,
    ) -> Result<Vec<Step>, Error> {
        let dir = &self.data.dir;
        let mut steps = Vec::new();
        for organisation in organisations {
            let place = self.data.folder(organisation.keys.ods()).join(ORGANISATION);
            let next = place.with_extension(NEXT);
            steps.push(Step::Write(next, text(organisation)?));
        }
        let next = dir.join(ROOT).with_extension(NEXT);
        steps.push(Step::Write(next, text(sealed)?));
        steps.push(Step::Write(dir.join(COMMIT), Secret::new(String::new())));
        Ok(steps)
    }

    /// The steps that end a rotation: forward where it was committed, back where it was not. None
    /// where there is none to end.
    pub(super) fn finishing(&self) -> Result<Vec<Step>, Error> {
        let dir = &self.data.dir;
        let is_committed = self.data.is_in_rotation()?;
        let mut steps = Vec::new();
        let mut folders = BTreeSet::new();
        let mut places = self.data.organisation_places()?;
        places.push(dir.join(ROOT));
        for place in places {
            let next = place.with_extension(NEXT);
            let is_there = files::exists(&next)?;
            // Where it was renamed before a crash, the folder may not be durable yet.
            if is_there || is_committed {
                folders.extend(place.parent().map(Path::to_owned));
            }
            match (is_there, is_committed) {
                (true, true) => steps.push(Step::Rename(next, place)),
                (true, false) => steps.push(Step::Remove(next)),
                (false, _) => {}
            }
        }
        // Else the commit could be gone from the disk before the names are there.
        steps.extend(folders.into_iter().map(Step::Sync));
        if is_committed {
            steps.push(Step::Remove(dir.join(COMMIT)));
            // Else the commit could come back, and count for what the next rotation prepares.
            steps.push(Step::Sync(dir.clone()));
        }
        Ok(steps)
    }

    /// Replaces an organisation's file and the public keys beside it.
    fn write(&self, root: &RootKey, organisation: &Organisation) -> Result<(), Error> {
        let keys = root.unwrap(&organisation.keys).map_err(Error::told)?;
        let folder = self.data.folder(organisation.keys.ods());
        files::write(&folder.join(VERIFIERS), verifiers(&keys)?.as_bytes())?;
        Step::Write(folder.join(ORGANISATION), text(organisation)?).run()
    }
}

fn run(steps: &[Step]) -> Result<(), Error> {
    steps.iter().try_for_each(Step::run)
}

fn text<T: Serialize>(value: &T) -> Result<Secret<String>, Error> {
    toml::to_string(value).map(Secret::new).map_err(Error::told)
}

fn verifiers(keys: &OrganisationKeys) -> Result<String, Error> {
    let name = keys.checkpoint_signer().name().to_owned();
    let mut text = String::new();
    for public in keys.checkpoint_public_keys() {
        let key = VerifierKey::new(&name, public).map_err(Error::told)?;
        text.push_str(&key.to_string());
        text.push('\n');
    }
    Ok(text)
}
