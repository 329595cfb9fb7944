//! Which account a provider's subject is: by `iss` and `sub` in one organisation, and by nothing
//! else (OIDC Core 5.7).

use std::collections::HashMap;

use aws_lc_rs::digest::{Context, SHA256};
use parking_lot::RwLock;
use serde::{Deserialize, Serialize};
use ward_core::{AccountId, Ods};

/// `federated/{account}`: whom a provider vouches for.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct FederatedLink {
    pub(crate) issuer: String,
    pub(crate) subject: String,
    pub(crate) linked_at_micros: i64,
}

/// The accounts that are linked.
#[derive(Default)]
pub(crate) struct Links(RwLock<HashMap<[u8; 32], AccountId>>);

impl Links {
    pub(crate) fn find(
        &self,
        organisation: &Ods,
        issuer: &str,
        subject: &str,
    ) -> Option<AccountId> {
        let name = name(organisation, issuer, subject);
        self.0.read().get(&name).copied()
    }

    pub(crate) fn insert(&self, organisation: &Ods, link: &FederatedLink, account: AccountId) {
        let name = name(organisation, &link.issuer, &link.subject);
        self.0.write().insert(name, account);
    }

    /// Forgets a link, where it is this account's.
    pub(crate) fn remove(&self, organisation: &Ods, link: &FederatedLink, account: AccountId) {
        let name = name(organisation, &link.issuer, &link.subject);
        let mut links = self.0.write();
        if links.get(&name) == Some(&account) {
            links.remove(&name);
        }
    }
}

fn name(organisation: &Ods, issuer: &str, subject: &str) -> [u8; 32] {
    let mut context = Context::new(&SHA256);
    for part in [organisation.as_str(), issuer, subject] {
        context.update(&part.len().to_be_bytes());
        context.update(part.as_bytes());
    }
    let mut name = [0; 32];
    name.copy_from_slice(context.finish().as_ref());
    name
}
