//! Sign-in names: `local@ODS`, every spelling of which is one account.

use std::fmt;

use unicode_normalization::UnicodeNormalization;
use ward_core::Ods;

use crate::token::sha256;

/// Longest text looked at, in bytes: bounds the work that a stranger can ask for.
const NAME_BYTES: usize = 256;
/// Longest local part.
const LOCAL_CHARS: usize = 64;

/// An account's sign-in name, folded: `local@ODS`.
///
/// The local part is 1 to 64 of `a-z 0-9 . _ - '`, beginning with a letter or digit. It is an
/// identifier, so it is kept to ASCII, where no two letters look alike; the person's own spelling
/// is the display name.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SignInName {
    local: Box<str>,
    organisation: Ods,
}

/// A text that is no sign-in name. Never carries the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a valid sign-in name")]
pub struct InvalidName;

impl SignInName {
    /// The name of a local part in an organisation.
    pub fn new(local: &str, organisation: &Ods) -> Result<Self, InvalidName> {
        let local = fold(local).ok_or(InvalidName)?;
        if is_local(&local) {
            Ok(Self {
                local: local.into(),
                organisation: organisation.clone(),
            })
        } else {
            Err(InvalidName)
        }
    }

    /// Reads `local@ODS` in any spelling.
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        let text = fold(text).ok_or(InvalidName)?;
        let (local, organisation) = text.split_once('@').ok_or(InvalidName)?;
        Self::new(local, &organisation.parse().map_err(|_| InvalidName)?)
    }

    /// The part before the `@`.
    pub fn local(&self) -> &str {
        &self.local
    }

    /// What stands for the name where memory is counted.
    pub(crate) fn fingerprint(&self) -> [u8; 32] {
        sha256(self.to_string().as_bytes())
    }

    /// The organisation that the account is of.
    pub const fn organisation(&self) -> &Ods {
        &self.organisation
    }
}

impl fmt::Display for SignInName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.local, self.organisation)
    }
}

/// A name is a person's: it stays out of logs.
impl fmt::Debug for SignInName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignInName(..@{})", self.organisation)
    }
}

/// One spelling for all: compatibility forms, case, and everything that can't be seen.
/// `None` if the text is too long to look at.
///
/// NFKC comes before and after lower-casing, as neither keeps the other's result (UAX 15, UTR 36).
pub(crate) fn fold(text: &str) -> Option<String> {
    (text.len() <= NAME_BYTES).then(|| {
        let seen = text.nfkc().filter(|letter| !is_unseen(*letter));
        seen.flat_map(char::to_lowercase).nfkc().collect()
    })
}

/// Blanks, controls, and the characters that are drawn as nothing (Unicode:
/// `Default_Ignorable_Code_Point`, and the blank-looking letters beside them).
fn is_unseen(letter: char) -> bool {
    letter.is_whitespace()
        || letter.is_control()
        || matches!(letter,
            '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}'
            | '\u{17B5}' | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{2800}' | '\u{3164}'
            | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}'
            | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}

fn is_local(local: &str) -> bool {
    (1..=LOCAL_CHARS).contains(&local.len())
        && local.starts_with(|first: char| first.is_ascii_alphanumeric())
        && local.bytes().all(|byte| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-'".contains(&byte)
        })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_spelling_of_a_name_is_one_account() {
        let name = SignInName::parse("mary.oneill@WRD01").unwrap();
        assert_eq!(name.to_string(), "mary.oneill@WRD01");
        for spelling in [
            "MARY.ONEILL@wrd01",
            "  mary.oneill@WRD01\n",
            "mary.oneill @ WRD01",
            "mary.o\u{200B}neill@WRD01",
            "\u{FEFF}mary.oneill@WRD01",
            "mary\u{00AD}.oneill@WRD01",
            "mary.oneill\u{00A0}@\u{3000}WRD01",
            "ｍａｒｙ．ｏｎｅｉｌｌ＠ＷＲＤ０１",
            "𝐦𝐚𝐫𝐲.𝕠𝕟𝕖𝕚𝕝𝕝@WRD01",
            "mary.oneill\u{E0041}@WRD01",
            "mary.one\u{2062}ill\u{FE0F}@WRD01",
            // What NFKC or lower case turns into a letter of a name: the small Roman numeral 1000,
            // a circled letter, a superscript, and the Kelvin sign below.
            "\u{217F}ary.oneill@WRD01",
            "\u{24DC}ary.o\u{207F}eill@WRD01",
            "mary\u{2024}oneill@WRD01",
        ] {
            assert_eq!(
                SignInName::parse(spelling),
                Ok(name.clone()),
                "{spelling:?}"
            );
        }
    }

    #[test]
    fn signs_that_fold_to_a_letter_are_that_letter() {
        let fold = |text: &str| SignInName::parse(text).unwrap().to_string();
        assert_eq!(fold("\u{212A}ate@WRD01"), "kate@WRD01");
        assert_eq!(fold("ro\u{17F}s@WRD01"), "ross@WRD01");
        assert_eq!(fold("\u{FB01}ona@WRD01"), "fiona@WRD01");
        assert_eq!(fold("o\u{FF07}neill@WRD01"), "o'neill@WRD01");
    }

    /// Every blank and every character that is drawn as nothing, at every place of a name.
    #[test]
    fn what_can_not_be_seen_makes_no_other_name() {
        let name = SignInName::parse("ma.ry@WRD01").unwrap();
        let unseen: Vec<char> = ('\u{0}'..=char::MAX)
            .filter(|letter| is_unseen(*letter))
            .collect();
        for blank in "\u{9}\u{20}\u{85}\u{A0}\u{1680}\u{2000}\u{2009}\u{2028}\u{202F}\u{205F}\u{3000}\u{200B}\u{2060}\u{3164}\u{FEFF}".chars() {
            assert!(unseen.contains(&blank), "{}", blank.escape_unicode());
        }
        for letter in unseen {
            for place in 0..="ma.ry@WRD01".len() {
                let mut spelling = "ma.ry@WRD01".to_owned();
                spelling.insert(place, letter);
                let parsed = SignInName::parse(&spelling);
                assert_eq!(parsed.as_ref(), Ok(&name), "{}", letter.escape_unicode());
            }
        }
    }

    #[test]
    fn a_letter_that_looks_like_another_is_no_name() {
        for bad in [
            "",
            "@",
            "mary",
            "@WRD01",
            "mary@",
            "mary@WR/01",
            "mary@WRD01@WRD01",
            ".mary@WRD01",
            "m\u{0430}ry@WRD01",
            "må@WRD01",
            "mary%@WRD01",
            "mary\"@WRD01",
            "i\u{307}@WRD01",
            "ı@WRD01",
            &format!("{}@WRD01", "a".repeat(65)),
            &"a".repeat(300),
        ] {
            assert_eq!(SignInName::parse(bad), Err(InvalidName), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn folding_twice_is_folding_once(text in "\\PC{0,40}") {
            let once = fold(&text).unwrap_or_default();
            prop_assert_eq!(fold(&once).unwrap_or_default(), once);
        }

        #[test]
        fn what_is_written_reads_back(local in "[a-z0-9][a-z0-9._'-]{0,20}") {
            let name = SignInName::new(&local, &"WRD01".parse().unwrap()).unwrap();
            prop_assert_eq!(SignInName::parse(&name.to_string()), Ok(name));
        }
    }
}
