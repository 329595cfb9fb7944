//! `ward coverage`: every route of a running Ward, by every method, with every kind of credential.

use std::{collections::BTreeMap, path::Path};

use serde_json::Value;

use super::{Options, proof};
use crate::{
    client::{Client, Key},
    config::Config,
    coverage::{
        Folder, Held, Inventory, Is, Kind, Means as Known, Probed, Prober, Report, Secret, Wire,
    },
    error::Error,
    files, runtime,
};

/// With what is asked, and whom.
struct Means {
    wire: Wire,
    held: Vec<Held>,
    ids: BTreeMap<String, BTreeMap<String, String>>,
}

/// Asks, prints what was found, and fails where anything is open.
pub(super) fn run(config: &Config, options: &Options) -> Result<(), Error> {
    let means = match &options.credentials {
        Some(dir) => of_folder(dir)?,
        None => of_login(config)?,
    };
    let report = runtime()?.block_on(observe(config, means, options.report.as_deref()))?;
    if options.json {
        println!("{}", serde_json::to_string(&report).map_err(Error::told)?);
    } else {
        print!("{}", report.table());
    }
    if report.covered {
        Ok(())
    } else {
        let open = report.open.len();
        Err(Error::Told(format!("not covered: {open} things are open")))
    }
}

fn of_folder(dir: &Path) -> Result<Means, Error> {
    let folder = Folder::read(dir)?;
    Ok(Means {
        wire: Wire::to(&folder.url, folder.ca_file.as_deref())?,
        ids: folder.ids.clone(),
        held: folder.open()?,
    })
}

/// What the session of `ward login` can show: the right token of one operator.
fn of_login(config: &Config) -> Result<Means, Error> {
    let client = Client::open(config)?;
    let key = Key::from_text(client.key().to_text().expose());
    let operator = Held {
        is: Is::Operator,
        // The inventory says which.
        organisation: String::new(),
        secret: Secret::Token {
            token: client.token().to_owned(),
            key: key.ok_or_else(|| Error::Told("the session can't be read: ward login".into()))?,
        },
    };
    let origin = client.server().url("");
    Ok(Means {
        wire: Wire::to(&origin, client.ca())?,
        held: vec![operator],
        ids: BTreeMap::new(),
    })
}

async fn observe(config: &Config, means: Means, signed: Option<&Path>) -> Result<Report, Error> {
    let Means {
        wire,
        mut held,
        ids,
    } = means;
    let mut inventories: Vec<Inventory> = Vec::new();
    for operator in held.iter_mut().filter(|held| held.is == Is::Operator) {
        let inventory = inventory(&wire, operator).await?;
        // Whose operator it is is the server's to say: as another organisation's, it would be shown
        // where it is right.
        operator.organisation.clone_from(&inventory.organisation);
        let is_new = |one: &Inventory| one.organisation != inventory.organisation;
        if inventories.iter().all(is_new) {
            inventories.push(inventory);
        }
    }
    if inventories.is_empty() {
        return Err(Error::Told(
            "no operator's token is among the credentials".into(),
        ));
    }
    let probed = ask(&wire, &inventories, &held, &ids).await?;
    // After the questions: some credentials end soon, and proving takes a while.
    let claims = proof::claims(config).await;
    let report = Report::new(&inventories, &probed, claims);
    if let (Some(path), Some(operator)) = (signed, held.iter().find(|one| one.is == Is::Operator)) {
        files::write(path, sign(&wire, operator, &report).await?.as_bytes())?;
    }
    Ok(report)
}

/// Has the server sign what its operator observed.
async fn sign(wire: &Wire, operator: &Held, report: &Report) -> Result<String, Error> {
    let (path, text) = ("/manage/coverage/report", report.to_sign()?);
    let answer = wire.as_held("POST", path, operator, Some(text)).await?;
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let part = |name| body.get(name).and_then(Value::as_str);
    match (part("note"), part("key")) {
        (Some(note), Some(key)) if answer.status == 200 => {
            eprintln!(
                "The report is signed. Check it by a key that you have from elsewhere: {key}"
            );
            Ok(note.to_owned())
        }
        _ => {
            let text = format!("the report was not signed: {}", answer.status);
            Err(Error::Told(text))
        }
    }
}

async fn inventory(wire: &Wire, operator: &Held) -> Result<Inventory, Error> {
    let answer = wire
        .as_held("GET", "/manage/coverage", operator, None)
        .await?;
    if answer.status != 200 {
        let text = format!(
            "the server's inventory can't be read by the operator of {}: {}",
            operator.organisation, answer.status
        );
        return Err(Error::Told(text));
    }
    serde_json::from_slice(&answer.body).map_err(Error::told)
}

/// Everything of the first inventory; of the others, what another organisation's get of them.
async fn ask(
    wire: &Wire,
    inventories: &[Inventory],
    held: &[Held],
    ids: &BTreeMap<String, BTreeMap<String, String>>,
) -> Result<Probed, Error> {
    let prober = Prober::new(wire)?;
    let half_way = prober.half_way().await?;
    prober.prepare(held).await?;
    let mut probed = Probed::default();
    for (number, inventory) in inventories.iter().enumerate() {
        let means = Known {
            inventory,
            held,
            ids,
            half_way: &half_way,
        };
        let only = (number > 0).then_some(Kind::OtherOrganisation);
        prober.run(&means, only, &mut probed).await?;
    }
    Ok(probed)
}
