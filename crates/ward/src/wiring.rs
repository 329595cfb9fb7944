//! Putting the crates together: from a data folder and its root key to a Ward that can serve.

use std::{path::Path, sync::Arc};

use ward_access::Access;
use ward_core::{Clock, Ods, Random, SystemClock, SystemRandom};
use ward_crypto::{OrganisationKeys, RootKey};
use ward_http::Outgoing;
use ward_identity::{Identity, IdentityConfig};
use ward_records::{RecordProjector, Records};
use ward_store::{OrganisationStore, Store, StoreOptions};

use crate::{data::Data, error::Error};

/// Everything that is open.
pub(crate) struct Ward {
    /// Codes and names.
    pub(crate) organisations: Vec<(Ods, String)>,
    pub(crate) identity: Arc<Identity>,
    pub(crate) records: Arc<Records>,
    /// The policies.
    pub(crate) access: Arc<Access>,
}

/// The clock and the randomness of the machine.
pub(crate) fn machine() -> (Arc<dyn Clock>, Arc<dyn Random>) {
    (Arc::new(SystemClock), Arc::new(SystemRandom))
}

/// Opens the store of a data folder; creates what an organisation lacks yet.
///
/// # Errors
/// Where another process has it open, or a log is not as it was signed.
pub(crate) fn open_store(
    data: &Data,
    root: &RootKey,
) -> Result<Vec<(String, OrganisationStore, OrganisationKeys)>, Error> {
    let (clock, random) = machine();
    let store = Store::open(data.dir(), StoreOptions::new(clock, random)).map_err(Error::told)?;
    let mut opened = Vec::new();
    for organisation in data.organisations()? {
        let keys = root.unwrap(&organisation.keys).map_err(Error::told)?;
        if !store.holds(keys.ods()) {
            store.create_organisation(keys.ods()).map_err(Error::told)?;
        }
        let projector = Arc::new(RecordProjector::new(keys.clone()));
        let organisation_store = store
            .organisation(keys.clone(), projector)
            .map_err(Error::told)?;
        opened.push((organisation.name, organisation_store, keys));
    }
    Ok(opened)
}

/// Opens everything.
pub(crate) fn open(data: &Data, root: &RootKey, public_url: &str) -> Result<Ward, Error> {
    let (clock, random) = machine();
    let mut organisations = Vec::new();
    let mut stores = Vec::new();
    for (name, store, keys) in open_store(data, root)? {
        organisations.push((keys.ods().clone(), name));
        stores.push((store, keys));
    }
    let config = IdentityConfig {
        rp_id: host(public_url).to_owned(),
        origin: public_url.to_owned(),
        token_url: format!("{public_url}/oauth/token"),
    };
    let identity = Identity::new(
        &config,
        Arc::clone(&clock),
        Arc::clone(&random),
        stores.clone(),
    )
    .map_err(Error::told)?
    .federating(Arc::new(Outgoing::default()));
    let access = Arc::new(Access::new(Arc::clone(&clock)).map_err(Error::told)?);
    let records = Records::new(
        Arc::clone(&access),
        clock,
        random,
        format!("{public_url}/fhir"),
        stores,
    );
    Ok(Ward {
        organisations,
        identity: Arc::new(identity),
        records: Arc::new(records),
        access,
    })
}

/// The host name of an origin.
fn host(origin: &str) -> &str {
    let host = origin.trim_start_matches("https://");
    host.rsplit_once(':').map_or(host, |(name, _)| name)
}

/// The certificate and key that the server shows.
pub(crate) struct Certificate<'a> {
    pub(crate) chain: &'a Path,
    pub(crate) key: &'a Path,
}
