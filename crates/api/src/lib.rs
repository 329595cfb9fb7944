//! FHIR R4 REST, SMART and OAuth endpoints.
