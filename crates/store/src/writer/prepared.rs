//! A batch, checked and made ready by its caller, so that the one writer has less to do.

use std::collections::HashSet;

use ward_core::{RequestId, Timestamp};
use ward_crypto::{OrganisationKeys, Token};
use ward_log::{Actor, Event, WriteMethod};

use crate::{Batch, Expect, Operation, RelationRow, StoreError, Write, limits, tokens};

pub(crate) struct Prepared {
    pub(crate) request: Option<RequestId>,
    pub(crate) actor: Option<Actor>,
    pub(crate) account: Option<Token>,
    pub(crate) time: Option<Timestamp>,
    pub(crate) operations: Vec<PreparedOperation>,
    /// Of all of it, nearly.
    pub(crate) bytes: usize,
}

pub(crate) struct PreparedOperation {
    pub(crate) event: Event,
    pub(crate) rows: Rows,
}

/// What the operation changes in the view.
pub(crate) enum Rows {
    None,
    Write(Box<WriteRows>),
    Disclosure {
        subjects: Vec<Token>,
    },
    State {
        kind: Token,
        state: Token,
        removed: bool,
    },
    /// A sign-in that failed.
    Failure {
        reason: u8,
    },
}

pub(crate) struct WriteRows {
    pub(crate) resource: Token,
    pub(crate) expect: Expect,
    pub(crate) subjects: Vec<Token>,
    pub(crate) tokens: Vec<Token>,
    pub(crate) relations: Vec<RelationRow>,
}

/// What every entry takes besides its content.
const ENTRY_BYTES: usize = 200;

impl Prepared {
    pub(crate) fn new(keys: &OrganisationKeys, batch: Batch) -> Result<Self, StoreError> {
        let Batch {
            request,
            actor,
            time,
            operations,
        } = batch;
        if operations.is_empty() {
            return Err(StoreError::Invalid("it has no operations"));
        }
        if operations.len() > limits::BATCH_OPERATIONS {
            return Err(StoreError::TooLarge);
        }
        let bytes = operations.iter().map(size).sum();
        if bytes > limits::BATCH_BYTES {
            return Err(StoreError::TooLarge);
        }
        let account = actor
            .as_ref()
            .map(|actor| tokens::account(keys, &actor.account));
        let operations = operations
            .into_iter()
            .map(|operation| prepare(keys, operation))
            .collect::<Result<Vec<_>, _>>()?;
        refuse_twice(&operations)?;
        Ok(Self {
            request,
            actor,
            account,
            time,
            operations,
            bytes,
        })
    }
}

fn size(operation: &Operation) -> usize {
    ENTRY_BYTES
        + match operation {
            Operation::Write(write) => {
                write.body.len()
                    + 80 * write.patients.len()
                    + 16 * write.tokens.len()
                    + 256 * write.relations.len()
            }
            Operation::Record(Event::Disclosure { items, .. }) => items
                .iter()
                .map(|item| 100 + 80 * item.patients.len())
                .sum(),
            Operation::Record(_) => 0,
            Operation::State { key, value } => key.len() + value.as_ref().map_or(0, Vec::len),
        }
}

fn prepare(keys: &OrganisationKeys, operation: Operation) -> Result<PreparedOperation, StoreError> {
    match operation {
        Operation::Write(write) => prepare_write(keys, write),
        Operation::State { key, value } => {
            if key.is_empty() || key.len() > limits::STATE_KEY_BYTES {
                return Err(StoreError::Invalid("a state's key is empty or too long"));
            }
            let rows = Rows::State {
                kind: tokens::state_kind(keys, &key),
                state: tokens::state(keys, &key),
                removed: value.is_none(),
            };
            Ok(PreparedOperation {
                event: Event::State { key, value },
                rows,
            })
        }
        Operation::Record(event) => {
            let rows = match &event {
                Event::Write { .. } | Event::State { .. } => {
                    return Err(StoreError::Invalid(
                        "a write or a state is not a mere record",
                    ));
                }
                Event::Disclosure { items, .. } => {
                    let patients = items.iter().flat_map(|item| &item.patients);
                    Rows::Disclosure {
                        subjects: tokens::subjects(keys, patients),
                    }
                }
                Event::SignInFailed { reason, .. } => Rows::Failure {
                    reason: *reason as u8,
                },
                _ => Rows::None,
            };
            Ok(PreparedOperation { event, rows })
        }
    }
}

fn prepare_write(keys: &OrganisationKeys, write: Write) -> Result<PreparedOperation, StoreError> {
    check_write(&write)?;
    let Write {
        resource,
        expect,
        version,
        method,
        patients,
        body,
        tokens,
        relations,
        basis,
    } = write;
    let rows = WriteRows {
        resource: tokens::resource(keys, &resource),
        expect,
        subjects: patients
            .iter()
            .map(|patient| tokens::subject(keys, patient))
            .collect(),
        tokens,
        relations,
    };
    let event = Event::Write {
        resource,
        version,
        method,
        patients,
        body,
        basis,
    };
    Ok(PreparedOperation {
        event,
        rows: Rows::Write(Box::new(rows)),
    })
}

fn check_write(write: &Write) -> Result<(), StoreError> {
    if write.tokens.len() > limits::TOKENS
        || write.relations.len() > limits::RELATIONS
        || write.patients.len() > limits::PATIENTS
    {
        return Err(StoreError::TooLarge);
    }
    let empty = write.body.is_empty() && write.tokens.is_empty() && write.relations.is_empty();
    match write.method {
        WriteMethod::Delete if !empty => Err(StoreError::Invalid(
            "a delete has a body, tokens or relations",
        )),
        WriteMethod::Delete if write.expect == Expect::Absent => {
            Err(StoreError::Invalid("a delete expects nothing to be there"))
        }
        WriteMethod::Create | WriteMethod::Update if write.body.is_empty() => {
            Err(StoreError::Invalid("a version has no body"))
        }
        _ => Ok(()),
    }
}

/// Two versions of one resource in one batch would leave no word on which one was meant.
fn refuse_twice(operations: &[PreparedOperation]) -> Result<(), StoreError> {
    let mut seen = HashSet::with_capacity(operations.len());
    for operation in operations {
        if let Rows::Write(write) = &operation.rows
            && !seen.insert(write.resource)
        {
            return Err(StoreError::Invalid("a resource is written twice"));
        }
    }
    Ok(())
}
