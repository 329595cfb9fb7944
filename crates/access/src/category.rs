//! What kind of thing a resource type is: the one table that policies are written against.

/// A kind of resource. Policies name these, never single resource types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Category {
    /// Who somebody is.
    Demographic,
    /// When and where somebody is expected, and what to mind when meeting them.
    Administrative,
    /// What is wrong with somebody, and what is done about it. Also everything unknown.
    Clinical,
    /// What somebody takes, and what they must not take.
    Medication,
    /// What is planned to be done for somebody.
    CarePlan,
    /// Who looks after somebody: writing it gives others a relationship.
    CareTeam,
    /// Organisations, their staff, places and services.
    Directory,
    /// Definitions and codes.
    Terminology,
    /// Who looked at whom.
    Log,
    /// Accounts of the organisation.
    Accounts,
}

impl Category {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 10] = [
        Self::Demographic,
        Self::Administrative,
        Self::Clinical,
        Self::Medication,
        Self::CarePlan,
        Self::CareTeam,
        Self::Directory,
        Self::Terminology,
        Self::Log,
        Self::Accounts,
    ];

    /// The category of a resource type. A type that is not listed is clinical: the closest guarded.
    pub fn of(resource_type: &str) -> Self {
        match resource_type {
            "Patient" | "Person" | "RelatedPerson" => Self::Demographic,
            "Appointment" | "AppointmentResponse" | "Coverage" | "Flag" => Self::Administrative,
            "AllergyIntolerance"
            | "MedicationAdministration"
            | "MedicationDispense"
            | "MedicationRequest"
            | "MedicationStatement" => Self::Medication,
            "CarePlan" | "Goal" | "Task" => Self::CarePlan,
            "CareTeam" => Self::CareTeam,
            "Endpoint"
            | "HealthcareService"
            | "InsurancePlan"
            | "Location"
            | "Organization"
            | "OrganizationAffiliation"
            | "Practitioner"
            | "PractitionerRole"
            | "Schedule"
            | "Slot" => Self::Directory,
            "ActivityDefinition"
            | "CapabilityStatement"
            | "ChargeItemDefinition"
            | "CodeSystem"
            | "CompartmentDefinition"
            | "ConceptMap"
            | "DeviceDefinition"
            | "EventDefinition"
            | "ExampleScenario"
            | "GraphDefinition"
            | "ImplementationGuide"
            | "Library"
            | "Measure"
            | "Medication"
            | "MedicationKnowledge"
            | "MessageDefinition"
            | "NamingSystem"
            | "ObservationDefinition"
            | "OperationDefinition"
            | "PlanDefinition"
            | "Questionnaire"
            | "SearchParameter"
            | "SpecimenDefinition"
            | "StructureDefinition"
            | "StructureMap"
            | "Substance"
            | "TerminologyCapabilities"
            | "TestScript"
            | "ValueSet" => Self::Terminology,
            _ => Self::Clinical,
        }
    }

    /// Whether such a thing is always about a patient, even where it names none.
    pub const fn is_patient_data(self) -> bool {
        !matches!(self, Self::Directory | Self::Terminology | Self::Accounts)
    }

    /// The name that policies use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Demographic => "demographic",
            Self::Administrative => "administrative",
            Self::Clinical => "clinical",
            Self::Medication => "medication",
            Self::CarePlan => "care-plan",
            Self::CareTeam => "care-team",
            Self::Directory => "directory",
            Self::Terminology => "terminology",
            Self::Log => "log",
            Self::Accounts => "accounts",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_that_nobody_listed_is_guarded_most() {
        for unlisted in [
            "Observation",
            "Binary",
            "Group",
            "Basic",
            "Bundle",
            "NotYetInvented",
            "",
        ] {
            assert_eq!(Category::of(unlisted), Category::Clinical, "{unlisted}");
        }
    }
}
