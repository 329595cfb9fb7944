//! What every engine must do, run on each of them.

use std::{collections::BTreeMap, ops::ControlFlow};

use proptest::prelude::*;
use tempfile::TempDir;

use super::{Changes, Engine, View};

const CACHE: u64 = 8 * 1024 * 1024;

fn open(engine: Engine, dir: &TempDir) -> Box<dyn View> {
    engine.open(dir.path(), CACHE).unwrap()
}

fn puts(rows: &[(&[u8], &[u8])]) -> Changes {
    let mut changes = Changes::default();
    for (key, value) in rows {
        changes.put(key.to_vec(), value.to_vec());
    }
    changes
}

fn rows(view: &dyn View, from: &[u8], to: &[u8]) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut rows = Vec::new();
    view.snapshot()
        .unwrap()
        .scan(from, to, &mut |key, value| {
            rows.push((key.to_vec(), value.to_vec()));
            ControlFlow::Continue(())
        })
        .unwrap();
    rows
}

fn each_engine(check: impl Fn(Engine, &TempDir)) {
    for engine in Engine::ALL {
        check(engine, &TempDir::new().unwrap());
    }
}

#[test]
fn a_view_gives_back_what_was_put_and_nothing_that_was_removed() {
    each_engine(|engine, dir| {
        let view = open(engine, dir);
        view.apply(puts(&[(b"a", b"1"), (b"b", b""), (b"c", b"3")]))
            .unwrap();
        let mut changes = Changes::default();
        changes.delete(b"a".to_vec());
        changes.delete(b"never there".to_vec());
        changes.put(b"c".to_vec(), b"4".to_vec());
        view.apply(changes).unwrap();
        let snapshot = view.snapshot().unwrap();
        assert_eq!(snapshot.get(b"a").unwrap(), None, "{engine:?}");
        assert_eq!(snapshot.get(b"b").unwrap(), Some(vec![]), "{engine:?}");
        assert_eq!(
            snapshot.get(b"c").unwrap(),
            Some(b"4".to_vec()),
            "{engine:?}"
        );
    });
}

#[test]
fn a_scan_keeps_to_its_range_and_the_order_of_bytes() {
    each_engine(|engine, dir| {
        let view = open(engine, dir);
        view.apply(puts(&[
            (b"\x02", b"c"),
            (b"\x01\xff", b"b"),
            (b"\x01", b"a"),
            (b"\x01\x00", b"d"),
        ]))
        .unwrap();
        let keys: Vec<_> = rows(&*view, b"\x01", b"\x02")
            .into_iter()
            .map(|row| row.0)
            .collect();
        assert_eq!(keys, [vec![1], vec![1, 0], vec![1, 255]], "{engine:?}");
        assert!(rows(&*view, b"\x02", b"\x01").is_empty(), "{engine:?}");
        assert!(rows(&*view, b"\x01", b"\x01").is_empty(), "{engine:?}");
    });
}

#[test]
fn a_scan_ends_where_its_visitor_breaks() {
    each_engine(|engine, dir| {
        let view = open(engine, dir);
        view.apply(puts(&[(b"a", b""), (b"b", b""), (b"c", b"")]))
            .unwrap();
        let mut seen = 0;
        let visit: super::Visit<'_> = &mut |_, _| {
            seen += 1;
            if seen == 2 {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        };
        view.snapshot().unwrap().scan(b"a", b"z", visit).unwrap();
        assert_eq!(seen, 2, "{engine:?}");
    });
}

#[test]
fn later_changes_do_not_reach_a_snapshot() {
    each_engine(|engine, dir| {
        let view = open(engine, dir);
        view.apply(puts(&[(b"a", b"1")])).unwrap();
        let snapshot = view.snapshot().unwrap();
        assert_eq!(snapshot.get(b"a").unwrap(), Some(b"1".to_vec()));
        let mut changes = puts(&[(b"b", b"2")]);
        changes.delete(b"a".to_vec());
        view.apply(changes).unwrap();
        assert_eq!(
            snapshot.get(b"a").unwrap(),
            Some(b"1".to_vec()),
            "{engine:?}"
        );
        assert_eq!(snapshot.get(b"b").unwrap(), None, "{engine:?}");
        assert_eq!(
            view.snapshot().unwrap().get(b"a").unwrap(),
            None,
            "{engine:?}"
        );
    });
}

#[test]
fn a_view_opens_again_with_what_it_held() {
    each_engine(|engine, dir| {
        let view = open(engine, dir);
        view.apply(puts(&[(b"a", b"1"), (b"b", &[7; 5000])]))
            .unwrap();
        drop(view);
        let view = open(engine, dir);
        assert_eq!(rows(&*view, b"a", b"z").len(), 2, "{engine:?}");
    });
}

#[derive(Debug, Clone)]
enum Step {
    Apply(Vec<(Vec<u8>, Option<Vec<u8>>)>),
    Scan(Vec<u8>, Vec<u8>),
    Reopen,
}

fn key() -> impl Strategy<Value = Vec<u8>> {
    // Few distinct bytes, so that keys meet, nest and are removed again.
    prop::collection::vec(prop::sample::select(vec![0_u8, 1, 127, 255]), 1..6)
}

fn step() -> impl Strategy<Value = Step> {
    let change = (
        key(),
        prop::option::of(prop::collection::vec(any::<u8>(), 0..40)),
    );
    prop_oneof![
        6 => prop::collection::vec(change, 1..20).prop_map(Step::Apply),
        3 => (key(), key()).prop_map(|(from, to)| Step::Scan(from, to)),
        1 => Just(Step::Reopen),
    ]
}

fn behaves_like_a_map(engine: Engine, steps: &[Step]) {
    let dir = TempDir::new().unwrap();
    let mut view = open(engine, &dir);
    let mut model = BTreeMap::new();
    for step in steps {
        match step {
            Step::Apply(rows) => {
                let mut changes = Changes::default();
                for (key, value) in rows {
                    if let Some(value) = value {
                        changes.put(key.clone(), value.clone());
                        model.insert(key.clone(), value.clone());
                    } else {
                        changes.delete(key.clone());
                        model.remove(key);
                    }
                }
                view.apply(changes).unwrap();
            }
            Step::Scan(from, to) => {
                let expected: Vec<_> = if from < to {
                    model
                        .range(from.clone()..to.clone())
                        .map(|(k, v)| (k.clone(), v.clone()))
                        .collect()
                } else {
                    Vec::new()
                };
                assert_eq!(rows(&*view, from, to), expected);
                let last = view.snapshot().unwrap().last(from, to).unwrap();
                assert_eq!(last.as_ref(), expected.last().map(|(key, _)| key));
                assert_eq!(
                    view.snapshot().unwrap().get(from).unwrap(),
                    model.get(from).cloned()
                );
            }
            Step::Reopen => {
                drop(view);
                view = open(engine, &dir);
            }
        }
    }
    let all: Vec<_> = model.into_iter().collect();
    assert_eq!(rows(&*view, &[0], &[255; 9]), all);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn fjall_behaves_like_a_map(steps in prop::collection::vec(step(), 1..40)) {
        behaves_like_a_map(Engine::Fjall, &steps);
    }

    #[test]
    fn sqlite_behaves_like_a_map(steps in prop::collection::vec(step(), 1..40)) {
        behaves_like_a_map(Engine::Sqlite, &steps);
    }
}
