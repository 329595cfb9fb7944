//! Registering apps: one person proposes, another approves.

use ward_core::{AccountId, AppId, Ods, Timestamp, limits};

use super::{
    App, AppScopes,
    client::Client,
    record::{self, AppRecord},
    redirect::RedirectUri,
};
use crate::{Assured, Error, Identity, Role, ledger::Changes, people::shown_name, service::KeySet};

/// A step in the life of a client's registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Propose,
    Approve,
    End,
}

/// An app to be registered.
#[derive(Debug, Clone)]
pub struct NewApp {
    /// What people see when it asks: 1 to 100 characters.
    pub name: String,
    /// Where it is answered: https, or http to 127.0.0.1 or localhost.
    pub redirect_uris: Vec<String>,
    /// Where a patient's page opens it (SMART App Launch 2.2, EHR launch).
    pub launch_url: Option<String>,
    /// The public keys of an app that can keep a private one, as a JWKS. An app without is public:
    /// its tokens are bound to a key that it makes where it runs.
    pub jwks: Option<String>,
    /// What it may ask for.
    pub scopes: AppScopes,
    /// When its registration ends.
    pub expires: Timestamp,
}

impl NewApp {
    /// Whether an app may be answered, or opened, at a URL.
    pub fn takes(url: &str) -> bool {
        RedirectUri::parse(url).is_ok()
    }
}

impl Identity {
    /// Proposes an app. It can't be used before [another approves it](Identity::approve_app).
    ///
    /// # Errors
    /// [`Error::NotPossible`] where the author is no administrator, or something of it is not
    /// right; [`Error::Key`]; [`Error::Store`].
    pub async fn propose_app(&self, author: &Assured, new: NewApp) -> Result<AppId, Error> {
        self.check_vouching(author, Step::Propose)?;
        let app = self.draft_app(author.organisation(), new, author.account())?;
        self.add_app(Some(author), app).await
    }

    /// Approves an app that somebody else proposed, with a proof that is fresh and can't be
    /// phished.
    ///
    /// # Errors
    /// [`Error::FreshProof`]; [`Error::NotPossible`] for whoever proposed it, and where there is
    /// nothing to approve.
    pub async fn approve_app(&self, other: &Assured, app: AppId) -> Result<(), Error> {
        self.check_vouching(other, Step::Approve)?;
        let changed = |app: &App| {
            if app.enrolled_by == other.account() {
                return Err(Error::NotPossible(
                    "one proposes an app, and another approves it",
                ));
            }
            if app.approved_by.is_some() || app.ended || app.expires <= self.now() {
                return Err(Error::NotPossible("there is nothing to approve"));
            }
            let approved_by = Some(other.account());
            Ok(App {
                approved_by,
                ..app.clone()
            })
        };
        self.change_app(other, app, changed).await
    }

    /// Ends an app, for good. What it was given ends before its next request.
    ///
    /// # Errors
    /// [`Error::NotPossible`], [`Error::NoSuchAccount`].
    pub async fn end_app(&self, author: &Assured, app: AppId) -> Result<(), Error> {
        self.check_vouching(author, Step::End)?;
        let changed = |app: &App| {
            Ok(App {
                ended: true,
                ..app.clone()
            })
        };
        self.change_app(author, app, changed).await
    }

    /// Registers an app in one go, by the names of two people: for setting Ward up, before it
    /// serves. While it serves, two people come themselves.
    ///
    /// # Errors
    /// As [`Identity::propose_app`].
    pub async fn set_up_app(
        &self,
        organisation: &Ods,
        new: NewApp,
        enrolled_by: AccountId,
        approved_by: AccountId,
    ) -> Result<AppId, Error> {
        self.check_people(organisation, enrolled_by, approved_by)?;
        let app = self.draft_app(organisation, new, enrolled_by)?;
        let approved_by = Some(approved_by);
        self.add_app(None, App { approved_by, ..app }).await
    }

    /// The apps of an organisation, by name; those that ended included.
    pub fn apps(&self, organisation: &Ods) -> Vec<App> {
        let registered = self.apps.registered.read();
        let apps = registered.values().map(|client| App::clone(&client.app()));
        let mut apps: Vec<_> = apps
            .filter(|app| app.organisation == *organisation)
            .collect();
        apps.sort_by(|one, other| (&one.name, one.id).cmp(&(&other.name, other.id)));
        apps
    }

    /// When an app last got a token.
    pub fn app_last_used(&self, app: AppId) -> Option<Timestamp> {
        self.used.get(*app.as_bytes())
    }

    /// When a service last got a token.
    pub fn service_last_used(&self, service: AccountId) -> Option<Timestamp> {
        self.used.get(*service.as_bytes())
    }

    /// Whether a page of this origin is of a public app that works: it may ask from a browser.
    pub fn is_app_origin(&self, origin: &str) -> bool {
        self.apps.is_origin(origin, self.now())
    }

    fn draft_app(&self, organisation: &Ods, new: NewApp, by: AccountId) -> Result<App, Error> {
        self.organisation(organisation)?;
        if self.apps(organisation).len() >= limits::APPS {
            return Err(Error::NotPossible(
                "the organisation has as many apps as it may",
            ));
        }
        if !(1..=limits::APP_REDIRECTS).contains(&new.redirect_uris.len()) {
            return Err(Error::NotPossible("an app has 1 to 10 redirect URIs"));
        }
        let scopes = new.scopes;
        if scopes.resources.is_empty() {
            return Err(Error::NotPossible("an app has a user or patient scope"));
        }
        let now = self.now();
        if new.expires <= now || new.expires > now + limits::APP_REGISTRATION {
            return Err(Error::NotPossible(
                "an app is registered for a year at most",
            ));
        }
        if let Some(jwks) = &new.jwks {
            KeySet::parse(jwks)?;
        }
        if let Some(url) = &new.launch_url {
            RedirectUri::parse(url)?;
        }
        let uris = new.redirect_uris.iter().map(|uri| RedirectUri::parse(uri));
        Ok(App {
            id: AppId::random(&*self.random),
            organisation: organisation.clone(),
            name: shown_name(&new.name)?.into(),
            redirect_uris: uris.collect::<Result<_, _>>()?,
            launch_url: new.launch_url.map(Into::into),
            jwks: new.jwks.map(Into::into),
            scopes,
            enrolled_by: by,
            approved_by: None,
            expires: new.expires,
            ended: false,
        })
    }

    async fn add_app(&self, author: Option<&Assured>, app: App) -> Result<AppId, Error> {
        let (id, organisation) = (app.id, app.organisation.clone());
        let _changing = self.organisation(&organisation)?.changing.lock().await;
        let changes = Changes::default().put(record::app(id), &AppRecord::from(&app))?;
        let client = Client::new(app, None)?;
        let actor = author.map(Assured::actor);
        self.commit(&organisation, actor, None, changes).await?;
        self.apps.insert(client);
        Ok(id)
    }

    async fn change_app(
        &self,
        author: &Assured,
        id: AppId,
        changed: impl Fn(&App) -> Result<App, Error>,
    ) -> Result<(), Error> {
        let organisation = author.organisation();
        let _changing = self.organisation(organisation)?.changing.lock().await;
        let client = self.apps.get(id).ok_or(Error::NoSuchAccount)?;
        let app = client.app();
        if app.organisation != *organisation || !self.is_in_force(author) {
            return Err(Error::NoSuchAccount);
        }
        let app = changed(&app)?;
        let changes = Changes::default().put(record::app(id), &AppRecord::from(&app))?;
        if app.ended {
            // Taken away in memory first.
            client.replace(app);
            return self
                .commit(organisation, Some(author.actor()), None, changes)
                .await;
        }
        self.commit(organisation, Some(author.actor()), None, changes)
            .await?;
        client.replace(app);
        Ok(())
    }

    /// Who vouches for a client: a person of the organisation who looks after it, in a session of
    /// their own; to approve, with a proof that is fresh and can't be phished.
    pub(crate) fn check_vouching(&self, assured: &Assured, step: Step) -> Result<(), Error> {
        let governs = assured.role() == Role::InformationGovernance && step != Step::Propose;
        if assured.app().is_some() || !(assured.role() == Role::Administrator || governs) {
            return Err(Error::NotPossible(
                "an administrator proposes; an administrator or information governance approves and ends",
            ));
        }
        let is_fresh = self.now().since(assured.proved_at()) <= limits::FRESH_PROOF;
        if step == Step::Approve && !(is_fresh && assured.phishing_resistant()) {
            return Err(Error::FreshProof);
        }
        Ok(())
    }
}
