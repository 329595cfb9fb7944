//! FHIR R4: parse, validate, references, search parameters. No I/O.

mod json;
mod resource;
mod resource_type;
pub mod search;

pub use json::{Fault, Kind, Limits, Node, ParseError};
pub use resource::Resource;
pub use resource_type::{is_resource_type, resource_types};
