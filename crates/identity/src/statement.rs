//! Statements of people, signed with the key of their organisation's log.

use ward_log::{Statement, VerifierKey};

use crate::{Assured, Error, Identity};

impl Identity {
    /// Signs what a person states: one line of text. That they may state it is for policy to say
    /// before; the note says that they did, there and then. With the note comes the key that
    /// verifies it, as others should have it from elsewhere.
    ///
    /// # Errors
    /// [`Error::FreshProof`], where the proof stands no more; [`Error::NotPossible`], where it is
    /// not one line.
    pub fn sign_statement(
        &self,
        by: &Assured,
        about: &str,
        text: &str,
    ) -> Result<(String, VerifierKey), Error> {
        if !self.is_in_force(by) {
            return Err(Error::FreshProof);
        }
        let signer = self.organisation(by.organisation())?.ledger.signer();
        let not_possible = |_| Error::NotPossible("a statement is one line of text");
        let key = VerifierKey::new(signer.name(), signer.public_key()).map_err(not_possible)?;
        let statement = Statement {
            origin: signer.name().to_owned(),
            about: about.to_owned(),
            by: by.account(),
            at: self.now(),
            text: text.to_owned(),
        };
        let note = statement.sign(&key, |text| signer.sign(text));
        Ok((note.map_err(not_possible)?, key))
    }
}
