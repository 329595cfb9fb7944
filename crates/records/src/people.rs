//! Finding people from a page: one box for an NHS number or a name.

use ward_access::Search as SearchAction;
use ward_core::PatientId;
use ward_fhir::{
    Node,
    nhs_number::{self, NhsNumber},
};
use ward_log::Interaction;
use ward_store::Undisclosed;

use crate::{
    Door, Error, People, Person, Version, limits,
    search::{Place, Search, Sieve, Stop},
    write::Author,
};

/// What a link of [`Door::people_link`] has for a type: no resource type, so that it pages nothing.
const PEOPLE: &str = "$people";

impl Door<'_> {
    /// The people whose NHS number, or every word of whose name, begins as the text says. Few are
    /// listed or none: of too many nobody is shown, not even how many.
    ///
    /// Words are family or given names in any order, two letters or more of one of them at least.
    /// `born` narrows them down to a day, month or year of birth: `1952-08-04`, `1952-08`, `1952`.
    ///
    /// # Errors
    /// [`Error::Refused`] where the account may not search for people.
    pub async fn find_people(&self, text: &str, born: Option<&str>) -> Result<People, Error> {
        let grant = self.search_grant("Patient").await?;
        let Some(pairs) = question(text, born) else {
            return self.nobody(grant, People::Found(Vec::new())).await;
        };
        let author = Author::Account(self);
        let query = author.parse("Patient", &pairs)?;
        let mut sieve = Sieve::new(&author, &query, grant.reach())?;
        let (mut people, mut candidates) = (Vec::new(), 0);
        let too_many = sieve
            .scan(None, limits::PEOPLE + 1, |sieve, row| {
                candidates += 1;
                let patient = sieve.look(row, |version, _| version)?;
                let Some(patient) = patient else {
                    return Ok(stop_if(candidates >= limits::PEOPLE_CANDIDATES));
                };
                people.push(sieve.identify(patient)?);
                Ok(stop_if(
                    people.len() > limits::PEOPLE || candidates >= limits::PEOPLE_CANDIDATES,
                ))
            })
            .await?;
        if too_many {
            return self.nobody(grant, People::TooMany).await;
        }
        let people = Undisclosed::gather(people).open(&self.own.keys, |mut people| {
            people.sort_by(|one, two| {
                (&one.name, &one.birth_date).cmp(&(&two.name, &two.birth_date))
            });
            People::Found(people)
        });
        self.disclose(grant, Interaction::Search, people).await
    }

    /// A link that asks the same again, to stand in an address where no name may: sealed, for this
    /// account alone, for [`ward_core::limits::PAGING_LINK`].
    pub fn people_link(&self, text: &str, born: Option<&str>) -> String {
        let born = born.map(|born| ("born".to_owned(), born.to_owned()));
        let text = [("text".to_owned(), text.to_owned())];
        let search = Search {
            resource_type: PEOPLE.to_owned(),
            pairs: text.into_iter().chain(born).collect(),
        };
        self.seal_link(&search, Place::Start)
    }

    /// The text and the birth date that a link of [`Door::people_link`] asks for.
    ///
    /// # Errors
    /// [`Error::BadLink`] for any text that this server did not give this account within the time.
    pub fn people_asked(&self, link: &str) -> Result<(String, Option<String>), Error> {
        let search = self.open_link(link)?.search;
        let mut values = search.pairs.into_iter().map(|(_, value)| value);
        match values.next() {
            Some(text) if search.resource_type == PEOPLE => Ok((text, values.next())),
            _ => Err(Error::BadLink),
        }
    }

    async fn nobody(
        &self,
        grant: ward_access::Grant<SearchAction>,
        answer: People,
    ) -> Result<People, Error> {
        self.disclose(grant, Interaction::Search, Undisclosed::nothing(answer))
            .await
    }
}

const fn stop_if(enough: bool) -> Stop {
    if enough { Stop::Here } else { Stop::GoOn }
}

/// The search that the text asks for; `None` for one too short to ask anything.
fn question(text: &str, born: Option<&str>) -> Option<Vec<(String, String)>> {
    let born = born.map(|born| ("birthdate".to_owned(), born.to_owned()));
    if let Some(number) = nhs_number_like(text) {
        let value = format!("{}|{number}", nhs_number::SYSTEM);
        let number = ("identifier".to_owned(), value);
        return Some([number].into_iter().chain(born).collect());
    }
    let is_blank = |part: char| part.is_whitespace() || part == ',';
    let words: Vec<&str> = text
        .split(is_blank)
        .filter(|word| !word.is_empty())
        .collect();
    let asks = words.iter().any(|word| word.chars().count() >= 2)
        && words.len() <= ward_core::limits::SEARCH_PARAMETERS
        && text.len() <= ward_core::limits::SEARCH_VALUE_BYTES;
    // A comma divides alternatives and a backslash escapes (FHIR R4, search 3.1.1.4.5): neither is
    // part of a name.
    let escaped = |word: &str| {
        word.replace('\\', "\\\\")
            .replace('$', "\\$")
            .replace('|', "\\|")
    };
    asks.then(|| {
        words
            .into_iter()
            .map(|word| ("name".to_owned(), escaped(word)))
            .chain(born)
            .collect()
    })
}

/// The ten digits of an NHS number. One that fails its check is looked for all the same: it may
/// stand so in a record, and on the referral in somebody's hand.
fn nhs_number_like(text: &str) -> Option<String> {
    if let Ok(number) = NhsNumber::parse(text) {
        return Some(number.compact());
    }
    let is_blank = |letter: char| letter.is_whitespace() || letter == '-';
    let digits: String = text.chars().filter(|letter| !is_blank(*letter)).collect();
    (digits.len() == 10 && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(digits)
}

impl Sieve<'_> {
    /// Leaves of a patient what identifies, and no more.
    fn identify(&mut self, patient: Undisclosed<Version>) -> Result<Undisclosed<Person>, Error> {
        patient.try_open(self.keys(), |version| {
            let id = version.key.as_patient().ok_or(Error::Unreadable)?;
            let related = self.is_related(&id)?;
            let resource = version.resource()?;
            Ok(person(id, resource.root(), related))
        })
    }
}

fn person(patient: PatientId, root: Node<'_>, related: bool) -> Person {
    let deceased = root.get("deceasedDateTime").is_some()
        || root.get("deceasedBoolean").and_then(Node::as_bool) == Some(true);
    let identifiers = root.all("identifier");
    let is_nhs = |identifier: &&Node<'_>| identifier.text("system") == Some(nhs_number::SYSTEM);
    let number = identifiers
        .iter()
        .find(is_nhs)
        .and_then(|identifier| identifier.text("value"));
    Person {
        patient,
        name: name(root),
        birth_date: root.text("birthDate").map(ToOwned::to_owned),
        nhs_number: number.map(ToOwned::to_owned),
        deceased,
        related,
    }
}

/// `FAMILY, Given Names`, of the name in use.
fn name(root: Node<'_>) -> String {
    let names = root.all("name");
    let uses = ["official", "usual"];
    let of_use = |wanted: &str| names.iter().find(|name| name.text("use") == Some(wanted));
    let Some(name) = uses.into_iter().find_map(of_use).or(names.first()) else {
        return String::new();
    };
    let given: Vec<_> = name
        .all("given")
        .into_iter()
        .filter_map(Node::as_str)
        .collect();
    match (name.text("family"), given.join(" ")) {
        (Some(family), given) if given.is_empty() => family.to_uppercase(),
        (Some(family), given) => format!("{}, {given}", family.to_uppercase()),
        (None, given) if given.is_empty() => name.text("text").unwrap_or_default().to_owned(),
        (None, given) => given,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_nhs_number_is_known_by_its_digits_and_anything_else_is_a_name() {
        let asked = |text: &str| {
            question(text, None).map(|pairs| {
                pairs
                    .iter()
                    .map(|(name, value)| format!("{name}={value}"))
                    .collect::<Vec<_>>()
            })
        };
        let number = "identifier=https://fhir.nhs.uk/Id/nhs-number|9434765919";
        assert_eq!(asked(" 943 476-5919 ").unwrap(), [number]);
        let failing = "identifier=https://fhir.nhs.uk/Id/nhs-number|3478526985";
        assert_eq!(asked("347 852 6985").unwrap(), [failing]);
        assert_eq!(asked("Smith, An").unwrap(), ["name=Smith", "name=An"]);
        assert_eq!(asked("o'neil j").unwrap(), ["name=o'neil", "name=j"]);
        assert_eq!(asked(r"a|b\c").unwrap(), [r"name=a\|b\\c"]);
        let born = question("Smith", Some("1952-08")).unwrap();
        assert_eq!(born[1], ("birthdate".to_owned(), "1952-08".to_owned()));
        for nothing in ["", " , ", "a", "a b"] {
            assert_eq!(asked(nothing), None, "{nothing}");
        }
    }
}
