//! What a person types (RFC 8628 6.1).

use std::fmt;

use ward_core::Random;

/// Consonants alone: no code spells a word, and none is mistaken for a digit.
const LETTERS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";
/// With [`LETTERS`]: 2.5e10 codes. As guesses are few for each account, and a code lives for
/// minutes, none is found.
const LENGTH: usize = 8;

/// Eight letters.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct UserCode([u8; LENGTH]);

impl UserCode {
    pub(crate) fn new(random: &dyn Random) -> Self {
        let mut code = [0; LENGTH];
        for place in &mut code {
            *place = letter(random);
        }
        Self(code)
    }

    /// What somebody typed: in any case, and with any blanks or hyphens between.
    pub(crate) fn read(typed: &str) -> Option<Self> {
        let mut code = [0; LENGTH];
        let mut letters = typed
            .bytes()
            .filter(|byte| !byte.is_ascii_whitespace() && *byte != b'-')
            .map(|byte| byte.to_ascii_uppercase());
        for place in &mut code {
            *place = letters.next().filter(|letter| LETTERS.contains(letter))?;
        }
        letters.next().is_none().then_some(Self(code))
    }
}

/// One of twenty, each as likely: a byte above the last multiple of twenty is drawn again.
fn letter(random: &dyn Random) -> u8 {
    loop {
        let mut byte = [0];
        random.fill(&mut byte);
        let [byte] = byte;
        let place = usize::from(byte);
        if let (true, Some(letter)) = (byte < 240, LETTERS.get(place % LETTERS.len())) {
            return *letter;
        }
    }
}

/// As it is read out: `WDJB-MJHT`.
impl fmt::Display for UserCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, letter) in self.0.iter().enumerate() {
            let hyphen = if place == LENGTH / 2 { "-" } else { "" };
            write!(f, "{hyphen}{}", char::from(*letter))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use ward_core::SystemRandom;

    use super::*;

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        let code = UserCode::new(&SystemRandom);
        let shown = code.to_string();
        assert_eq!(shown.len(), 9);
        for typed in [
            shown.clone(),
            shown.to_lowercase(),
            shown.replace('-', ""),
            shown.replace('-', " "),
            format!("  {shown} "),
        ] {
            assert!(UserCode::read(&typed) == Some(code), "{typed}");
        }
    }

    #[test]
    fn what_is_no_code_is_not_looked_up() {
        for bad in [
            "",
            "BCDF",
            "BCDFGHJKL",
            "BCDFGHJA",
            "BCDFGHJ1",
            "BCDFGHJ\u{212a}",
            "-",
        ] {
            assert!(UserCode::read(bad).is_none(), "{bad}");
        }
    }
}
