//! TLS as Ward speaks it.

use std::sync::Arc;

use rustls::{
    ServerConfig,
    crypto::aws_lc_rs::{Ticketer, default_provider},
    pki_types::{CertificateDer, PrivateKeyDer},
};

/// The certificate and the key don't make a TLS server.
#[derive(Debug, thiserror::Error)]
#[error("the certificate and its key can't be used for TLS")]
pub struct TlsError(#[from] rustls::Error);

/// TLS 1.3, and 1.2 with forward secrecy and authenticated encryption for what is older; HTTP/2 and
/// HTTP/1.1. A caller who comes again resumes, which spares both sides the signatures. Early data
/// is off: it can be replayed.
pub fn server_config(
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
) -> Result<Arc<ServerConfig>, TlsError> {
    let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    config.ticketer = Ticketer::new()?;
    // One is enough: each is good for more than one resumption here.
    config.send_tls13_tickets = 1;
    Ok(Arc::new(config))
}
