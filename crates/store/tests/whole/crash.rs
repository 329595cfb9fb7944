//! `kill -9` in the middle of load: what was acknowledged, and what was answered, is in the log.
//!
//! The test runs itself again as a child, which writes and reads as fast as it can and reports each
//! answer on its standard output after it has it. The parent kills it at some moment, opens the
//! same files, and looks for everything that was reported.

use std::{
    collections::HashMap,
    fs,
    io::{BufRead, BufReader, Write as _},
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Duration,
};

use tempfile::TempDir;
use ward_core::{Random, RequestId, SystemRandom};
use ward_log::{Event, Interaction, Verifier, VerifierKey};
use ward_store::{Batch, Engine, Operation, OrganisationStore, StoreError};
use ward_testkit::SeededRandom;

use crate::kit::{
    Kit, TokenList, actor, basis, copy_folder, key, keys_from, patient, sealed_write, token,
};

const CHILD: &str = "WARD_TEST_CRASH_CHILD";
const WRITERS: u8 = 6;
const READERS: u8 = 4;

/// More by an environment variable, for a long run.
#[expect(clippy::disallowed_methods, reason = "a test's own knob")]
fn kills() -> u64 {
    std::env::var("WARD_TEST_KILLS").map_or(20, |text| text.parse().unwrap())
}

fn kit_at(dir: TempDir, engine: Engine) -> Kit {
    // Parent and child have the same keys.
    Kit {
        dir,
        keys: keys_from(&SeededRandom::new(7)),
        engine,
    }
}

/// Something that the child was told is done.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Answer {
    Write { resource: String, version: u64 },
    State { key: String },
    Read { resource: String, version: u64 },
}

fn report(request: RequestId, answer: &Answer) {
    let line = match answer {
        Answer::Write { resource, version } => format!("W {request} {resource} {version}\n"),
        Answer::State { key } => format!("S {request} {key} 0\n"),
        Answer::Read { resource, version } => format!("R {request} {resource} {version}\n"),
    };
    // One write of less than a pipe takes at once: a line comes whole or not at all.
    let mut out = std::io::stdout().lock();
    out.write_all(line.as_bytes()).unwrap();
    out.flush().unwrap();
}

fn heard(line: &str) -> Option<(RequestId, Answer)> {
    let fields: Vec<_> = line.split(' ').collect();
    let [kind, request, name, number] = fields[..] else {
        return None;
    };
    let (name, version) = (name.to_owned(), number.parse().ok()?);
    let answer = match kind {
        "W" => Answer::Write {
            resource: name,
            version,
        },
        "S" => Answer::State { key: name },
        "R" => Answer::Read {
            resource: name,
            version,
        },
        _ => return None,
    };
    Some((request.parse().ok()?, answer))
}

#[test]
#[ignore = "run by the crash tests, as the process that they kill"]
#[expect(
    clippy::disallowed_methods,
    reason = "how the parent tells it what to do"
)]
fn child() {
    let Ok(setting) = std::env::var(CHILD) else {
        return;
    };
    let (engine, dir) = setting.split_once(':').unwrap();
    let options = kit_at(TempDir::new().unwrap(), engine.parse().unwrap());
    let keys = options.keys.clone();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build()
        .unwrap();
    runtime.block_on(async {
        let projector = TokenList {
            keys: keys.clone(),
            version: 1,
        };
        let store = ward_store::Store::open(Path::new(dir), options.options()).unwrap();
        let store = store
            .organisation(keys.clone(), Arc::new(projector))
            .unwrap();
        let mut tasks = tokio::task::JoinSet::new();
        for writer in 0..WRITERS {
            let (store, keys) = (store.clone(), keys.clone());
            tasks.spawn(async move {
                loop {
                    write_some(&store, &keys, writer).await;
                }
            });
        }
        for reader in 0..READERS {
            let store = store.clone();
            tasks.spawn(async move {
                loop {
                    read_some(&store, reader).await;
                }
            });
        }
        tasks.join_all().await;
    });
}

fn dice(sides: u8) -> u8 {
    let mut byte = [0];
    SystemRandom.fill(&mut byte);
    byte[0] % sides
}

/// A batch of one to three writes of this writer's resources, and now and then a state.
async fn write_some(store: &OrganisationStore, keys: &ward_crypto::OrganisationKeys, writer: u8) {
    let request = RequestId::random(&SystemRandom);
    let of = format!("p{}", dice(40));
    store
        .ensure_salts(&[store.subject(&patient(&of))])
        .await
        .unwrap();
    let (mut operations, mut answers) = (Vec::new(), Vec::new());
    let first = dice(6);
    for number in first..=first + dice(3) {
        let resource = format!("Patient/w{writer}-{number}");
        let located = store.locate(&key(&resource)).unwrap();
        let version = located.map_or(1, |located| located.version + 1);
        let tokens = [
            token("all"),
            token(&format!("v{version}")),
            token(&format!("w{writer}")),
        ];
        let write = sealed_write(store, keys, &resource, version, &[&of], &tokens);
        operations.push(Operation::Write(write));
        answers.push(Answer::Write { resource, version });
    }
    if dice(4) == 0 {
        let key = format!("kind/{writer}-{}", dice(9));
        operations.push(Operation::State {
            key: key.clone(),
            value: Some(vec![writer; 30]),
        });
        answers.push(Answer::State { key });
    }
    let batch = Batch {
        request: Some(request),
        actor: Some(actor(writer)),
        time: None,
        operations,
    };
    store.commit(batch).await.unwrap();
    for answer in &answers {
        report(request, answer);
    }
}

async fn read_some(store: &OrganisationStore, reader: u8) {
    let resource = format!("Patient/w{}-{}", dice(WRITERS), dice(8));
    let Some(located) = store.locate(&key(&resource)).unwrap() else {
        return tokio::task::yield_now().await;
    };
    let request = RequestId::random(&SystemRandom);
    let value = store.read(located.seq).unwrap();
    let told = store
        .disclose(
            Some(actor(reader)),
            Some(request),
            Interaction::Read,
            basis(),
            value,
        )
        .await;
    let version = told.unwrap().version;
    report(request, &Answer::Read { resource, version });
}

fn spawn(kit: &Kit) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["crash::child", "--exact", "--ignored", "--nocapture"])
        .env(
            CHILD,
            format!("{}:{}", kit.engine.name(), kit.dir.path().display()),
        )
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap()
}

/// Lets a child work for some time, kills it, and gives what it reported until then.
fn run_and_kill(kit: &Kit, after: Duration) -> Vec<(RequestId, Answer)> {
    let mut child = spawn(kit);
    let out = BufReader::new(child.stdout.take().unwrap());
    let listening = std::thread::spawn(move || {
        out.lines()
            .map_while(Result::ok)
            .filter_map(|line| heard(&line))
            .collect()
    });
    std::thread::sleep(after);
    child.kill().unwrap();
    child.wait().unwrap();
    listening.join().unwrap()
}

/// Everything that an open store's log holds of requests.
fn logged(
    store: &OrganisationStore,
    keys: &ward_crypto::OrganisationKeys,
) -> HashMap<RequestId, Vec<Answer>> {
    let mut logged: HashMap<_, Vec<_>> = HashMap::new();
    let log = rusqlite::Connection::open(store.log_file()).unwrap();
    let mut select = log
        .prepare("SELECT sealed FROM entries ORDER BY seq")
        .unwrap();
    let rows = select
        .query_map([], |row| row.get::<_, Vec<u8>>(0))
        .unwrap();
    for sealed in rows {
        let entry = ward_log::Entry::decode(&keys.open_entry(&sealed.unwrap()).unwrap()).unwrap();
        let Some(request) = entry.request else {
            continue;
        };
        let of_request = logged.entry(request).or_default();
        match entry.event {
            Event::Write {
                resource, version, ..
            } => {
                of_request.push(Answer::Write {
                    resource: resource.to_string(),
                    version,
                });
            }
            Event::State { key, .. } => of_request.push(Answer::State { key }),
            Event::Disclosure { items, .. } => {
                of_request.extend(items.into_iter().map(|item| Answer::Read {
                    resource: item.resource.to_string(),
                    version: item.version,
                }));
            }
            _ => {}
        }
    }
    logged
}

fn verifies(store: &OrganisationStore, keys: &ward_crypto::OrganisationKeys) {
    let signer = keys.checkpoint_signer();
    let key = VerifierKey::new(signer.name(), signer.public_key()).unwrap();
    let verifier = Verifier::new("ward/WRD01", vec![key]);
    let whole = store
        .log_reader()
        .unwrap()
        .verify(verifier, &mut |_, _| {})
        .unwrap()
        .unwrap();
    assert_eq!(whole.checked, store.log_position());
}

/// The current versions are those of the log, batches are whole, and a rebuilt view is the same.
async fn is_whole(store: &OrganisationStore, keys: &ward_crypto::OrganisationKeys) {
    verifies(store, keys);
    assert_eq!(
        store.rebuild_view(|_, _| {}).await.unwrap().same,
        Some(true)
    );
}

fn survives_kills(engine: Engine) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let kit = kit_at(TempDir::new().unwrap(), engine);
    kit.store()
        .unwrap()
        .create_organisation(kit.keys.ods())
        .unwrap();
    let (mut writes, mut reads) = (0, 0);
    for kill in 0..kills() {
        // Some die while they still open the store.
        let after = Duration::from_millis(20 + u64::from(dice(250)) * u64::from(1 + dice(2)));
        let answers = run_and_kill(&kit, after);
        runtime.block_on(async {
            let store = kit.open();
            let logged = logged(&store, &kit.keys);
            for (request, answer) in &answers {
                let of_request = logged.get(request).map_or(&[][..], Vec::as_slice);
                assert!(
                    of_request.contains(answer),
                    "kill {kill}: {answer:?} is not in the log"
                );
                match answer {
                    Answer::Write { resource, version } => {
                        let located = store.locate(&key(resource)).unwrap().unwrap();
                        assert!(
                            located.version >= *version,
                            "kill {kill}: {resource} went back"
                        );
                        writes += 1;
                    }
                    Answer::State { key } => assert!(store.state(key).unwrap().is_some()),
                    Answer::Read { .. } => reads += 1,
                }
            }
            is_whole(&store, &kit.keys).await;
        });
    }
    println!("{engine:?}: {writes} writes and {reads} reads were answered, none is missing");
    assert!(writes > 0 && reads > 0, "the children did not get to work");
}

#[test]
fn nothing_answered_is_missing_after_kills_with_fjall() {
    survives_kills(Engine::Fjall);
}

#[test]
fn nothing_answered_is_missing_after_kills_with_sqlite() {
    survives_kills(Engine::Sqlite);
}

#[test]
fn a_log_torn_at_its_end_opens_as_it_was_before() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let kit = kit_at(TempDir::new().unwrap(), Engine::Fjall);
    kit.store()
        .unwrap()
        .create_organisation(kit.keys.ods())
        .unwrap();
    run_and_kill(&kit, Duration::from_millis(700));
    let killed = TempDir::new().unwrap();
    copy_folder(&kit.folder(), killed.path());
    let wal = fs::metadata(killed.path().join("log.db-wal"))
        .unwrap()
        .len();
    for cut in 0..12 {
        fs::remove_dir_all(kit.folder()).unwrap();
        copy_folder(killed.path(), &kit.folder());
        let file = fs::File::options()
            .write(true)
            .open(kit.folder().join("log.db-wal"))
            .unwrap();
        file.set_len(wal - wal * cut / 11).unwrap();
        // The index of the write-ahead log would not outlive a power cut.
        fs::remove_file(kit.folder().join("log.db-shm")).unwrap();
        runtime.block_on(async {
            match kit.try_open(1) {
                Ok(store) => is_whole(&store, &kit.keys).await,
                // Without its first commit the file is not a log yet.
                Err(error) => assert!(
                    matches!(error, StoreError::Log(_)) && cut == 11,
                    "{error:?}"
                ),
            }
        });
    }
}

#[test]
fn a_view_torn_by_a_kill_is_right_again() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    for engine in Engine::ALL {
        let kit = kit_at(TempDir::new().unwrap(), engine);
        kit.store()
            .unwrap()
            .create_organisation(kit.keys.ods())
            .unwrap();
        run_and_kill(&kit, Duration::from_millis(500));
        let journal = match engine {
            Engine::Fjall => "000001.fjall/0.jnl",
            Engine::Sqlite => "000001.sqlite/view.db-wal",
        };
        let journal = kit.folder().join("view").join(journal);
        let file = fs::File::options().write(true).open(&journal).unwrap();
        // Fjall's journal is given its room ahead: its content is at its beginning.
        let length = file.metadata().unwrap().len().min(300_000);
        file.set_len(u64::from(dice(255)) * length / 255).unwrap();
        runtime.block_on(async { is_whole(&kit.open(), &kit.keys).await });
    }
}
