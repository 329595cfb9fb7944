//! `LogReader`: the offline check of a log that anybody may have changed.

use std::{fs, path::PathBuf};

use rusqlite::Connection;
use tempfile::TempDir;
use ward_core::SystemRandom;
use ward_crypto::OrganisationKeys;
use ward_log::{Checkpoint, Fault, FirstBad, Verified, Verifier, VerifierKey};
use ward_store::{LogReader, StoreError};

use crate::kit::{Kit, copy_folder, on_each_engine, put};

fn verifier_keys(keys: &OrganisationKeys) -> Vec<VerifierKey> {
    let signer = keys.checkpoint_signer();
    vec![VerifierKey::new(signer.name(), signer.public_key()).unwrap()]
}

fn verifier(keys: &OrganisationKeys) -> Verifier {
    Verifier::new("ward/WRD01", verifier_keys(keys))
}

/// Where a log is bad, and how.
type Bad = (u64, Fault);

const fn bad(bad: FirstBad) -> Bad {
    (bad.seq, bad.fault)
}

fn verify(path: &std::path::Path, keys: &OrganisationKeys) -> Result<Verified, Bad> {
    LogReader::open(path)
        .unwrap()
        .verify(verifier(keys), &mut |_, _| {})
        .unwrap()
        .map_err(bad)
}

/// A closed log of some commits, of which copies can be harmed.
struct Log {
    kit: Kit,
    copy: TempDir,
}

impl Log {
    async fn new(kit: Kit, entries: u64) -> Self {
        let store = kit.open();
        for version in 1..=entries {
            put(&kit, &store, "Basic/a", version, &[]).await.unwrap();
        }
        drop(store);
        Self {
            kit,
            copy: TempDir::new().unwrap(),
        }
    }

    fn harmed(&self, harm: &str) -> PathBuf {
        let file = self.copy.path().join("log.db");
        let _ = fs::remove_file(&file);
        fs::copy(self.kit.folder().join("log.db"), &file).unwrap();
        let log = Connection::open(&file).unwrap();
        log.execute_batch(harm).unwrap();
        file
    }
}

#[test]
fn a_log_verifies_from_its_file_alone() {
    on_each_engine(async |kit: Kit| {
        let log = Log::new(kit, 25).await;
        let file = log.harmed("");
        let verified = verify(&file, &log.kit.keys).unwrap();
        assert_eq!(verified.checked, 25);
        assert_eq!(verified.checkpoint.unwrap().size, 25);
        let reader = LogReader::open(&file).unwrap();
        assert_eq!(reader.held().unwrap(), 25);
        let note = reader.latest_checkpoint().unwrap().unwrap();
        assert_eq!(
            Checkpoint::verify(&note, &verifier_keys(&log.kit.keys))
                .unwrap()
                .size,
            25
        );
        assert!(
            fs::read_dir(log.copy.path()).unwrap().count() == 1,
            "nothing is left beside it"
        );
    });
}

#[test]
fn an_empty_log_verifies() {
    on_each_engine(async |kit: Kit| {
        drop(kit.open());
        assert_eq!(verify(&kit.folder(), &kit.keys).unwrap().checked, 0);
    });
}

#[test]
fn a_log_in_use_verifies_beside_its_writer() {
    on_each_engine(async |kit: Kit| {
        let store = kit.open();
        let writing = {
            let (store, keys) = (store.clone(), kit.keys.clone());
            tokio::spawn(async move {
                for version in 1..=300 {
                    let write =
                        crate::kit::sealed_write(&store, &keys, "Basic/a", version, &[], &[]);
                    let operations = vec![ward_store::Operation::Write(write)];
                    store.commit(crate::kit::batch(operations)).await.unwrap();
                }
            })
        };
        while !writing.is_finished() {
            let reader = store.log_reader().unwrap();
            reader
                .verify(verifier(&kit.keys), &mut |_, _| {})
                .unwrap()
                .unwrap();
            tokio::task::yield_now().await;
        }
        writing.await.unwrap();
        assert_eq!(verify(&kit.folder(), &kit.keys).unwrap().checked, 300);
    });
}

#[test]
fn a_check_goes_on_from_where_the_last_one_ended() {
    on_each_engine(async |kit: Kit| {
        let log = Log::new(kit, 10).await;
        let before = verify(&log.kit.folder(), &log.kit.keys).unwrap();
        let store = log.kit.open();
        for version in 11..=15 {
            put(&log.kit, &store, "Basic/a", version, &[])
                .await
                .unwrap();
        }
        let reader = store.log_reader().unwrap();
        let keys = verifier_keys(&log.kit.keys);
        let resumed = Verifier::resume(before.position, keys, reader.held().unwrap()).unwrap();
        let verified = reader.verify(resumed, &mut |_, _| {}).unwrap().unwrap();
        assert_eq!(
            (verified.checked, verified.checkpoint.unwrap().size),
            (5, 15)
        );
    });
}

#[test]
fn whatever_was_changed_is_named() {
    on_each_engine(async |kit: Kit| {
        let log = Log::new(kit, 12).await;
        let harms = [
            ("UPDATE entries SET sealed = x'00' WHERE seq = 4", 4, Fault::Edited),
            ("UPDATE entries SET leaf = zeroblob(32) WHERE seq = 4", 4, Fault::Edited),
            ("UPDATE entries SET leaf = x'00' WHERE seq = 4", 4, Fault::Edited),
            ("UPDATE entries SET sealed = zeroblob(90000000) WHERE seq = 4", 4, Fault::Edited),
            ("DELETE FROM entries WHERE seq = 4", 4, Fault::Missing),
            ("DELETE FROM entries WHERE seq >= 4", 4, Fault::Missing),
            ("DELETE FROM entries", 0, Fault::Missing),
            ("UPDATE entries SET seq = 99 WHERE seq = 11", 11, Fault::Missing),
            ("UPDATE entries SET seq = -7 WHERE seq = 4", 0, Fault::OutOfOrder),
            (
                "UPDATE entries SET seq = 50 WHERE seq = 4; UPDATE entries SET seq = 4 WHERE seq = 5;
                 UPDATE entries SET seq = 5 WHERE seq = 50",
                4,
                Fault::Edited,
            ),
            (
                "INSERT INTO entries SELECT 12, leaf, sealed FROM entries WHERE seq = 4",
                12,
                Fault::Edited,
            ),
            (
                "UPDATE checkpoints SET note = 'x' WHERE size = 6",
                5,
                Fault::CheckpointForged { until: 6 },
            ),
            (
                "UPDATE checkpoints SET note = (SELECT note FROM checkpoints WHERE size = 3)
                 WHERE size = 6",
                5,
                Fault::CheckpointForged { until: 6 },
            ),
            ("DELETE FROM checkpoints WHERE size = 12", 11, Fault::Unsigned),
        ];
        for (harm, seq, fault) in harms {
            let file = log.harmed(harm);
            assert_eq!(verify(&file, &log.kit.keys), Err((seq, fault)), "{harm}");
        }
    });
}

#[test]
fn a_log_cut_short_with_its_checkpoints_is_found_by_who_kept_one() {
    on_each_engine(async |kit: Kit| {
        let log = Log::new(kit, 12).await;
        let kept = verify(&log.kit.folder(), &log.kit.keys)
            .unwrap()
            .checkpoint
            .unwrap();
        let file = log
            .harmed("DELETE FROM entries WHERE seq >= 8; DELETE FROM checkpoints WHERE size > 8");
        assert!(
            verify(&file, &log.kit.keys).is_ok(),
            "from itself it can't be told"
        );
        let mut verifier = verifier(&log.kit.keys);
        verifier.remember(kept).unwrap();
        let reader = LogReader::open(&file).unwrap();
        let bad = reader
            .verify(verifier, &mut |_, _| {})
            .unwrap()
            .map_err(bad)
            .unwrap_err();
        assert_eq!(bad, (8, Fault::Truncated { remembered: 12 }));
    });
}

#[test]
fn another_key_verifies_nothing() {
    on_each_engine(async |kit: Kit| {
        let log = Log::new(kit, 3).await;
        let stranger = crate::kit::keys_from(&SystemRandom);
        let bad = verify(&log.kit.folder(), &stranger).unwrap_err();
        assert_eq!(bad, (0, Fault::CheckpointForged { until: 1 }));
    });
}

#[test]
fn a_file_that_is_no_log_is_refused() {
    let dir = TempDir::new().unwrap();
    let open = |name: &str| LogReader::open(&dir.path().join(name)).map(|_| ());
    assert!(matches!(open("absent.db"), Err(StoreError::Log(_))));
    assert!(matches!(open("."), Err(StoreError::Log(_))));
    fs::write(
        dir.path().join("text.db"),
        "a text, and quite a long one".repeat(99),
    )
    .unwrap();
    assert!(matches!(open("text.db"), Err(StoreError::Log(_))));
    let other = Connection::open(dir.path().join("other.db")).unwrap();
    let views = "CREATE TABLE t(x); CREATE VIEW entries AS SELECT 1 AS seq;
                 CREATE VIEW checkpoints AS SELECT 1 AS size;";
    other.execute_batch(views).unwrap();
    drop(other);
    assert!(matches!(open("other.db"), Err(StoreError::Corrupt(_))));
}

#[test]
fn a_path_of_strange_letters_is_read_too() {
    on_each_engine(async |kit: Kit| {
        let log = Log::new(kit, 2).await;
        let strange = log.copy.path().join("a b?c#d%41 ü");
        copy_folder(&log.kit.folder(), &strange);
        assert_eq!(verify(&strange, &log.kit.keys).unwrap().checked, 2);
    });
}

#[test]
fn a_closed_log_is_one_file() {
    on_each_engine(async |kit: Kit| {
        let store = kit.open();
        put(&kit, &store, "Basic/a", 1, &[]).await.unwrap();
        drop(store.read(0).unwrap());
        assert!(kit.folder().join("log.db-wal").exists());
        drop(store);
        assert!(!kit.folder().join("log.db-wal").exists());
    });
}
