//! Import of files, by the operator of the machine, with the server stopped. It writes and shows
//! nothing.

use std::collections::HashSet;

use data_encoding::HEXLOWER;
use ward_core::{Ods, ResourceKey};
use ward_crypto::Token;
use ward_fhir::{Issue, IssueCode, Node, Resource, Severity, Target, nhs_number, references};
use ward_log::Actor;

use crate::{
    Error, Records,
    bundle::{Links, conditional, dangling, within_entry},
    limits, query_pairs,
    write::{Again, Author, Change, Kind},
};

/// `Bundle.type` of versions.
const HISTORY: &str = "history";

/// What became of an import. Running it again changes nothing.
#[derive(Debug, Default)]
pub struct Imported {
    /// Resources that were not there before.
    pub created: usize,
    /// Resources that have a new version.
    pub updated: usize,
    /// Resources that were there already, just so.
    pub unchanged: usize,
    /// Resources that were there once, just so, and have been changed or deleted since: they were
    /// left as they are now.
    pub kept: usize,
    /// Resources that were deleted, as a history says.
    pub deleted: usize,
    /// What somebody should look at, though it went in.
    pub warned: Vec<WarnedImport>,
    /// What did not go in, and why.
    pub refused: Vec<RefusedImport>,
}

/// A resource that did not go in.
#[derive(Debug)]
pub struct RefusedImport {
    /// Which of the resources given: its place in the list.
    pub resource: usize,
    /// Its place in that, where it was a bundle.
    pub entry: Option<usize>,
    /// Why.
    pub error: Error,
}

/// What is not right with a resource that went in all the same: an NHS number that fails its check,
/// a reference that names nothing.
#[derive(Debug)]
pub struct WarnedImport {
    /// Which of the resources given: its place in the list.
    pub resource: usize,
    /// Its place in that, where it was a bundle.
    pub entry: Option<usize>,
    /// What.
    pub issues: Vec<Issue>,
}

/// What an import does about resources that were imported before and changed since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// Leaves them as they are.
    Keep,
    /// Writes them again.
    Overwrite,
}

/// A resource to go in; or, of a history, to go.
struct Item {
    resource: usize,
    entry: Option<usize>,
    full_url: Option<String>,
    key: ResourceKey,
    content: Option<Resource>,
}

impl Records {
    /// Imports some resources. Those that can't go in don't keep the others out.
    ///
    /// A transaction, batch, collection, searchset or history is taken apart, its links resolved
    /// among its own entries; any other Bundle (a message, a document) goes in whole. An entry with
    /// the fullUrl `urn:uuid:X` becomes `Type/X`, and a resource without an id gets one made of its
    /// content, so that a second import changes nothing. A history goes in from its oldest version
    /// to its newest, deletes included.
    ///
    /// # Errors
    /// Where the store fails; what is wrong with resources is in the answer.
    pub async fn import(
        &self,
        ods: &Ods,
        resources: &[Resource],
        actor: Option<Actor>,
        since: Since,
    ) -> Result<Imported, Error> {
        let own = self.organisation(ods)?;
        let author = Author::Operator {
            records: self,
            own,
            actor,
        };
        let mut import = Import {
            author: &author,
            imported: Imported::default(),
            again: match since {
                Since::Keep => Again::Keep,
                Since::Overwrite => Again::Leave,
            },
        };
        let mut ready = Ready::default();
        for (index, resource) in resources.iter().enumerate() {
            for item in import.take_apart(index, resource).await? {
                let place = (item.resource, item.entry);
                let content = match item.content.map(|content| author.accept(content)) {
                    Some(Err(error)) => {
                        import.refuse(place, error);
                        continue;
                    }
                    Some(Ok(content)) => Some(content),
                    None => None,
                };
                if ready.is_full_for(&item.key) {
                    import.commit(&mut ready).await?;
                }
                ready.add(place, item.key, content, import.again);
            }
        }
        import.commit(&mut ready).await?;
        Ok(import.imported)
    }
}

/// Changes that are about to be committed together, with their places.
#[derive(Default)]
struct Ready {
    places: Vec<(usize, Option<usize>)>,
    changes: Vec<Change>,
    keys: HashSet<ResourceKey>,
    bytes: usize,
}

impl Ready {
    fn is_full_for(&self, key: &ResourceKey) -> bool {
        self.keys.contains(key)
            || self.changes.len() >= limits::IMPORT_BATCH
            || self.bytes >= limits::IMPORT_BYTES
    }

    fn add(
        &mut self,
        place: (usize, Option<usize>),
        key: ResourceKey,
        content: Option<Resource>,
        again: Again,
    ) {
        self.keys.insert(key.clone());
        self.places.push(place);
        self.changes.push(match content {
            None => Change::delete(key, None),
            Some(resource) => {
                self.bytes += resource.json().len();
                Change {
                    index: 0,
                    key,
                    if_match: None,
                    kind: Kind::Put { resource, again },
                }
            }
        });
    }
}

struct Import<'a> {
    author: &'a Author<'a>,
    imported: Imported,
    again: Again,
}

impl Import<'_> {
    fn refuse(&mut self, (resource, entry): (usize, Option<usize>), error: Error) {
        let error = match (error, entry) {
            (Error::Invalid(issues), Some(index)) => {
                Error::Invalid(within_entry(index, issues).collect())
            }
            (error, _) => error,
        };
        self.imported.refused.push(RefusedImport {
            resource,
            entry,
            error,
        });
    }

    async fn commit(&mut self, ready: &mut Ready) -> Result<(), Error> {
        let Ready {
            places, changes, ..
        } = std::mem::take(ready);
        let outcomes = self.author.write_each(&changes).await?;
        for ((place, change), outcome) in places.into_iter().zip(&changes).zip(outcomes) {
            let is_in = outcome.is_ok();
            match outcome {
                Ok(Some(written)) if written.unchanged => self.imported.unchanged += 1,
                Ok(Some(written)) if written.created => self.imported.created += 1,
                Ok(Some(_)) if matches!(change.kind, Kind::Delete) => self.imported.deleted += 1,
                Ok(Some(_)) => self.imported.updated += 1,
                Ok(None) => self.imported.kept += 1,
                Err(error @ (Error::Store(_) | Error::Unavailable(_))) => return Err(error),
                Err(error) => self.refuse(place, error),
            }
            if let Kind::Put { resource, .. } = &change.kind
                && is_in
            {
                self.warn(place, resource);
            }
        }
        Ok(())
    }

    /// What is not right with a resource that went in.
    fn warn(&mut self, (resource, entry): (usize, Option<usize>), content: &Resource) {
        let mut issues = nhs_number::warnings(content);
        issues.extend(nameless(content));
        if !issues.is_empty() {
            self.imported.warned.push(WarnedImport {
                resource,
                entry,
                issues,
            });
        }
    }

    /// The resources in a resource, with their links resolved.
    async fn take_apart(&mut self, index: usize, resource: &Resource) -> Result<Vec<Item>, Error> {
        if !is_collection(resource) {
            let content = resource.clone();
            return Ok(match self.key_of(None, None, resource) {
                Ok(key) => {
                    vec![Item {
                        resource: index,
                        entry: None,
                        full_url: None,
                        key,
                        content: Some(content),
                    }]
                }
                Err(error) => {
                    self.refuse((index, None), error);
                    Vec::new()
                }
            });
        }
        let mut links = Links::default();
        let mut items = Vec::new();
        let entries = resource.get("entry").into_iter().flat_map(Node::items);
        for (entry, node) in entries.enumerate() {
            let place = (index, Some(entry));
            match self.item(place, node, resource.root().text("type") == Some(HISTORY)) {
                Ok(Some(item)) => {
                    links.entry(item.full_url.as_deref(), &item.key);
                    items.push(item);
                }
                Ok(None) => {}
                Err(error) => self.refuse(place, error),
            }
        }
        for content in items.iter().filter_map(|item| item.content.as_ref()) {
            self.find_conditions(&mut links, content).await?;
        }
        for item in &mut items {
            let full_url = item.full_url.as_deref();
            item.content = item
                .content
                .take()
                .map(|content| links.resolve(full_url, &content));
        }
        if resource.root().text("type") == Some(HISTORY) {
            // A history begins with what came last.
            items.reverse();
        }
        Ok(items)
    }

    fn item(
        &self,
        (resource, entry): (usize, Option<usize>),
        node: Node<'_>,
        is_history: bool,
    ) -> Result<Option<Item>, Error> {
        let Some(content) = node.get("resource") else {
            return removed((resource, entry), node, is_history);
        };
        let content = Resource::of_node(content).ok_or_else(|| {
            Error::invalid(
                IssueCode::Structure,
                "Bundle.entry.resource",
                "not a resource of R4",
            )
        })?;
        let full_url = node.text("fullUrl");
        let key = self.key_of(full_url, node.text("request.url"), &content)?;
        let full_url = full_url.map(ToOwned::to_owned);
        Ok(Some(Item {
            resource,
            entry,
            full_url,
            key,
            content: Some(content),
        }))
    }

    /// The key that a resource has each time it is imported.
    fn key_of(
        &self,
        full_url: Option<&str>,
        request_url: Option<&str>,
        resource: &Resource,
    ) -> Result<ResourceKey, Error> {
        let resource_type = resource.resource_type();
        let named = request_url.and_then(|url| match Target::read(url)? {
            Target::Instance(of_type, id) if of_type == resource_type => Some(id),
            _ => None,
        });
        let uuid = full_url.and_then(|url| url.strip_prefix("urn:uuid:"));
        let own = named.or(uuid).or(resource.id());
        let content: Token;
        let made;
        let id = if let Some(id) = own {
            id
        } else {
            content = self
                .author
                .own()
                .keys
                .token("import", &[resource.json().as_bytes()]);
            made = HEXLOWER.encode(&content.0);
            &made
        };
        ResourceKey::new(resource_type, id).map_err(|_| {
            let place = format!("{resource_type}.id");
            Error::invalid(IssueCode::Value, place, "not an id of FHIR")
        })
    }

    /// Finds what conditional references name; one that names nothing stays as it is, with a warning.
    async fn find_conditions(&self, links: &mut Links, content: &Resource) -> Result<(), Error> {
        for (reference, resource_type, query) in conditional(content) {
            if links.knows_condition(reference) {
                continue;
            }
            let Some(pairs) = query_pairs(query) else {
                continue;
            };
            let Ok(condition) = self.author.condition(resource_type, &pairs) else {
                continue;
            };
            match self.author.met(&condition).await {
                Ok(Some(met)) => links.condition(reference, met.key),
                Ok(None) | Err(Error::MultipleMatches | Error::TooCostly(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// An entry without a resource: the end of one, if it stands in a history.
fn removed(
    (resource, entry): (usize, Option<usize>),
    node: Node<'_>,
    is_history: bool,
) -> Result<Option<Item>, Error> {
    let wrong = |what| {
        Err(Error::invalid(
            IssueCode::NotSupported,
            "Bundle.entry.request",
            what,
        ))
    };
    match (node.text("request.method"), is_history) {
        (Some("DELETE"), true) => {
            let url = node
                .text("request.url")
                .or(node.text("fullUrl"))
                .unwrap_or_default();
            let mut parts = url.rsplit('/');
            let (id, of_type) = (parts.next(), parts.next());
            let key = ResourceKey::new(of_type.unwrap_or_default(), id.unwrap_or_default());
            let Ok(key) = key else {
                return wrong("it names no resource");
            };
            Ok(Some(Item {
                resource,
                entry,
                full_url: None,
                key,
                content: None,
            }))
        }
        (Some("DELETE" | "PATCH"), _) => wrong("an import takes DELETE of a history alone"),
        _ => Ok(None),
    }
}

/// A warning for each reference that names nothing: such a resource may be in nobody's record.
fn nameless(content: &Resource) -> Vec<Issue> {
    let place = |reference| {
        let found = references(content).into_iter();
        found
            .filter(|found| found.value == reference)
            .map(|found| found.location)
            .next()
            .unwrap_or_default()
    };
    let what = "the reference names nothing that is here";
    let unmet = conditional(content)
        .into_iter()
        .map(|(reference, ..)| Issue::warning(IssueCode::NotFound, place(reference), what));
    dangling(content)
        .into_iter()
        .map(|issue| Issue {
            severity: Severity::Warning,
            ..issue
        })
        .chain(unmet)
        .collect()
}

fn is_collection(resource: &Resource) -> bool {
    const COLLECTIONS: [&str; 5] = ["transaction", "batch", "collection", "searchset", HISTORY];
    let kind = resource.root().text("type").unwrap_or_default();
    resource.resource_type() == "Bundle" && COLLECTIONS.contains(&kind)
}
