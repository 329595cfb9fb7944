//! References: what they may lead to (FHIR R4, references 2.3.0).

use super::Validator;
use crate::{json::Node, outcome::IssueCode, resource_type::resource_type};

impl<'a> Validator<'a> {
    /// A Reference; `targets` are the types that it may lead to, empty for any.
    pub(super) fn reference(&mut self, node: Node<'a>, targets: &[&'static str]) {
        let Some(link) = node.text("reference") else {
            let claimed = node.text("type").and_then(resource_type);
            return self.target("type", claimed, targets);
        };
        self.contained.mention(link);
        let target = match link.strip_prefix('#') {
            // The resource around, whose type was looked at where it stands.
            Some("") => None,
            Some(id) => {
                let found = self.contained.resource_type(id);
                if found.is_none() {
                    let what = "no contained resource has this id (ref-1)";
                    self.report_in("reference", IssueCode::Invariant, what);
                }
                found.and_then(resource_type)
            }
            None => target_type(link),
        };
        self.target("reference", target, targets);
    }

    fn target(&mut self, name: &'static str, target: Option<&str>, targets: &[&'static str]) {
        if let Some(target) = target
            && !targets.is_empty()
            && !targets.contains(&target)
        {
            let what = format!("a reference to {target} is not allowed here");
            self.report_in(name, IssueCode::Structure, what);
        }
    }
}

/// The type that `Type/id`, `Type/id/_history/version`, `Type?query` or the end of a URL of these
/// forms names; `None` where the link tells no type.
fn target_type(link: &str) -> Option<&'static str> {
    if link.starts_with("urn:") {
        return None;
    }
    if let Some((path, _)) = link.split_once('?') {
        return resource_type(path.rsplit('/').next()?);
    }
    let path = link.split_once("/_history/").map_or(link, |(path, _)| path);
    let mut parts = path.rsplit('/');
    let _id = parts.next()?;
    resource_type(parts.next()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_tells_its_target_s_type() {
        for link in [
            "Patient/1",
            "Patient/1/_history/2",
            "http://x.org/r4/Patient/1",
            "Patient?a=b",
        ] {
            assert_eq!(target_type(link), Some("Patient"), "{link}");
        }
        for link in [
            "urn:uuid:1",
            "Patient",
            "http://x.org/patients/1",
            "urn:oid:1/Patient/1",
            "",
        ] {
            assert_eq!(target_type(link), None, "{link}");
        }
    }
}
