//! The data folder: the sealed root key, and for each organisation its name and wrapped keys.
//!
//! ```text
//! root.key                     the root key, sealed
//! WRD01/organisation.toml      name, wrapped keys
//! WRD01/verifier.keys          public keys that its checkpoints are verified with
//! WRD01/log.db, view, salts.db the store's
//! ```

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use ward_core::{Ods, Random};
use ward_crypto::{OrganisationKeys, RootKey, SealedRoot, WrappedOrganisationKeys};
use ward_log::VerifierKey;

use crate::{error::Error, files};

const ROOT: &str = "root.key";
const ORGANISATION: &str = "organisation.toml";
const VERIFIERS: &str = "verifier.keys";
/// Ending of files that are ready to take the place of others, all at once.
const NEXT: &str = "next";
/// Where it stands, every file that ends in [`NEXT`] must take its place.
const COMMIT: &str = "rotation.commit";

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

impl Data {
    /// The folder of a Ward that was made before.
    ///
    /// # Errors
    /// Where there is none, or it can't be read.
    pub(crate) fn open(dir: &Path) -> Result<Self, Error> {
        if !dir.join(ROOT).exists() {
            return Err(Error::Told(format!(
                "{} holds no Ward yet: run `ward init`, or name another folder with --set data.dir=...",
                dir.display()
            )));
        }
        let data = Self {
            dir: dir.to_owned(),
        };
        data.finish_rotation()?;
        Ok(data)
    }

    /// Makes the folder and puts the sealed root key into it.
    ///
    /// # Errors
    /// Where there is a Ward already: nothing is ever overwritten.
    pub(crate) fn make(dir: &Path, root: &SealedRoot) -> Result<Self, Error> {
        if dir.join(ROOT).exists() {
            return Err(Error::Told(format!(
                "{} holds a Ward already",
                dir.display()
            )));
        }
        files::make_dir(dir)?;
        let data = Self {
            dir: dir.to_owned(),
        };
        data.write_root(root)?;
        Ok(data)
    }

    /// The folder itself.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// The root key as it is kept.
    pub(crate) fn root(&self) -> Result<SealedRoot, Error> {
        read_toml(&self.dir.join(ROOT))
    }

    /// Replaces the root key's seal.
    pub(crate) fn write_root(&self, root: &SealedRoot) -> Result<(), Error> {
        write_toml(&self.dir.join(ROOT), root)
    }

    /// Every organisation, by code.
    pub(crate) fn organisations(&self) -> Result<Vec<Organisation>, Error> {
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.dir).map_err(Error::file(&self.dir))? {
            let path = entry
                .map_err(Error::file(&self.dir))?
                .path()
                .join(ORGANISATION);
            if path.exists() {
                found.push(read_toml::<Organisation>(&path)?);
            }
        }
        found.sort_by(|one, other| one.keys.ods().cmp(other.keys.ods()));
        Ok(found)
    }

    /// One organisation.
    ///
    /// # Errors
    /// Where there is none of that code.
    pub(crate) fn organisation(&self, ods: &Ods) -> Result<Organisation, Error> {
        let path = self.folder(ods).join(ORGANISATION);
        if !path.exists() {
            return Err(Error::Told(format!("there is no organisation {ods} here")));
        }
        read_toml(&path)
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
        let folder = self.folder(ods);
        if folder.join(ORGANISATION).exists() {
            return Err(Error::Told(format!(
                "there is an organisation {ods} already"
            )));
        }
        files::make_dir(&folder)?;
        let organisation = Organisation {
            name: name.to_owned(),
            keys: root.new_organisation(ods, random),
        };
        self.write_organisation(root, &organisation)?;
        Ok(organisation)
    }

    /// Replaces an organisation's file and the public keys beside it.
    pub(crate) fn write_organisation(
        &self,
        root: &RootKey,
        organisation: &Organisation,
    ) -> Result<(), Error> {
        let keys = root.unwrap(&organisation.keys).map_err(Error::told)?;
        let folder = self.folder(organisation.keys.ods());
        files::write(&folder.join(VERIFIERS), verifiers(&keys)?.as_bytes())?;
        write_toml(&folder.join(ORGANISATION), organisation)
    }

    /// Puts every organisation's keys under a new root key, and the new root key in place of the
    /// old: all of it or nothing, whenever it is cut short.
    pub(crate) fn rotate(
        &self,
        old: &RootKey,
        new: &RootKey,
        sealed: &SealedRoot,
        random: &dyn Random,
    ) -> Result<usize, Error> {
        let mut organisations = self.organisations()?;
        for organisation in &mut organisations {
            organisation.keys = old
                .rewrap(&organisation.keys, new, random)
                .map_err(Error::told)?;
            let path = self.folder(organisation.keys.ods()).join(ORGANISATION);
            write_toml(&path.with_extension(NEXT), organisation)?;
        }
        write_toml(&self.dir.join(ROOT).with_extension(NEXT), sealed)?;
        files::write(&self.dir.join(COMMIT), b"")?;
        self.finish_rotation()?;
        Ok(organisations.len())
    }

    /// Ends a rotation that was cut short: forward where it was committed, back where it was not.
    fn finish_rotation(&self) -> Result<(), Error> {
        let is_committed = self.dir.join(COMMIT).exists();
        let mut places = vec![self.dir.join(ROOT)];
        for entry in fs::read_dir(&self.dir).map_err(Error::file(&self.dir))? {
            places.push(
                entry
                    .map_err(Error::file(&self.dir))?
                    .path()
                    .join(ORGANISATION),
            );
        }
        for place in places {
            let next = place.with_extension(NEXT);
            if !next.exists() {
                continue;
            }
            if is_committed {
                fs::rename(&next, &place).map_err(Error::file(&place))?;
            } else {
                fs::remove_file(&next).map_err(Error::file(&next))?;
            }
        }
        if is_committed {
            let commit = self.dir.join(COMMIT);
            fs::remove_file(&commit).map_err(Error::file(&commit))?;
        }
        Ok(())
    }

    /// The public keys that an organisation's checkpoints are verified with.
    pub(crate) fn verifiers(&self, ods: &Ods) -> Result<Vec<VerifierKey>, Error> {
        read_verifiers(&self.folder(ods).join(VERIFIERS))
    }

    /// The folder of an organisation.
    pub(crate) fn folder(&self, ods: &Ods) -> PathBuf {
        self.dir.join(ods.as_str())
    }
}

/// Reads a file of public keys, one a line.
pub(crate) fn read_verifiers(path: &Path) -> Result<Vec<VerifierKey>, Error> {
    files::read(path)?
        .lines()
        .map(|line| line.parse().map_err(Error::told))
        .collect()
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

fn read_toml<T: for<'de> Deserialize<'de>>(path: &Path) -> Result<T, Error> {
    let text = files::read(path)?;
    // Not the parser's own words: they show the line, and the line may be a key.
    toml::from_str(&text).map_err(|_| Error::File {
        path: path.to_owned(),
        what: "is not what Ward wrote".into(),
    })
}

fn write_toml<T: Serialize>(path: &Path, value: &T) -> Result<(), Error> {
    let text = toml::to_string(value).map_err(Error::told)?;
    files::write_secret(path, text.as_bytes())
}

#[cfg(test)]
mod tests {
    use ward_core::SystemRandom;
    use ward_crypto::Unlock;

    use super::*;

    fn made() -> (tempfile::TempDir, Data, RootKey) {
        let dir = tempfile::tempdir().unwrap();
        let root = RootKey::generate(&SystemRandom);
        let data = Data::make(&dir.path().join("ward"), &SealedRoot::unsealed(&root)).unwrap();
        for ods in ["WRD01", "WRD02"] {
            data.add_organisation(&root, &ods.parse().unwrap(), "Larkfield", &SystemRandom)
                .unwrap();
        }
        (dir, data, root)
    }

    fn opens(data: &Data) -> bool {
        let root = data.root().unwrap().open(Unlock::Nothing).unwrap();
        data.organisations()
            .unwrap()
            .iter()
            .all(|one| root.unwrap(&one.keys).is_ok())
    }

    #[test]
    fn nothing_is_made_over_what_is_there() {
        let (_dir, data, root) = made();
        assert!(Data::make(data.dir(), &SealedRoot::unsealed(&root)).is_err());
        let ods = "WRD01".parse().unwrap();
        assert!(
            data.add_organisation(&root, &ods, "Other", &SystemRandom)
                .is_err()
        );
        assert_eq!(data.organisations().unwrap().len(), 2);
    }

    #[test]
    fn a_rotation_rewraps_every_organisation() {
        let (_dir, data, root) = made();
        let new = RootKey::generate(&SystemRandom);
        assert_eq!(
            data.rotate(&root, &new, &SealedRoot::unsealed(&new), &SystemRandom)
                .unwrap(),
            2
        );
        assert!(opens(&data));
        assert!(
            data.organisations()
                .unwrap()
                .iter()
                .all(|one| root.unwrap(&one.keys).is_err())
        );
    }

    #[test]
    fn a_rotation_cut_short_goes_on_or_back_as_a_whole() {
        for is_committed in [false, true] {
            let (_dir, data, root) = made();
            let new = RootKey::generate(&SystemRandom);
            // As far as the rotation gets before its commit, or just after it.
            for organisation in &mut data.organisations().unwrap() {
                organisation.keys = root
                    .rewrap(&organisation.keys, &new, &SystemRandom)
                    .unwrap();
                let path = data.folder(organisation.keys.ods()).join(ORGANISATION);
                write_toml(&path.with_extension(NEXT), organisation).unwrap();
            }
            write_toml(
                &data.dir.join(ROOT).with_extension(NEXT),
                &SealedRoot::unsealed(&new),
            )
            .unwrap();
            if is_committed {
                files::write(&data.dir.join(COMMIT), b"").unwrap();
            }
            let data = Data::open(data.dir()).unwrap();
            assert!(opens(&data));
            let is_new = data
                .organisations()
                .unwrap()
                .iter()
                .all(|one| new.unwrap(&one.keys).is_ok());
            assert_eq!(is_new, is_committed);
        }
    }

    #[test]
    fn the_public_keys_are_beside_the_log() {
        let (_dir, data, _) = made();
        let keys = data.verifiers(&"WRD01".parse().unwrap()).unwrap();
        assert_eq!(keys.len(), 1);
    }
}
