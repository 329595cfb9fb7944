//! Views that are missing, broken, or of something else, and logs that were changed.

use std::{
    fs,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    time::Duration,
};

use ward_core::Random;
use ward_store::{Engine, Operation, OrganisationStore, Query, StoreError};
use ward_testkit::SeededRandom;

use crate::kit::{
    Kit, batch, copy_folder, find, key, on_each_engine, patient, put, sealed_write, tell, token,
};

/// Enough rows for several blocks, with updates, relations, states and disclosures.
async fn fill(kit: &Kit, store: &OrganisationStore) {
    store
        .ensure_salts(&[store.subject(&patient("p"))])
        .await
        .unwrap();
    for round in 0..4_u64 {
        let mut operations = Vec::new();
        for number in 0..50 {
            let tokens = [
                token("all"),
                token(&format!("r{round}")),
                token(&format!("n{number}")),
            ];
            let name = format!("Patient/{number}");
            let write = sealed_write(store, &kit.keys, &name, round + 1, &["p"], &tokens);
            operations.push(Operation::Write(write));
        }
        let value = Some(vec![1; 20]);
        operations.push(Operation::State {
            key: format!("kind/{round}"),
            value,
        });
        store.commit(batch(operations)).await.unwrap();
        tell(store, store.read(round).unwrap()).await.unwrap();
    }
}

/// Everything that [`fill`] makes is found, and a rebuilt view is the same. A broken view may be
/// found out by a read, and is then built again while the reader waits.
async fn is_whole(store: &OrganisationStore) {
    mended(store).await;
    let rebuilt = store.rebuild_view(|_, _| {}).await.unwrap();
    assert_eq!(rebuilt.same, Some(true));
}

/// Waits until every answer is right; whether it had to.
async fn mended(store: &OrganisationStore) -> bool {
    let mut patience = 1_000;
    while let Err(error) = answers_right(store) {
        assert!(matches!(error, StoreError::Rebuilding), "{error:?}");
        patience -= 1;
        assert!(patience > 0, "the view is not built again");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    patience < 1_000
}

fn answers_right(store: &OrganisationStore) -> Result<(), StoreError> {
    let find = |all: &[&str]| {
        let all = all.iter().map(|text| vec![token(text)]).collect();
        store
            .find(&Query {
                all,
                after: None,
                limit: 1000,
            })
            .map(|found| found.rows)
    };
    assert_eq!(find(&["all"])?.len(), 50);
    for (round, rows) in [("r0", 0), ("r1", 0), ("r2", 0), ("r3", 50)] {
        assert_eq!(find(&[round])?.len(), rows);
    }
    for number in 0..50 {
        let located = store.locate(&key(&format!("Patient/{number}")))?.unwrap();
        assert_eq!((located.version, located.subjects.len()), (4, 1));
        assert_eq!(find(&["all", &format!("n{number}")])?, [located.seq]);
    }
    assert_eq!(store.states("kind/")?.len(), 4);
    assert_eq!(
        store
            .relations_of_subject(&store.subject(&patient("3")))?
            .len(),
        1
    );
    Ok(())
}

fn builds(kit: &Kit) -> Vec<PathBuf> {
    let mut builds: Vec<_> = fs::read_dir(kit.folder().join("view"))
        .unwrap()
        .map(|it| it.unwrap().path())
        .collect();
    builds.sort();
    builds
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(self::files(&path));
        } else {
            files.push(path);
        }
    }
    files.sort();
    files
}

#[test]
fn a_view_that_fits_is_used_again() {
    on_each_engine(async |kit: Kit| {
        let store = kit.open();
        fill(&kit, &store).await;
        drop(store);
        let before = builds(&kit);
        assert_eq!(before.len(), 1);
        drop(kit.open());
        assert_eq!(builds(&kit), before);
        is_whole(&kit.open()).await;
        assert_ne!(
            builds(&kit),
            before,
            "an explicit rebuild makes another one"
        );
        assert_eq!(builds(&kit).len(), 1, "and removes the old one");
    });
}

#[test]
fn a_missing_view_is_built_again() {
    on_each_engine(async |kit: Kit| {
        let store = kit.open();
        fill(&kit, &store).await;
        drop(store);
        fs::remove_dir_all(kit.folder().join("view")).unwrap();
        is_whole(&kit.open()).await;
    });
}

#[test]
fn a_view_of_another_projector_or_engine_is_built_again() {
    on_each_engine(async |mut kit: Kit| {
        let store = kit.open();
        fill(&kit, &store).await;
        drop(store);
        let mark = |kit: &Kit| fs::write(builds(kit)[0].join("mark"), "old").unwrap();
        let is_marked = |kit: &Kit| builds(kit).iter().any(|build| build.join("mark").exists());
        mark(&kit);
        drop(kit.try_open(1).unwrap());
        assert!(is_marked(&kit));
        drop(kit.try_open(2).unwrap());
        assert!(!is_marked(&kit));
        mark(&kit);
        kit.engine = if kit.engine == Engine::Fjall {
            Engine::Sqlite
        } else {
            Engine::Fjall
        };
        let store = kit.try_open(2).unwrap();
        assert!(!is_marked(&kit));
        is_whole(&store).await;
    });
}

#[test]
fn a_view_behind_the_log_catches_up() {
    on_each_engine(async |kit: Kit| {
        let store = kit.open();
        put(&kit, &store, "Basic/a", 1, &[token("t")])
            .await
            .unwrap();
        drop(store);
        let aside = kit.dir.path().join("aside");
        copy_folder(&kit.folder().join("view"), &aside);
        let store = kit.open();
        fill(&kit, &store).await;
        put(&kit, &store, "Basic/a", 2, &[token("u")])
            .await
            .unwrap();
        drop(store);
        fs::remove_dir_all(kit.folder().join("view")).unwrap();
        fs::rename(&aside, kit.folder().join("view")).unwrap();
        let before = builds(&kit);
        let store = kit.open();
        assert_eq!(builds(&kit), before);
        assert_eq!(
            (find(&store, &["t"]).len(), find(&store, &["u"]).len()),
            (0, 1)
        );
        is_whole(&store).await;
    });
}

#[test]
fn a_view_ahead_of_the_log_or_of_another_one_is_built_again() {
    on_each_engine(async |kit: Kit| {
        let store = kit.open();
        put(&kit, &store, "Basic/a", 1, &[token("t")])
            .await
            .unwrap();
        drop(store);
        let backup = kit.dir.path().join("backup");
        copy_folder(&kit.folder(), &backup);
        // The log comes back from its backup, and the view does not.
        let restore = || {
            for file in ["log.db", "log.db-wal", "log.db-shm"] {
                let _ = fs::remove_file(kit.folder().join(file));
            }
            fs::copy(backup.join("log.db"), kit.folder().join("log.db")).unwrap();
        };
        let store = kit.open();
        put(&kit, &store, "Basic/b", 1, &[token("t")])
            .await
            .unwrap();
        drop(store);
        restore();
        let store = kit.open();
        assert_eq!(find(&store, &["t"]), [0]);
        assert_eq!(store.locate(&key("Basic/b")).unwrap(), None);
        put(&kit, &store, "Basic/c", 1, &[token("t")])
            .await
            .unwrap();
        drop(store);
        restore();
        let other = kit.open();
        put(&kit, &other, "Basic/d", 1, &[token("u")])
            .await
            .unwrap();
        drop(other);
        let store = kit.open();
        assert_eq!(
            (find(&store, &["t"]), find(&store, &["u"])),
            (vec![0], vec![1])
        );
    });
}

/// Damages one file of a view at a time, in many ways, and looks whether the answers stay right.
fn damage(engine: Engine, seed: u64, harm: impl Fn(&fs::File, u64, &SeededRandom)) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let kit = Kit::new(engine);
        let store = kit.open();
        fill(&kit, &store).await;
        drop(store);
        let whole = kit.dir.path().join("whole");
        copy_folder(&kit.folder(), &whole);
        let random = SeededRandom::new(seed);
        for relative in files(&whole.join("view")) {
            fs::remove_dir_all(kit.folder()).unwrap();
            copy_folder(&whole, &kit.folder());
            let path = kit.folder().join(relative.strip_prefix(&whole).unwrap());
            let file = fs::File::options()
                .read(true)
                .write(true)
                .open(&path)
                .unwrap();
            let length = file.metadata().unwrap().len();
            harm(&file, length, &random);
            is_whole(&kit.open()).await;
        }
    });
}

/// More by an environment variable, for a long run.
#[expect(clippy::disallowed_methods, reason = "a test's own knob")]
fn seeds() -> u64 {
    std::env::var("WARD_TEST_DAMAGE").map_or(2, |text| text.parse().unwrap())
}

fn below(end: u64, random: &SeededRandom) -> u64 {
    let mut bytes = [0; 8];
    random.fill(&mut bytes);
    u64::from_be_bytes(bytes) % end.max(1)
}

#[test]
fn a_file_of_the_view_cut_short_does_no_harm() {
    for engine in Engine::ALL {
        for seed in 0..seeds() {
            damage(engine, seed, |file, length, random| {
                file.set_len(below(length, random)).unwrap();
            });
        }
    }
}

/// SQLite keeps no checksums of its pages: silent damage to them it need not notice (ADR 1).
#[test]
fn a_torn_sector_in_a_file_of_the_view_does_no_harm() {
    for seed in 0..seeds() {
        damage(Engine::Fjall, seed, |file, length, random| {
            let sector = below(length, random) / 512 * 512;
            file.write_all_at(&[0; 512], sector).unwrap();
        });
    }
}

#[test]
fn garbage_in_a_file_of_the_view_does_no_harm() {
    for seed in 0..seeds() {
        damage(Engine::Fjall, seed, |file, length, random| {
            let mut garbage = [0; 64];
            random.fill(&mut garbage);
            file.write_all_at(&garbage, below(length, random)).unwrap();
        });
    }
}

#[test]
fn an_organisation_is_open_once() {
    on_each_engine(async |kit: Kit| {
        let store = kit.store().unwrap();
        let projector = || {
            std::sync::Arc::new(crate::kit::TokenList {
                keys: kit.keys.clone(),
                version: 1,
            })
        };
        let open = store.organisation(kit.keys.clone(), projector()).unwrap();
        let again = store.organisation(kit.keys.clone(), projector());
        assert!(matches!(again, Err(StoreError::AlreadyOpen)));
        assert!(matches!(kit.store(), Err(StoreError::InUse)));
        drop(store);
        assert!(
            matches!(kit.store(), Err(StoreError::InUse)),
            "an open one holds the lock"
        );
        drop(open);
        kit.store().unwrap();
    });
}

#[test]
fn an_organisation_is_created_once_and_opened_only_then() {
    on_each_engine(async |kit: Kit| {
        let store = kit.store().unwrap();
        let ods = kit.keys.ods();
        assert!(matches!(
            store.create_organisation(ods),
            Err(StoreError::Exists)
        ));
        assert!(store.holds(ods) && !store.holds(&"WRD02".parse().unwrap()));
        fs::remove_file(kit.folder().join("log.db")).unwrap();
        drop(store);
        assert!(matches!(
            kit.try_open(1),
            Err(StoreError::NoSuchOrganisation)
        ));
    });
}

#[test]
fn a_log_whose_head_was_changed_is_not_opened() {
    on_each_engine(async |kit: Kit| {
        let store = kit.open();
        for version in 1..=3 {
            put(&kit, &store, "Basic/a", version, &[]).await.unwrap();
        }
        drop(store);
        let whole = kit.dir.path().join("whole");
        copy_folder(&kit.folder(), &whole);
        let harms = [
            "DELETE FROM entries WHERE seq = 2",
            "DELETE FROM entries WHERE seq = 1",
            "DELETE FROM checkpoints WHERE size = 3",
            "UPDATE entries SET leaf = zeroblob(32) WHERE seq = 0",
            "UPDATE entries SET leaf = x'00' WHERE seq = 0",
            "INSERT INTO entries VALUES (3, zeroblob(32), zeroblob(9))",
            "INSERT INTO trees VALUES (9, zeroblob(72))",
            "INSERT INTO trees VALUES (9, x'')",
            "UPDATE checkpoints SET note = 'nothing' WHERE size = 3",
            "DELETE FROM entries",
        ];
        for harm in harms {
            fs::remove_dir_all(kit.folder()).unwrap();
            copy_folder(&whole, &kit.folder());
            let log = rusqlite::Connection::open(kit.folder().join("log.db")).unwrap();
            assert!(log.execute(harm, []).unwrap() > 0, "{harm}");
            drop(log);
            let opened = kit.try_open(1).map(|_| ());
            assert!(
                matches!(opened, Err(StoreError::Corrupt(_) | StoreError::Entry(_))),
                "{harm}: {opened:?}"
            );
        }
    });
}

#[test]
fn another_organisations_keys_do_not_open_a_log() {
    on_each_engine(async |mut kit: Kit| {
        let store = kit.open();
        put(&kit, &store, "Basic/a", 1, &[]).await.unwrap();
        drop(store);
        kit.keys = crate::kit::keys_from(&ward_core::SystemRandom);
        assert!(matches!(kit.try_open(1), Err(StoreError::Entry(_))));
    });
}

/// An open view of which every page but the first is garbage, which nobody has read yet.
async fn broken_while_open() -> (Kit, OrganisationStore) {
    let kit = Kit::new(Engine::Sqlite);
    let store = kit.open();
    fill(&kit, &store).await;
    drop(store);
    let store = kit.open();
    let path = builds(&kit)[0].join("view.db");
    let file = fs::File::options().write(true).open(path).unwrap();
    let pages = file.metadata().unwrap().len() / 4096;
    for page in 1..pages {
        file.write_all_at(&[0xAA; 4096], page * 4096).unwrap();
    }
    (kit, store)
}

#[test]
fn a_view_that_breaks_under_a_read_is_built_again() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let (_kit, store) = broken_while_open().await;
        assert!(mended(&store).await, "the garbage was read");
        is_whole(&store).await;
    });
}

#[test]
fn a_view_that_breaks_under_a_write_is_built_again_and_the_write_is_done() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let (kit, store) = broken_while_open().await;
        put(&kit, &store, "Basic/a", 1, &[token("t")])
            .await
            .unwrap();
        mended(&store).await;
        assert_eq!(find(&store, &["t"]).len(), 1);
        is_whole(&store).await;
    });
}
