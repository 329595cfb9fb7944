//! What R4 defines, from the tables that `cargo xtask fhir-tables` derives: structures and codes.
//! Read once, on first use (a few milliseconds).

mod codes;
mod primitive;
mod structures;
mod table;

pub(crate) use codes::CodeSet;
pub(crate) use primitive::Primitive;
pub(crate) use structures::{Content, Element, Field, Role, Type, structures};
