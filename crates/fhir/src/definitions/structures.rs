//! Types and their elements, in a form that is quick to look up.

use std::{collections::HashMap, sync::LazyLock};

use super::{
    codes::{self, CodeSet},
    primitive::Primitive,
    table::{self, ElementRow, Row},
};

static STRUCTURES: LazyLock<Structures> = LazyLock::new(|| {
    let rows = table::read(include_str!("../../tables/structures.txt"));
    Structures::of_rows(&rows, codes::read(include_str!("../../tables/codes.txt")))
});

/// The structures of R4.
pub(crate) fn structures() -> &'static Structures {
    &STRUCTURES
}

/// All types, by place and by name.
pub(crate) struct Structures {
    types: Vec<Type>,
    code_sets: Vec<CodeSet>,
    resources: Vec<(&'static str, usize)>,
    resource_names: Vec<&'static str>,
    element: usize,
}

/// A type: a resource, a data type, or the nested structure of an element.
pub(crate) struct Type {
    /// What else is to be checked of it than its elements.
    pub(crate) role: Role,
    /// All elements, those of the parents first. At most 128.
    pub(crate) elements: Vec<Element>,
    /// A bit for each element that must be there.
    pub(crate) required: u128,
    /// The JSON names of the elements, sorted; a choice has one for each of its types.
    fields: Vec<Field>,
}

/// Types that have rules of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// None.
    Plain,
    /// A resource.
    Resource,
    /// `Extension`: a value or extensions, never both.
    Extension,
    /// `Reference`: its target's type.
    Reference,
    /// `CodeableConcept`: one of its codings in the bound value set.
    CodeableConcept,
    /// `Coding`: in the bound value set.
    Coding,
    /// `Period`: ends after it starts.
    Period,
    /// `Quantity` and its kinds: a code has a system.
    Quantity,
    /// `Attachment`: data has a media type.
    Attachment,
}

/// An element of a type.
pub(crate) struct Element {
    /// The name in a FHIRPath location: without `[x]`.
    pub(crate) name: &'static str,
    /// How often it must stand.
    pub(crate) min: usize,
    /// Whether it may repeat, and so is an array.
    pub(crate) is_list: bool,
    /// Whether a profile of the type forbids it.
    pub(crate) is_forbidden: bool,
}

/// A member's name in JSON, and what stands under it.
pub(crate) struct Field {
    /// The name in JSON, such as `valueQuantity`.
    pub(crate) key: String,
    /// The place of its element in [`Type::elements`].
    pub(crate) element: usize,
    /// What stands there.
    pub(crate) content: Content,
    /// The resource types that a reference may lead to; empty for any.
    pub(crate) targets: Vec<&'static str>,
    code_set: Option<usize>,
}

/// What stands in an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Content {
    /// A primitive value.
    Primitive(Primitive),
    /// An object of the type at that place.
    Complex(usize),
    /// A resource, which says its type itself.
    Resource,
}

impl Structures {
    /// The type of a resource.
    pub(crate) fn resource(&self, name: &str) -> Option<&Type> {
        let index = self
            .resources
            .binary_search_by_key(&name, |(name, _)| name)
            .ok()?;
        self.types.get(self.resources.get(index)?.1)
    }

    /// The type at a place that [`Content::Complex`] gives.
    pub(crate) fn complex(&self, index: usize) -> Option<&Type> {
        self.types.get(index)
    }

    /// `Element`: what `_name` holds beside a primitive.
    pub(crate) fn element_type(&self) -> Option<&Type> {
        self.complex(self.element)
    }

    /// The names of the resource types, sorted.
    pub(crate) fn resource_names(&self) -> &[&'static str] {
        &self.resource_names
    }

    /// The codes that a field is bound to, where they are a closed list.
    pub(crate) fn code_set(&self, field: &Field) -> Option<&CodeSet> {
        self.code_sets.get(field.code_set?)
    }

    fn of_rows(rows: &[Row], code_sets: Vec<CodeSet>) -> Self {
        let places: HashMap<&str, usize> = rows
            .iter()
            .enumerate()
            .map(|(place, row)| (row.name, place))
            .collect();
        let names = Names {
            places: &places,
            code_sets: &code_sets,
        };
        let types: Vec<Type> = rows
            .iter()
            .map(|row| Type::of_row(row, &inherited(row, rows, &places), &names))
            .collect();
        let is_resource = |(_, row): &(usize, &Row)| row.kind == "resource";
        let mut resources: Vec<(&str, usize)> = rows
            .iter()
            .enumerate()
            .filter(is_resource)
            .map(|(place, row)| (row.name, place))
            .collect();
        resources.sort_unstable();
        let resource_names = resources.iter().map(|(name, _)| *name).collect();
        let element = places.get("Element").copied().unwrap_or(usize::MAX);
        Self {
            types,
            code_sets,
            resources,
            resource_names,
            element,
        }
    }
}

/// What names stand for while the table is read.
struct Names<'a> {
    places: &'a HashMap<&'static str, usize>,
    code_sets: &'a [CodeSet],
}

/// The elements of a type and of its parents, theirs first; what a type says again it changes.
fn inherited(row: &Row, rows: &[Row], places: &HashMap<&str, usize>) -> Vec<ElementRow> {
    let parent = places.get(row.parent).and_then(|place| rows.get(*place));
    let mut elements = parent
        .map(|parent| inherited(parent, rows, places))
        .unwrap_or_default();
    for element in &row.elements {
        match elements.iter_mut().find(|known| known.name == element.name) {
            Some(known) => *known = element.clone(),
            None => elements.push(element.clone()),
        }
    }
    elements
}

impl Type {
    /// What stands under a JSON name.
    pub(crate) fn field(&self, key: &str) -> Option<&Field> {
        let index = self
            .fields
            .binary_search_by(|field| field.key.as_str().cmp(key))
            .ok()?;
        self.fields.get(index)
    }

    /// The element of a field.
    pub(crate) fn element(&self, field: &Field) -> Option<&Element> {
        self.elements.get(field.element)
    }

    fn of_row(row: &Row, elements: &[ElementRow], names: &Names<'_>) -> Self {
        let mut own = Self {
            role: Role::of(row),
            elements: Vec::new(),
            required: 0,
            fields: Vec::new(),
        };
        for (place, element) in elements.iter().enumerate() {
            let min = element.min.parse().unwrap_or(0);
            own.required |= u128::from(min > 0) << place;
            own.elements.push(Element {
                name: element.name.trim_end_matches("[x]"),
                min,
                is_list: element.max == "*",
                is_forbidden: element.max == "0",
            });
            own.fields.extend(fields(place, element, names));
        }
        own.fields.sort_unstable_by(|a, b| a.key.cmp(&b.key));
        own
    }
}

/// The JSON names of an element.
fn fields<'a>(
    place: usize,
    element: &'a ElementRow,
    names: &'a Names<'_>,
) -> impl Iterator<Item = Field> + 'a {
    let by_name = |set: &CodeSet, name: &str| set.name().cmp(name);
    let code_set = element.code_set.and_then(|name| {
        names
            .code_sets
            .binary_search_by(|set| by_name(set, name))
            .ok()
    });
    element.types.iter().filter_map(move |kind| {
        let (kind, targets) = kind.split_once('(').unwrap_or((kind, ""));
        let targets = targets
            .trim_end_matches(')')
            .split(',')
            .filter(|name| !name.is_empty());
        let key = match element.name.strip_suffix("[x]") {
            Some(stem) => format!("{stem}{}", choice_suffix(kind)),
            None => element.name.to_owned(),
        };
        let content = content(kind, names)?;
        Some(Field {
            key,
            element: place,
            content,
            targets: targets.collect(),
            code_set,
        })
    })
}

fn content(kind: &str, names: &Names<'_>) -> Option<Content> {
    if kind == "Resource" {
        return Some(Content::Resource);
    }
    match Primitive::of_name(kind) {
        Some(primitive) => Some(Content::Primitive(primitive)),
        None => names
            .places
            .get(kind.trim_start_matches('@'))
            .copied()
            .map(Content::Complex),
    }
}

/// `boolean` -> `Boolean`; a profile of Quantity is named as Quantity.
fn choice_suffix(kind: &str) -> String {
    let kind = if kind == "SimpleQuantity" {
        "Quantity"
    } else {
        kind
    };
    let mut characters = kind.chars();
    let first = characters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(characters).collect()
}

impl Role {
    fn of(row: &Row) -> Self {
        match row.name {
            _ if row.kind == "resource" => Self::Resource,
            "Extension" => Self::Extension,
            "Reference" => Self::Reference,
            "CodeableConcept" => Self::CodeableConcept,
            "Coding" => Self::Coding,
            "Period" => Self::Period,
            "Attachment" => Self::Attachment,
            "Quantity" => Self::Quantity,
            _ if row.parent == "Quantity" => Self::Quantity,
            _ => Self::Plain,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_in_the_table_is_known_and_no_type_outgrows_its_bits() {
        let rows = table::read(include_str!("../../tables/structures.txt"));
        let all = structures();
        for (row, own) in rows.iter().zip(&all.types) {
            let inherited = own.elements.len() - row.elements.len().min(own.elements.len());
            assert!(own.elements.len() <= 128 && inherited <= 12, "{}", row.name);
            for element in &row.elements {
                let stem = element.name.trim_end_matches("[x]");
                let place = own.elements.iter().position(|known| known.name == stem);
                let fields = own
                    .fields
                    .iter()
                    .filter(|field| Some(field.element) == place);
                assert_eq!(
                    fields.count(),
                    element.types.len(),
                    "{}.{}",
                    row.name,
                    element.name
                );
            }
            let has_set = row
                .elements
                .iter()
                .filter(|element| element.code_set.is_some())
                .count();
            let bound = |place| {
                own.fields
                    .iter()
                    .any(|field| field.element == place && all.code_set(field).is_some())
            };
            assert!(
                (0..own.elements.len())
                    .filter(|place| bound(*place))
                    .count()
                    >= has_set
            );
        }
    }

    #[test]
    fn r4_has_146_resource_types() {
        assert_eq!(structures().resource_names().len(), 146);
        assert!(structures().resource("Patient").is_some());
        assert!(structures().resource("DomainResource").is_none());
    }
}
