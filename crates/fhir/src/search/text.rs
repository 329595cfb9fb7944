//! Strings as search compares them: without case, accents, punctuation and spare space.

use std::borrow::Cow;

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Folds a string (FHIR R4 search 3.1.1.4.8: case, combining characters, punctuation and
/// non-significant whitespace are ignored). What has nothing but punctuation keeps it.
pub(crate) fn normalise(text: &str) -> String {
    let mut folded = Folded::with_capacity(text.len());
    if text.is_ascii() {
        text.bytes()
            .map(|byte| char::from(byte.to_ascii_lowercase()))
            .for_each(|c| folded.push(c));
    } else {
        let bare = text
            .nfkd()
            .filter(|character| !is_combining_mark(*character));
        for lower in bare.flat_map(char::to_lowercase) {
            match letters(lower) {
                Some(plain) => plain.chars().for_each(|letter| folded.push(letter)),
                None => folded.push(lower),
            }
        }
    }
    if folded.text.is_empty() {
        text.trim().to_lowercase()
    } else {
        folded.text
    }
}

/// Letters that Unicode doesn't decompose but that people type in two ways.
fn letters(lower: char) -> Option<&'static str> {
    Some(match lower {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'đ' | 'ð' => "d",
        'ł' => "l",
        'þ' => "th",
        'ı' => "i",
        _ => return None,
    })
}

struct Folded {
    text: String,
    gap: bool,
}

impl Folded {
    fn with_capacity(bytes: usize) -> Self {
        Self {
            text: String::with_capacity(bytes),
            gap: false,
        }
    }

    fn push(&mut self, character: char) {
        if matches!(character, '\'' | '’' | '‘' | '`' | 'ʼ' | '.') {
            // O'Brien is OBrien, and St. is St.
        } else if character.is_alphanumeric() {
            if self.gap && !self.text.is_empty() {
                self.text.push(' ');
            }
            self.gap = false;
            self.text.push(character);
        } else {
            self.gap = true;
        }
    }
}

/// A code as search compares it: without case (FHIR R4 search 3.1.1.4.10, "when in doubt").
pub(crate) fn fold_code(code: &str) -> Cow<'_, str> {
    if code
        .bytes()
        .all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase())
    {
        Cow::Borrowed(code)
    } else {
        Cow::Owned(code.to_lowercase())
    }
}

/// Whether two codes are the same but for case.
pub(crate) fn same_code(left: &str, right: &str) -> bool {
    left == right || fold_code(left) == fold_code(right)
}

/// A normalised text from each of its words on, but for the first.
pub(crate) fn later_words(normal: &str) -> impl Iterator<Item = &str> {
    normal
        .match_indices(' ')
        .filter_map(|(at, _)| normal.get(at + 1..))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_however_they_are_typed() {
        for (left, right) in [
            ("Müller", "MULLER"),
            ("Mu\u{308}ller", "müller"),
            ("O'Brien", "obrien"),
            ("O’Brien", "O'BRIEN"),
            ("Smith-Jones", "smith  jones"),
            ("  de\tla Cruz ", "De La Cruz"),
            ("Łukasz", "lukasz"),
            ("Großmann", "GROSSMANN"),
            ("Sørensen", "sorensen"),
            ("ﬁnn", "Finn"),
            ("İpek", "ipek"),
            ("Νίκος", "νικος"),
        ] {
            assert_eq!(normalise(left), normalise(right), "{left} {right}");
        }
    }

    #[test]
    fn punctuation_alone_is_kept() {
        assert_eq!(normalise(" -- "), "--");
        assert_eq!(normalise("  "), "");
    }

    #[test]
    fn words_after_the_first_start_where_they_start() {
        assert_eq!(
            later_words("mary ann lee").collect::<Vec<_>>(),
            ["ann lee", "lee"]
        );
    }

    proptest::proptest! {
        #[test]
        fn normalising_twice_changes_nothing(text in "\\PC{0,20}") {
            let once = normalise(&text);
            proptest::prop_assert_eq!(normalise(&once), once.clone());
        }
    }
}
