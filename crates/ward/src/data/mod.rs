//! The data folder: the sealed root key, and for each organisation its name and wrapped keys.
//!
//! ```text
//! root.key                     the root key, sealed
//! keys.lock                    held by whoever changes keys
//! WRD01/organisation.toml      name, wrapped keys
//! WRD01/verifier.keys          public keys that its checkpoints are verified with
//! WRD01/log.db, view, salts.db the store's
//! ```
//!
//! Whoever reads takes no lock and mends nothing: it reads the keys of one moment, even in the
//! midst of a change or after one that was cut short. Whoever changes keys holds a [`change::Change`].

mod change;
#[cfg(test)]
mod tests;

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use ward_core::{Ods, Random, Secret};
use ward_crypto::{RootKey, SealedRoot, WrappedOrganisationKeys};
use ward_log::VerifierKey;

use crate::{error::Error, files};

const ROOT: &str = "root.key";
const ORGANISATION: &str = "organisation.toml";
const VERIFIERS: &str = "verifier.keys";
/// Ending of files that are ready to take the place of others, all at once.
const NEXT: &str = "next";
/// Where it stands, every file that ends in [`NEXT`] counts in place of the other.
const COMMIT: &str = "rotation.commit";

/// How often a reader looks at most, who meets a change each time: more is no chance.
const LOOKS: usize = 100;

/// One organisation, as the folder keeps it.
#[derive(Serialize, Deserialize)]
pub(crate) struct Organisation {
    pub(crate) name: String,
    pub(crate) keys: WrappedOrganisationKeys,
}

/// The data folder.
pub(crate) struct Data {
    dir: PathBuf,
}

/// What every step of a rotation that changes how files are to be read changes, too.
struct Standing {
    is_committed: bool,
    root: Secret<String>,
}

impl PartialEq for Standing {
    fn eq(&self, other: &Self) -> bool {
        self.is_committed == other.is_committed && self.root.expose() == other.root.expose()
    }
}

impl Data {
    /// The folder of a Ward that was made before.
    ///
    /// # Errors
    /// Where there is none.
    pub(crate) fn open(dir: &Path) -> Result<Self, Error> {
        if !dir.join(ROOT).exists() {
            return Err(Error::Told(format!(
                "{} holds no Ward yet: run `ward init`, or name another folder with --set data.dir=...",
                dir.display()
            )));
        }
        Ok(Self {
            dir: dir.to_owned(),
        })
    }

    /// Makes the folder and puts the sealed root key into it.
    ///
    /// # Errors
    /// Where there is a Ward already: nothing is ever overwritten.
    pub(crate) fn make(dir: &Path, root: &SealedRoot) -> Result<Self, Error> {
        files::make_dir(dir)?;
        let data = Self {
            dir: dir.to_owned(),
        };
        data.change()?.make_root(root)?;
        Ok(data)
    }

    /// The folder itself.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// The root key as it is kept.
    pub(crate) fn root(&self) -> Result<SealedRoot, Error> {
        let place = self.dir.join(ROOT);
        self.at_one_moment(|standing| standing.read(&place)?.ok_or_else(|| is_gone(&place)))
    }

    /// Every organisation, by code.
    pub(crate) fn organisations(&self) -> Result<Vec<Organisation>, Error> {
        self.at_one_moment(|standing| {
            let mut found: Vec<Organisation> = Vec::new();
            for place in self.organisation_places()? {
                found.extend(standing.read(&place)?);
            }
            found.sort_by(|one, other| one.keys.ods().cmp(other.keys.ods()));
            Ok(found)
        })
    }

    /// One organisation.
    ///
    /// # Errors
    /// Where there is none of that code.
    pub(crate) fn organisation(&self, ods: &Ods) -> Result<Organisation, Error> {
        let place = self.folder(ods).join(ORGANISATION);
        let found = self.at_one_moment(|standing| standing.read(&place))?;
        found.ok_or_else(|| Error::Told(format!("there is no organisation {ods} here")))
    }

    /// Whether a rotation is under way, or was cut short, past its commit.
    pub(crate) fn is_in_rotation(&self) -> Result<bool, Error> {
        files::exists(&self.dir.join(COMMIT))
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
        self.change()?.add_organisation(root, ods, name, random)
    }

    /// The public keys that an organisation's checkpoints are verified with.
    pub(crate) fn verifiers(&self, ods: &Ods) -> Result<Vec<VerifierKey>, Error> {
        read_verifiers(&self.folder(ods).join(VERIFIERS))
    }

    /// The folder of an organisation.
    pub(crate) fn folder(&self, ods: &Ods) -> PathBuf {
        self.dir.join(ods.as_str())
    }

    /// Reads keys as they are at one moment: again, where a rotation came in between.
    fn at_one_moment<T>(&self, read: impl Fn(&Standing) -> Result<T, Error>) -> Result<T, Error> {
        for _ in 0..LOOKS {
            let before = self.standing()?;
            let found = read(&before);
            if self.standing()? == before {
                return found;
            }
        }
        Err(Error::Told(
            "the keys are being changed by another command: try again when it has ended".into(),
        ))
    }

    fn standing(&self) -> Result<Standing, Error> {
        Ok(Standing {
            is_committed: self.is_in_rotation()?,
            root: Secret::new(files::read(&self.dir.join(ROOT))?),
        })
    }

    /// Where each organisation's keys are, or would be in that folder.
    fn organisation_places(&self) -> Result<Vec<PathBuf>, Error> {
        let mut places = Vec::new();
        for entry in fs::read_dir(&self.dir).map_err(Error::file(&self.dir))? {
            let path = entry.map_err(Error::file(&self.dir))?.path();
            if path.is_dir() {
                places.push(path.join(ORGANISATION));
            }
        }
        Ok(places)
    }
}

impl Standing {
    /// What counts at a place: what is ready to take it, if that is committed, else what is there.
    fn read<T: for<'de> Deserialize<'de>>(&self, place: &Path) -> Result<Option<T>, Error> {
        if self.is_committed
            && let Some(next) = read_toml(&place.with_extension(NEXT))?
        {
            return Ok(Some(next));
        }
        read_toml(place)
    }
}

/// Reads a file of public keys, one a line.
pub(crate) fn read_verifiers(path: &Path) -> Result<Vec<VerifierKey>, Error> {
    files::read(path)?
        .lines()
        .map(|line| line.parse().map_err(Error::told))
        .collect()
}

fn is_gone(path: &Path) -> Error {
    Error::File {
        path: path.to_owned(),
        what: "is not there".into(),
    }
}

fn read_toml<T: for<'de> Deserialize<'de>>(path: &Path) -> Result<Option<T>, Error> {
    let Some(text) = files::read_if_there(path)?.map(Secret::new) else {
        return Ok(None);
    };
    // Not the parser's own words: they show the line, and the line may be a key.
    toml::from_slice(text.expose())
        .map(Some)
        .map_err(|_| Error::File {
            path: path.to_owned(),
            what: "is not what Ward wrote".into(),
        })
}
