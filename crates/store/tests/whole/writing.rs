//! Batches, preconditions, and who is told what.

use std::time::Duration;

use ward_core::{ResourceKey, Timestamp};
use ward_log::{Event, Interaction, Item, RefusalReason, WriteMethod};
use ward_store::{Batch, Engine, Expect, Operation, StoreError, Undisclosed};

use crate::kit::{
    Kit, actor, basis, batch, deletion, find, key, on_each_engine, patient, put, sealed_write,
    tell, token,
};

fn conflict(result: Result<ward_store::Committed, StoreError>) -> (ResourceKey, Option<u64>) {
    match result {
        Err(StoreError::Conflict { resource, current }) => (resource, current),
        other => panic!("not a conflict: {other:?}"),
    }
}

#[test]
fn a_write_is_read_by_the_next_read() {
    on_each_engine(async |kit: Kit| {
        let store = kit.open();
        for version in 1..=3 {
            let committed = put(&kit, &store, "Observation/a", version, &[token("t")])
                .await
                .unwrap();
            let located = store.locate(&key("Observation/a")).unwrap().unwrap();
            assert_eq!(
                (located.version, located.seq),
                (version, committed.first_seq)
            );
            assert_eq!(located.time, committed.time);
            assert_eq!(find(&store, &["t"]), [committed.first_seq]);
        }
        assert_eq!(store.log_position(), 3);
        assert_eq!(
            store.versions(&key("Observation/a")).unwrap(),
            [(1, 0), (2, 1), (3, 2)]
        );
        assert_eq!(store.locate(&key("Observation/b")).unwrap(), None);
    });
}

#[test]
fn a_version_follows_the_one_before_it_or_is_a_conflict() {
    on_each_engine(async |kit: Kit| {
        let store = kit.open();
        assert_eq!(conflict(put(&kit, &store, "Basic/a", 2, &[]).await).1, None);
        put(&kit, &store, "Basic/a", 1, &[]).await.unwrap();
        let again = conflict(put(&kit, &store, "Basic/a", 1, &[]).await);
        assert_eq!(again, (key("Basic/a"), Some(1)));
        assert_eq!(
            conflict(put(&kit, &store, "Basic/a", 3, &[]).await).1,
            Some(1)
        );
        assert_eq!(store.log_position(), 1);
    });
}

#[test]
fn what_a_write_expects_must_be_so() {
    on_each_engine(async |kit: Kit| {
        let store = kit.open();
        let expecting = async |expect, version| {
            let mut write = sealed_write(&store, &kit.keys, "Basic/a", version, &[], &[]);
            write.expect = expect;
            store.commit(batch(vec![Operation::Write(write)])).await
        };
        conflict(expecting(Expect::Version(1), 1).await);
        expecting(Expect::Absent, 1).await.unwrap();
        conflict(expecting(Expect::Absent, 2).await);
        expecting(Expect::Version(1), 2).await.unwrap();
        conflict(expecting(Expect::Version(1), 3).await);
        store
            .commit(batch(vec![Operation::Write(deletion("Basic/a", 3))]))
            .await
            .unwrap();
        conflict(expecting(Expect::Version(3), 4).await);
        expecting(Expect::Absent, 4).await.unwrap();
    });
}

#[test]
fn a_deleted_resource_is_found_no_more_and_its_versions_stay() {
    on_each_engine(async |kit: Kit| {
        let store = kit.open();
        let delete = |version| batch(vec![Operation::Write(deletion("Basic/a", version))]);
        conflict(store.commit(delete(1)).await);
        put(&kit, &store, "Basic/a", 1, &[token("t")])
            .await
            .unwrap();
        store.commit(delete(2)).await.unwrap();
        assert!(store.locate(&key("Basic/a")).unwrap().unwrap().deleted);
        assert!(find(&store, &["t"]).is_empty());
        conflict(store.commit(delete(3)).await);
        let first = store.read_version(&key("Basic/a"), 1).unwrap().unwrap();
        assert_eq!(
            tell(&store, first).await.unwrap().method,
            WriteMethod::Create
        );
        put(&kit, &store, "Basic/a", 3, &[token("t")])
            .await
            .unwrap();
        assert_eq!(find(&store, &["t"]).len(), 1);
    });
}

#[test]
fn a_batch_is_written_whole_or_not_at_all() {
    on_each_engine(async |kit: Kit| {
        let store = kit.open();
        put(&kit, &store, "Basic/a", 1, &[]).await.unwrap();
        let write = |resource, version| {
            Operation::Write(sealed_write(
                &store,
                &kit.keys,
                resource,
                version,
                &[],
                &[token("t")],
            ))
        };
        let state = Operation::State {
            key: "kind/a".into(),
            value: Some(vec![1]),
        };
        let bad = batch(vec![write("Basic/b", 1), state, write("Basic/a", 1)]);
        conflict(store.commit(bad).await);
        assert_eq!(store.log_position(), 1);
        assert_eq!(store.locate(&key("Basic/b")).unwrap(), None);
        assert_eq!(store.state("kind/a").unwrap(), None);
        let good = batch(vec![write("Basic/b", 1), write("Basic/a", 2)]);
        assert_eq!(store.commit(good).await.unwrap().first_seq, 1);
        assert_eq!(find(&store, &["t"]), [2, 1]);
    });
}

#[test]
fn a_batch_that_fails_does_not_fail_those_beside_it() {
    on_each_engine(async |kit: Kit| {
        let store = kit.open();
        // All of them want version 1 of one resource; in whatever groups they meet, one gets it.
        let mut rivals = tokio::task::JoinSet::new();
        for rival in 0..64_u8 {
            let write = sealed_write(&store, &kit.keys, "Basic/a", 1, &[], &[token("t")]);
            let own = format!("Basic/own{rival}");
            let own = sealed_write(&store, &kit.keys, &own, 1, &[], &[token("own")]);
            let store = store.clone();
            rivals.spawn(async move {
                let own = store.commit(batch(vec![Operation::Write(own)]));
                let shared = store.commit(batch(vec![Operation::Write(write)]));
                let (own, shared) = tokio::join!(own, shared);
                own.unwrap();
                shared
            });
        }
        let results = rivals.join_all().await;
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
        assert_eq!(find(&store, &["own"]).len(), 64);
        assert_eq!(find(&store, &["t"]).len(), 1);
        assert_eq!(store.log_position(), 65);
    });
}

#[test]
fn an_unacceptable_batch_is_refused_before_it_waits() {
    on_each_engine(async |kit: Kit| {
        let store = kit.open();
        let sealed = || sealed_write(&store, &kit.keys, "Basic/a", 1, &[], &[]);
        let with = |change: &dyn Fn(&mut ward_store::Write)| {
            let mut write = sealed();
            change(&mut write);
            vec![Operation::Write(write)]
        };
        let event = Event::State {
            key: "kind/a".into(),
            value: None,
        };
        let write = Event::Write {
            resource: key("Basic/a"),
            version: 1,
            method: WriteMethod::Create,
            patients: vec![],
            body: vec![1],
            basis: basis(),
        };
        let unacceptable = [
            vec![],
            vec![Operation::Record(event)],
            vec![Operation::Record(write)],
            vec![Operation::Write(sealed()), Operation::Write(sealed())],
            vec![Operation::State {
                key: String::new(),
                value: None,
            }],
            vec![Operation::State {
                key: "k".repeat(513),
                value: None,
            }],
            with(&|write| write.body.clear()),
            with(&|write| write.method = WriteMethod::Delete),
        ];
        for operations in unacceptable {
            let result = store.commit(batch(operations)).await;
            assert!(matches!(result, Err(StoreError::Invalid(_))), "{result:?}");
        }
        let large = [
            with(&|write| write.body = vec![0; ward_store::limits::BATCH_BYTES]),
            with(&|write| write.tokens = vec![token("t"); ward_store::limits::TOKENS + 1]),
            with(&|write| write.patients = vec![patient("p"); 10_001]),
        ];
        for operations in large {
            let result = store.commit(batch(operations)).await;
            assert!(matches!(result, Err(StoreError::TooLarge)), "{result:?}");
        }
        assert_eq!(store.log_position(), 0);
    });
}

#[test]
fn many_writers_share_commits_and_each_reads_its_own_write() {
    on_each_engine(async |kit: Kit| {
        let store = kit.open();
        let mut writers = tokio::task::JoinSet::new();
        for writer in 0..16 {
            let (store, keys) = (store.clone(), kit.keys.clone());
            writers.spawn(async move {
                for version in 1..=20 {
                    let name = format!("Basic/w{writer}");
                    let mine = token(&format!("w{writer}"));
                    let write =
                        sealed_write(&store, &keys, &name, version, &[], &[mine, token("all")]);
                    let committed = store
                        .commit(batch(vec![Operation::Write(write)]))
                        .await
                        .unwrap();
                    let located = store.locate(&key(&name)).unwrap().unwrap();
                    assert_eq!(located.seq, committed.first_seq);
                    assert_eq!(find(&store, &["all", &format!("w{writer}")]), [located.seq]);
                }
            });
        }
        writers.join_all().await;
        assert_eq!(store.log_position(), 320);
        assert_eq!(find(&store, &["all"]).len(), 16);
        assert_eq!(
            store.rebuild_view(|_, _| {}).await.unwrap().same,
            Some(true)
        );
    });
}

#[test]
fn a_batch_carries_its_own_time_where_it_has_one() {
    on_each_engine(async |kit: Kit| {
        let store = kit.open();
        let write = sealed_write(&store, &kit.keys, "Basic/a", 1, &[], &[]);
        let time = Timestamp::from_seconds(77);
        let operations = vec![Operation::Write(write)];
        let own = Batch {
            time: Some(time),
            ..batch(operations)
        };
        assert_eq!(store.commit(own).await.unwrap().time, time);
        assert_eq!(store.locate(&key("Basic/a")).unwrap().unwrap().time, time);
    });
}

#[test]
fn what_is_only_recorded_takes_its_place_in_the_log() {
    on_each_engine(async |kit: Kit| {
        let store = kit.open();
        let refusal = Event::Refusal {
            action: "read".into(),
            resource: Some(key("Basic/a")),
            reason: RefusalReason::NoRelationship,
        };
        let items = vec![Item {
            resource: key("Basic/a"),
            version: 1,
            patients: vec![patient("p")],
        }];
        let disclosure = Event::Disclosure {
            interaction: Interaction::Export,
            items,
            basis: basis(),
        };
        let events = [Event::SignIn, refusal, disclosure];
        let operations = events.into_iter().map(Operation::Record).collect();
        assert_eq!(store.commit(batch(operations)).await.unwrap().first_seq, 0);
        assert_eq!(store.log_position(), 3);
        let seen = store
            .disclosures_by_account(&actor(1).account, None, 10)
            .await
            .unwrap();
        assert_eq!(tell(&store, seen).await.unwrap().len(), 1);
    });
}

#[test]
fn nothing_is_written_when_everybody_has_gone() {
    let kit = Kit::new(Engine::default());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    runtime.block_on(async {
        let store = kit.open();
        let value = Undisclosed::nothing(7);
        assert_eq!(tell(&store, value).await.unwrap(), 7);
        drop(store);
        tokio::time::sleep(Duration::from_millis(1)).await;
        // The writer has ended, and so the same files can be opened again at once.
        assert_eq!(kit.open().log_position(), 1);
    });
}

#[test]
fn a_log_that_can_not_be_written_refuses_until_it_is_opened_again() {
    on_each_engine(async |kit: Kit| {
        let store = kit.open();
        put(&kit, &store, "Basic/a", 1, &[token("t")])
            .await
            .unwrap();
        let value = store.read(0).unwrap();
        let thief = rusqlite::Connection::open(store.log_file()).unwrap();
        thief.execute_batch("BEGIN IMMEDIATE").unwrap();
        let lost = put(&kit, &store, "Basic/a", 2, &[]).await;
        assert!(matches!(lost, Err(StoreError::Refusing)), "{lost:?}");
        thief.execute_batch("ROLLBACK").unwrap();
        drop(thief);
        let late = put(&kit, &store, "Basic/b", 1, &[]).await;
        assert!(matches!(late, Err(StoreError::Refusing)), "{late:?}");
        assert!(matches!(
            tell(&store, value).await,
            Err(StoreError::Refusing)
        ));
        assert_eq!((store.log_position(), find(&store, &["t"])), (1, vec![0]));
        drop(store);
        let store = kit.open();
        put(&kit, &store, "Basic/a", 2, &[]).await.unwrap();
        assert_eq!(store.log_position(), 2);
    });
}
