//! Candidates of a search: opened, checked, judged.

use std::collections::{HashMap, hash_map::Entry};

use ward_access::{Reach, Relationship, Target};
use ward_core::{PatientId, ResourceKey};
use ward_crypto::{OrganisationKeys, Token};
use ward_fhir::{
    Resource,
    search::{SearchQuery, SearchValues, extract, query_terms},
};
use ward_store::{Query, SealedVersion, Undisclosed, limits::QUERY_TOKENS};

use crate::{Error, Version, limits::AT_A_TIME, marks, write::Author};

/// Whether a scan goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    GoOn,
    Here,
}

/// Lets through what matches a query and what its account may have.
pub(crate) struct Sieve<'a> {
    author: &'a Author<'a>,
    query: &'a SearchQuery,
    groups: Vec<Vec<Token>>,
    /// The account's relationships, as far as they were asked for.
    relationships: HashMap<Token, Option<Relationship>>,
    /// The relationship that the first hit rests on.
    through: Option<Relationship>,
    reach: Reach,
}

impl<'a> Sieve<'a> {
    pub(crate) fn new(
        author: &'a Author<'a>,
        query: &'a SearchQuery,
        reach: Reach,
    ) -> Result<Self, Error> {
        let keys = &author.own().keys;
        let terms = query_terms(query).into_iter();
        let groups = terms
            .map(|group| group.iter().map(|term| marks::term(keys, term)).collect())
            .collect();
        let (relationships, through) = (HashMap::new(), None);
        let mut sieve = Self {
            author,
            query,
            groups,
            relationships,
            through,
            reach,
        };
        if reach == Reach::Related {
            sieve.narrow()?;
        }
        if let Author::Account(door) = author
            && let Some(patient) = door.searches_only(query.resource_type())
        {
            sieve.only_in_record_of(&patient);
        }
        sieve.widen();
        Ok(sieve)
    }

    /// Looks only in records that the account may open, where they are few enough to be named.
    fn narrow(&mut self) -> Result<(), Error> {
        let named = self.query.patients();
        let candidates = match named {
            Some(ids) => self.author.own().subjects_of_ids(&ids),
            None => self.learn_all()?,
        };
        let now = self.author.records().clock.now();
        let mut subjects = Vec::new();
        for subject in candidates {
            let through = self.relationship(&subject)?;
            if through.is_some_and(|through| through.in_force(now)) {
                subjects.push(subject);
            }
        }
        if subjects.len() <= crate::limits::RELATED {
            let (keys, of_type) = (&self.author.own().keys, self.query.resource_type());
            let mark = |subject| marks::in_record(keys, of_type, subject);
            self.groups.push(subjects.iter().map(mark).collect());
        }
        Ok(())
    }

    /// Leaves out the groups that ask the index for the most, until it may be asked: every hit is
    /// checked against the whole query anyway.
    fn widen(&mut self) {
        while self.groups.iter().map(Vec::len).sum::<usize>() > QUERY_TOKENS {
            let widest = self
                .groups
                .iter()
                .enumerate()
                .max_by_key(|(_, group)| group.len());
            let Some((place, _)) = widest else { break };
            self.groups.swap_remove(place);
        }
    }

    fn learn_all(&mut self) -> Result<Vec<Token>, Error> {
        if let Author::Account(door) = self.author {
            let all = door.all_relationships()?;
            self.relationships = all
                .into_iter()
                .map(|(it, through)| (it, Some(through)))
                .collect();
        }
        Ok(self.relationships.keys().copied().collect())
    }

    /// The account's best relationship with a patient.
    fn relationship(&mut self, subject: &Token) -> Result<Option<&Relationship>, Error> {
        let known = match self.relationships.entry(*subject) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => {
                let Author::Account(door) = self.author else {
                    return Ok(None);
                };
                let found = door
                    .relationships(&[*subject])?
                    .into_iter()
                    .next()
                    .flatten();
                unknown.insert(found)
            }
        };
        Ok(known.as_ref())
    }

    /// The account's relationship with each of some patients.
    pub(crate) fn relationships(
        &mut self,
        subjects: &[Token],
    ) -> Result<Vec<Option<Relationship>>, Error> {
        subjects
            .iter()
            .map(|subject| Ok(self.relationship(subject)?.cloned()))
            .collect()
    }

    /// Whether the account has a relationship in force with a patient.
    pub(crate) fn is_related(&mut self, patient: &PatientId) -> Result<bool, Error> {
        let now = self.author.records().clock.now();
        let subject = self.author.own().store.subject(patient);
        Ok(self
            .relationship(&subject)?
            .is_some_and(|through| through.in_force(now)))
    }

    /// Says which patients the answer tells something of, whatever is found: those whom the query
    /// names, who are here, and whose records the account may search.
    pub(crate) fn asked_about(&mut self) -> Result<Undisclosed<()>, Error> {
        let (own, mut asked) = (self.author.own(), Vec::new());
        for id in self.query.patients().unwrap_or_default() {
            let Ok(patient) = PatientId::new(id) else {
                continue;
            };
            let is_here = own.store.locate(&patient.key())?.is_some();
            if is_here && (self.reach == Reach::Organisation || self.is_related(&patient)?) {
                asked.push(patient);
            }
        }
        Ok(own.store.told_of(&asked))
    }

    /// Looks in one patient's record alone.
    pub(crate) fn only_in_record_of(&mut self, subject: &Token) {
        let mark = marks::in_record(self.keys(), self.query.resource_type(), subject);
        self.groups.push(vec![mark]);
    }

    pub(crate) fn keys(&self) -> &'a OrganisationKeys {
        &self.author.own().keys
    }

    pub(crate) fn query(&self) -> &'a SearchQuery {
        self.query
    }

    pub(crate) fn through(&self) -> Option<&Relationship> {
        self.through.as_ref()
    }

    /// Goes through the candidates, newest first, until `visit` stops it: whether it did. `expected`
    /// is how many are likely to be enough.
    pub(crate) async fn scan(
        &mut self,
        mut after: Option<u64>,
        expected: usize,
        mut visit: impl FnMut(&mut Self, u64) -> Result<Stop, Error>,
    ) -> Result<bool, Error> {
        let mut limit = expected.min(AT_A_TIME);
        loop {
            let query = Query {
                all: self.groups.clone(),
                after,
                limit,
            };
            let found = self.author.own().store.find(&query)?;
            for row in found.rows {
                if let Author::Account(door) = self.author {
                    door.budget.candidate()?;
                }
                if visit(self, row)? == Stop::Here {
                    return Ok(true);
                }
                after = Some(row);
            }
            if !found.more {
                return Ok(false);
            }
            limit = AT_A_TIME;
            tokio::task::yield_now().await;
        }
    }

    /// Counts what goes into the answer; the operator is given none.
    pub(crate) fn give(&self, bytes: usize) -> Result<(), Error> {
        match self.author {
            Author::Account(door) => door.budget.give(bytes),
            Author::Operator { .. } => Ok(()),
        }
    }

    /// A candidate's shape, if it is a hit.
    pub(crate) fn look<T>(
        &mut self,
        row: u64,
        shape: impl FnOnce(Version, &SearchValues<'_>) -> T,
    ) -> Result<Option<Undisclosed<T>>, Error> {
        let candidate = self.author.own().store.read(row)?;
        let mut failed = Ok(());
        let hit = candidate.sift(&self.author.own().keys, |sealed| {
            let hit = self.hit(sealed, shape);
            hit.unwrap_or_else(|error| {
                failed = Err(error);
                None
            })
        });
        failed.map(|()| hit)
    }

    /// Looks at a candidate's values, if it is a hit, and shows nothing of it.
    pub(crate) fn pass(
        &mut self,
        row: u64,
        look: impl FnOnce(&SearchValues<'_>),
    ) -> Result<(), Error> {
        self.look(row, |_, values| look(values)).map(drop)
    }

    fn hit<T>(
        &mut self,
        sealed: SealedVersion,
        shape: impl FnOnce(Version, &SearchValues<'_>) -> T,
    ) -> Result<Option<T>, Error> {
        let subjects = self.author.own().subjects(&sealed.patients);
        let relationships = self.relationships(&subjects)?;
        if !self.permits(&sealed.resource, &subjects, &relationships) {
            return Ok(None);
        }
        // A patient whose salt was destroyed is in no search.
        let version = match self.author.own().open(sealed) {
            Err(Error::Unreadable) => return Ok(None),
            opened => opened?,
        };
        let resource: Resource = version.resource()?;
        let values = extract(&resource);
        if !self.query.matches(&values) || !self.lets_through(&resource, &subjects, &values) {
            return Ok(None);
        }
        if self.through.is_none() {
            self.through = relationships.into_iter().flatten().next();
        }
        Ok(Some(shape(version, &values)))
    }

    fn permits(
        &self,
        key: &ResourceKey,
        subjects: &[Token],
        relationships: &[Option<Relationship>],
    ) -> bool {
        let Author::Account(door) = self.author else {
            return true;
        };
        let target = Target::resource(door.own.keys.ods(), key).about(relationships);
        door.decide::<ward_access::Search>(&target).is_ok()
            && door
                .check_subjects::<ward_access::Search>(key.resource_type(), subjects)
                .is_ok()
    }

    fn lets_through(
        &self,
        resource: &Resource,
        subjects: &[Token],
        values: &SearchValues<'_>,
    ) -> bool {
        let Author::Account(door) = self.author else {
            return true;
        };
        let of_type = resource.resource_type();
        door.lets_through::<ward_access::Search>(of_type, subjects, values)
    }
}
