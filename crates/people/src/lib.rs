//! Synthetic people: a seeded, plausible UK population as FHIR bundles. No I/O.
