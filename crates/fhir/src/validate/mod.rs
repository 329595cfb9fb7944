//! Validation against the structures of R4: all errors of a resource at once, each with its place.

mod contained;
mod element;
mod format;
mod markup;
mod narrative;
mod object;
mod period;
mod reference;
mod rules;
mod time;
mod uri;

use std::borrow::Cow;

use ward_core::limits;

use self::contained::Contained;
use crate::{
    definitions::{Role, Type, structures},
    json::Node,
    location::Location,
    outcome::{Issue, IssueCode},
    resource::Resource,
};

/// What is wrong with a resource by R4's definitions: elements, cardinality, JSON types, formats of
/// primitives, choices, contained resources, closed code lists, types of reference targets,
/// narratives, and the invariants of the data types that are about structure. Empty where it is
/// valid; errors only, at most [`limits::ISSUES`]. No issue holds a value of the resource.
pub fn validate(resource: &Resource) -> Vec<Issue> {
    let mut validator = Validator {
        location: Location::of(resource.resource_type()),
        issues: Vec::new(),
        contained: Contained::default(),
    };
    validator.resource(resource.root(), Place::Outermost);
    validator.issues
}

/// Where a resource stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// By itself, or in an entry or a parameter.
    Outermost,
    /// In `contained` of another.
    Contained,
}

struct Validator<'a> {
    location: Location,
    issues: Vec<Issue>,
    /// What the outermost resource around contains.
    contained: Contained<'a>,
}

impl<'a> Validator<'a> {
    fn resource(&mut self, node: Node<'a>, place: Place) {
        if !node.is_object() {
            return self.report(IssueCode::Structure, "expected a resource");
        }
        let own = node
            .text("resourceType")
            .and_then(|name| structures().resource(name));
        let Some(own) = own else {
            return self.report(
                IssueCode::Structure,
                "the resourceType is not one of FHIR R4",
            );
        };
        if place == Place::Contained {
            self.object(node, own, None);
            self.contained_rules(node);
            return;
        }
        let outer = std::mem::take(&mut self.contained);
        self.contained = Contained::of(node);
        self.object(node, own, None);
        self.contained_as_a_whole();
        self.contained = outer;
    }

    /// An error at the place where we are.
    fn report(&mut self, code: IssueCode, diagnostics: impl Into<Cow<'static, str>>) {
        if !self.is_full() {
            self.issues
                .push(Issue::error(code, self.location.render(), diagnostics));
        }
    }

    /// An error at an element of the place where we are.
    fn report_in(
        &mut self,
        name: &'static str,
        code: IssueCode,
        diagnostics: impl Into<Cow<'static, str>>,
    ) {
        self.location.enter(name);
        self.report(code, diagnostics);
        self.location.leave();
    }

    fn is_full(&self) -> bool {
        self.issues.len() >= limits::ISSUES
    }
}

/// Whether an object of that type says its type itself.
fn is_resource(own: &Type) -> bool {
    own.role == Role::Resource
}
