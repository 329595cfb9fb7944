//! Why something was refused: for the log, never for the caller.

use ward_log::RefusalReason;

/// The reason behind a forbid, by the id of its policy. One of an organisation's own narrows what
/// roles do.
pub(crate) fn of_forbid(id: &str) -> RefusalReason {
    let Some(name) = id.strip_prefix("platform/") else {
        return RefusalReason::NotInRole;
    };
    match name {
        "second-factor" => RefusalReason::Factors,
        "own-organisation" => RefusalReason::OtherOrganisation,
        "not-suspended" => RefusalReason::Suspended,
        "relationship-in-force" => RefusalReason::RelationshipNotInForce,
        "relationship-needed" => RefusalReason::NoRelationship,
        "administrators-see-no-patients" | "devices-open-nothing" => RefusalReason::NotInRole,
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
