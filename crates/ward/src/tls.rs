//! Certificates: those that the operator gives, or, for the demo, a local authority's.

use std::{net::IpAddr, path::Path, time::Duration};

use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::BASE64;
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DnType, ExtendedKeyUsagePurpose,
    GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose, NameConstraints, PublicKeyData as _,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use ward_core::Timestamp;

use crate::{error::Error, files};

/// How long a local certificate holds.
const LOCAL_CERTIFICATE: Duration = Duration::from_hours(24 * 90);

/// Reads a certificate chain and its key, PEM both.
pub(crate) fn read(
    certificate: &Path,
    private_key: &Path,
) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), Error> {
    let unreadable = |path: &Path| {
        let path = path.to_owned();
        move |error: rustls::pki_types::pem::Error| Error::File {
            path,
            what: error.to_string(),
        }
    };
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(unreadable(certificate))?;
    if chain.is_empty() {
        return Err(Error::File {
            path: certificate.to_owned(),
            what: "holds no certificate".into(),
        });
    }
    let key = PrivateKeyDer::from_pem_file(private_key).map_err(unreadable(private_key))?;
    Ok((chain, key))
}

/// Makes a local authority and a certificate for localhost in `dir`: `ca.pem`, `server.pem`,
/// `server.key`, and `server.spki`, the pin by which a browser may be told to trust it. The authority may speak for localhost alone, and its key is never written, so
/// that trusting it opens nothing else.
pub(crate) fn make_local(dir: &Path, now: Timestamp) -> Result<(), Error> {
    let made = issue(now).map_err(Error::told)?;
    files::make_dir(dir)?;
    files::write(&dir.join("ca.pem"), made.authority.as_bytes())?;
    files::write(&dir.join("server.pem"), made.certificate.as_bytes())?;
    files::write(&dir.join("server.spki"), made.pin.as_bytes())?;
    files::write_secret(&dir.join("server.key"), made.key.as_bytes())
}

struct Made {
    authority: String,
    certificate: String,
    /// Base64 of SHA-256 of the public key (RFC 7469 2.4).
    pin: String,
    key: String,
}

fn issue(now: Timestamp) -> Result<Made, rcgen::Error> {
    let loopback = IpAddr::from([127, 0, 0, 1]);
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::new(Vec::<String>::new())?;
    params
        .distinguished_name
        .push(DnType::CommonName, "Ward local authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.name_constraints = Some(NameConstraints {
        permitted_subtrees: vec![
            GeneralSubtree::DnsName("localhost".into()),
            GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(loopback, 32)),
        ],
        excluded_subtrees: Vec::new(),
    });
    set_validity(&mut params, now);
    let authority = params.self_signed(&key)?.pem();
    let issuer = Issuer::new(params, key);

    let key = KeyPair::generate()?;
    let mut params = CertificateParams::new(vec!["localhost".to_owned(), loopback.to_string()])?;
    params
        .distinguished_name
        .push(DnType::CommonName, "localhost");
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    set_validity(&mut params, now);
    let certificate = params.signed_by(&key, &issuer)?.pem();
    let pin = BASE64.encode(digest(&SHA256, &key.subject_public_key_info()).as_ref());
    Ok(Made {
        authority,
        certificate,
        pin,
        key: key.serialize_pem(),
    })
}

fn set_validity(params: &mut CertificateParams, now: Timestamp) {
    let date = |time: Timestamp| {
        let text = time.to_string();
        let part = |range| text.get(range).and_then(|part: &str| part.parse().ok());
        let (month, day) = (text.get(5..7), text.get(8..10));
        rcgen::date_time_ymd(
            part(0..4).unwrap_or(1970),
            month.and_then(|text| text.parse().ok()).unwrap_or(1),
            day.and_then(|text| text.parse().ok()).unwrap_or(1),
        )
    };
    params.not_before = date(now - Duration::from_hours(24));
    params.not_after = date(now + LOCAL_CERTIFICATE);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_local_certificate_reads_back_and_its_authority_keeps_no_key() {
        let dir = tempfile::tempdir().unwrap();
        make_local(dir.path(), Timestamp::from_seconds(1_795_000_000)).unwrap();
        let (chain, _) = read(
            &dir.path().join("server.pem"),
            &dir.path().join("server.key"),
        )
        .unwrap();
        assert_eq!(chain.len(), 1);
        let mut names: Vec<_> = std::fs::read_dir(dir.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(names, ["ca.pem", "server.key", "server.pem", "server.spki"]);
    }
}
