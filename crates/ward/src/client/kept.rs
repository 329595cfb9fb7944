//! What is at rest of a session: `session.json` in `client.dir`, for its owner to read alone.
//!
//! It holds the private key, and the token that is bound to it. A program has no better place for
//! them on every machine; so they are worth little: the token ends after an hour, after 15 minutes
//! without use and with `ward logout`, opens no record, and is no fresh proof of anybody. What
//! unlocks more is the passkey, which is never here.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use ward_core::Secret;

use super::Key;
use crate::{error::Error, files};

const FILE: &str = "session.json";

/// A session.
pub(crate) struct Kept {
    pub(crate) server: String,
    /// Certificates of the authorities that are trusted.
    pub(crate) ca: Option<PathBuf>,
    pub(crate) key: Key,
    pub(crate) token: Secret<String>,
    /// Whose it is.
    pub(crate) account: String,
    /// When it ends, in seconds since 1970.
    pub(crate) ends: i64,
}

impl Kept {
    /// The session that is kept, if there is one.
    ///
    /// # Errors
    /// Where the file can't be read, or others than its owner could.
    pub(crate) fn read(dir: &Path) -> Result<Option<Self>, Error> {
        let path = dir.join(FILE);
        let Some(bytes) = files::read_if_there(&path)? else {
            return Ok(None);
        };
        files::check_secret(&path)?;
        let kept = serde_json::from_slice(&bytes)
            .ok()
            .and_then(|kept| read(&kept));
        kept.map(Some).ok_or_else(|| Error::File {
            path,
            what: "is no session: type `ward login`".into(),
        })
    }

    /// Keeps it.
    pub(crate) fn write(&self, dir: &Path) -> Result<(), Error> {
        if dir.as_os_str().is_empty() {
            let text = "say where sessions are kept: --set client.dir=FOLDER";
            return Err(Error::Told(text.into()));
        }
        files::make_dir(dir)?;
        let kept = json!({
            "server": self.server,
            "ca": self.ca,
            "key": self.key.to_text().expose(),
            "token": self.token.expose(),
            "account": self.account,
            "ends": self.ends,
        });
        let kept = Secret::new(kept.to_string());
        files::write_secret(&dir.join(FILE), kept.expose().as_bytes())
    }

    /// Forgets it.
    pub(crate) fn remove(dir: &Path) -> Result<(), Error> {
        files::remove(&dir.join(FILE))
    }
}

fn read(kept: &Value) -> Option<Kept> {
    let text = |name: &str| kept.get(name)?.as_str();
    Some(Kept {
        server: text("server")?.to_owned(),
        ca: text("ca").map(PathBuf::from),
        key: Key::from_text(text("key")?)?,
        token: Secret::new(text("token")?.to_owned()),
        account: text("account")?.to_owned(),
        ends: kept.get("ends")?.as_i64()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_session_is_its_owners_to_read_and_is_not_read_where_others_could() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path().join("below");
        assert!(Kept::read(&dir).unwrap().is_none());
        let kept = Kept {
            server: "https://localhost:8443".into(),
            ca: None,
            key: Key::new().unwrap(),
            token: Secret::new("t".repeat(43)),
            account: "0f".repeat(16),
            ends: 7,
        };
        kept.write(&dir).unwrap();
        let path = dir.join(FILE);
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&dir), mode(&path)), (0o700, 0o600));
        let again = Kept::read(&dir).unwrap().unwrap();
        assert_eq!(again.token.expose(), kept.token.expose());
        assert_eq!(again.key.to_text().expose(), kept.key.to_text().expose());
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        let told = Kept::read(&dir).err().unwrap().to_string();
        assert!(told.contains("others can read it"), "{told}");
        Kept::remove(&dir).unwrap();
        Kept::remove(&dir).unwrap();
        assert!(Kept::read(&dir).unwrap().is_none());
    }
}
