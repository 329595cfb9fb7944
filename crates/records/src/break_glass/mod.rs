//! Break-glass: opening a record in an emergency, without a relationship, for a while, with a
//! reason that somebody looks at afterwards. Never with fewer factors.

mod begin;
mod kept;
mod review;

use std::fmt;

use ward_core::{AccountId, PatientId, ResourceKey, Timestamp};

pub(crate) use kept::Glass;

/// A record that was opened in an emergency.
#[derive(Clone)]
pub struct BrokenGlass {
    /// What a basis in the log names it by.
    source: ResourceKey,
    /// Who opened it.
    pub account: AccountId,
    /// Whose record.
    pub patient: PatientId,
    /// Why, in the words of who opened it.
    pub reason: String,
    /// From when.
    pub began: Timestamp,
    /// Until when it opens the record.
    pub ends: Timestamp,
    /// Who looked at it afterwards.
    pub reviewed: Option<Review>,
}

impl BrokenGlass {
    /// Its name: 32 hexadecimal digits.
    pub fn id(&self) -> &str {
        self.source.id()
    }
}

/// What somebody thought of a record opened in an emergency.
#[derive(Clone)]
pub struct Review {
    /// Who.
    pub by: AccountId,
    /// When.
    pub at: Timestamp,
    /// Whether the reason stands.
    pub in_order: bool,
    /// What was found.
    pub notes: String,
}

/// Names a patient, and a reason says more: both stay out of logs.
impl fmt::Debug for BrokenGlass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BrokenGlass({}, until {})", self.account, self.ends)
    }
}

impl fmt::Debug for Review {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Review({}, in order: {})", self.by, self.in_order)
    }
}

/// Whether a text is plain, and within its limits of characters.
fn is_plain(text: &str, least: usize, most: usize) -> bool {
    let plain = |letter: char| !letter.is_control() || matches!(letter, '\n' | '\r' | '\t');
    (least..=most).contains(&text.chars().count()) && text.chars().all(plain)
}
