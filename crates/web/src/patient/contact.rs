//! How to reach a patient.

use ward_fhir::{Node, Resource};

use super::{record, show_page::ContactLine};

/// Address, telephone numbers and language; of a restricted person the language alone.
pub(crate) fn lines(patient: &Resource, is_restricted: bool) -> Vec<ContactLine> {
    let root = patient.root();
    let mut lines = Vec::new();
    if !is_restricted {
        let address = record::address(root);
        lines.extend(address.map(|detail| ContactLine {
            what: "Address",
            detail,
        }));
        let telecom = root.get("telecom").into_iter().flat_map(Node::items);
        lines.extend(telecom.filter_map(reach));
    }
    let languages = root.all("communication.language").into_iter();
    lines.extend(
        languages
            .filter_map(record::concept)
            .take(1)
            .map(|detail| ContactLine {
                what: "Language",
                detail,
            }),
    );
    lines
}

fn reach(telecom: Node<'_>) -> Option<ContactLine> {
    if telecom.text("use") == Some("old") {
        return None;
    }
    let what = match (telecom.text("system")?, telecom.text("use")) {
        ("phone", Some("mobile")) => "Mobile",
        ("phone" | "sms", Some("work")) => "Telephone at work",
        ("phone" | "sms", _) => "Telephone",
        ("email", _) => "Email",
        _ => return None,
    };
    Some(ContactLine {
        what,
        detail: telecom.text("value")?.to_owned(),
    })
}
