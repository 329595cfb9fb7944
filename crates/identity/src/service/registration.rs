//! Registering services.

use ward_core::{AccountId, Ods, Timestamp, limits};

use crate::{
    Account, Assured, Author, Error, Identity, Level, Role, Scopes, ServiceAccount,
    app::Step,
    ledger::Changes,
    record::{AccountRecord, key},
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
    /// Who approves it: another one. Of a proposal it is not looked at.
    pub approved_by: AccountId,
    /// When its registration ends.
    pub expires: Timestamp,
}

impl Identity {
    /// Proposes a service. It gets no token before [another approves it](Identity::approve_service).
    /// Who enrols it is the author, whatever the proposal says.
    ///
    /// # Errors
    /// As [`Identity::register_service`].
    pub async fn propose_service(
        &self,
        author: &Assured,
        new: NewService,
    ) -> Result<AccountId, Error> {
        self.check_vouching(author, Step::Propose)?;
        let new = NewService {
            enrolled_by: author.account(),
            ..new
        };
        let organisation = author.organisation();
        self.add_service(Author::Account(author), organisation, new, None)
            .await
    }

    /// Approves a service that somebody else proposed, with a proof that is fresh and can't be
    /// phished.
    ///
    /// # Errors
    /// [`Error::FreshProof`]; [`Error::NotPossible`] for whoever proposed it, and where there is
    /// nothing to approve; [`Error::NoSuchAccount`].
    pub async fn approve_service(&self, other: &Assured, service: AccountId) -> Result<(), Error> {
        self.check_vouching(other, Step::Approve)?;
        let organisation = other.organisation();
        let _changing = self.organisation(organisation)?.changing.lock().await;
        let member = self.member_of(organisation, service)?;
        let account = member.account();
        let found = account.service.clone().ok_or(Error::NoSuchAccount)?;
        if found.enrolled_by == other.account() {
            return Err(Error::NotPossible(
                "one enrols a service, and another approves it",
            ));
        }
        let is_over = account.suspended || found.expires <= self.now();
        if found.approved_by.is_some() || is_over || !self.is_in_force(other) {
            return Err(Error::NotPossible("there is nothing to approve"));
        }
        let approved = ServiceAccount {
            approved_by: Some(other.account()),
            ..found
        };
        let account = Account {
            service: Some(approved),
            ..Account::clone(&account)
        };
        let record = AccountRecord::from(&account);
        let changes = Changes::default().put(key::account(service), &record)?;
        self.commit(organisation, Some(other.actor()), None, changes)
            .await?;
        member.replace(account);
        Ok(())
    }

    /// Registers a service in one go, by the names of two people: for setting Ward up, before it
    /// serves. While it serves, two people come themselves. The account's id is its `client_id`.
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
        if by.account().is_some() {
            return Err(Error::NotPossible(
                "one enrols a service, and another approves it",
            ));
        }
        self.check_people(organisation, new.enrolled_by, new.approved_by)?;
        let approved_by = Some(new.approved_by);
        self.add_service(by, organisation, new, approved_by).await
    }

    async fn add_service(
        &self,
        by: Author<'_>,
        organisation: &Ods,
        new: NewService,
        approved_by: Option<AccountId>,
    ) -> Result<AccountId, Error> {
        KeySet::parse(&new.jwks)?;
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
            approved_by,
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
    pub(crate) fn check_people(
        &self,
        organisation: &Ods,
        one: AccountId,
        other: AccountId,
    ) -> Result<(), Error> {
        if one == other {
            return Err(Error::NotPossible(
                "one enrols a service or an app, and another approves it",
            ));
        }
        for person in [one, other] {
            let account = self.member_of(organisation, person)?.account();
            if account.suspended || !account.role.is_person() {
                return Err(Error::NotPossible("people in good standing vouch for it"));
            }
        }
        Ok(())
    }
}
