//! Reads, queries, states, relationships, and the list of who looked.

use proptest::prelude::*;
use ward_core::Timestamp;
use ward_crypto::Binding;
use ward_log::{Event, Interaction, SignInFailure};
use ward_store::{
    Batch, Engine, FailedSignIns, Operation, OrganisationStore, Query, StoreError, Undisclosed,
};

use crate::kit::{
    Kit, actor, basis, batch, deletion, find, key, on_each_engine, patient, put, sealed_write,
    tell, token,
};

async fn put_of(kit: &Kit, store: &OrganisationStore, resource: &str, of: &str, tokens: &[&str]) {
    store
        .ensure_salts(&[store.subject(&patient(of))])
        .await
        .unwrap();
    let tokens: Vec<_> = tokens.iter().map(|text| token(text)).collect();
    let version = store
        .locate(&key(resource))
        .unwrap()
        .map_or(0, |located| located.version)
        + 1;
    let write = sealed_write(store, &kit.keys, resource, version, &[of], &tokens);
    store
        .commit(batch(vec![Operation::Write(write)]))
        .await
        .unwrap();
}

#[test]
fn a_disclosed_read_gives_the_body_and_stands_in_the_log() {
    on_each_engine(async |kit: Kit| {
        let store = kit.open();
        put_of(&kit, &store, "Observation/a", "p", &["t"]).await;
        let located = store.locate(&key("Observation/a")).unwrap().unwrap();
        assert_eq!(located.subjects, [store.subject(&patient("p"))]);
        let salt = store.salt(&located.subjects[0]).unwrap();
        let opened = store.read(located.seq).unwrap().open(&kit.keys, |sealed| {
            let binding = Binding {
                resource: &sealed.resource,
                version: sealed.version,
            };
            kit.keys
                .open_body(&kit.keys.subject(salt.as_ref()), &binding, &sealed.body)
                .unwrap()
        });
        assert_eq!(store.log_position(), 1);
        assert_eq!(tell(&store, opened).await.unwrap(), token("t").0);
        assert_eq!(store.log_position(), 2);

        let looked = store
            .disclosures_of_patient(&patient("p"), None, 10)
            .await
            .unwrap();
        let looked = tell(&store, looked).await.unwrap();
        let Event::Disclosure {
            items, interaction, ..
        } = &looked[0].event
        else {
            panic!()
        };
        assert_eq!((items.len(), *interaction), (1, Interaction::Read));
        assert_eq!(items[0].resource, key("Observation/a"));
        // Looking at who looked is a look, too.
        let again = store
            .disclosures_of_patient(&patient("p"), None, 10)
            .await
            .unwrap();
        assert_eq!(tell(&store, again).await.unwrap().len(), 2);
    });
}

#[test]
fn disclosures_come_in_pages_newest_first() {
    on_each_engine(async |kit: Kit| {
        let store = kit.open();
        put_of(&kit, &store, "Observation/a", "p", &[]).await;
        for _ in 0..5 {
            tell(&store, store.read(0).unwrap()).await.unwrap();
        }
        let page = async |before, limit| {
            let page = store
                .disclosures_of_patient(&patient("p"), before, limit)
                .await
                .unwrap();
            let mut seqs = Vec::new();
            let page = page.open(&kit.keys, |entries| {
                seqs = entries.iter().map(|entry| entry.seq).collect();
            });
            drop(page);
            seqs
        };
        assert_eq!(page(None, 2).await, [5, 4]);
        assert_eq!(page(Some(4), 2).await, [3, 2]);
        assert_eq!(page(Some(2), 2).await, [1]);
        assert_eq!(page(Some(0), 2).await, [0_u64; 0]);
        assert_eq!(page(None, 0).await, [0_u64; 0]);
        let other = store
            .disclosures_of_patient(&patient("q"), None, 9)
            .await
            .unwrap();
        assert!(tell(&store, other).await.unwrap().is_empty());
    });
}

#[test]
fn nothing_but_a_version_is_read_as_one() {
    on_each_engine(async |kit: Kit| {
        let store = kit.open();
        tell(&store, Undisclosed::nothing(())).await.unwrap();
        assert!(matches!(store.read(0), Err(StoreError::NoSuchVersion)));
        assert!(matches!(store.read(1), Err(StoreError::NoSuchVersion)));
        assert!(matches!(
            store.read(u64::MAX),
            Err(StoreError::NoSuchVersion)
        ));
        assert!(store.read_version(&key("Basic/a"), 1).unwrap().is_none());
    });
}

#[test]
fn what_is_gathered_is_written_down_whole() {
    on_each_engine(async |kit: Kit| {
        let store = kit.open();
        for name in ["a", "b", "c"] {
            put_of(&kit, &store, &format!("Observation/{name}"), name, &["t"]).await;
        }
        let values = [2, 1, 0].map(|row| store.read(row).unwrap());
        let kept = values.into_iter().filter_map(|value| {
            value.sift(&kit.keys, |sealed| {
                (sealed.resource.id() != "b").then_some(sealed.version)
            })
        });
        let gathered = Undisclosed::gather(kept.collect()).and(Undisclosed::nothing("page"));
        let (versions, _) = tell(&store, gathered).await.unwrap();
        assert_eq!(versions, [1, 1]);
        for (name, looks) in [("a", 1), ("b", 0), ("c", 1)] {
            let looked = store
                .disclosures_of_patient(&patient(name), None, 9)
                .await
                .unwrap();
            let looked = looked.open(&kit.keys, |entries| entries.len());
            assert_eq!(tell(&store, looked).await.unwrap(), looks, "{name}");
        }
    });
}

#[test]
fn a_value_is_not_disclosed_in_another_organisations_log() {
    on_each_engine(async |kit: Kit| {
        let store = kit.open();
        put(&kit, &store, "Basic/a", 1, &[]).await.unwrap();
        let root = ward_crypto::RootKey::generate(&ward_core::SystemRandom);
        let ods = "WRD02".parse().unwrap();
        let keys = root
            .unwrap(&root.new_organisation(&ods, &ward_core::SystemRandom))
            .unwrap();
        let other = Kit {
            dir: tempfile::TempDir::new().unwrap(),
            keys,
            engine: kit.engine,
        };
        other.store().unwrap().create_organisation(&ods).unwrap();
        let stranger = other.open();
        let told = tell(&stranger, store.read(0).unwrap()).await;
        assert!(matches!(told, Err(StoreError::ForeignOrganisation)));
        put(&other, &stranger, "Basic/a", 1, &[]).await.unwrap();
        let both = Undisclosed::gather(vec![store.read(0).unwrap(), stranger.read(0).unwrap()]);
        assert!(matches!(
            tell(&store, both).await,
            Err(StoreError::ForeignOrganisation)
        ));
        assert_eq!(stranger.log_position(), 1);
    });
}

#[test]
fn states_are_found_by_key_and_by_prefix() {
    on_each_engine(async |kit: Kit| {
        let store = kit.open();
        let set = async |key: &str, value: Option<&[u8]>| {
            let value = value.map(<[u8]>::to_vec);
            let state = Operation::State {
                key: key.into(),
                value,
            };
            store.commit(batch(vec![state])).await.unwrap();
        };
        set("account/b", Some(b"2")).await;
        set("account/a", Some(b"1")).await;
        set("session/a", Some(b"3")).await;
        set("account/a", Some(b"4")).await;
        set("account/c", Some(b"5")).await;
        set("account/c", None).await;
        let names = |prefix| -> Vec<(String, Vec<u8>)> { store.states(prefix).unwrap() };
        let accounts = [
            ("account/a".into(), b"4".to_vec()),
            ("account/b".into(), b"2".to_vec()),
        ];
        assert_eq!(names("account/"), accounts);
        assert_eq!(names("acc"), accounts);
        assert_eq!(names("account/b"), accounts[1..]);
        assert_eq!(names("").len(), 3);
        assert_eq!(store.state("account/a").unwrap(), Some(b"4".to_vec()));
        assert_eq!(store.state("account/c").unwrap(), None);
        assert_eq!(store.state("account").unwrap(), None);
    });
}

#[test]
fn a_relationship_is_there_as_long_as_its_resource_makes_it() {
    on_each_engine(async |kit: Kit| {
        let store = kit.open();
        let (subject, member, second) = (store.subject(&patient("p")), token("m"), token("n"));
        put_of(&kit, &store, "Patient/p", "p", &["m"]).await;
        let rows = store.relation(&member, &subject).unwrap();
        assert_eq!(
            (rows[0].kind, rows[0].end),
            (1, Some(Timestamp::from_seconds(2)))
        );
        assert_eq!(rows[0].source, key("Patient/p"));
        assert_eq!(store.relations_of_subject(&subject).unwrap(), rows);
        assert_eq!(store.relations_of_member(&member).unwrap(), rows);
        put_of(&kit, &store, "Patient/p", "p", &["n"]).await;
        assert!(store.relation(&member, &subject).unwrap().is_empty());
        assert_eq!(store.relation(&second, &subject).unwrap().len(), 1);
        assert_eq!(store.relations_of_subject(&subject).unwrap().len(), 1);
        let delete = batch(vec![Operation::Write(deletion("Patient/p", 3))]);
        store.commit(delete).await.unwrap();
        assert!(store.relations_of_subject(&subject).unwrap().is_empty());
        assert!(store.relations_of_member(&second).unwrap().is_empty());
    });
}

#[test]
fn a_query_goes_on_where_its_page_ended() {
    on_each_engine(async |kit: Kit| {
        let store = kit.open();
        for number in 0..7 {
            put(&kit, &store, &format!("Basic/{number}"), 1, &[token("t")])
                .await
                .unwrap();
        }
        let page = |after, limit| {
            let all = vec![vec![token("t")]];
            let found = store.find(&Query { all, after, limit }).unwrap();
            (found.rows, found.more)
        };
        assert_eq!(page(None, 3), (vec![6, 5, 4], true));
        assert_eq!(page(Some(4), 3), (vec![3, 2, 1], true));
        assert_eq!(page(Some(1), 3), (vec![0], false));
        assert_eq!(page(Some(0), 3), (vec![], false));
        assert_eq!(page(None, 7), ((0..7).rev().collect(), false));
        assert_eq!(page(None, 0), (vec![], true));
        assert!(find(&store, &[]).is_empty());
        assert!(find(&store, &["nobody"]).is_empty());
        let all = vec![vec![token("t"); 3_000]];
        let costly = store.find(&Query {
            all,
            after: None,
            limit: 1,
        });
        assert!(matches!(costly, Err(StoreError::TooCostly)));
    });
}

#[test]
fn the_files_of_the_view_hold_no_ids() {
    fn hold(folder: &std::path::Path, needle: &[u8]) -> bool {
        std::fs::read_dir(folder).unwrap().any(|entry| {
            let path = entry.unwrap().path();
            if path.is_dir() {
                return hold(&path, needle);
            }
            let bytes = std::fs::read(path).unwrap();
            bytes.windows(needle.len()).any(|window| window == needle)
        })
    }
    on_each_engine(async |kit: Kit| {
        let store = kit.open();
        put_of(
            &kit,
            &store,
            "Patient/identifiable-8812",
            "identifiable-8812",
            &["m"],
        )
        .await;
        let state = Operation::State {
            key: "account/identifiable-8813".into(),
            value: Some(vec![1]),
        };
        store.commit(batch(vec![state])).await.unwrap();
        tell(&store, store.read(0).unwrap()).await.unwrap();
        drop(store);
        assert!(
            hold(&kit.folder(), token("m").0.as_slice()),
            "the search itself works"
        );
        assert!(!hold(&kit.folder(), b"identifiable"));
        assert!(!hold(&kit.folder(), &actor(1).account.as_bytes()[..8]));
    });
}

/// Which tokens each resource has, by few resources and few tokens.
fn writes() -> impl Strategy<Value = Vec<(u8, u8)>> {
    prop::collection::vec((0..12_u8, any::<u8>()), 1..60)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn a_query_finds_what_looking_at_every_resource_finds(
        writes in writes(),
        groups in prop::collection::vec(any::<u8>(), 1..4),
        sqlite: bool,
    ) {
        let bits = |mask: u8| (0..8).filter(move |bit| mask & (1 << bit) != 0);
        let tokens = |mask| bits(mask).map(|bit| token(&format!("t{bit}"))).collect::<Vec<_>>();
        let kit = Kit::new(if sqlite { Engine::Sqlite } else { Engine::Fjall });
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let store = kit.open();
            let mut model = std::collections::BTreeMap::new();
            for (row, (name, mask)) in writes.iter().enumerate() {
                let version = model.get(name).map_or(0, |(version, _, _)| *version) + 1;
                let resource = format!("Basic/{name}");
                put(&kit, &store, &resource, version, &tokens(*mask)).await.unwrap();
                model.insert(*name, (version, row as u64, *mask));
            }
            let mut expected: Vec<_> = model
                .values()
                .filter(|(_, _, mask)| groups.iter().all(|group| mask & group != 0))
                .map(|(_, row, _)| *row)
                .collect();
            expected.sort_unstable_by(|one, other| other.cmp(one));
            let all = groups.iter().map(|group| tokens(*group)).collect();
            let found = store.find(&Query { all, after: None, limit: 100 }).unwrap();
            assert_eq!(found.rows, expected);
            let told = store.disclose(None, None, Interaction::Search, basis(), Undisclosed::nothing(()));
            told.await.unwrap();
        });
    }
}

/// Counted from the log: what failed one by one, together, and before the view was made again.
#[test]
fn failed_sign_ins_are_counted_by_hour_and_reason() {
    on_each_engine(async |kit: Kit| {
        let failed = |reason| {
            Operation::Record(Event::SignInFailed {
                account: None,
                address: None,
                reason,
            })
        };
        let at = |seconds, reasons: &[SignInFailure]| Batch {
            time: Some(Timestamp::from_seconds(seconds)),
            ..batch(reasons.iter().copied().map(failed).collect())
        };
        let (wrong, unknown) = (SignInFailure::WrongFactor, SignInFailure::UnknownAccount);
        let expected = |rows: &[(i64, SignInFailure, u64)]| {
            let row = |(hour, reason, count): &(i64, SignInFailure, u64)| FailedSignIns {
                hour: Timestamp::from_seconds(*hour),
                reason: *reason,
                count: *count,
            };
            rows.iter().map(row).collect::<Vec<_>>()
        };
        {
            let store = kit.open();
            for seconds in [3_600, 3_601] {
                store.commit(at(seconds, &[wrong])).await.unwrap();
            }
            store
                .commit(at(7_199, &[wrong, unknown, wrong]))
                .await
                .unwrap();
            store.commit(at(7_200, &[wrong])).await.unwrap();
        }
        let store = kit.open();
        store.commit(at(7_300, &[wrong])).await.unwrap();
        let all = expected(&[(3_600, unknown, 1), (3_600, wrong, 4), (7_200, wrong, 2)]);
        let since = |seconds| {
            let since = Timestamp::from_seconds(seconds);
            store.failed_sign_ins(since).unwrap()
        };
        assert_eq!(since(3_600), all);
        assert_eq!(since(7_250), all[2..]);
        assert_eq!(since(10_800), []);
        let rebuilt = store.rebuild_view(|_, _| {}).await.unwrap();
        assert_eq!(rebuilt.same, Some(true));
        assert_eq!(since(0), all);
    });
}
