//! Import of files, by the operator of the machine, with the server stopped. It writes and shows
//! nothing.

use std::collections::HashSet;

use data_encoding::HEXLOWER;
use ward_core::{Ods, ResourceKey};
use ward_crypto::Token;
use ward_fhir::{IssueCode, Node, Resource, Target};
use ward_log::Actor;

use crate::{
    Error, Records,
    bundle::{Links, conditional, within_entry},
    limits, query_pairs,
    write::{Author, Change, Kind},
};

/// What became of an import. Running it again finds everything unchanged.
#[derive(Debug, Default)]
pub struct Imported {
    /// Resources that were not there before.
    pub created: usize,
    /// Resources that have a new version.
    pub updated: usize,
    /// Resources that were there already, just so.
    pub unchanged: usize,
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

/// A resource to go in.
struct Item {
    resource: usize,
    entry: Option<usize>,
    full_url: Option<String>,
    key: ResourceKey,
    content: Resource,
}

impl Records {
    /// Imports some resources. Those that can't go in don't keep the others out.
    ///
    /// A transaction, batch, collection, searchset or history is taken apart, its links resolved
    /// among its own entries; any other Bundle (a message, a document) goes in whole. An entry with
    /// the fullUrl `urn:uuid:X` becomes `Type/X`, and a resource without an id gets one made of its
    /// content, so that a second import changes nothing.
    ///
    /// # Errors
    /// Where the store fails; what is wrong with resources is in the answer.
    pub async fn import(
        &self,
        ods: &Ods,
        resources: &[Resource],
        actor: Option<Actor>,
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
        };
        let mut ready = Ready::default();
        for (index, resource) in resources.iter().enumerate() {
            for item in import.take_apart(index, resource).await? {
                let place = (item.resource, item.entry);
                match author.accept(item.content) {
                    Err(error) => import.refuse(place, error),
                    Ok(content) => {
                        if ready.is_full_for(&item.key) {
                            import.commit(&mut ready).await?;
                        }
                        ready.add(place, item.key, content);
                    }
                }
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

    fn add(&mut self, place: (usize, Option<usize>), key: ResourceKey, resource: Resource) {
        self.bytes += resource.json().len();
        self.keys.insert(key.clone());
        self.places.push(place);
        let kind = Kind::Put {
            resource,
            only_if_changed: true,
        };
        self.changes.push(Change {
            index: 0,
            key,
            if_match: None,
            kind,
        });
    }
}

struct Import<'a> {
    author: &'a Author<'a>,
    imported: Imported,
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
        for (place, outcome) in places.into_iter().zip(outcomes) {
            match outcome {
                Ok(Some(written)) if written.unchanged => self.imported.unchanged += 1,
                Ok(Some(written)) if written.created => self.imported.created += 1,
                Ok(_) => self.imported.updated += 1,
                Err(error @ (Error::Store(_) | Error::Unavailable(_))) => return Err(error),
                Err(error) => self.refuse(place, error),
            }
        }
        Ok(())
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
                        content,
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
            match self.item(place, node) {
                Ok(Some(item)) => {
                    links.entry(item.full_url.as_deref(), &item.key);
                    items.push(item);
                }
                Ok(None) => {}
                Err(error) => self.refuse(place, error),
            }
        }
        for item in &items {
            self.find_conditions(&mut links, item).await?;
        }
        for item in &mut items {
            item.content = links.resolve(item.full_url.as_deref(), &item.content);
        }
        Ok(items)
    }

    fn item(
        &self,
        (resource, entry): (usize, Option<usize>),
        node: Node<'_>,
    ) -> Result<Option<Item>, Error> {
        let Some(content) = node.get("resource") else {
            return Ok(None);
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
            content,
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

    /// Finds what conditional references name; one that names nothing stays as it is, and is
    /// refused with its resource.
    async fn find_conditions(&mut self, links: &mut Links, item: &Item) -> Result<(), Error> {
        for (reference, resource_type, query) in conditional(&item.content) {
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

fn is_collection(resource: &Resource) -> bool {
    const COLLECTIONS: [&str; 5] = ["transaction", "batch", "collection", "searchset", "history"];
    let kind = resource.root().text("type").unwrap_or_default();
    resource.resource_type() == "Bundle" && COLLECTIONS.contains(&kind)
}
