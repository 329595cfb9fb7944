//! FHIR R4: parse, validate, references, search parameters. No I/O.

mod bundle;
mod compartment;
mod definitions;
pub mod fuzz;
mod json;
mod location;
pub mod nhs_number;
mod outcome;
mod references;
mod resource;
mod resource_type;
pub mod search;
mod validate;

pub use bundle::{Bundle, BundleKind, Entry, Method, Target};
pub use compartment::{may_have_patients, patients_of};
pub use json::{Fault, Kind, Limits, Node, ParseError};
pub use outcome::{Issue, IssueCode, OperationOutcome, Severity};
pub use references::{Reference, references, rewrite_references};
pub use resource::Resource;
pub use resource_type::{is_resource_type, resource_types};
pub use validate::validate;
