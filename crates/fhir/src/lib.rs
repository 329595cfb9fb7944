//! FHIR R4: parse, validate, references, search parameters. No I/O.
