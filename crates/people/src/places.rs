//! Towns, streets and postcodes that do not exist.

use serde_json::{Value, json};

use crate::dice::Dice;

/// A town and its postcode district. No postcode area of Royal Mail begins with LF, BK or QD.
const TOWNS: &[(&str, &str, &str)] = &[
    ("Larkfield", "LF1", "Westshire"),
    ("Larkfield", "LF2", "Westshire"),
    ("Upper Larkfield", "LF3", "Westshire"),
    ("Brackenside", "BK1", "Northmoor"),
    ("Brackenside", "BK2", "Northmoor"),
    ("Stony Bracken", "BK4", "Northmoor"),
    ("Quaydon", "QD1", "Estuary"),
    ("Quaydon", "QD3", "Estuary"),
    ("Little Quay", "QD6", "Estuary"),
];
const STREETS: &[&str] = &[
    "High Street",
    "Station Road",
    "Church Lane",
    "Victoria Road",
    "Mill Lane",
    "The Green",
    "Park Avenue",
    "Orchard Close",
    "Kingfisher Way",
    "Chapel Street",
    "Manor Drive",
    "Albert Terrace",
    "School Lane",
    "Elm Grove",
    "Meadow View",
    "Canal Street",
    "Windmill Hill",
    "Beech Crescent",
    "Foundry Row",
    "Nightingale Court",
    "Tannery Yard",
    "St Aidan's Walk",
    "Harbour Parade",
    "Copse Rise",
];
/// Letters of the second half of a postcode: C, I, K, M, O and V are not used.
const INWARD: &[u8] = b"ABDEFGHJLNPQRSTUWXYZ";

/// A home address.
pub(crate) fn address(dice: &mut Dice) -> Value {
    let (town, district, county) = *dice.pick(TOWNS);
    let number = dice.between(1, 180);
    let street = *dice.pick(STREETS);
    let mut lines = Vec::new();
    if dice.chance(0.12) {
        lines.push(format!("Flat {}", dice.between(1, 24)));
    }
    lines.push(format!("{number} {street}"));
    let digit = dice.between(1, 9);
    let (one, two) = (
        char::from(*dice.pick(INWARD)),
        char::from(*dice.pick(INWARD)),
    );
    json!({
        "use": "home",
        "line": lines,
        "city": town,
        "district": county,
        "postalCode": format!("{district} {digit}{one}{two}"),
        "country": "GB",
    })
}

/// A landline of the range that Ofcom keeps for drama.
pub(crate) fn landline(dice: &mut Dice) -> String {
    format!("01632 960{:03}", dice.between(0, 999))
}

/// A mobile telephone of the range that Ofcom keeps for drama.
pub(crate) fn mobile(dice: &mut Dice) -> String {
    format!("07700 900{:03}", dice.between(0, 999))
}
