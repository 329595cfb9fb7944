//! Names, addresses and coded concepts in words.

use ward_fhir::Node;

/// What is said where a resource does not say what it is about.
pub(super) const UNNAMED: &str = "Not named";

/// A CodeableConcept in words: its text, or a coding's display, or at last the code.
pub(crate) fn concept(concept: Node<'_>) -> Option<String> {
    let coded = |part: &str| {
        let all = concept.all(&format!("coding.{part}"));
        all.into_iter().find_map(Node::as_str)
    };
    let words = concept
        .text("text")
        .or_else(|| coded("display"))
        .or_else(|| coded("code"))?;
    Some(words.trim().to_owned()).filter(|words| !words.is_empty())
}

/// The concept in a field.
pub(super) fn field(root: Node<'_>, name: &str) -> Option<String> {
    concept(root.first(name)?)
}

/// A number with its unit; a comparator before it.
pub(super) fn quantity(quantity: Node<'_>) -> Option<String> {
    let value = quantity.get("value")?.as_number()?;
    let unit = quantity.text("unit").or_else(|| quantity.text("code"));
    let unit = unit.map(read_out).unwrap_or_default();
    let comparator = quantity.text("comparator").unwrap_or_default();
    Some(format!("{comparator}{value} {unit}").trim_end().to_owned())
}

/// A unit as people write it, where it came as its UCUM code.
fn read_out(unit: &str) -> &str {
    match unit {
        "mm[Hg]" => "mmHg",
        "/min" => "a minute",
        "Cel" => "°C",
        "kg/m2" => "kg/m²",
        "10*9/L" => "×10⁹/L",
        "10*12/L" => "×10¹²/L",
        "mL/min/{1.73_m2}" | "mL/min/1.73.m2" => "mL/min/1.73 m²",
        other => other,
    }
}

/// The name that a person goes by now, of several (R4 `HumanName`).
fn current_name(person: Node<'_>) -> Option<Node<'_>> {
    let names = || person.get("name").into_iter().flat_map(Node::items);
    let of_use = |wanted: &str| names().find(|name| name.text("use") == Some(wanted));
    of_use("official")
        .or_else(|| of_use("usual"))
        .or_else(|| names().find(|name| name.text("use") != Some("old")))
        .or_else(|| names().next())
        // R4 gives a Practitioner many names, a contact one.
        .or_else(|| person.get("name").filter(|name| name.is_object()))
}

fn parts(name: Node<'_>, part: &str) -> String {
    let words = name.all(part).into_iter().filter_map(Node::as_str);
    words.map(str::trim).collect::<Vec<_>>().join(" ")
}

/// A name as a record is headed with it: `LOVELACE, Ada (Mrs)`.
pub(crate) fn name_as_listed(person: Node<'_>) -> String {
    let Some(name) = current_name(person) else {
        return "Name not recorded".to_owned();
    };
    let (family, given) = (parts(name, "family").to_uppercase(), parts(name, "given"));
    let title = parts(name, "prefix");
    let mut words = match (family.as_str(), given.as_str()) {
        ("", "") => return name.text("text").unwrap_or("Name not recorded").to_owned(),
        (family, "") => family.to_owned(),
        ("", given) => given.to_owned(),
        (family, given) => format!("{family}, {given}"),
    };
    if !title.is_empty() {
        words = format!("{words} ({title})");
    }
    words
}

/// `A.L.`: the first given name and the family name, all that a title may say.
pub(crate) fn initials(person: Node<'_>) -> String {
    let first = |part: &str| {
        let name = current_name(person)?;
        name.text(part)?.trim().chars().next()
    };
    let letters = [first("given"), first("family")].into_iter().flatten();
    letters
        .flat_map(char::to_uppercase)
        .flat_map(|letter| [letter, '.'])
        .collect()
}

/// An address on one line: `12 Moor Lane, Otley, LS21 3AA`.
pub(crate) fn address(person: Node<'_>) -> Option<String> {
    let addresses = || person.get("address").into_iter().flat_map(Node::items);
    let address = addresses()
        .find(|address| address.text("use") == Some("home"))
        .or_else(|| addresses().find(|address| address.text("use") != Some("old")))?;
    let mut lines: Vec<&str> = address
        .all("line")
        .into_iter()
        .filter_map(Node::as_str)
        .collect();
    lines.extend(
        ["city", "district", "postalCode"]
            .into_iter()
            .filter_map(|part| address.text(part)),
    );
    lines.dedup();
    let line = lines.join(", ");
    if line.is_empty() {
        address.text("text").map(str::to_owned)
    } else {
        Some(line)
    }
}
