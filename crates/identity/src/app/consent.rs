//! A person decides what an app may do.

use std::sync::Arc;

use ward_core::{AppId, PatientId, SessionId, Timestamp, limits};
use ward_log::{Event, SignOutCause};

use super::{
    AppScopes,
    client::{Client, Launch},
    live::{Authorization, Code},
    record::{self, AuthorizationRecord},
    redirect::with_parameters,
    wanted::{Lacking, Wanted},
};
use crate::{
    Assured, Caller, Error, Identity, ledger::Changes, service::Thumbprint, step_up::in_browser,
    token::new_token,
};

/// A request that waits for its person.
pub(crate) struct Asking {
    pub(crate) client: Arc<Client>,
    pub(crate) redirect_uri: Box<str>,
    pub(crate) state: Option<Box<str>>,
    pub(crate) challenge: [u8; 32],
    /// The key that tokens must be bound to, where the app has named it.
    pub(crate) key: Option<Thumbprint>,
    pub(crate) scopes: AppScopes,
    /// The proof that it asks for.
    pub(crate) wanted: Wanted,
    /// Whose it is: of the launch, or of the first session that looked at it.
    pub(crate) lineage: Option<SessionId>,
    pub(crate) from_launch: bool,
    pub(crate) patient: Option<PatientId>,
}

/// What a person is asked.
#[derive(Debug)]
pub struct Consent {
    /// Which app asks.
    pub client: AppId,
    /// What it is called.
    pub name: String,
    /// Where it is answered.
    pub redirect_uri: String,
    /// What it asks for, as far as it is registered.
    pub scopes: AppScopes,
    /// Whether a patient must be chosen before.
    pub needs_patient: bool,
    /// The patient whom it is about.
    pub patient: Option<PatientId>,
    /// Whether the patient was chosen by opening the app from the patient's page.
    pub from_launch: bool,
    /// What the session's proof lacks of what the app asks for: it is proved again first.
    pub lacking: Option<Lacking>,
}

/// What a person has given to an app, and it still stands.
#[derive(Debug)]
pub struct AuthorizationView {
    /// Names it, to end it.
    pub id: SessionId,
    /// Which app.
    pub client: AppId,
    /// What it is called.
    pub name: String,
    /// What it may do.
    pub scopes: String,
    /// Since when.
    pub began: Timestamp,
}

impl Identity {
    /// Opens an app from a patient's page: gives the URL to go to. Its handle works once, with this
    /// session.
    ///
    /// # Errors
    /// [`Error::NoSuchAccount`] where the organisation has no such app that can be opened so.
    pub fn launch_app(
        &self,
        assured: &Assured,
        (app, patient): (AppId, PatientId),
        base: &str,
    ) -> Result<String, Error> {
        let client = self.app_of(assured, app)?;
        let found = client.app();
        let url = found.launch_url().ok_or(Error::NoSuchAccount)?;
        let lineage = assured.lineage();
        let launch = Launch {
            app,
            lineage,
            patient,
        };
        let owner = u128::from_be_bytes(*lineage.as_bytes());
        let handle = self
            .apps
            .launches
            .start(owner, launch, self.now(), &*self.random);
        with_parameters(url, &[("iss", base), ("launch", &handle)])
    }

    /// Whether a request waits: whoever signs in with it at hand goes on there.
    pub fn is_asking(&self, request: &str) -> bool {
        self.apps.asking.look(request, self.now(), |_| ()).is_some()
    }

    /// What a request asks. From the first look on it is this session's.
    ///
    /// # Errors
    /// [`Error::Ceremony`] where it was answered, took too long, or is another's.
    pub fn consent(&self, assured: &Assured, request: &str) -> Result<Consent, Error> {
        self.with_asking(assured, request, |asking| {
            let app = asking.client.app();
            Consent {
                client: app.id,
                name: app.name.to_string(),
                redirect_uri: asking.redirect_uri.to_string(),
                needs_patient: asking.scopes.needs_patient() && asking.patient.is_none(),
                scopes: asking.scopes.clone(),
                patient: asking.patient.clone(),
                from_launch: asking.from_launch,
                lacking: asking.wanted.lacking(assured),
            }
        })
    }

    /// Chooses the patient whom a request is about. That the person may see who it is was checked
    /// before, at the door.
    ///
    /// # Errors
    /// [`Error::Ceremony`]; [`Error::NotPossible`] where the patient is that of the launch.
    pub fn choose_patient(
        &self,
        assured: &Assured,
        request: &str,
        patient: PatientId,
    ) -> Result<(), Error> {
        self.with_asking(assured, request, |asking| {
            if asking.from_launch {
                return Err(Error::NotPossible(
                    "the app was opened from a patient's page",
                ));
            }
            asking.patient = Some(patient);
            Ok(())
        })?
    }

    /// Allows what a request asks: gives the URL of the app, with a code that works once. The
    /// authorization is in the log before.
    ///
    /// # Errors
    /// [`Error::Ceremony`]; [`Error::FreshProof`] where the app asks for a better proof;
    /// [`Error::NotPossible`] where no patient was chosen; [`Error::Store`].
    pub async fn allow_app(
        &self,
        assured: &Assured,
        request: &str,
        caller: &Caller<'_>,
    ) -> Result<String, Error> {
        let asked = self.consent(assured, request)?;
        if asked.lacking.is_some() {
            return Err(Error::FreshProof);
        }
        if asked.needs_patient {
            return Err(Error::NotPossible("choose a patient first"));
        }
        let asking = self.take_asking(assured, request)?;
        let (now, id) = (self.now(), SessionId::random(&*self.random));
        let member = self.member(assured.account()).ok_or(Error::Ceremony)?;
        let authorization = Arc::new(Authorization::new(
            (id, now),
            Arc::clone(&asking.client),
            member,
            assured.proof(),
            (asking.scopes, asking.patient),
        ));
        let record = AuthorizationRecord::new(&authorization, None);
        let changes = Changes::default().put(record::authorization(id), &record)?;
        let (actor, of) = (Some(assured.actor()), assured.organisation());
        self.commit(of, actor, caller.request, changes).await?;
        let (code, hash) = new_token(&*self.random);
        let surplus = self.apps.live.lock().give(
            &authorization,
            hash,
            Code::new(
                &authorization,
                &asking.redirect_uri,
                asking.challenge,
                asking.key,
                now + limits::AUTHORIZATION_CODE,
            ),
        );
        for old in surplus {
            self.end_authorization(&old, SignOutCause::Replaced).await?;
        }
        let answer = [("code", code.expose().as_str())];
        self.back(&asking.redirect_uri, &answer, asking.state.as_deref())
    }

    /// Denies what a request asks: gives the URL of the app, which is told so.
    ///
    /// # Errors
    /// [`Error::Ceremony`].
    pub fn deny_app(&self, assured: &Assured, request: &str) -> Result<String, Error> {
        let asking = self.take_asking(assured, request)?;
        let answer = [("error", "access_denied")];
        self.back(&asking.redirect_uri, &answer, asking.state.as_deref())
    }

    /// What the person of a session has given to apps, the newest first.
    pub fn authorizations(&self, assured: &Assured) -> Vec<AuthorizationView> {
        let now = self.now();
        let all = self.apps.live.lock().of(assured.account());
        let mut views: Vec<_> = all
            .iter()
            .filter(|one| self.stands(one, now))
            .map(|one| AuthorizationView {
                id: one.id,
                client: one.client.app().id,
                name: one.client.app().name.to_string(),
                scopes: one.scopes.to_string(),
                began: one.began,
            })
            .collect();
        views.sort_by_key(|view| std::cmp::Reverse(view.began));
        views
    }

    /// Takes back what the person of a session has given.
    ///
    /// # Errors
    /// [`Error::NoSuchAccount`]; [`Error::Store`], and it is ended all the same.
    pub async fn take_back(&self, assured: &Assured, id: SessionId) -> Result<(), Error> {
        let all = self.apps.live.lock().of(assured.account());
        let own = all.iter().find(|one| one.id == id);
        let own = own.ok_or(Error::NoSuchAccount)?;
        self.end_authorization(own, SignOutCause::Asked).await
    }

    /// Ends an authorization and all that came of it: in memory at once, and then in the log.
    pub(crate) async fn end_authorization(
        &self,
        authorization: &Arc<Authorization>,
        cause: SignOutCause,
    ) -> Result<(), Error> {
        if !self.apps.live.lock().end(authorization) {
            return Ok(());
        }
        let session = authorization.id;
        let changes = Changes::default()
            .remove(record::authorization(session))
            .event(Event::SignOut { session, cause });
        let organisation = authorization.client.app().organisation.clone();
        self.commit(&organisation, None, None, changes).await
    }

    /// Whether what was given still stands: the app, its person, and, unless it may go on without,
    /// the session in which it was given.
    pub(crate) fn stands(&self, one: &Authorization, now: Timestamp) -> bool {
        let account = one.member.account();
        let in_session = || self.sessions.goes_on(account.id, one.proof.lineage, now);
        !one.is_ended()
            && now < one.began + limits::AUTHORIZATION
            && one.client.app().works(now)
            && !account.suspended
            && (one.scopes.offline_access || in_session())
    }

    fn app_of(&self, assured: &Assured, app: AppId) -> Result<Arc<Client>, Error> {
        let client = self.working_app(app).ok_or(Error::NoSuchAccount)?;
        if client.app().organisation == *assured.organisation() && in_browser(assured) {
            Ok(client)
        } else {
            Err(Error::NoSuchAccount)
        }
    }

    fn with_asking<T>(
        &self,
        assured: &Assured,
        request: &str,
        look: impl FnOnce(&mut Asking) -> T,
    ) -> Result<T, Error> {
        let looked = self.apps.asking.look(request, self.now(), |asking| {
            self.app_of(assured, asking.client.app().id).ok()?;
            let own = *asking.lineage.get_or_insert(assured.lineage());
            (own == assured.lineage()).then(|| look(asking))
        });
        looked.flatten().ok_or(Error::Ceremony)
    }

    fn take_asking(&self, assured: &Assured, request: &str) -> Result<Asking, Error> {
        self.with_asking(assured, request, |_| ())?;
        let taken = self.apps.asking.take(request, self.now());
        taken.ok_or(Error::Ceremony)
    }
}
