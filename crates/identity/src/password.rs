//! Passwords: what is accepted, and how it is kept.
//!
//! Rules of NIST SP 800-63B-4 3.1.1: length counts, composition does not; the whole password is
//! looked up in a list of common ones; every character is allowed. A password is here never the
//! only factor, for which the standard asks 8 characters; Ward asks more, as the code beside it
//! can be phished.

use argon2::{Algorithm, Argon2, Params, Version};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use unicode_normalization::UnicodeNormalization;
use ward_core::{Random, Secret, limits};

use crate::Error;

/// Passwords that everybody tries, and words that make one weak. One a line, folded.
const COMMON: &str = include_str!("common_passwords.txt");

/// What is wrong with a new password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordProblem {
    /// Fewer characters than [`limits::PASSWORD_MIN_CHARS`].
    #[error("the password is too short")]
    TooShort,
    /// More bytes than [`limits::PASSWORD_MAX_BYTES`].
    #[error("the password is too long")]
    TooLong,
    /// On the list, or a common word and little more, or one character or run again and again.
    #[error("the password is easy to guess")]
    Common,
    /// The account's own name, its person's, or the organisation's, and little more.
    #[error("the password is made of the account's name")]
    OwnName,
}

/// Checks a new password. `names` are the words that its owner is known by.
pub(crate) fn check(password: &str, names: &[&str]) -> Result<(), PasswordProblem> {
    if password.len() > limits::PASSWORD_MAX_BYTES {
        return Err(PasswordProblem::TooLong);
    }
    let normal = normalise(password);
    if normal.expose().chars().count() < limits::PASSWORD_MIN_CHARS {
        return Err(PasswordProblem::TooShort);
    }
    let bare = Secret::new(bare(normal.expose()));
    if is_mostly(bare.expose(), COMMON.lines()) || is_repetitive(bare.expose()) {
        return Err(PasswordProblem::Common);
    }
    let names: Vec<String> = names
        .iter()
        .flat_map(|name| name.split(|letter: char| !letter.is_alphanumeric()))
        .map(self::bare)
        .filter(|name| name.chars().count() >= 3)
        .collect();
    if is_mostly(bare.expose(), names.iter().map(String::as_str)) {
        return Err(PasswordProblem::OwnName);
    }
    Ok(())
}

/// The form that is hashed: one for every keyboard's way of writing the same characters.
fn normalise(password: &str) -> Secret<String> {
    Secret::new(password.nfkc().collect())
}

/// Letters and digits in lower case: what remains of `P@ssw0rd 2026!`-like disguises.
fn bare(text: &str) -> String {
    let plain = text
        .chars()
        .flat_map(char::to_lowercase)
        .map(|letter| match letter {
            '@' => 'a',
            '$' => 's',
            '!' => 'i',
            other => other,
        });
    plain.filter(|letter| letter.is_alphanumeric()).collect()
}

/// Whether known words, each taken out once and again, leave fewer than 6 characters to guess.
fn is_mostly<'a>(bare: &str, words: impl Iterator<Item = &'a str>) -> bool {
    let mut rest = Secret::new(bare.to_owned());
    for word in words.filter(|word| !word.is_empty()) {
        if rest.expose().contains(word) {
            rest = Secret::new(rest.expose().replace(word, ""));
        }
    }
    rest.expose().chars().count() < 6
}

/// Whether it is made of fewer than 5 different characters, or steps through the alphabet.
fn is_repetitive(bare: &str) -> bool {
    let mut different: Vec<char> = bare.chars().collect();
    different.sort_unstable();
    different.dedup();
    let steps = bare.chars().zip(bare.chars().skip(1));
    let even = steps
        .filter(|(one, two)| (*one as u32).abs_diff(*two as u32) <= 1)
        .count();
    different.len() < 5 || even * 3 >= bare.chars().count() * 2
}

/// A password as it is kept. The parameters stand beside it, so that they can grow.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct PasswordHash {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    salt: [u8; 16],
    hash: [u8; 32],
}

/// RFC 9106 4, the second recommended option: 64 MiB, 3 passes, 4 lanes. Above what OWASP's
/// Password Storage Cheat Sheet asks as the least (19 MiB, 2 passes).
const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;
const LANES: u32 = 4;

impl PasswordHash {
    /// Hashes a new password. Takes about 100 ms and 64 MiB: never on an async thread.
    pub(crate) fn new(password: &str, random: &dyn Random) -> Result<Self, Error> {
        let mut salt = [0; 16];
        random.fill(&mut salt);
        let empty = Self {
            memory_kib: MEMORY_KIB,
            passes: PASSES,
            lanes: LANES,
            salt,
            hash: [0; 32],
        };
        let hash = empty.compute(password)?;
        Ok(Self { hash, ..empty })
    }

    /// A hash that no password has: an account that doesn't exist costs the same work.
    pub(crate) fn of_nobody(random: &dyn Random) -> Self {
        let (mut salt, mut hash) = ([0; 16], [0; 32]);
        random.fill(&mut salt);
        random.fill(&mut hash);
        Self {
            memory_kib: MEMORY_KIB,
            passes: PASSES,
            lanes: LANES,
            salt,
            hash,
        }
    }

    /// Whether this is the password. As slow as [`PasswordHash::new`].
    pub(crate) fn verify(&self, password: &str) -> Result<bool, Error> {
        Ok(self.compute(password)?.ct_eq(&self.hash).into())
    }

    fn compute(&self, password: &str) -> Result<[u8; 32], Error> {
        let params = Params::new(self.memory_kib, self.passes, self.lanes, Some(32))
            .map_err(|_| Error::Corrupt("password parameters"))?;
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let mut hash = [0; 32];
        argon
            .hash_password_into(
                normalise(password).expose().as_bytes(),
                &self.salt,
                &mut hash,
            )
            .map_err(|_| Error::Corrupt("password hash"))?;
        Ok(hash)
    }
}

#[cfg(test)]
mod tests {
    use ward_core::SystemRandom;

    use super::*;

    #[test]
    fn a_password_is_judged_by_length_and_by_what_everybody_tries() {
        let names = ["mary.oneill", "Mary O’Neill", "WRD01"];
        for (password, expected) in [
            ("correct horse battery", Ok(())),
            ("ein Pfad über die Heide", Ok(())),
            ("患者さんの安全が第一です", Ok(())),
            ("tractor-umbrella 7", Ok(())),
            ("elevenchars", Err(PasswordProblem::TooShort)),
            ("", Err(PasswordProblem::TooShort)),
            ("Password1234!", Err(PasswordProblem::Common)),
            ("P@ssword-P@ssword", Err(PasswordProblem::Common)),
            ("qwertyuiop123", Err(PasswordProblem::Common)),
            ("aaaaaaaaaaaaaaa", Err(PasswordProblem::Common)),
            ("123456789012345", Err(PasswordProblem::Common)),
            ("abcdefghijklmno", Err(PasswordProblem::Common)),
            ("hospital2026!!!", Err(PasswordProblem::Common)),
            ("mary.oneill2026", Err(PasswordProblem::OwnName)),
            ("OneillMaryOneill", Err(PasswordProblem::OwnName)),
        ] {
            assert_eq!(check(password, &names), expected, "{password}");
        }
        assert_eq!(
            check(&"long words ".repeat(60), &names),
            Err(PasswordProblem::TooLong)
        );
    }

    #[test]
    fn sixty_four_characters_of_any_alphabet_fit() {
        let alphabet: String = ('\u{1F600}'..).step_by(7).take(64).collect();
        assert_eq!(
            check(&alphabet, &[]).err(),
            Some(PasswordProblem::Common),
            "symbols only"
        );
        let words: String = "風林火山雲海空星月花鳥石"
            .chars()
            .cycle()
            .take(64)
            .collect();
        assert_eq!(check(&words, &[]), Ok(()));
    }

    #[test]
    fn a_password_is_known_by_its_hash_in_each_spelling() {
        let hash = PasswordHash::new("cafe\u{301} au lait 7", &SystemRandom).unwrap();
        assert!(hash.verify("café au lait 7").unwrap());
        assert!(!hash.verify("cafe au lait 7").unwrap());
        assert!(
            !PasswordHash::of_nobody(&SystemRandom)
                .verify("café au lait 7")
                .unwrap()
        );
    }
}
