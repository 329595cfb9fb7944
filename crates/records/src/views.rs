//! What pages show of a patient.

use ward_core::{AccountId, PatientId, RequestId, ResourceKey, Timestamp};
use ward_log::{Basis, Interaction, RelationshipKind};

use crate::Version;

/// A patient's page: one grant, one disclosure.
#[derive(Debug, Clone)]
pub struct Summary {
    /// The Patient.
    pub patient: Version,
    /// Why the account may see them; empty where its role alone lets it see who the patient is.
    pub because: Vec<Because>,
    /// The sections that this account may see, in the order of [`SectionKind::ALL`].
    pub sections: Vec<Section>,
}

/// A part of a patient's page.
#[derive(Debug, Clone)]
pub struct Section {
    /// Which.
    pub kind: SectionKind,
    /// The newest ones, newest first.
    pub items: Vec<Version>,
    /// Whether there are more.
    pub more: bool,
}

/// The parts of a patient's page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SectionKind {
    /// `Condition`
    Problems,
    /// `MedicationRequest`, `MedicationStatement`
    Medicines,
    /// `AllergyIntolerance`
    Allergies,
    /// `Observation`
    Results,
    /// `Encounter`
    Encounters,
    /// `DocumentReference`, `DiagnosticReport`
    Documents,
    /// `CareTeam`
    CareTeams,
    /// `Flag`
    Flags,
}

impl SectionKind {
    /// All of them, in the order in which a page shows them.
    pub const ALL: [Self; 8] = [
        Self::Flags,
        Self::Problems,
        Self::Medicines,
        Self::Allergies,
        Self::Results,
        Self::Encounters,
        Self::Documents,
        Self::CareTeams,
    ];

    /// The resource types in it.
    pub const fn resource_types(self) -> &'static [&'static str] {
        match self {
            Self::Problems => &["Condition"],
            Self::Medicines => &["MedicationRequest", "MedicationStatement"],
            Self::Allergies => &["AllergyIntolerance"],
            Self::Results => &["Observation"],
            Self::Encounters => &["Encounter"],
            Self::Documents => &["DocumentReference", "DiagnosticReport"],
            Self::CareTeams => &["CareTeam"],
            Self::Flags => &["Flag"],
        }
    }
}

/// A reason why an account may see a patient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Because {
    /// What joins them.
    pub kind: RelationshipKind,
    /// Since when.
    pub start: Timestamp,
    /// Until when.
    pub end: Option<Timestamp>,
    /// What says so.
    pub source: ResourceKey,
}

/// A line of who looked at a patient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looked {
    /// When.
    pub time: Timestamp,
    /// Which account; none, where the server did it itself.
    pub account: Option<AccountId>,
    /// In which request.
    pub request: Option<RequestId>,
    /// In which way.
    pub interaction: Interaction,
    /// Why it was allowed.
    pub basis: Basis,
    /// How many records of this patient were shown.
    pub count: usize,
}

/// A page of who looked at a patient, newest first.
#[derive(Debug, Clone, Default)]
pub struct LookedPage {
    /// The lines.
    pub lines: Vec<Looked>,
    /// What to ask the next page with; `None` on the last.
    pub next: Option<u64>,
}

/// The answer to a search for people from a page.
#[derive(Debug, Clone)]
pub enum People {
    /// These, best known first; perhaps none.
    Found(Vec<Person>),
    /// More than may be listed: ask for more of the name, or the NHS number.
    TooMany,
}

/// What identifies a person, and no more.
#[derive(Debug, Clone)]
pub struct Person {
    /// The patient.
    pub patient: PatientId,
    /// Family name in capitals, given names after a comma: `SMITH, Anna Jane`.
    pub name: String,
    /// `YYYY-MM-DD`, or as much of it as is known.
    pub birth_date: Option<String>,
    /// Ten digits.
    pub nhs_number: Option<String>,
    /// Whether the person is known to have died.
    pub deceased: bool,
    /// Whether this account has a relationship in force.
    pub related: bool,
}
