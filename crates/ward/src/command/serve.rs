//! `ward serve`: pages and FHIR over TLS until it is told to stop.

use std::{net::SocketAddr, sync::Arc};

use tokio::signal;
use ward_access::{OwnPolicies, proof::Prover};
use ward_api::Api;
use ward_http::{Capacity, Listener, Metrics, Origin, Server, Settings, Sockets};
use ward_identity::Identity;
use ward_web::{ErrorPages, Parts, Web};

use crate::{
    command::{first, key},
    config::Config,
    data::Data,
    error::Error,
    open_files, runtime, telemetry, tls, wiring,
    wiring::{Certificate, Ward},
};

pub(crate) fn run(config: &Config) -> Result<(), Error> {
    telemetry::start(config.text("log.filter"))?;
    let capacity = open_files::capacity();
    let data = Data::open(&config.path("data.dir"))?;
    let root = key::unlock(config, &data)?;
    let (chain, private_key) = (
        config.path("server.certificate"),
        config.path("server.private_key"),
    );
    let certificate = Certificate {
        chain: &chain,
        key: &private_key,
    };
    let public_url = config.text("server.public_url");
    runtime()?.block_on(async {
        let ward = wiring::open(&data, &root, public_url)?;
        let sockets = Sockets::new();
        let pages = listen(&sockets, config.address("server.listen"), SERVER).await?;
        let figures = listen(&sockets, config.address("metrics.listen"), METRICS).await?;
        first::links(&ward, data.dir(), public_url).await?;
        println!("Ward serves {public_url}; stop it with Ctrl-C.");
        let prover = Prover::new(config.path("proof.solver"));
        let bound = Bound {
            sockets,
            pages,
            figures: Some(figures),
        };
        serve(ward, prover, public_url, &certificate, bound, capacity).await
    })
}

/// What the two listeners are for, as the inventory says it.
pub(crate) const SERVER: &str = "pages and programs, over TLS";
const METRICS: &str = "figures, for this machine alone";

/// All that the process listens on.
pub(crate) struct Bound {
    pub(crate) sockets: Arc<Sockets>,
    /// Pages and FHIR.
    pub(crate) pages: Listener,
    /// Figures.
    pub(crate) figures: Option<Listener>,
}

pub(crate) async fn listen(
    sockets: &Arc<Sockets>,
    address: SocketAddr,
    purpose: &'static str,
) -> Result<Listener, Error> {
    let bound = sockets.bind(address, purpose).await;
    bound.map_err(|error| Error::Told(format!("can't listen on {address}: {error}")))
}

/// Serves until Ctrl-C or a termination signal.
pub(crate) async fn serve(
    ward: Ward,
    prover: Prover,
    public_url: &str,
    certificate: &Certificate<'_>,
    bound: Bound,
    capacity: Capacity,
) -> Result<(), Error> {
    let (clock, random) = wiring::machine();
    let (chain, private_key) = tls::read(certificate.chain, certificate.key)?;
    let tls = ward_http::tls::server_config(chain, private_key).map_err(Error::told)?;
    let metrics = Metrics::new();
    let origin = Origin::parse(public_url).map_err(Error::told)?;
    let names = ward.organisations.iter().map(|(ods, _)| ods.clone());
    let policies = OwnPolicies::open(
        Arc::clone(&ward.access),
        Arc::clone(&ward.identity),
        prover,
        Arc::clone(&clock),
    )
    .map_err(Error::told)?;
    let api = Api::new(Arc::clone(&ward.records), Arc::clone(&ward.identity), names);
    let mut routes = ward_api::routes(&api, &origin);
    routes.extend(ward_api::coverage_routes(&api, &policies));
    routes.extend(ward_api::policy_routes(&api, &policies));
    let web = Web::new(Parts {
        identity: Arc::clone(&ward.identity),
        access: ward.access,
        policies: Arc::clone(&policies),
        records: ward.records,
        clock: Arc::clone(&clock),
        random: Arc::clone(&random),
        organisations: ward.organisations.into_iter().collect(),
    });
    routes.extend(ward_web::routes(&web));
    let settings = Settings {
        origin,
        authenticate: Arc::clone(&ward.identity) as _,
        pages: Arc::new(ErrorPages),
        metrics: Arc::clone(&metrics),
        clock,
        random,
        sockets: bound.sockets,
    };
    let server = Server::with_capacity(routes, settings, capacity).map_err(Error::told)?;
    let upkeep = tokio::spawn(keep_up(ward.identity));
    let figures = bound
        .figures
        .map(|listener| tokio::spawn(ward_http::serve_metrics(metrics, listener)));
    let proofs = tokio::spawn(Arc::clone(&policies).prove_anew());
    let result = ward_http::serve(server, bound.pages, tls, stopped()).await;
    upkeep.abort();
    proofs.abort();
    if let Some(figures) = figures {
        figures.abort();
    }
    result.map_err(|error| Error::Told(format!("the server stopped: {error}")))
}

async fn keep_up(identity: Arc<Identity>) {
    loop {
        tokio::time::sleep(Identity::UPKEEP).await;
        if let Err(error) = identity.keep_up().await {
            tracing::error!(%error, "the upkeep of sessions failed and will be tried again");
        }
    }
}

/// Done on Ctrl-C, or on a termination signal where there are such.
async fn stopped() {
    #[cfg(unix)]
    {
        use signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = signal::ctrl_c().await;
}
