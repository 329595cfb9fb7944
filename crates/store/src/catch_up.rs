//! Bringing a view to the end of the log.

use std::{cell::Cell, sync::Arc};

use ward_log::{Entry, Event, WriteMethod};

use crate::{
    Projection, StoreError, WriteEvent,
    generation::Generation,
    index::{Indexer, WriteRow, key, value::Position},
    limits,
    log_file::LogReaders,
    shared::Shared,
    tokens,
    view::Changes,
};

/// Told how many entries are applied, and how many there are.
pub(crate) type Progress<'a> = &'a mut dyn FnMut(u64, u64);

/// The newest view, brought to the end of the log; a new one, where there is none that fits the
/// log, or where it breaks on the way.
pub(crate) fn open_view(shared: &Shared, end: Position) -> Result<Arc<Generation>, StoreError> {
    if let Some(build) = shared.place.newest(&shared.stamp())? {
        match follow(shared, &build, end) {
            Ok(true) => {
                shared.place.keep_only(Some(&build))?;
                return Ok(Arc::new(build));
            }
            Ok(false) => tracing::warn!("the view is of another log"),
            Err(error @ (StoreError::View(_) | StoreError::Corrupt(_))) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "the view is broken"
                );
            }
            Err(error) => return Err(error),
        }
    }
    shared.place.keep_only(None)?;
    build(shared, end, &mut |_, _| {})
}

/// A new view of the whole log.
pub(crate) fn build(
    shared: &Shared,
    end: Position,
    progress: Progress<'_>,
) -> Result<Arc<Generation>, StoreError> {
    tracing::info!(organisation = %shared.keys.ods(), entries = end.applied, "building the view");
    let build = shared.place.fresh(&shared.stamp())?;
    apply(shared, &build, Position::START, end, progress)?;
    Ok(Arc::new(build))
}

/// Applies what a view lacks; false where it did not come from this log.
fn follow(shared: &Shared, build: &Generation, end: Position) -> Result<bool, StoreError> {
    let Some(position) = build.position()? else {
        return Ok(false);
    };
    if !is_of(&shared.log, position, end)? {
        return Ok(false);
    }
    apply(shared, build, position, end, &mut |_, _| {})?;
    Ok(true)
}

fn is_of(log: &LogReaders, position: Position, end: Position) -> Result<bool, StoreError> {
    match position.applied.checked_sub(1) {
        None => Ok(true),
        Some(_) if position.applied > end.applied => Ok(false),
        Some(last) => Ok(log.leaf(last)? == Some(position.leaf)),
    }
}

fn apply(
    shared: &Shared,
    build: &Generation,
    from: Position,
    end: Position,
    progress: Progress<'_>,
) -> Result<(), StoreError> {
    let mut position = from;
    while position.applied < end.applied {
        let chunk = shared.log.chunk(
            position.applied,
            end.applied,
            limits::CHUNK_ENTRIES,
            limits::CHUNK_BYTES,
        )?;
        let Some((last, _)) = chunk.last() else {
            return Err(StoreError::Entry("the log misses an entry".into()));
        };
        position.applied = last + 1;
        position.leaf = shared.log.leaf(*last)?.unwrap_or(end.leaf);
        let mut changes = index(shared, build, &chunk)?;
        changes.put(key::position(), position.to_bytes());
        build.view()?.apply(changes)?;
        progress(position.applied, end.applied);
    }
    Ok(())
}

fn index(
    shared: &Shared,
    build: &Generation,
    chunk: &[(u64, Vec<u8>)],
) -> Result<Changes, StoreError> {
    let mut indexer = Indexer::new(&shared.keys, &*shared.random, build.view()?);
    for (seq, sealed) in chunk {
        index_entry(shared, &mut indexer, &shared.open(*seq, sealed)?)?;
    }
    Ok(indexer.into_changes())
}

fn index_entry(
    shared: &Shared,
    indexer: &mut Indexer<'_>,
    entry: &Entry,
) -> Result<(), StoreError> {
    let keys = &shared.keys;
    match &entry.event {
        Event::Write {
            resource,
            version,
            method,
            patients,
            body,
            ..
        } => {
            let write = WriteEvent {
                time: entry.time,
                resource,
                version: *version,
                method: *method,
                patients,
                body,
            };
            let deleted = *method == WriteMethod::Delete;
            let projection = if deleted {
                Projection::default()
            } else {
                project(shared, &write)?
            };
            let token = tokens::resource(keys, resource);
            indexer.load(&token)?;
            indexer.write(WriteRow {
                row: entry.seq,
                resource: token,
                version: *version,
                time: entry.time,
                deleted,
                subjects: patients
                    .iter()
                    .map(|patient| tokens::subject(keys, patient))
                    .collect(),
                tokens: projection.tokens,
                relations: &projection.relations,
            });
        }
        Event::Disclosure { items, .. } => {
            let account = entry
                .actor
                .as_ref()
                .map(|actor| tokens::account(keys, &actor.account));
            let subjects = tokens::subjects(keys, items.iter().flat_map(|item| &item.patients));
            indexer.disclosure(entry.seq, account.as_ref(), &subjects);
        }
        Event::State { key, value } => indexer.state(
            &tokens::state_kind(keys, key),
            &tokens::state(keys, key),
            value.is_some().then_some(entry.seq),
        ),
        Event::SignInFailed { reason, .. } => {
            indexer.load_failures(entry.time, *reason as u8)?;
            indexer.failure(entry.time, *reason as u8);
        }
        Event::Refusal { .. } | Event::SignIn | Event::SignOut { .. } => {}
    }
    Ok(())
}

/// A salt that can't be read stops the work: rows that lack it would be wrong for ever after.
fn project(shared: &Shared, write: &WriteEvent<'_>) -> Result<Projection, StoreError> {
    let failed = Cell::new(None);
    let projection = shared.projector.project(write, &|subject| {
        shared.salts.get(subject).unwrap_or_else(|error| {
            failed.set(Some(error));
            None
        })
    });
    failed.into_inner().map_or(Ok(projection), Err)
}
