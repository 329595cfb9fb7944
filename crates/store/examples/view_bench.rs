//! Measures the store with each engine of the view: `cargo run --release -p ward-store --example
//! view_bench [resources] [engine]`. Prints CPU and wall time of the process for one resource or
//! call, beside the same log without a view. The figures of docs/adr/0001-view-engine.md.
#![expect(clippy::print_stdout, reason = "its purpose")]
#![expect(
    clippy::unwrap_used,
    reason = "a measurement that fails has no figures"
)]

use std::{
    os::unix::fs::MetadataExt,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use ward_core::{AccountId, PatientId, Random, ResourceKey, SystemClock, SystemRandom};
use ward_crypto::{Binding, OrganisationKeys, RootKey, Token};
use ward_log::{Actor, Basis, Factors, Interaction, Purpose, WriteMethod};
use ward_store::{
    Batch, Engine, Expect, Operation, OrganisationStore, Projection, Projector, Query, SaltOf,
    Store, StoreOptions, Write, WriteEvent,
};

const BODY_BYTES: usize = 2048;
const CALLERS: u64 = 8;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let resources = arguments
        .next()
        .map_or(50_000, |text| text.parse().unwrap());
    let only = arguments.next();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    for engine in Engine::ALL {
        if only.as_deref().is_none_or(|only| only == engine.name()) {
            println!(
                "{} ({resources} resources of 2 KiB and 30 postings each)",
                engine.name()
            );
            let dir = std::env::temp_dir().join(format!("ward-view-bench-{}", engine.name()));
            let _ = std::fs::remove_dir_all(&dir);
            runtime.block_on(measure(engine, &dir, resources));
            std::fs::remove_dir_all(&dir).unwrap();
        }
    }
}

async fn measure(engine: Engine, dir: &Path, resources: u64) {
    let bench = Bench::new(engine, dir);
    bench.load(resources).await;
    let mut next = resources;
    for batch in [1, 10, 100, 1000] {
        let count = (batch * 40).clamp(1000, 10_000);
        let meter = Meter::start();
        for _ in 0..count / batch {
            bench.write(next..next + batch, 1).await;
            next += batch;
        }
        meter.stop(&format!("create, in batches of {batch}"), count);
    }
    let meter = Meter::start();
    for number in 0..2_000 {
        bench.write(number * 7..number * 7 + 1, 2).await;
    }
    meter.stop("update, one by one", 2_000);
    let meter = Meter::start();
    for number in 0..2_000 {
        bench.state(number).await;
    }
    meter.stop("(log and one row: a 2 KiB state)", 2_000);
    bench.reads(resources);
    bench.together(next).await;
    bench.rebuild().await;
    println!(
        "  {:<42} {:>8} MB",
        "view on disk",
        megabytes(&dir.join("WRD01/view"))
    );
    println!(
        "  {:<42} {:>8} MB",
        "log on disk",
        megabytes(&dir.join("WRD01/log.db"))
    );
}

struct Bench {
    keys: OrganisationKeys,
    store: OrganisationStore,
}

impl Bench {
    fn new(engine: Engine, dir: &Path) -> Self {
        let ods = "WRD01".parse().unwrap();
        let root = RootKey::generate(&SystemRandom);
        let keys = root
            .unwrap(&root.new_organisation(&ods, &SystemRandom))
            .unwrap();
        let options = StoreOptions::new(Arc::new(SystemClock), Arc::new(SystemRandom));
        let store = Store::open(dir, StoreOptions { engine, ..options }).unwrap();
        store.create_organisation(&ods).unwrap();
        let store = store
            .organisation(keys.clone(), Arc::new(Tokens(keys.clone())))
            .unwrap();
        Self { keys, store }
    }

    async fn load(&self, resources: u64) {
        let meter = Meter::start();
        for from in (0..resources).step_by(1000) {
            self.write(from..resources.min(from + 1000), 1).await;
        }
        // What the engine puts off is part of the price.
        loop {
            let before = cpu();
            tokio::time::sleep(Duration::from_millis(500)).await;
            if cpu().saturating_sub(before) < Duration::from_millis(30) {
                break;
            }
        }
        meter.stop("loading, in batches of 1000, and settling", resources);
    }

    async fn write(&self, numbers: std::ops::Range<u64>, version: u64) {
        let operations =
            numbers.map(|number| Operation::Write(sealed(&self.keys, number, version)));
        commit(&self.store, operations.collect()).await;
    }

    async fn state(&self, number: u64) {
        let state = Operation::State {
            key: format!("kind/{number}"),
            value: Some(vec![0; BODY_BYTES]),
        };
        commit(&self.store, vec![state]).await;
    }

    fn reads(&self, resources: u64) {
        let mut numbers = numbers_below(resources);
        let meter = Meter::start();
        for _ in 0..20_000 {
            self.store.locate(&key(numbers())).unwrap().unwrap();
        }
        meter.stop("locate by id", 20_000);
        let meter = Meter::start();
        for _ in 0..20_000 {
            let located = self.store.locate(&key(numbers())).unwrap().unwrap();
            drop(self.store.read(located.seq).unwrap());
        }
        meter.stop("locate and read the sealed body", 20_000);
        let token =
            |domain: &str, value: u64| vec![self.keys.token(domain, &[&value.to_be_bytes()])];
        let meter = Meter::start();
        let mut found = 0;
        for _ in 0..2_000 {
            let all = vec![
                token("type", numbers() % 8),
                token("patient", numbers() / 100),
            ];
            found += self
                .store
                .find(&Query {
                    all,
                    after: None,
                    limit: 20,
                })
                .unwrap()
                .rows
                .len();
        }
        meter.stop("find: type and patient", 2_000);
        let meter = Meter::start();
        for _ in 0..500 {
            let all = vec![
                token("type", 3),
                token("code", numbers() % 200),
                token("year", 4),
            ];
            found += self
                .store
                .find(&Query {
                    all,
                    after: None,
                    limit: 20,
                })
                .unwrap()
                .rows
                .len();
        }
        meter.stop("find: type, code and year, a page of 20", 500);
        assert!(found > 0);
    }

    /// What eight callers at once cost.
    async fn together(&self, next: u64) {
        let each = 4_000;
        let meter = Meter::start();
        let mut callers = tokio::task::JoinSet::new();
        for caller in 0..CALLERS {
            let store = self.store.clone();
            callers.spawn(async move {
                let mut numbers = numbers_below(10_000 + caller);
                for _ in 0..each {
                    let value = store.read(numbers()).unwrap();
                    disclose(&store, caller, value).await;
                }
            });
        }
        callers.join_all().await;
        meter.stop("read and disclose, 8 callers", each * CALLERS);
        let meter = Meter::start();
        let mut callers = tokio::task::JoinSet::new();
        for caller in 0..CALLERS {
            let store = self.store.clone();
            callers.spawn(async move {
                for _ in 0..each {
                    disclose(&store, caller, ward_store::Undisclosed::nothing(())).await;
                }
            });
        }
        callers.join_all().await;
        meter.stop("disclose alone, 8 callers", each * CALLERS);
        let each = 500;
        let meter = Meter::start();
        let mut callers = tokio::task::JoinSet::new();
        for caller in 0..CALLERS {
            let (store, keys) = (self.store.clone(), self.keys.clone());
            callers.spawn(async move {
                for number in 0..each {
                    let number = next + caller * each + number;
                    commit(&store, vec![Operation::Write(sealed(&keys, number, 1))]).await;
                }
            });
        }
        callers.join_all().await;
        meter.stop("create, 8 callers", each * CALLERS);
    }

    async fn rebuild(&self) {
        let meter = Meter::start();
        let rebuilt = self.store.rebuild_view(|_, _| {}).await.unwrap();
        meter.stop("rebuild and compare, an entry", rebuilt.entries);
        assert_eq!(rebuilt.same, Some(true));
    }
}

async fn commit(store: &OrganisationStore, operations: Vec<Operation>) {
    let batch = Batch {
        request: None,
        actor: Some(actor(0)),
        time: None,
        operations,
    };
    store.commit(batch).await.unwrap();
}

async fn disclose<T>(store: &OrganisationStore, caller: u64, value: ward_store::Undisclosed<T>) {
    let told = store.disclose(Some(actor(caller)), None, Interaction::Read, basis(), value);
    drop(told.await.unwrap());
}

fn actor(number: u64) -> Actor {
    let account = AccountId::from_bytes(u128::from(number).to_be_bytes());
    Actor {
        account,
        session: None,
        factors: Factors::PASSKEY,
        address: None,
    }
}

fn basis() -> Basis {
    Basis {
        purpose: Purpose::DirectCare,
        relationship: None,
        source: None,
    }
}

fn key(number: u64) -> ResourceKey {
    ResourceKey::new("Observation", &number.to_string()).unwrap()
}

fn sealed(keys: &OrganisationKeys, number: u64, version: u64) -> Write {
    let resource = key(number);
    let mut body = vec![0; BODY_BYTES];
    SystemRandom.fill(body.get_mut(16..).unwrap());
    body.splice(..16, u128::from(number).to_be_bytes());
    let binding = Binding {
        resource: &resource,
        version,
    };
    Write {
        expect: Expect::Any,
        version,
        method: WriteMethod::Create,
        patients: vec![PatientId::new(&format!("p{}", number / 100)).unwrap()],
        body: keys.seal_body(&keys.subject(None), &binding, &body, &SystemRandom),
        tokens: tokens(keys, number),
        relations: Vec::new(),
        basis: basis(),
        resource,
    }
}

/// Thirty tokens as an Observation has them: few that many share, many that few share.
fn tokens(keys: &OrganisationKeys, number: u64) -> Vec<Token> {
    let shared = [
        ("type", number % 8),
        ("year", number % 5),
        ("month", number % 60),
        ("day", number % 1800),
        ("code", number % 200),
        ("system-code", number % 200),
        ("status", number % 4),
        ("patient", number / 100),
        ("encounter", number / 10),
        ("performer", number % 500),
    ];
    let lone = (0..20).map(|index| ("lone", number * 20 + index));
    let all = shared.into_iter().chain(lone);
    all.map(|(domain, value)| keys.token(domain, &[&value.to_be_bytes()]))
        .collect()
}

struct Tokens(OrganisationKeys);

impl Projector for Tokens {
    fn version(&self) -> u32 {
        1
    }

    fn project(&self, write: &WriteEvent<'_>, _: SaltOf<'_>) -> Projection {
        let binding = Binding {
            resource: write.resource,
            version: write.version,
        };
        let body = self
            .0
            .open_body(&self.0.subject(None), &binding, write.body)
            .unwrap();
        let number = u128::from_be_bytes(*body.first_chunk().unwrap());
        let number = u64::try_from(number).unwrap();
        Projection {
            tokens: tokens(&self.0, number),
            relations: Vec::new(),
        }
    }
}

/// Numbers that follow no order (xorshift).
fn numbers_below(end: u64) -> impl FnMut() -> u64 {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64 ^ end;
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % end
    }
}

struct Meter {
    wall: Instant,
    cpu: Duration,
}

impl Meter {
    #[expect(clippy::disallowed_methods, reason = "it measures")]
    fn start() -> Self {
        Self {
            wall: Instant::now(),
            cpu: cpu(),
        }
    }

    fn stop(self, what: &str, count: u64) {
        let each =
            |time: Duration| time.as_secs_f64() * 1e6 / f64::from(u32::try_from(count).unwrap());
        let (wall, cpu) = (
            each(self.wall.elapsed()),
            each(cpu().saturating_sub(self.cpu)),
        );
        println!("  {what:<42} {cpu:>8.1} us CPU {wall:>9.1} us wall");
    }
}

/// The process's CPU time, all threads: fields 14 and 15 of proc(5) stat, in ticks of 10 ms.
fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields = stat.rsplit(')').next().unwrap().split_whitespace();
    let ticks: u64 = fields
        .skip(11)
        .take(2)
        .map(|field| field.parse::<u64>().unwrap())
        .sum();
    Duration::from_millis(ticks * 10)
}

fn megabytes(path: &Path) -> u64 {
    fn bytes(path: &Path) -> u64 {
        if path.is_dir() {
            let entries = std::fs::read_dir(path).unwrap();
            return entries.map(|entry| bytes(&entry.unwrap().path())).sum();
        }
        // As allocated: a preallocated journal holds less than its length.
        std::fs::metadata(path).unwrap().blocks() * 512
    }
    bytes(path) / 1_000_000
}
