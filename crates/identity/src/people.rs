//! Making accounts, and shutting them out.

use ward_core::{AccountId, Ods, Secret, Timestamp, limits};
use ward_log::SignOutCause;

use crate::{
    Account, Author, Error, FactorsView, Identity, NewAccount, Role, SignInName,
    account::Member,
    enrolment::Link,
    factor::Credentials,
    ledger::Changes,
    record::{AccountRecord, LinkRecord, key},
    token::{TokenHash, new_token},
};

/// What a person may be called, in characters.
const DISPLAY_CHARS: usize = 100;

/// A new account's way to its first factor. The token is part of a link; only its hash is kept.
#[derive(Debug)]
pub struct EnrolmentLink {
    /// Whose link it is.
    pub account: AccountId,
    /// The secret part of the link.
    pub token: Secret<String>,
    /// It works until then, once.
    pub expires: Timestamp,
}

impl Identity {
    /// Makes an account of a person, and the link by which that person enrols a factor. The
    /// account can't sign in before.
    ///
    /// # Errors
    /// [`Error::Name`], [`Error::NameTaken`], [`Error::NotPossible`], [`Error::NoSuchOrganisation`].
    pub async fn create_account(
        &self,
        by: Author<'_>,
        organisation: &Ods,
        new: NewAccount,
    ) -> Result<EnrolmentLink, Error> {
        if !new.role.is_person() {
            return Err(Error::NotPossible(
                "services and devices come with their keys",
            ));
        }
        let account = self.draft(by, organisation, &new.name, &new.display_name, new.role)?;
        let account = Account {
            practitioner: new.practitioner,
            // Who can approve is never one person's to make: or one would be two.
            suspended: by.account().is_some() && approves(new.role),
            ..account
        };
        let (link, hash, record) = self.new_link(account.id);
        let changes = Changes::default().put(key::link(account.id), &record)?;
        let id = self.add(by, account, changes).await?;
        let member = self.member(id).ok_or(Error::NoSuchAccount)?;
        self.links.write().insert(
            hash,
            Link {
                member,
                expires: link.expires,
                recovers: false,
            },
        );
        Ok(link)
    }

    /// Makes another link for an account that has no factor yet: the first got lost, or expired.
    /// One that has a factor gets no link: a lost factor is another matter.
    ///
    /// # Errors
    /// [`Error::NoSuchAccount`], [`Error::NotPossible`].
    pub async fn renew_enrolment(
        &self,
        by: Author<'_>,
        organisation: &Ods,
        account: AccountId,
    ) -> Result<EnrolmentLink, Error> {
        by.reaches(organisation)?;
        let _changing = self.organisation(organisation)?.changing.lock().await;
        self.still_stands(by)?;
        let member = self.member_of(organisation, account)?;
        if !member.account().role.is_person() || !member.credentials.lock().is_empty() {
            return Err(Error::NotPossible("the account has its factors"));
        }
        // It had factors, whatever became of them: a recovery that the disk refused leaves none.
        if member.recovery.lock().is_some() {
            return Err(Error::NotPossible("the account is being recovered"));
        }
        let (link, hash, record) = self.new_link(account);
        let changes = Changes::default().put(key::link(account), &record)?;
        self.commit(organisation, by.actor(), None, changes).await?;
        let mut links = self.links.write();
        links.retain(|_, link| link.member.account().id != account);
        links.insert(
            hash,
            Link {
                member,
                expires: link.expires,
                recovers: false,
            },
        );
        Ok(link)
    }

    /// The accounts of an organisation, services included, by name.
    pub fn accounts(&self, organisation: &Ods) -> Vec<Account> {
        let members = self.members.read();
        let accounts = members
            .values()
            .map(|member| Account::clone(&member.account()));
        let mut accounts: Vec<_> = accounts
            .filter(|account| account.organisation() == organisation)
            .collect();
        accounts.sort_by(|one, other| one.name.cmp(&other.name));
        accounts
    }

    /// An account of an organisation: who it was that looked.
    pub fn account(&self, organisation: &Ods, account: AccountId) -> Option<Account> {
        let member = self.member_of(organisation, account).ok()?;
        Some(Account::clone(&member.account()))
    }

    /// The factors of an account.
    pub fn factors(&self, organisation: &Ods, account: AccountId) -> Option<FactorsView> {
        let member = self.member_of(organisation, account).ok()?;
        let view = member.credentials.lock().view();
        Some(view)
    }

    /// Shuts an account out. Its sessions and tokens end before their next request, and a recovery
    /// of it with them.
    ///
    /// # Errors
    /// [`Error::NoSuchAccount`]; [`Error::NotPossible`] for one's own account.
    pub async fn suspend(&self, by: Author<'_>, account: AccountId) -> Result<(), Error> {
        self.set_suspended(by, account, true).await
    }

    /// Lets an account in again. What had ended stays ended.
    ///
    /// An account that can approve begins suspended, and its first letting in is for somebody else
    /// than who made it: that one person is not two.
    ///
    /// # Errors
    /// [`Error::NoSuchAccount`]; [`Error::NotPossible`] for who made such an account.
    pub async fn resume(&self, by: Author<'_>, account: AccountId) -> Result<(), Error> {
        self.set_suspended(by, account, false).await
    }

    async fn set_suspended(
        &self,
        by: Author<'_>,
        id: AccountId,
        suspended: bool,
    ) -> Result<(), Error> {
        let member = self.member(id).ok_or(Error::NoSuchAccount)?;
        let organisation = member.account().organisation().clone();
        by.reaches(&organisation)
            .map_err(|_| Error::NoSuchAccount)?;
        let _changing = self.organisation(&organisation)?.changing.lock().await;
        self.still_stands(by)?;
        if by.account() == Some(id) {
            return Err(Error::NotPossible("somebody else does this to an account"));
        }
        if !suspended && member.account().device.is_some() {
            return Err(Error::NotPossible(
                "a device that was shut out is paired anew",
            ));
        }
        if !suspended && is_own_approver(by, &member) {
            let text = "somebody else than who made it lets in an account that can approve";
            return Err(Error::NotPossible(text));
        }
        let account = Account {
            suspended,
            ..Account::clone(&member.account())
        };
        let changes = Changes::default().put(key::account(id), &AccountRecord::from(&account))?;
        if suspended {
            // Taken away in memory first, and given only when it is durable: a request that is
            // broken off in between leaves the account shut.
            member.replace(account);
            member.credentials.lock().revoke();
            self.tokens.revoke(id);
            let changes = if self.drop_recovery(&member) {
                changes.remove(key::recovery(id)).remove(key::link(id))
            } else {
                changes
            };
            self.commit(&organisation, by.actor(), None, changes)
                .await?;
            self.end_all(id, None, SignOutCause::Revoked, by.actor())
                .await
        } else {
            self.commit(&organisation, by.actor(), None, changes)
                .await?;
            member.replace(account);
            Ok(())
        }
    }

    /// An account that is not added yet.
    pub(crate) fn draft(
        &self,
        by: Author<'_>,
        organisation: &Ods,
        name: &str,
        display_name: &str,
        role: Role,
    ) -> Result<Account, Error> {
        by.reaches(organisation)?;
        self.organisation(organisation)?;
        let shown = shown_name(display_name)?;
        Ok(Account {
            id: AccountId::random(&*self.random),
            name: SignInName::new(name, organisation)?,
            display_name: shown.into(),
            role,
            practitioner: None,
            suspended: false,
            created_at: self.now(),
            created_by: by.account(),
            service: None,
            device: None,
        })
    }

    /// Adds a drafted account, durable first.
    pub(crate) async fn add(
        &self,
        by: Author<'_>,
        account: Account,
        changes: Changes,
    ) -> Result<AccountId, Error> {
        let organisation = account.organisation().clone();
        let _changing = self.organisation(&organisation)?.changing.lock().await;
        self.still_stands(by)?;
        if self.names.read().contains_key(&account.name) {
            return Err(Error::NameTaken);
        }
        let id = account.id;
        let changes = changes.put(key::account(id), &AccountRecord::from(&account))?;
        self.commit(&organisation, by.actor(), None, changes)
            .await?;
        self.names.write().insert(account.name.clone(), id);
        self.members
            .write()
            .insert(id, Member::new(account, Credentials::default()));
        Ok(id)
    }

    /// Whether an author's proof stands still, after a wait.
    fn still_stands(&self, by: Author<'_>) -> Result<(), Error> {
        match by {
            Author::Account(assured) if !self.is_in_force(assured) => Err(Error::FreshProof),
            _ => Ok(()),
        }
    }

    fn new_link(&self, account: AccountId) -> (EnrolmentLink, TokenHash, LinkRecord) {
        let (token, hash) = new_token(&*self.random);
        let expires = self.now() + limits::ENROLMENT_LINK;
        let record = LinkRecord {
            hash: hash.0,
            expires_micros: expires.as_micros(),
            recovers: false,
        };
        (
            EnrolmentLink {
                account,
                token,
                expires,
            },
            hash,
            record,
        )
    }
}

/// Whether accounts of a role say yes to what others began.
const fn approves(role: Role) -> bool {
    matches!(role, Role::Administrator | Role::InformationGovernance)
}

/// Whether it is an approver's account that nobody has used, and that the author made.
fn is_own_approver(by: Author<'_>, member: &Member) -> bool {
    let account = member.account();
    let is_own = by.account().is_some() && by.account() == account.created_by;
    is_own && approves(account.role) && member.credentials.lock().is_empty()
}

/// A name as it is shown.
pub(crate) fn shown_name(name: &str) -> Result<&str, Error> {
    let shown = name.trim();
    let chars = shown.chars().count();
    if (1..=DISPLAY_CHARS).contains(&chars) && !shown.chars().any(char::is_control) {
        Ok(shown)
    } else {
        Err(Error::NotPossible("a display name has 1 to 100 characters"))
    }
}
