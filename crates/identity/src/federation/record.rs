//! How providers are kept.

use std::sync::Arc;

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};
use ward_core::{AccountId, Ods, ProviderId};

use super::{Provider, client_key::ClientKey};
use crate::Error;

pub(crate) const PROVIDERS: &str = "provider/";
pub(crate) const FEDERATED: &str = "federated/";

pub(crate) fn provider(id: ProviderId) -> String {
    format!("{PROVIDERS}{id}")
}

pub(crate) fn federated(account: AccountId) -> String {
    format!("{FEDERATED}{account}")
}

/// The provider that a key is about.
pub(crate) fn owner(key: &str) -> Result<ProviderId, Error> {
    let id = key.split('/').nth(1).and_then(|id| id.parse().ok());
    id.ok_or(Error::Corrupt("record key"))
}

/// `provider/{id}`
#[derive(Serialize, Deserialize)]
pub(crate) struct ProviderRecord {
    name: String,
    issuer: String,
    client: String,
    acr_values: String,
    map: String,
    /// PKCS #8, base64url.
    key: String,
    proposed_by: AccountId,
    approved_by: Option<AccountId>,
    ended: bool,
}

impl From<&Provider> for ProviderRecord {
    fn from(provider: &Provider) -> Self {
        Self {
            name: provider.name.to_string(),
            issuer: provider.issuer.to_string(),
            client: provider.client.to_string(),
            acr_values: provider.acr_values.to_string(),
            map: provider.map.to_string(),
            key: BASE64URL_NOPAD.encode(provider.key.pkcs8()),
            proposed_by: provider.proposed_by,
            approved_by: provider.approved_by,
            ended: provider.ended,
        }
    }
}

impl ProviderRecord {
    pub(crate) fn into_provider(
        self,
        id: ProviderId,
        organisation: &Ods,
    ) -> Result<Provider, Error> {
        let key = BASE64URL_NOPAD.decode(self.key.as_bytes());
        let key = key.map_err(|_| Error::Corrupt("a provider's key"))?;
        let map = self.map.parse();
        Ok(Provider {
            id,
            organisation: organisation.clone(),
            name: self.name.into(),
            issuer: self.issuer.into(),
            client: self.client.into(),
            acr_values: self.acr_values.into(),
            map: map.map_err(|_| Error::Corrupt("a provider's map"))?,
            key: Arc::new(ClientKey::read(&key)?),
            proposed_by: self.proposed_by,
            approved_by: self.approved_by,
            ended: self.ended,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        federation::FederatedLink,
        record::{decode, encode},
    };

    /// Its key is the published one of RFC 7515, A.3.
    const PROVIDER: &str = include_str!("../../tests/fixtures/provider.1.json");
    const LINK: &str = include_str!("../../tests/fixtures/federated.1.json");

    #[test]
    fn what_format_1_wrote_of_a_provider_is_read_forever() {
        let bytes = [b"\x01", PROVIDER.trim().as_bytes()].concat();
        let record: ProviderRecord = decode(&bytes).unwrap();
        assert_eq!(encode(&record).unwrap(), bytes);
        let id = ProviderId::from_bytes([1; 16]);
        let provider = record.into_provider(id, &"WRD01".parse().unwrap()).unwrap();
        assert_eq!(provider.issuer(), "https://op.example");
        assert!(!provider.works());
        let bytes = [b"\x01", LINK.trim().as_bytes()].concat();
        let link: FederatedLink = decode(&bytes).unwrap();
        assert_eq!(encode(&link).unwrap(), bytes);
        assert_eq!(link.subject, "555254240100");
    }
}
