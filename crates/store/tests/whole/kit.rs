//! An organisation to test with, whose resources are lists of tokens.

use std::{path::Path, sync::Arc};

use tempfile::TempDir;
use ward_core::{AccountId, PatientId, Random, ResourceKey, SystemClock, SystemRandom, Timestamp};
use ward_crypto::{Binding, OrganisationKeys, RootKey, Token};
use ward_log::{Actor, Basis, Factors, Interaction, Purpose, WriteMethod};
use ward_store::{
    Batch, Committed, Engine, Expect, Operation, OrganisationStore, Projection, Projector,
    RelationRow, SaltOf, Store, StoreError, StoreOptions, Undisclosed, Write, WriteEvent,
};

/// A store in a directory of its own.
pub(crate) struct Kit {
    pub(crate) dir: TempDir,
    pub(crate) keys: OrganisationKeys,
    pub(crate) engine: Engine,
}

pub(crate) fn keys_from(random: &dyn Random) -> OrganisationKeys {
    let root = RootKey::generate(random);
    root.unwrap(&root.new_organisation(&"WRD01".parse().unwrap(), random))
        .unwrap()
}

impl Kit {
    pub(crate) fn new(engine: Engine) -> Self {
        let kit = Self {
            dir: TempDir::new().unwrap(),
            keys: keys_from(&SystemRandom),
            engine,
        };
        kit.store()
            .unwrap()
            .create_organisation(kit.keys.ods())
            .unwrap();
        kit
    }

    pub(crate) fn options(&self) -> StoreOptions {
        let options = StoreOptions::new(Arc::new(SystemClock), Arc::new(SystemRandom));
        StoreOptions {
            engine: self.engine,
            view_cache_bytes: 8 << 20,
            ..options
        }
    }

    pub(crate) fn store(&self) -> Result<Store, StoreError> {
        Store::open(self.dir.path(), self.options())
    }

    pub(crate) fn open(&self) -> OrganisationStore {
        self.try_open(1).unwrap()
    }

    pub(crate) fn try_open(&self, projector: u32) -> Result<OrganisationStore, StoreError> {
        let projector = TokenList {
            keys: self.keys.clone(),
            version: projector,
        };
        self.store()?
            .organisation(self.keys.clone(), Arc::new(projector))
    }

    pub(crate) fn folder(&self) -> std::path::PathBuf {
        self.dir.path().join("WRD01")
    }
}

/// Projects bodies that are lists of tokens. A patient's first token is a member of its care team.
pub(crate) struct TokenList {
    pub(crate) keys: OrganisationKeys,
    pub(crate) version: u32,
}

impl Projector for TokenList {
    fn version(&self) -> u32 {
        self.version
    }

    fn project(&self, write: &WriteEvent<'_>, salt: SaltOf<'_>) -> Projection {
        let subject = write
            .patients
            .first()
            .map(|it| ward_store::subject(&self.keys, it));
        let salt = subject.and_then(|subject| salt(&subject));
        let binding = Binding {
            resource: write.resource,
            version: write.version,
        };
        let body = self
            .keys
            .open_body(&self.keys.subject(salt.as_ref()), &binding, write.body);
        body.map(|body| project(&self.keys, &body, write.resource, write.patients))
            .unwrap_or_default()
    }
}

fn project(
    keys: &OrganisationKeys,
    body: &[u8],
    resource: &ResourceKey,
    patients: &[PatientId],
) -> Projection {
    let tokens: Vec<_> = body.as_chunks().0.iter().copied().map(Token).collect();
    let mut relations = Vec::new();
    if let (Some(member), Some(patient)) = (tokens.first(), resource.as_patient()) {
        relations.push(RelationRow {
            member: *member,
            subject: ward_store::subject(keys, &patient),
            kind: 1,
            start: Timestamp::from_seconds(1),
            end: (!patients.is_empty()).then_some(Timestamp::from_seconds(2)),
            source: resource.clone(),
        });
    }
    Projection { tokens, relations }
}

pub(crate) fn token(text: &str) -> Token {
    let mut bytes = [0; 16];
    bytes
        .iter_mut()
        .zip(text.bytes())
        .for_each(|(to, from)| *to = from);
    Token(bytes)
}

pub(crate) fn key(text: &str) -> ResourceKey {
    text.parse().unwrap()
}

pub(crate) fn patient(id: &str) -> PatientId {
    PatientId::new(id).unwrap()
}

pub(crate) fn basis() -> Basis {
    Basis {
        purpose: Purpose::DirectCare,
        relationship: None,
        source: None,
    }
}

pub(crate) fn actor(id: u8) -> Actor {
    let account = AccountId::from_bytes([id; 16]);
    Actor {
        account,
        session: None,
        factors: Factors::PASSKEY,
        address: None,
    }
}

/// A batch of operations by nobody in particular.
pub(crate) fn batch(operations: Vec<Operation>) -> Batch {
    Batch {
        request: None,
        actor: Some(actor(1)),
        time: None,
        operations,
    }
}

/// A sealed version of a resource, whose patient's salt is there.
pub(crate) fn sealed_write(
    store: &OrganisationStore,
    keys: &OrganisationKeys,
    resource: &str,
    version: u64,
    patients: &[&str],
    tokens: &[Token],
) -> Write {
    let resource = key(resource);
    let patients: Vec<_> = patients.iter().map(|id| patient(id)).collect();
    let salt = patients
        .first()
        .map(|id| store.salt(&store.subject(id)).unwrap().unwrap());
    let plain: Vec<u8> = tokens.iter().flat_map(|token| token.0).collect();
    let plain = if plain.is_empty() { vec![0] } else { plain };
    let binding = Binding {
        resource: &resource,
        version,
    };
    let body = keys.seal_body(
        &keys.subject(salt.as_ref()),
        &binding,
        &plain,
        &SystemRandom,
    );
    let Projection { tokens, relations } = project(keys, &plain, &resource, &patients);
    Write {
        expect: Expect::Any,
        method: if version == 1 {
            WriteMethod::Create
        } else {
            WriteMethod::Update
        },
        basis: basis(),
        resource,
        version,
        patients,
        body,
        tokens,
        relations,
    }
}

pub(crate) fn deletion(resource: &str, version: u64) -> Write {
    Write {
        resource: key(resource),
        expect: Expect::Any,
        version,
        method: WriteMethod::Delete,
        patients: vec![],
        body: vec![],
        tokens: vec![],
        relations: vec![],
        basis: basis(),
    }
}

pub(crate) async fn put(
    kit: &Kit,
    store: &OrganisationStore,
    resource: &str,
    version: u64,
    tokens: &[Token],
) -> Result<Committed, StoreError> {
    let write = sealed_write(store, &kit.keys, resource, version, &[], tokens);
    store.commit(batch(vec![Operation::Write(write)])).await
}

pub(crate) async fn tell<T>(
    store: &OrganisationStore,
    value: Undisclosed<T>,
) -> Result<T, StoreError> {
    store
        .disclose(Some(actor(1)), None, Interaction::Read, basis(), value)
        .await
}

/// The rows that have all of the tokens.
pub(crate) fn find(store: &OrganisationStore, all: &[&str]) -> Vec<u64> {
    let all = all.iter().map(|text| vec![token(text)]).collect();
    store
        .find(&ward_store::Query {
            all,
            after: None,
            limit: 1000,
        })
        .unwrap()
        .rows
}

/// Runs a test on a runtime, once for each engine.
pub(crate) fn on_each_engine<F: Future<Output = ()>>(test: impl Fn(Kit) -> F) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build()
        .unwrap();
    for engine in Engine::ALL {
        runtime.block_on(test(Kit::new(engine)));
    }
}

pub(crate) fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
