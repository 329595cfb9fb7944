//! `ward demo`: two organisations of synthetic people, served on localhost.

mod app;
mod service;
mod show;

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use clap::Args;
use ward_access::proof::Prover;
use ward_core::{AccountId, Clock as _, Ods, SystemClock, SystemRandom};
use ward_crypto::{RootKey, SealedRoot, Unlock};
use ward_fhir::{Limits, Resource};
use ward_http::{Capacity, Sockets};
use ward_identity::{Author, EnrolmentLink, Error as IdentityError, NewAccount, Role};
use ward_people::{Population, Staff, StaffRole};

use crate::{
    command::{progress, serve},
    config::Config,
    data::Data,
    error::Error,
    files, open_files, runtime, telemetry, tls, wiring,
    wiring::{Certificate, Ward},
};

/// How the demo is to be.
#[derive(Args)]
pub(crate) struct Options {
    /// People of each organisation.
    #[arg(long, value_name = "N", default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=PEOPLE_MAX))]
    people: u32,
    /// Port on localhost; 0 takes a free one.
    #[arg(long, value_name = "P", default_value_t = 8443)]
    port: u16,
    /// Where to keep it; without this it is gone when the demo ends.
    #[arg(long, value_name = "D")]
    dir: Option<PathBuf>,
    /// Print what there is as one line of JSON when the demo is ready.
    #[arg(long)]
    json: bool,
}

/// Two organisations share [`ward_people::NHS_NUMBERS`], and newcomers need some.
const PEOPLE_MAX: i64 = 100_000;
/// The seed of the demo's people.
const SEED: u64 = 2022;
/// The day on which their records end.
const TODAY: jiff::civil::Date = jiff::civil::date(2026, 11, 1);

/// Code and name of each organisation.
const ORGANISATIONS: [(&str, &str); 2] = [
    ("WRD01", "Larkfield Urgent Care"),
    ("WRD02", "Brackenside Home Care"),
];

/// An account of the demo, and its link while it has not enrolled.
pub(crate) struct DemoAccount {
    name: String,
    display_name: String,
    role: Role,
    organisation: Ods,
    enrol_url: Option<String>,
}

/// All that the demo tells.
pub(crate) struct Told {
    url: String,
    dir: PathBuf,
    organisations: Vec<(Ods, String)>,
    accounts: Vec<DemoAccount>,
    services: Vec<service::DemoService>,
    apps: Vec<app::DemoApp>,
}

impl DemoAccount {
    /// The first person of a role.
    fn of_role(accounts: &[(AccountId, Self)], role: Role) -> Result<AccountId, Error> {
        let found = accounts.iter().find(|(_, account)| account.role == role);
        found
            .map(|(id, _)| *id)
            .ok_or_else(|| Error::Told("the demo lacks its people".into()))
    }
}

pub(crate) fn run(config: &Config, options: &Options) -> Result<(), Error> {
    telemetry::start(config.text("log.filter"))?;
    let capacity = open_files::capacity();
    let temporary;
    let dir = if let Some(dir) = &options.dir {
        std::path::absolute(dir).map_err(Error::file(dir))?
    } else {
        temporary = tempfile::tempdir().map_err(Error::told)?;
        temporary.path().to_owned()
    };
    let prover = Prover::new(config.path("proof.solver"));
    runtime()?.block_on(demo(options, prover, &dir, capacity))
}

async fn demo(
    options: &Options,
    prover: Prover,
    dir: &Path,
    capacity: Capacity,
) -> Result<(), Error> {
    let sockets = Sockets::new();
    let address = SocketAddr::from(([127, 0, 0, 1], options.port));
    let pages = serve::listen(&sockets, address, serve::SERVER).await?;
    let port = pages.address().port();
    let url = format!("https://localhost:{port}");
    let tls = dir.join("tls");
    tls::make_local(&tls, SystemClock.now())?;
    let (data, root) = open_or_make(&dir.join("ward"))?;
    let ward = wiring::open(&data, &root, &url)?;
    let mut told = Told {
        url: url.clone(),
        dir: dir.to_owned(),
        organisations: ward.organisations.clone(),
        accounts: Vec::new(),
        services: Vec::new(),
        apps: Vec::new(),
    };
    for (number, (ods, name)) in ward.organisations.iter().enumerate() {
        let first = ward_people::NHS_NUMBERS / 4 * u32::try_from(number).unwrap_or(0);
        let population = Population {
            seed: SEED,
            ods: ods.to_string(),
            name: name.clone(),
            first,
            today: TODAY,
        };
        load(&ward, ods, &population, options).await?;
        let accounts = accounts(&ward, ods, &population, &url).await?;
        told.services
            .push(service::enrol(&ward, ods, &accounts, dir, &url).await?);
        told.apps.push(app::register(&ward, ods, &accounts).await?);
        told.accounts
            .extend(accounts.into_iter().map(|(_, account)| account));
    }
    if options.json {
        println!("{}", show::json(&told));
    } else {
        show::text(&told);
    }
    let certificate = Certificate {
        chain: &tls.join("server.pem"),
        key: &tls.join("server.key"),
    };
    let bound = serve::Bound {
        sockets,
        pages,
        figures: None,
    };
    serve::serve(ward, prover, &url, &certificate, bound, capacity).await
}

/// A demo that was kept, or a new one with an unsealed root key.
fn open_or_make(dir: &Path) -> Result<(Data, RootKey), Error> {
    if dir.join("root.key").exists() {
        let data = Data::open(dir)?;
        let root = data.root()?.open(Unlock::Nothing).map_err(Error::told)?;
        return Ok((data, root));
    }
    let root = RootKey::generate(&SystemRandom);
    let data = Data::make(dir, &SealedRoot::unsealed(&root))?;
    eprintln!(
        "The demo's root key is NOT SEALED: whoever reads {} can open its records. All people are synthetic.",
        dir.join("root.key").display()
    );
    for (ods, name) in ORGANISATIONS {
        data.add_organisation(
            &root,
            &ods.parse().map_err(Error::told)?,
            name,
            &SystemRandom,
        )?;
    }
    Ok((data, root))
}

/// People loaded in one commit: they share what it costs.
const PEOPLE_AT_ONCE: usize = 50;

/// Loads the organisation's people; those who are there already stay as they are.
async fn load(
    ward: &Ward,
    ods: &Ods,
    population: &Population,
    options: &Options,
) -> Result<(), Error> {
    let bar = progress::bar("people loaded", options.people.into());
    let mut bundles = vec![resource(&population.organisation())?];
    for number in 0..options.people {
        bundles.push(resource(&population.person(number))?);
        if bundles.len() >= PEOPLE_AT_ONCE || number + 1 == options.people {
            let imported = ward
                .records
                .import(ods, &bundles, None, ward_records::Since::Keep)
                .await
                .map_err(Error::told)?;
            if let Some(refused) = imported.refused.first() {
                return Err(Error::Told(format!(
                    "a synthetic person was refused: {}",
                    refused.error
                )));
            }
            bundles.clear();
            bar.set_position(u64::from(number) + 1);
        }
    }
    bar.finish_and_clear();
    Ok(())
}

fn resource(value: &serde_json::Value) -> Result<Resource, Error> {
    Resource::parse(value.to_string().as_bytes(), &Limits::BODY).map_err(Error::told)
}

/// Makes the staff's accounts, or finds them again, with a fresh link where one is needed.
async fn accounts(
    ward: &Ward,
    ods: &Ods,
    population: &Population,
    url: &str,
) -> Result<Vec<(AccountId, DemoAccount)>, Error> {
    let known = ward.identity.accounts(ods);
    let mut accounts = Vec::new();
    for staff in population.staff() {
        let role = role(staff.role);
        let found = known
            .iter()
            .find(|account| account.display_name() == staff.display_name);
        let link = match found {
            Some(account) => renew(ward, ods, account.id()).await?,
            None => Some(create(ward, ods, &staff, role).await?),
        };
        let id = match (&link, found) {
            (Some(link), _) => link.account,
            (None, Some(account)) => account.id(),
            (None, None) => continue,
        };
        let account = ward.identity.account(ods, id);
        accounts.push((
            id,
            DemoAccount {
                name: account
                    .map(|account| account.name().to_string())
                    .unwrap_or_default(),
                display_name: staff.display_name,
                role,
                organisation: ods.clone(),
                enrol_url: link.map(|link| format!("{url}/enrol/{}", link.token.expose())),
            },
        ));
    }
    Ok(accounts)
}

async fn create(ward: &Ward, ods: &Ods, staff: &Staff, role: Role) -> Result<EnrolmentLink, Error> {
    let practitioner = format!("Practitioner/{}", staff.practitioner)
        .parse()
        .map_err(Error::told)?;
    let new = NewAccount {
        name: staff.name.clone(),
        display_name: staff.display_name.clone(),
        role,
        practitioner: Some(practitioner),
    };
    ward.identity
        .create_account(Author::Setup, ods, new)
        .await
        .map_err(Error::told)
}

/// A fresh link for somebody who has not enrolled; none for somebody who has.
async fn renew(ward: &Ward, ods: &Ods, account: AccountId) -> Result<Option<EnrolmentLink>, Error> {
    match ward
        .identity
        .renew_enrolment(Author::Setup, ods, account)
        .await
    {
        Ok(link) => Ok(Some(link)),
        Err(IdentityError::NotPossible(_)) => Ok(None),
        Err(error) => Err(Error::told(error)),
    }
}

const fn role(role: StaffRole) -> Role {
    match role {
        StaffRole::Clinician => Role::Clinician,
        StaffRole::CallHandler => Role::CallHandler,
        StaffRole::Receptionist => Role::Receptionist,
        StaffRole::Carer => Role::Carer,
        StaffRole::InformationGovernance => Role::InformationGovernance,
        StaffRole::Administrator => Role::Administrator,
    }
}

/// Writes a file that only its owner may read.
fn write_key(path: &Path, text: &str) -> Result<(), Error> {
    files::write_secret(path, text.as_bytes())
}
