//! What the door costs, every lock on, below the wire: `cargo bench -p ward-records`.
//!
//! CPU is that of the whole process, the store's writer included. The baseline is the same number
//! of entries that hold nothing, through the same log.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a program")]
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

use std::{future::Future, sync::Arc, time::Instant};

use ward_access::{Access, Read, Target};
use ward_fhir::{Limits, Resource};
use ward_identity::{Assured, Role};
use ward_log::{Event, Purpose};
use ward_people::Population;
use ward_records::Search;
use ward_store::{Batch, Operation};
use ward_testkit::{World, ods, resource};

const PEOPLE: u32 = 200;
const ROUNDS: usize = 2_000;

#[tokio::main]
async fn main() {
    let world = World::new();
    let program = world.program("WRD01", "bench", "system/*.cruds").await;
    let person = world
        .person("WRD01", "bench-doctor", Role::Clinician, "one")
        .await;
    let (service, doctor) = (world.proved(&program), world.assured(&person));
    decisions(&world, &doctor).await;
    let (service, doctor) = (world.door(&service).await, world.door(&doctor).await);
    let people = Population {
        seed: 7,
        ods: "WRD01".to_owned(),
        name: "Bench".to_owned(),
        first: 0,
        today: jiff::civil::date(2026, 11, 23),
    };
    let bundles = |numbers: std::ops::Range<u32>| -> Vec<String> {
        numbers
            .map(|number| people.person(number).to_string())
            .collect()
    };
    let parsed: Vec<_> = bundles(0..PEOPLE).iter().map(|json| parse(json)).collect();
    let new = bundles(PEOPLE..2 * PEOPLE);
    let organisation = ods("WRD01");
    let mut resources = 0;
    measure("import, a resource", || async {
        for bundle in &parsed {
            let imported = world.records.import(
                &organisation,
                std::slice::from_ref(bundle),
                None,
                ward_records::Since::Keep,
            );
            let imported = imported.await.unwrap();
            assert!(imported.refused.is_empty(), "{:?}", imported.refused);
            resources += imported.created;
        }
        resources
    })
    .await;
    println!("{resources} resources of {PEOPLE} people");
    measure("an entry that holds nothing", || async {
        for _ in 0..ROUNDS {
            let operations = vec![Operation::Record(Event::SignIn)];
            let batch = Batch {
                request: None,
                actor: None,
                time: None,
                operations,
            };
            world.store("WRD01").commit(batch).await.unwrap();
        }
        ROUNDS
    })
    .await;
    let page = doctor
        .search(&search("Patient", "_count=200"))
        .await
        .unwrap();
    let patients: Vec<_> = page
        .matches
        .iter()
        .map(|version| version.key.clone())
        .collect();
    measure("read by a clinician", || async {
        for key in patients.iter().cycle().take(ROUNDS) {
            doctor.read(key).await.unwrap();
        }
        ROUNDS
    })
    .await;
    measure("read by a service", || async {
        for key in patients.iter().cycle().take(ROUNDS) {
            service.read(key).await.unwrap();
        }
        ROUNDS
    })
    .await;
    let families: Vec<_> = page.matches.iter().filter_map(family).collect();
    measure("search by name", || async {
        for family in families.iter().cycle().take(ROUNDS) {
            service
                .search(&search("Patient", &format!("family={family}")))
                .await
                .unwrap();
        }
        ROUNDS
    })
    .await;
    measure("people by name", || async {
        for family in families.iter().cycle().take(ROUNDS) {
            doctor.find_people(family, None).await.unwrap();
        }
        ROUNDS
    })
    .await;
    let observation = |patient: &str| {
        resource(&format!(
            r#"{{"resourceType":"Observation","status":"final","code":{{"coding":[{{"system":
            "http://loinc.org","code":"8867-4"}}]}},"subject":{{"reference":"{patient}"}},
            "effectiveDateTime":"2026-11-23T10:00:00Z","valueQuantity":{{"value":72}}}}"#
        ))
    };
    measure("create", || async {
        for key in patients.iter().cycle().take(ROUNDS) {
            service
                .create(observation(key.as_str()), None)
                .await
                .unwrap();
        }
        ROUNDS
    })
    .await;
    measure("transaction, a resource", || async {
        let mut written = 0;
        for json in &new {
            written += service.bundle(&parse(json)).await.unwrap().len();
        }
        written
    })
    .await;
}

/// A decision remembered, and the first one of its kind.
async fn decisions(world: &World, doctor: &Assured) {
    let organisation = ods("WRD01");
    let target = Target::resource_type(&organisation, "Patient");
    let access = Access::new(Arc::clone(&world.clock) as _).unwrap();
    measure("decision, remembered", || async {
        for _ in 0..100 * ROUNDS {
            access
                .decide::<Read>(doctor, &target, Purpose::DirectCare)
                .unwrap();
        }
        100 * ROUNDS
    })
    .await;
    let access: Vec<_> = (0..100)
        .map(|_| Access::new(Arc::clone(&world.clock) as _).unwrap())
        .collect();
    measure("decision, asked of Cedar", || async {
        for access in &access {
            access
                .decide::<Read>(doctor, &target, Purpose::DirectCare)
                .unwrap();
        }
        access.len()
    })
    .await;
}

fn parse(json: &str) -> Resource {
    Resource::parse(json.as_bytes(), &Limits::BODY).unwrap()
}

fn search(resource_type: &str, query: &str) -> Search {
    let pairs = ward_records::query_pairs(query).unwrap();
    Search {
        resource_type: resource_type.to_owned(),
        pairs,
    }
}

fn family(version: &ward_records::Version) -> Option<String> {
    version
        .resource()
        .unwrap()
        .root()
        .text("name.family")
        .map(ToOwned::to_owned)
}

async fn measure<F: Future<Output = usize>>(what: &str, work: impl FnOnce() -> F) {
    let (start, cpu) = (Instant::now(), cpu_ms());
    let count = work().await;
    let each = |ms: f64| ms / f64::from(u32::try_from(count.max(1)).unwrap());
    let (wall, cpu) = (start.elapsed().as_secs_f64() * 1e3, cpu_ms() - cpu);
    println!(
        "{what:32} {:8.4} ms of CPU {:8.4} ms",
        each(cpu),
        each(wall)
    );
}

/// User and system time of this process (proc(5), `stat`: fields 14 and 15, in 1/100 s).
fn cpu_ms() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let (_, rest) = stat.rsplit_once(')').unwrap();
    let ticks = rest
        .split_whitespace()
        .skip(11)
        .take(2)
        .map(|field| field.parse::<f64>().unwrap());
    ticks.sum::<f64>() * 10.0
}
