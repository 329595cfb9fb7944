//! What a store ever wrote opens forever.
//!
//! A fixture is never edited. A change that needs another format adds a folder beside it, made by
//! `WARD_TEST_FIXTURE=format-3 cargo test -p ward-store --test whole formats -- --ignored`.

use std::{
    fs,
    path::{Path, PathBuf},
};

use tempfile::TempDir;
use ward_core::SystemRandom;
use ward_crypto::{RootKey, SealedRoot, Unlock, WrappedOrganisationKeys};
use ward_log::{Verifier, VerifierKey};
use ward_store::{Engine, Operation, OrganisationStore};

use crate::kit::{
    Kit, batch, copy_folder, deletion, find, key, patient, put, sealed_write, tell, token,
};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// One of everything.
async fn fill(kit: &Kit, store: &OrganisationStore) {
    store
        .ensure_salts(&[store.subject(&patient("p"))])
        .await
        .unwrap();
    let tokens = [token("member"), token("t")];
    let write = sealed_write(store, &kit.keys, "Patient/p", 1, &["p"], &tokens);
    let state = Operation::State {
        key: "kind/a".into(),
        value: Some(b"state".to_vec()),
    };
    store
        .commit(batch(vec![Operation::Write(write), state]))
        .await
        .unwrap();
    put(kit, store, "Basic/a", 1, &[token("t")]).await.unwrap();
    put(kit, store, "Basic/a", 2, &[token("t"), token("u")])
        .await
        .unwrap();
    put(kit, store, "Basic/b", 1, &[token("t")]).await.unwrap();
    store
        .commit(batch(vec![Operation::Write(deletion("Basic/b", 2))]))
        .await
        .unwrap();
    tell(store, store.read(0).unwrap()).await.unwrap();
    // So that the next opening finds the rows of the disclosure in the view.
    drop(
        store
            .disclosures_of_patient(&patient("p"), None, 1)
            .await
            .unwrap(),
    );
}

async fn is_as_filled(kit: &Kit, store: &OrganisationStore) {
    assert_eq!(store.log_position(), 7);
    assert_eq!(
        (find(store, &["t"]), find(store, &["u"])),
        (vec![3, 0], vec![3])
    );
    assert!(store.locate(&key("Basic/b")).unwrap().unwrap().deleted);
    assert_eq!(
        store.states("kind/").unwrap(),
        [("kind/a".into(), b"state".to_vec())]
    );
    let relations = store
        .relation(&token("member"), &store.subject(&patient("p")))
        .unwrap();
    assert_eq!(relations[0].source, key("Patient/p"));
    let salt = store.salt(&store.subject(&patient("p"))).unwrap();
    let looked = store
        .disclosures_of_patient(&patient("p"), None, 9)
        .await
        .unwrap();
    let looked = looked.open(&kit.keys, |entries| {
        entries.iter().map(|it| it.seq).collect()
    });
    let looked: Vec<_> = tell(store, looked).await.unwrap();
    assert_eq!(looked, [6]);
    let body = store.read(0).unwrap().open(&kit.keys, |sealed| {
        let binding = ward_crypto::Binding {
            resource: &sealed.resource,
            version: 1,
        };
        kit.keys
            .open_body(&kit.keys.subject(salt.as_ref()), &binding, &sealed.body)
            .unwrap()
    });
    assert_eq!(
        tell(store, body).await.unwrap(),
        [token("member").0, token("t").0].concat()
    );
    assert_eq!(
        store.rebuild_view(|_, _| {}).await.unwrap().same,
        Some(true)
    );
}

fn kit_of(fixture: &Path, engine: Engine) -> Kit {
    let read = |name: &str| fs::read_to_string(fixture.join(name)).unwrap();
    let root: SealedRoot = toml::from_str(&read("root.key")).unwrap();
    let wrapped: WrappedOrganisationKeys = toml::from_str(&read("keys.toml")).unwrap();
    let keys = root
        .open(Unlock::Nothing)
        .unwrap()
        .unwrap(&wrapped)
        .unwrap();
    let kit = Kit {
        dir: TempDir::new().unwrap(),
        keys,
        engine,
    };
    copy_folder(&fixture.join("WRD01"), &kit.folder());
    kit
}

#[test]
fn every_format_opens_with_its_view_and_without() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let mut formats = 0;
    for fixture in fs::read_dir(fixtures()).unwrap() {
        let fixture = fixture.unwrap().path();
        formats += 1;
        for engine in Engine::ALL {
            for with_view in [true, false] {
                let kit = kit_of(&fixture, engine);
                let view = fixture.join(format!("view-{}", engine.name()));
                if with_view {
                    copy_folder(&view, &kit.folder().join("view"));
                    // Git keeps no empty folders.
                    let build = kit.folder().join(format!("view/000001.{}", engine.name()));
                    fs::create_dir_all(build.join("keyspaces/1/tables")).unwrap();
                    fs::write(build.join("mark"), "").unwrap();
                    drop(kit.open());
                    // A view of an earlier format is built again; the latest one is used.
                    let latest = fixture.ends_with("format-2");
                    assert_eq!(build.join("mark").exists(), latest);
                }
                let signer = kit.keys.checkpoint_signer();
                let key = VerifierKey::new(signer.name(), signer.public_key()).unwrap();
                let verifier = Verifier::new("ward/WRD01", vec![key]);
                let reader = ward_store::LogReader::open(&kit.folder()).unwrap();
                assert_eq!(
                    reader
                        .verify(verifier, &mut |_, _| {})
                        .unwrap()
                        .unwrap()
                        .checked,
                    7
                );
                runtime.block_on(async { is_as_filled(&kit, &kit.open()).await });
            }
        }
    }
    assert!(formats >= 1);
}

#[test]
#[ignore = "makes the fixture of a new format"]
#[expect(clippy::disallowed_methods, reason = "the name of the fixture to make")]
fn make() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let fixture = fixtures().join(std::env::var("WARD_TEST_FIXTURE").unwrap());
    fs::create_dir_all(&fixture).unwrap();
    let root = RootKey::generate(&SystemRandom);
    let wrapped = root.new_organisation(&"WRD01".parse().unwrap(), &SystemRandom);
    let sealed = toml::to_string(&SealedRoot::unsealed(&root)).unwrap();
    fs::write(fixture.join("root.key"), sealed).unwrap();
    fs::write(
        fixture.join("keys.toml"),
        toml::to_string(&wrapped).unwrap(),
    )
    .unwrap();
    let keys = root.unwrap(&wrapped).unwrap();
    let mut kit = Kit {
        dir: TempDir::new().unwrap(),
        keys,
        engine: Engine::Fjall,
    };
    kit.store()
        .unwrap()
        .create_organisation(kit.keys.ods())
        .unwrap();
    for engine in Engine::ALL {
        kit.engine = engine;
        runtime.block_on(async {
            let store = kit.open();
            if store.log_position() == 0 {
                fill(&kit, &store).await;
            }
        });
        let view = fixture.join(format!("view-{}", engine.name()));
        copy_folder(&kit.folder().join("view"), &view);
        for build in fs::read_dir(&view).unwrap() {
            let journal = build.unwrap().path().join("0.jnl");
            if let Ok(journal) = fs::File::options().write(true).open(journal) {
                // It is given 64 MiB ahead, of which this fills little.
                journal.set_len(64 * 1024).unwrap();
            }
        }
    }
    fs::remove_dir_all(kit.folder().join("view")).unwrap();
    copy_folder(&kit.folder(), &fixture.join("WRD01"));
}
