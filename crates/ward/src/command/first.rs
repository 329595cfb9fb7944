//! The way in for each first administrator: a link that is good once, in this start.
//!
//! It is written to a file that the owner of the data folder alone reads, not printed: what a
//! server prints ends up in logs. Another start makes another link, and ends this one. Where an
//! administrator has enrolled there is none: this is no way to recover an account.

use std::path::{Path, PathBuf};

use ward_core::Ods;
use ward_identity::{Account, Author, EnrolmentLink, Error as IdentityError, Role};

use crate::{error::Error, files, wiring::Ward};

/// Makes the links that are wanted, and says where each is.
pub(crate) async fn links(ward: &Ward, dir: &Path, public_url: &str) -> Result<(), Error> {
    for (ods, name) in &ward.organisations {
        let path = file(dir, ods);
        let Some(link) = link(ward, ods).await? else {
            files::remove(&path)?;
            continue;
        };
        let url = format!("{public_url}/enrol/{}\n", link.token.expose());
        files::write_secret(&path, url.as_bytes())?;
        println!(
            "{name} ({ods}) has no administrator yet. The link to enrol, once, until this server stops, is in\n  {}",
            path.display()
        );
    }
    Ok(())
}

fn file(dir: &Path, ods: &Ods) -> PathBuf {
    dir.join(format!("first-administrator-{ods}.txt"))
}

/// A new link for the administrator who was made with the organisation, where none has a factor.
async fn link(ward: &Ward, ods: &Ods) -> Result<Option<EnrolmentLink>, Error> {
    let identity = &ward.identity;
    let has_factors = |account: &Account| {
        let factors = identity.factors(ods, account.id()).unwrap_or_default();
        factors.password_and_totp || !factors.passkeys.is_empty()
    };
    let mut administrators = identity.accounts(ods);
    administrators.retain(|account| account.role() == Role::Administrator);
    if administrators.iter().any(has_factors) {
        return Ok(None);
    }
    let mut first = administrators.iter();
    let Some(first) = first.find(|account| account.created_by().is_none()) else {
        return Ok(None);
    };
    match identity
        .renew_enrolment(Author::Setup, ods, first.id())
        .await
    {
        Ok(link) => Ok(Some(link)),
        Err(IdentityError::NotPossible(_)) => Ok(None),
        Err(error) => Err(Error::told(error)),
    }
}
