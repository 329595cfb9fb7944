//! A key as four words, for two people, or two screens, to compare.

use crate::{service::Thumbprint, token::sha256};

const WORDS: &str = include_str!("words.txt");
/// Words shown: 32 bits. A key that is to be taken for another's must be there before its words are
/// known, and there is one try.
const SHOWN: usize = 4;

/// The words of a key in one pairing: those of the same key are others in another.
pub(super) fn words(pairing: &str, key: &Thumbprint) -> String {
    let all: Vec<&str> = WORDS.lines().collect();
    let bytes = sha256(&[pairing.as_bytes(), &key.0].concat());
    let words = bytes.iter().take(SHOWN);
    let words = words.filter_map(|byte| all.get(usize::from(*byte)).copied());
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn there_are_256_words_and_none_is_the_beginning_of_another() {
        let all: BTreeSet<&str> = WORDS.lines().collect();
        assert_eq!(WORDS.lines().count(), 256);
        assert_eq!(all.len(), 256);
        for (one, next) in all.iter().zip(all.iter().skip(1)) {
            assert!(!next.starts_with(one), "{one} {next}");
            assert!(one.bytes().all(|letter| letter.is_ascii_lowercase()));
        }
    }

    #[test]
    fn other_keys_and_other_pairings_have_other_words() {
        let (one, other) = (Thumbprint([1; 32]), Thumbprint([2; 32]));
        assert_eq!(words("a", &one), words("a", &one));
        assert_ne!(words("a", &one), words("a", &other));
        assert_ne!(words("a", &one), words("b", &one));
        assert_eq!(words("a", &one).split(' ').count(), SHOWN);
    }
}
