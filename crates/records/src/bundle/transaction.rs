//! A transaction: all of it, or nothing (FHIR R4, http 3.1.0.11.2).

use std::collections::HashSet;

use ward_core::ResourceKey;
use ward_crypto::Token;
use ward_fhir::{Bundle, Issue, IssueCode, Resource};
use ward_log::{Event, RefusalReason};

use super::{
    links::{Links, conditional, dangling},
    step::{Action, Step, within_entry},
    within_reads,
};
use crate::{
    Door, EntryOutcome, Error, Search, Version, Written,
    limits::AT_A_TIME,
    query_pairs,
    search::Met,
    write::{Author, Change, fits, new_key},
};

/// A transaction as it is worked out.
#[derive(Default)]
struct Plan {
    links: Links,
    /// In the order in which they are made.
    changes: Vec<Change>,
    /// Conditional creates that found their resource, by the places of their entries.
    met: Vec<(usize, Version)>,
    reads: Vec<(usize, ToRead)>,
    issues: Vec<Issue>,
}

enum ToRead {
    Resource(ResourceKey, Option<u64>),
    Search(Search),
}

/// A resource to be written, its links not yet resolved.
struct Unlinked {
    index: usize,
    full_url: Option<String>,
    key: ResourceKey,
    resource: Resource,
    if_match: Option<u64>,
}

impl Door<'_> {
    pub(super) async fn transaction(&self, bundle: Bundle<'_>) -> Result<Vec<EntryOutcome>, Error> {
        let count = bundle.entries.len();
        let steps = self.steps(bundle)?;
        let marks: Vec<Token> = steps.iter().filter_map(Step::mark).collect();
        let _held = self.own.conditions.hold(marks.iter().copied()).await;
        let mut plan = Plan::default();
        let unlinked = self.identify(&mut plan, steps).await?;
        self.resolve_conditions(&mut plan, &unlinked).await?;
        plan.link(&Author::Account(self), unlinked).await;
        plan.refuse_repetitions(&marks);
        plan.refuse_reading_the_deleted();
        if !plan.issues.is_empty() {
            plan.issues.truncate(ward_core::limits::ISSUES);
            return Err(Error::Invalid(plan.issues));
        }
        let done = match self.may_read_all(&plan).await {
            Ok(()) => Author::Account(self).write(&plan.changes).await,
            Err(error) => Err(error),
        };
        match done {
            Ok(written) => self.outcomes(count, plan, written).await,
            Err(error) => {
                self.note_undone(&plan).await?;
                Err(error)
            }
        }
    }

    /// Which entry failed tells of those before it that they could have been done: that there are
    /// such resources is written down for each.
    async fn note_undone(&self, plan: &Plan) -> Result<(), Error> {
        let changes = plan.changes.iter().map(|change| &change.key);
        let reads = plan.reads.iter().filter_map(|(_, read)| match read {
            ToRead::Resource(key, _) => Some(key),
            ToRead::Search(_) => None,
        });
        let mut refused = Vec::new();
        for key in changes.chain(reads) {
            if self.own.store.locate(key)?.is_some() {
                refused.push(Event::Refusal {
                    action: "transaction".to_owned(),
                    resource: Some(key.clone()),
                    reason: RefusalReason::Together,
                });
            }
        }
        self.note(refused).await
    }

    fn steps(&self, bundle: Bundle<'_>) -> Result<Vec<Step>, Error> {
        within_reads(&bundle)?;
        let author = Author::Account(self);
        let (mut steps, mut issues) = (Vec::with_capacity(bundle.entries.len()), Vec::new());
        for entry in bundle.entries {
            match entry {
                Err(issue) => issues.push(issue),
                Ok(entry) => match Step::of(&author, &entry) {
                    Ok(step) => steps.push(step),
                    Err(Error::Invalid(wrong)) => issues.extend(within_entry(entry.index, wrong)),
                    Err(error) => return Err(error.at(entry.index)),
                },
            }
        }
        issues.truncate(ward_core::limits::ISSUES);
        if issues.is_empty() {
            Ok(steps)
        } else {
            Err(Error::Invalid(issues))
        }
    }

    /// Gives every entry its resource: DELETE first, then POST, then PUT, then GET.
    async fn identify(&self, plan: &mut Plan, steps: Vec<Step>) -> Result<Vec<Unlinked>, Error> {
        let (mut posts, mut puts) = (Vec::new(), Vec::new());
        for Step {
            index,
            full_url,
            action,
        } in steps
        {
            match action {
                Action::Delete { key, if_match } => {
                    plan.changes.push(Change {
                        index,
                        ..Change::delete(key, if_match)
                    });
                }
                Action::Read { key, version } => {
                    plan.reads.push((index, ToRead::Resource(key, version)));
                }
                Action::Search(search) => plan.reads.push((index, ToRead::Search(search))),
                Action::Update {
                    key,
                    resource,
                    if_match,
                } => {
                    if let Err(Error::Invalid(wrong)) = fits(&key, &resource) {
                        plan.issues.extend(within_entry(index, wrong));
                    }
                    plan.links.entry(full_url.as_deref(), &key);
                    puts.push(Unlinked {
                        index,
                        full_url,
                        key,
                        resource,
                        if_match,
                    });
                }
                Action::Create {
                    resource,
                    condition,
                } => {
                    if let Some(condition) = condition {
                        let met = Author::Account(self).met(&condition).await;
                        let met = met.map_err(|error| error.at(index))?;
                        if let Some(Met { key, version }) = met {
                            plan.links.entry(full_url.as_deref(), &key);
                            plan.met.extend(version.map(|version| (index, version)));
                            continue;
                        }
                    }
                    let key = new_key(&*self.records.random, resource.resource_type())?;
                    plan.links.entry(full_url.as_deref(), &key);
                    posts.push(Unlinked {
                        index,
                        full_url,
                        key,
                        resource,
                        if_match: None,
                    });
                }
            }
        }
        posts.extend(puts);
        Ok(posts)
    }

    /// Finds what conditional references name: each has to name one resource that there is.
    async fn resolve_conditions(
        &self,
        plan: &mut Plan,
        unlinked: &[Unlinked],
    ) -> Result<(), Error> {
        let author = Author::Account(self);
        for Unlinked {
            index, resource, ..
        } in unlinked
        {
            for (reference, resource_type, query) in conditional(resource) {
                if plan.links.knows_condition(reference) {
                    continue;
                }
                let condition = query_pairs(query).ok_or(Error::MultipleMatches);
                let condition = condition.and_then(|pairs| author.condition(resource_type, &pairs));
                let met = match condition {
                    Ok(condition) => author.met(&condition).await,
                    Err(error) => Err(error),
                };
                match met {
                    Ok(Some(Met { key, .. })) => plan.links.condition(reference, key),
                    Ok(None) | Err(Error::MultipleMatches | Error::Invalid(_)) => {
                        let place = format!("Bundle.entry[{index}].resource");
                        let what = "a conditional reference must name exactly one resource";
                        plan.issues
                            .push(Issue::error(IssueCode::NotFound, place, what));
                    }
                    Err(error) => return Err(error.at(*index)),
                }
            }
        }
        Ok(())
    }

    /// What is read after the changes must be readable before them, or nothing is changed.
    async fn may_read_all(&self, plan: &Plan) -> Result<(), Error> {
        let written: HashSet<_> = plan.changes.iter().map(|change| &change.key).collect();
        for (index, read) in &plan.reads {
            let may = match read {
                // It is there when it is read, if it may be written.
                ToRead::Resource(key, _) if written.contains(key) => Ok(()),
                ToRead::Resource(key, _) => {
                    self.granted::<ward_access::Read>(key)
                        .await
                        .and_then(|(_, located)| {
                            if located.deleted {
                                Err(Error::Gone)
                            } else {
                                Ok(())
                            }
                        })
                }
                ToRead::Search(search) => self.search_grant(&search.resource_type).await.map(drop),
            };
            may.map_err(|error| error.at(*index))?;
        }
        Ok(())
    }

    /// Puts the outcomes in the order of the entries, and reads what is read after the changes.
    async fn outcomes(
        &self,
        count: usize,
        plan: Plan,
        written: Vec<Option<Written>>,
    ) -> Result<Vec<EntryOutcome>, Error> {
        let mut outcomes: Vec<Option<EntryOutcome>> = Vec::new();
        outcomes.resize_with(count, || None);
        let mut put = |index: usize, outcome| {
            if let Some(place) = outcomes.get_mut(index) {
                *place = Some(outcome);
            }
        };
        for (change, written) in plan.changes.iter().zip(written) {
            put(change.index, change.outcome(written));
        }
        for (index, version) in plan.met {
            let written = Written {
                version,
                created: false,
                unchanged: true,
            };
            put(index, EntryOutcome::Written(written));
        }
        for (index, read) in plan.reads {
            let outcome = match read {
                ToRead::Resource(key, None) => self.read(&key).await.map(EntryOutcome::Read),
                ToRead::Resource(key, Some(version)) => {
                    self.vread(&key, version).await.map(EntryOutcome::Read)
                }
                ToRead::Search(search) => self.search(&search).await.map(EntryOutcome::Searched),
            };
            put(index, outcome.unwrap_or_else(EntryOutcome::Failed));
        }
        outcomes
            .into_iter()
            .map(|outcome| outcome.ok_or(Error::Conflict))
            .collect()
    }
}

impl Change {
    pub(super) fn outcome(&self, written: Option<Written>) -> EntryOutcome {
        match (&self.kind, written) {
            (crate::write::Kind::Delete, written) => {
                EntryOutcome::Deleted(written.map(|written| written.version.version))
            }
            (_, Some(written)) => EntryOutcome::Written(written),
            (_, None) => EntryOutcome::Failed(Error::Conflict),
        }
    }
}

impl Step {
    /// The condition that has to be held.
    fn mark(&self) -> Option<Token> {
        match &self.action {
            Action::Create { condition, .. } => condition.as_ref().map(|condition| condition.mark),
            _ => None,
        }
    }
}

impl Plan {
    /// Resolves links and validates, with everything that is wrong in any entry.
    async fn link(&mut self, author: &Author<'_>, unlinked: Vec<Unlinked>) {
        for (place, each) in unlinked.into_iter().enumerate() {
            if self.issues.len() >= ward_core::limits::ISSUES {
                return;
            }
            if place % AT_A_TIME == AT_A_TIME - 1 {
                tokio::task::yield_now().await;
            }
            let Unlinked {
                index,
                full_url,
                key,
                resource,
                if_match,
            } = each;
            let resource = self.links.resolve(full_url.as_deref(), &resource);
            self.issues.extend(within_entry(index, dangling(&resource)));
            match author.accept(resource) {
                Ok(resource) => {
                    self.changes.push(Change {
                        index,
                        ..Change::put(key, resource, if_match)
                    });
                }
                Err(Error::Invalid(wrong)) => self.issues.extend(within_entry(index, wrong)),
                Err(_) => self.issues.push(Issue::error(
                    IssueCode::TooLong,
                    format!("Bundle.entry[{index}].resource"),
                    "the resource is too large",
                )),
            }
        }
    }

    /// What a transaction deletes, it can't read: reading comes last.
    fn refuse_reading_the_deleted(&mut self) {
        let is_delete = |change: &&Change| matches!(change.kind, crate::write::Kind::Delete);
        let deleted: HashSet<_> = self
            .changes
            .iter()
            .filter(is_delete)
            .map(|it| &it.key)
            .collect();
        for (index, read) in &self.reads {
            if let ToRead::Resource(key, _) = read
                && deleted.contains(key)
            {
                let place = format!("Bundle.entry[{index}]");
                let what = "another entry of the transaction deletes what is read";
                self.issues
                    .push(Issue::error(IssueCode::Conflict, place, what));
            }
        }
    }

    /// No two entries may be about the same resource, or create under the same condition.
    fn refuse_repetitions(&mut self, marks: &[Token]) {
        let mut seen = HashSet::new();
        for change in &self.changes {
            if !seen.insert(&change.key) {
                let place = format!("Bundle.entry[{}]", change.index);
                let what = "another entry of the transaction changes the same resource";
                self.issues
                    .push(Issue::error(IssueCode::Duplicate, place, what));
            }
        }
        if marks.iter().collect::<HashSet<_>>().len() != marks.len() {
            let what = "two entries create under the same condition";
            self.issues
                .push(Issue::error(IssueCode::Duplicate, "Bundle.entry", what));
        }
    }
}
