//! The demo's services: programs that act for an organisation.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use aws_lc_rs::{
    encoding::AsBigEndian as _,
    signature::{ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use data_encoding::BASE64URL_NOPAD as BASE64URL;
use serde_json::{Value, json};
use ward_core::{AccountId, Clock as _, Ods, SystemClock};
use ward_identity::{Author, NewService, Role, Scopes};

use super::{DemoAccount, write_key};
use crate::{error::Error, wiring::Ward};

/// What the demo's services may do.
const SCOPE: &str = "system/*.cruds";
const NAME: &str = "demo.service";
/// How long the registration holds.
const REGISTRATION: Duration = Duration::from_hours(24 * 90);

/// A service, and where its private key is.
pub(crate) struct DemoService {
    pub(crate) client_id: AccountId,
    pub(crate) organisation: Ods,
    pub(crate) key_file: PathBuf,
    pub(crate) token_url: String,
    pub(crate) scope: &'static str,
}

/// Registers the organisation's demo service, or finds it again with its key.
pub(crate) async fn enrol(
    ward: &Ward,
    ods: &Ods,
    accounts: &[(AccountId, DemoAccount)],
    dir: &Path,
    url: &str,
) -> Result<DemoService, Error> {
    let key_file = dir.join(format!("{ods}-service.jwk.json"));
    let found = ward
        .identity
        .accounts(ods)
        .into_iter()
        .find(|account| account.role() == Role::Service);
    let client_id = if let Some(account) = found {
        account.id()
    } else {
        let (private, public) = key_pair(ods)?;
        write_key(&key_file, &private.to_string())?;
        let new = NewService {
            name: NAME.into(),
            display_name: "Demo service".into(),
            jwks: json!({"keys": [public]}).to_string(),
            scopes: Scopes::parse(SCOPE).map_err(Error::told)?,
            enrolled_by: DemoAccount::of_role(accounts, Role::Administrator)?,
            approved_by: DemoAccount::of_role(accounts, Role::InformationGovernance)?,
            expires: SystemClock.now() + REGISTRATION,
        };
        ward.identity
            .register_service(Author::Setup, ods, new)
            .await
            .map_err(Error::told)?
    };
    let token_url = format!("{url}/oauth/token");
    Ok(DemoService {
        client_id,
        organisation: ods.clone(),
        key_file,
        token_url,
        scope: SCOPE,
    })
}

/// A P-384 key as a private and a public JWK (RFC 7518 6.2).
fn key_pair(ods: &Ods) -> Result<(Value, Value), Error> {
    let failed = |_| Error::Told("no key could be made".into());
    let pair = EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING).map_err(failed)?;
    let secret = pair.private_key().as_be_bytes().map_err(failed)?;
    let point = pair.public_key().as_ref().get(1..).unwrap_or_default();
    let (x, y) = point.split_at(point.len() / 2);
    let public = json!({
        "kty": "EC", "crv": "P-384", "alg": "ES384", "use": "sig", "kid": format!("{ods}-1"),
        "x": BASE64URL.encode(x), "y": BASE64URL.encode(y),
    });
    let mut private = public.clone();
    if let Some(fields) = private.as_object_mut() {
        fields.insert("d".into(), BASE64URL.encode(secret.as_ref()).into());
    }
    Ok((private, public))
}
