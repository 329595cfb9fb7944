//! Why something was refused: for the log, never for the caller.

use ward_log::RefusalReason;

/// The reason behind a forbid of `policies/platform.cedar`, by its `@id`.
pub(crate) fn of_forbid(id: &str) -> RefusalReason {
    match id {
        "second-factor" => RefusalReason::Factors,
        "own-organisation" => RefusalReason::OtherOrganisation,
        "not-suspended" => RefusalReason::Suspended,
        "relationship-in-force" => RefusalReason::RelationshipNotInForce,
        "relationship-needed" => RefusalReason::NoRelationship,
        "administrators-see-no-patients" => RefusalReason::NotInRole,
        "inside-scopes" => RefusalReason::OutsideScopes,
        "step-up" => RefusalReason::StepUp,
        "home-entry-stays-sealed" => RefusalReason::Sealed,
        _ => RefusalReason::Unanswerable,
    }
}

/// Where several forbids speak, the gravest is told: the lowest.
pub(crate) const fn rank(reason: RefusalReason) -> u8 {
    reason as u8
}
