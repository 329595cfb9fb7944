//! The one place that turns a FHIR status into words and a colour.
//!
//! Green: go. Blue: needs action. Orange: conflict. Red: cannot. Grey: over, or not applicable.

use serde::Serialize;

/// A status in words, with its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct Status {
    /// What the tag says.
    pub(crate) label: &'static str,
    /// A colour of the design system's tag.
    pub(crate) colour: &'static str,
}

const fn status(label: &'static str, colour: &'static str) -> Status {
    Status { label, colour }
}

impl Status {
    /// The status of a code, from any of R4's status code lists that the pages show. Codes that
    /// say nothing a reader does not expect (`active`, `final`, `finished`) have none.
    pub(crate) fn of(code: &str) -> Option<Self> {
        Some(match code {
            // Condition: clinical and verification status.
            "recurrence" => status("Recurrence", "blue"),
            "relapse" => status("Relapse", "blue"),
            "remission" => status("In remission", "grey"),
            "inactive" => status("Inactive", "grey"),
            "resolved" => status("Resolved", "grey"),
            "unconfirmed" => status("Unconfirmed", "orange"),
            "provisional" => status("Provisional", "orange"),
            "differential" => status("Differential", "orange"),
            "refuted" => status("Refuted", "red"),
            // Requests and statements.
            "on-hold" => status("On hold", "blue"),
            "draft" => status("Draft", "blue"),
            "intended" | "planned" | "booked" => status("Planned", "blue"),
            "completed" => status("Completed", "grey"),
            "stopped" | "ended" => status("Stopped", "grey"),
            "cancelled" | "revoked" => status("Cancelled", "grey"),
            "not-taken" => status("Not taken", "orange"),
            "entered-in-error" => status("Entered in error", "red"),
            // Observation, DiagnosticReport.
            "registered" | "preliminary" | "partial" => status("Not final", "orange"),
            "amended" | "corrected" => status("Corrected", "blue"),
            // Encounter.
            "in-progress" | "arrived" | "triaged" | "onleave" => status("Now", "green"),
            // AllergyIntolerance: criticality.
            "high" => status("High risk", "red"),
            "unable-to-assess" => status("Risk not known", "orange"),
            // Observation: interpretation (v3 ObservationInterpretation).
            "H" => status("High", "orange"),
            "L" => status("Low", "orange"),
            "HH" => status("Critically high", "red"),
            "LL" => status("Critically low", "red"),
            "A" => status("Abnormal", "orange"),
            "AA" => status("Critically abnormal", "red"),
            // DocumentReference.
            "superseded" => status("Superseded", "grey"),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_reader_expects_has_no_tag() {
        for code in [
            "active",
            "final",
            "finished",
            "confirmed",
            "current",
            "N",
            "",
            "\"><script>",
        ] {
            assert_eq!(Status::of(code), None, "{code}");
        }
        assert_eq!(Status::of("high").unwrap().colour, "red");
    }
}
