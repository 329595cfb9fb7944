//! search (FHIR R4, http 3.1.0.9; search 3.1.1).
//!
//! Terms of the query become tokens, the store finds the rows that have them, and each row is
//! opened, checked exactly, and judged by the policies before it counts.

mod condition;
mod link;
mod pairs;
mod sieve;

use ward_access::{Grant, Reach, Read, Target};
use ward_core::ResourceKey;
use ward_fhir::search::{SortKey, Total};
use ward_log::Interaction;
use ward_store::Undisclosed;

pub(crate) use condition::{Condition, Met};
pub(crate) use link::Place;
pub use pairs::query_pairs;
pub(crate) use sieve::{Sieve, Stop};

use crate::{Door, Error, Page, Version, limits::PAGE_BYTES, write::Author};
use link::Link;

/// How to go on after [`Error::TooCostly`].
pub(crate) const NARROW: &str =
    "too many records fit: name a patient, or add a code, a date or more of the name";

/// Resources that the `_include`s of one page bring at most.
const INCLUDED: usize = 1_000;
/// How to go on where they would bring more.
const FEWER: &str = "the page would bring too much along: ask for fewer with _count";

/// A search as it was asked.
#[derive(Clone, PartialEq, Eq)]
pub struct Search {
    /// The resource type looked for.
    pub resource_type: String,
    /// The parameters in order, percent-decoded.
    pub pairs: Vec<(String, String)>,
}

impl std::fmt::Debug for Search {
    /// What is looked for may be a person.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Search({})", self.resource_type)
    }
}

impl Door<'_> {
    /// The first page of a search.
    ///
    /// # Errors
    /// [`Error::Invalid`] with all that is wrong with the parameters; [`Error::Refused`];
    /// [`Error::TooCostly`].
    pub async fn search(&self, search: &Search) -> Result<Page, Error> {
        self.search_from(search, Place::Start).await
    }

    /// The page that a link leads to: [`Page::next`] of the page before it, or
    /// [`Page::this`] of the page itself.
    ///
    /// # Errors
    /// [`Error::BadLink`] for any text that this server did not give this account within
    /// [`ward_core::limits::PAGING_LINK`], and those of [`Door::search`].
    pub async fn page(&self, link: &str) -> Result<Page, Error> {
        let link = self.open_link(link)?;
        let Link { search, place } = link;
        self.search_from(&search, place).await
    }

    async fn search_from(&self, search: &Search, place: Place) -> Result<Page, Error> {
        let author = Author::Account(self);
        let query = author.parse(&search.resource_type, &search.pairs)?;
        let grant = self.search_grant(query.resource_type()).await?;
        let mut sieve = Sieve::new(&author, &query, grant.reach())?;
        if query.page_size() == 0 {
            let counted = sieve.counted().await?;
            let told = counted.and(sieve.asked_about()?);
            let this = self.seal_link(search, place);
            let page = told.open(&self.own.keys, |(counted, ())| Page {
                this,
                total: Some(counted.len()),
                ..Page::default()
            });
            let grant = self.settled(grant, &sieve)?;
            return self.disclose(grant, Interaction::Search, page).await;
        }
        let page = if query.sort().is_empty() {
            sieve.natural_page(place).await?
        } else {
            sieve.sorted_page(place).await?
        };
        let is_whole = place == Place::Start && page.next.is_none();
        let counted = match query.total() {
            Some(Total::Accurate) if !is_whole => Some(sieve.counted().await?),
            _ => None,
        };
        let is_counted = counted.is_some();
        let counted = counted.unwrap_or_else(|| Undisclosed::nothing(Vec::new()));
        let told = counted.and(sieve.asked_about()?);
        let this = self.seal_link(search, place);
        let next = page.next.map(|place| self.seal_link(search, place));
        let included = self.included(&mut sieve, &page.targets)?;
        let grant = self.settled(grant, &sieve)?;
        let page = Undisclosed::gather(page.found).and(Undisclosed::gather(included));
        let page = page
            .and(told)
            .open(&self.own.keys, |(page, (counted, ()))| {
                let (matches, included) = page;
                let known = [(is_whole, matches.len()), (is_counted, counted.len())];
                Page {
                    matches,
                    included,
                    this,
                    next,
                    total: known
                        .into_iter()
                        .find_map(|(is_known, total)| is_known.then_some(total)),
                }
            });
        self.disclose(grant, Interaction::Search, page).await
    }

    /// Asks whether the account may search a type at all.
    pub(crate) async fn search_grant(
        &self,
        resource_type: &str,
    ) -> Result<Grant<ward_access::Search>, Error> {
        let target = Target::resource_type(self.own.keys.ods(), resource_type);
        match self.decide(&target) {
            Ok(grant) => Ok(grant),
            Err(refused) => self.refuse("search", None, refused.reason).await,
        }
    }

    /// Where every hit rests on a relationship, the entry says which.
    pub(crate) fn settled(
        &self,
        grant: Grant<ward_access::Search>,
        sieve: &Sieve<'_>,
    ) -> Result<Grant<ward_access::Search>, Error> {
        let Some(through) = sieve.through().filter(|_| grant.reach() == Reach::Related) else {
            return Ok(grant);
        };
        let through = [Some(through.clone())];
        let target = Target::resource_type(self.own.keys.ods(), grant.resource_type());
        self.decide(&target.about(&through))
            .map_err(|_| Error::Refused)
    }

    /// The resources that a page's hits lead to, as far as the account may read them.
    fn included(
        &self,
        sieve: &mut Sieve<'_>,
        targets: &[ResourceKey],
    ) -> Result<Vec<Undisclosed<Version>>, Error> {
        if targets.len() > INCLUDED {
            return Err(Error::TooCostly(FEWER));
        }
        let mut included = Vec::new();
        for key in targets {
            let Some(located) = self
                .own
                .store
                .locate(key)?
                .filter(|located| !located.deleted)
            else {
                continue;
            };
            let relationships = sieve.relationships(&located.subjects)?;
            let target = Target::resource(self.own.keys.ods(), key).about(&relationships);
            let subjects = &located.subjects;
            let checked = self.check_subjects::<Read>(key.resource_type(), subjects);
            if let (Ok(grant), Ok(())) = (self.decide::<Read>(&target), checked) {
                let version = self.fetch(&grant, located.seq)?;
                included.extend(self.lets_through_version::<Read>(subjects, version)?);
            }
        }
        Ok(included)
    }
}

/// What a page is made of, still undisclosed.
struct Hits {
    found: Vec<Undisclosed<Version>>,
    /// What `_include` leads to, each once, without the hits themselves.
    targets: Vec<ResourceKey>,
    next: Option<Place>,
}

impl Sieve<'_> {
    /// A page in the order of the store: what was written last comes first.
    async fn natural_page(&mut self, place: Place) -> Result<Hits, Error> {
        let wanted = self.query().page_size();
        let after = match place {
            Place::After(row) => Some(row),
            Place::Start | Place::Offset(_) => None,
        };
        let mut page = Gathering::default();
        let mut last = None;
        let more = self
            .scan(after, wanted + 1, |sieve, row| {
                // The hit after the last of the page says that there is more, and leads nowhere.
                if page.hits.len() == wanted || page.bytes > PAGE_BYTES {
                    let mut is_hit = false;
                    sieve.pass(row, |_| is_hit = true)?;
                    return Ok(if is_hit { Stop::Here } else { Stop::GoOn });
                }
                if let Some(hit) = page.look(sieve, row)? {
                    page.hits.push(hit);
                    last = Some(row);
                }
                Ok(Stop::GoOn)
            })
            .await?;
        let next = last.filter(|_| more).map(Place::After);
        Ok(page.finish(next))
    }

    /// A page in the order that the query asks for: every candidate's place is looked at first.
    async fn sorted_page(&mut self, place: Place) -> Result<Hits, Error> {
        let from = match place {
            Place::Offset(from) => usize::try_from(from).unwrap_or(usize::MAX),
            Place::Start | Place::After(_) => 0,
        };
        let mut rows = self.sorted_rows().await?;
        let rest = rows.split_off(from.min(rows.len()));
        let wanted = self.query().page_size();
        let (mut page, mut looked) = (Gathering::default(), 0);
        for (_, row) in rest.iter().take(wanted) {
            if page.bytes > PAGE_BYTES {
                break;
            }
            let hit = page.look(self, *row)?;
            page.hits.extend(hit);
            looked += 1;
        }
        let more = rest.len() > looked;
        let next = u64::try_from(from.saturating_add(looked))
            .ok()
            .filter(|_| more);
        Ok(page.finish(next.map(Place::Offset)))
    }

    /// The rows that match, in the order that the query asks for.
    async fn sorted_rows(&mut self) -> Result<Vec<(SortKey, u64)>, Error> {
        self.newest_rows(usize::MAX).await
    }

    /// Those among the newest `candidates`, in the order that the query asks for.
    pub(crate) async fn newest_rows(
        &mut self,
        candidates: usize,
    ) -> Result<Vec<(SortKey, u64)>, Error> {
        let (mut rows, mut seen) = (Vec::new(), 0);
        self.scan(None, candidates, |sieve, row| {
            let query = sieve.query();
            sieve.pass(row, |values| rows.push((query.sort_key(values), row)))?;
            seen += 1;
            Ok(if seen < candidates {
                Stop::GoOn
            } else {
                Stop::Here
            })
        })
        .await?;
        // Of equal places the one written last comes first.
        rows.sort_by(|(one, one_row), (two, two_row)| one.cmp(two).then(two_row.cmp(one_row)));
        Ok(rows)
    }

    /// Everything that matches, counted. A count tells of each, and so names each.
    async fn counted(&mut self) -> Result<Undisclosed<Vec<()>>, Error> {
        let mut counted = Vec::new();
        self.scan(None, usize::MAX, |sieve, row| {
            counted.extend(sieve.look(row, |_, _| ())?);
            Ok(Stop::GoOn)
        })
        .await?;
        Ok(Undisclosed::gather(counted))
    }
}

/// A page as it grows.
#[derive(Default)]
struct Gathering {
    hits: Vec<Undisclosed<Version>>,
    keys: Vec<ResourceKey>,
    targets: Vec<ResourceKey>,
    bytes: usize,
}

impl Gathering {
    fn look(
        &mut self,
        sieve: &mut Sieve<'_>,
        row: u64,
    ) -> Result<Option<Undisclosed<Version>>, Error> {
        let query = sieve.query();
        let before = self.bytes;
        let hit = sieve.look(row, |version, values| {
            self.bytes += version.body.len();
            self.targets.extend(query.include_targets(values));
            self.keys.push(version.key.clone());
            version
        })?;
        sieve.give(self.bytes - before)?;
        Ok(hit)
    }

    fn finish(mut self, next: Option<Place>) -> Hits {
        self.targets.sort();
        self.targets.dedup();
        self.targets.retain(|target| !self.keys.contains(target));
        Hits {
            found: self.hits,
            targets: self.targets,
            next,
        }
    }
}
