//! The baseline of the wire: axum on rustls that answers the same bytes, with no lock at all.

use std::{path::PathBuf, sync::Arc};

use axum::{Router, body::Bytes, routing::get};
use hyper_util::{
    rt::TokioExecutor, rt::TokioIo, server::conn::auto::Builder, service::TowerToHyperService,
};
use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::Error;

/// Serves the bytes of `body` at every path with the certificate in `tls`; prints its port.
pub(crate) async fn serve(tls: PathBuf, body: PathBuf) -> Result<(), Error> {
    let chain = CertificateDer::pem_file_iter(tls.join("server.pem"))
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|_| Error::Demo)?;
    let key = PrivateKeyDer::from_pem_file(tls.join("server.key")).map_err(|_| Error::Demo)?;
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let bytes = Bytes::from(std::fs::read(body)?);
    let answer = move || {
        let bytes = bytes.clone();
        async move { ([("content-type", "application/fhir+json")], bytes) }
    };
    let router = Router::new().fallback(get(answer.clone()).post(answer));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    println!("{}", listener.local_addr()?.port());
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let (acceptor, router) = (acceptor.clone(), router.clone());
        tokio::spawn(async move {
            if let Ok(stream) = acceptor.accept(stream).await {
                let service = TowerToHyperService::new(router);
                let _ = Builder::new(TokioExecutor::new())
                    .serve_connection(TokioIo::new(stream), service)
                    .await;
            }
        });
    }
}
