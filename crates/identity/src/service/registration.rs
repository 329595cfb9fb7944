//! Registering services.

use ward_core::{AccountId, Ods, Timestamp, limits};

use crate::{
    Account, Author, Error, Identity, Level, Role, Scopes, ServiceAccount, ledger::Changes,
    service::key::KeySet,
};

/// A service to be registered. Its keys were made where it runs; only their public halves come
/// here.
#[derive(Debug, Clone)]
pub struct NewService {
    /// The part of the sign-in name before the `@`, which names it in lists; nobody signs in
    /// with it.
    pub name: String,
    /// What people see.
    pub display_name: String,
    /// Its public keys, as a JWKS: EC P-384 for ES384, or RSA of 2048 bits or more for RS384.
    pub jwks: String,
    /// What it may ask for: `system/` scopes.
    pub scopes: Scopes,
    /// Who enrols it.
    pub enrolled_by: AccountId,
    /// Who approves it: another one.
    pub approved_by: AccountId,
    /// When its registration ends.
    pub expires: Timestamp,
}

impl Identity {
    /// Registers a service; the account's id is its `client_id`.
    ///
    /// # Errors
    /// [`Error::Key`]; [`Error::NotPossible`] where it lacks two people of the organisation, or
    /// its scopes or end are not right; [`Error::Name`], [`Error::NameTaken`].
    pub async fn register_service(
        &self,
        by: Author<'_>,
        organisation: &Ods,
        new: NewService,
    ) -> Result<AccountId, Error> {
        KeySet::parse(&new.jwks)?;
        self.check_people(organisation, &new)?;
        if new.scopes.is_empty()
            || new
                .scopes
                .iter()
                .any(|scope| scope.level() != Level::System)
        {
            return Err(Error::NotPossible(
                "a service has system scopes, at least one",
            ));
        }
        if new.expires <= self.now() {
            return Err(Error::NotPossible("the registration has ended already"));
        }
        let services = self.accounts(organisation);
        if services
            .iter()
            .filter(|account| account.service().is_some())
            .count()
            >= limits::SERVICES
        {
            return Err(Error::NotPossible(
                "the organisation has as many services as it may",
            ));
        }
        let draft = self.draft(
            by,
            organisation,
            &new.name,
            &new.display_name,
            Role::Service,
        )?;
        let service = ServiceAccount {
            scopes: new.scopes,
            jwks: new.jwks.into(),
            enrolled_by: new.enrolled_by,
            approved_by: new.approved_by,
            expires: new.expires,
        };
        let account = Account {
            service: Some(service),
            ..draft
        };
        let id = self.add(by, account.clone(), Changes::default()).await?;
        self.tokens.register(&account, None)?;
        Ok(id)
    }

    /// Two people who are in the organisation now.
    fn check_people(&self, organisation: &Ods, new: &NewService) -> Result<(), Error> {
        if new.enrolled_by == new.approved_by {
            return Err(Error::NotPossible(
                "one enrols a service, and another approves it",
            ));
        }
        for person in [new.enrolled_by, new.approved_by] {
            let account = self.member_of(organisation, person)?.account();
            if account.suspended || account.role == Role::Service {
                return Err(Error::NotPossible(
                    "people in good standing vouch for a service",
                ));
            }
        }
        Ok(())
    }
}
