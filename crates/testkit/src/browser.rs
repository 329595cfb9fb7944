//! A person's browser without JavaScript: it keeps a cookie, and the passkey or the app of its
//! owner.

use std::time::Duration;

use ward_core::{AccountId, Clock};
use ward_identity::{Author, Caller, EnrolmentLink, NewAccount, Role};

use crate::{ORIGIN, Raw, Server, SoftwarePasskey, form, ods};

/// The password of whoever has one.
pub const PASSWORD: &str = "seven tractors in fog";
/// The cookie of a session.
const SESSION: &str = "__Host-ward=";
/// The cookie of what an app asks.
const ASKING: &str = "__Host-ward-asking=";
const FORM: &str = "Content-Type: application/x-www-form-urlencoded";
const JSON: &str = "Content-Type: application/json";

/// A browser at a server.
pub struct Browser<'a> {
    /// What it asks.
    pub server: &'a Server,
    /// Whose it is.
    pub account: AccountId,
    /// The value of the session's cookie; empty where there is none.
    pub cookie: String,
    /// What an app asks, kept while one signs in; empty where none does.
    pub asking: String,
    /// The owner's authenticator.
    pub passkey: SoftwarePasskey,
    /// The secret of the owner's authenticator app, in base32.
    pub app: Option<String>,
}

#[expect(
    clippy::expect_used,
    reason = "a person who can't do what a test begins with fails it"
)]
impl<'a> Browser<'a> {
    /// A browser of nobody in particular, with an empty authenticator.
    pub fn new(server: &'a Server, account: AccountId) -> Self {
        Self {
            server,
            account,
            cookie: String::new(),
            asking: String::new(),
            passkey: SoftwarePasskey::at(ORIGIN).expect("an origin"),
            app: None,
        }
    }

    /// Somebody of WRD01 with a passkey, signed in.
    pub async fn with_passkey(server: &'a Server, name: &str, role: Role) -> Self {
        let link = link(server, name, role).await;
        let mut browser = Self::new(server, link.account);
        browser.enrol_passkey(&link).await;
        browser.sign_in().await;
        browser
    }

    /// Somebody of WRD01 with a password and a code, signed in.
    pub async fn with_password(server: &'a Server, name: &str, role: Role) -> Self {
        let link = link(server, name, role).await;
        let mut browser = Self::new(server, link.account);
        browser.enrol_app(&link).await;
        let (name, code) = (format!("{name}@WRD01"), browser.code());
        let answer = browser.sign_in_typing(&name, PASSWORD, &code).await;
        assert_eq!(answer.status, 303, "{name} signs in");
        browser
    }

    /// Enrols the authenticator by a link.
    ///
    /// # Panics
    /// Where the link does not work.
    pub async fn enrol_passkey(&mut self, link: &EnrolmentLink) {
        let identity = &self.server.world.identity;
        let (token, caller) = (link.token.expose(), Caller::default());
        let started = identity.start_passkey_enrolment(token).expect("a ceremony");
        let made = self.passkey.create(&started.options).await;
        let made = made.expect("a passkey");
        identity
            .finish_passkey_enrolment(token, &started.ceremony, &made, "Key", &caller)
            .await
            .expect("a passkey enrolled");
    }

    /// Enrols [`PASSWORD`] and an authenticator app by a link; the next code is a fresh one.
    ///
    /// # Panics
    /// Where the link does not work.
    pub async fn enrol_app(&mut self, link: &EnrolmentLink) {
        let world = &self.server.world;
        let (token, caller) = (link.token.expose(), Caller::default());
        let started = world.identity.start_app_enrolment(token);
        let started = started.expect("a ceremony");
        self.app = Some(started.secret.expose().clone());
        world
            .identity
            .finish_app_enrolment(token, &started.ceremony, PASSWORD, &self.code(), &caller)
            .await
            .expect("a password enrolled");
        world.clock.advance(Duration::from_secs(30));
    }

    /// Signs in with the passkey.
    ///
    /// # Panics
    /// Where that does not work.
    pub async fn sign_in(&mut self) {
        let (start, finish) = ("/sign-in/passkey/start", "/sign-in/passkey/finish");
        let answer = self.by_passkey(start, finish, "", "").await;
        assert_eq!(answer.status, 200, "{}", answer.body);
    }

    /// Signs in with what is typed.
    pub async fn sign_in_typing(&mut self, name: &str, password: &str, code: &str) -> Raw {
        let fields = [("name", name), ("password", password), ("code", code)];
        self.post("/sign-in/password", &fields).await
    }

    /// What passkey.js does with a form.
    ///
    /// # Panics
    /// Where the authenticator has no answer.
    pub async fn by_passkey(&mut self, start: &str, finish: &str, token: &str, draft: &str) -> Raw {
        let started = self.json(start, token, "{}").await;
        if started.status != 200 {
            return started;
        }
        let message = self.answer(&started, draft).await;
        self.json(finish, token, &message).await
    }

    /// What the authenticator answers to a ceremony that began, as passkey.js sends it.
    ///
    /// # Panics
    /// Where it has no answer.
    pub async fn answer(&mut self, started: &Raw, draft: &str) -> String {
        let (ceremony, options) = ceremony(started);
        let credential = self.passkey.get(&options).await.expect("an answer");
        format!("{{\"ceremony\":\"{ceremony}\",\"credential\":{credential},\"draft\":\"{draft}\"}}")
    }

    /// Posts JSON, with a form token where it is not empty.
    pub async fn json(&mut self, path: &str, token: &str, body: &str) -> Raw {
        let token = (!token.is_empty()).then(|| format!("X-Form-Token: {token}"));
        let lines: Vec<&str> = [JSON].into_iter().chain(token.as_deref()).collect();
        self.send("POST", path, &lines, body).await
    }

    /// Asks for a page.
    pub async fn get(&mut self, path: &str) -> Raw {
        self.send("GET", path, &[], "").await
    }

    /// Sends a form as it is.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Raw {
        self.send("POST", path, &[FORM], &form(fields)).await
    }

    /// Sends a form of a page of this session.
    pub async fn submit(&mut self, path: &str, fields: &[(&str, &str)]) -> Raw {
        let token = self.form_token();
        let mut all = vec![("form_token", token.as_str())];
        all.extend_from_slice(fields);
        self.post(path, &all).await
    }

    /// The token that the session's forms carry.
    ///
    /// # Panics
    /// Where there is no session.
    pub fn form_token(&self) -> String {
        let identity = &self.server.world.identity;
        let assured = identity.authenticate(&self.cookie, None);
        assured.expect("a session").form_token().to_owned()
    }

    /// What the owner's authenticator app shows now.
    ///
    /// # Panics
    /// Where the owner has none.
    pub fn code(&self) -> String {
        let secret = self.app.as_ref().expect("an app").as_bytes();
        let secret = data_encoding::BASE32_NOPAD.decode(secret).expect("base32");
        let totp = totp_rs::Builder::new().with_secret(secret).build();
        let now = self.server.world.clock.now().as_seconds();
        let now = u64::try_from(now).expect("a time after 1970");
        totp.expect("a secret").generate(now).to_string()
    }

    /// Sends any request as a page of the server does, and keeps the cookie that it is given.
    pub async fn send(&mut self, method: &str, path: &str, lines: &[&str], body: &str) -> Raw {
        let cookies = [(SESSION, &self.cookie), (ASKING, &self.asking)];
        let cookies = cookies.iter().filter(|(_, value)| !value.is_empty());
        let cookies: Vec<_> = cookies
            .map(|(name, value)| format!("{name}{value}"))
            .collect();
        let cookie = format!("Cookie: {}", cookies.join("; "));
        let origin = format!("Origin: {ORIGIN}");
        let mut all = vec![origin.as_str(), "Sec-Fetch-Site: same-origin"];
        if !cookies.is_empty() {
            all.push(&cookie);
        }
        all.extend_from_slice(lines);
        let answer = self.server.wire.send(method, path, &all, body.as_bytes());
        let answer = answer.await;
        if let Some(set) = set_by(&answer, SESSION) {
            set.clone_into(&mut self.cookie);
        }
        if let Some(set) = set_by(&answer, ASKING) {
            set.clone_into(&mut self.asking);
        }
        answer
    }
}

/// The session that an answer begins, or an empty text where it ends one.
pub fn session_set_by(answer: &Raw) -> Option<&str> {
    set_by(answer, SESSION)
}

fn set_by<'a>(answer: &'a Raw, name: &str) -> Option<&'a str> {
    let lines = answer.head.lines().filter_map(|line| line.split_once(": "));
    let mut set = lines.filter(|(header, _)| header.eq_ignore_ascii_case("set-cookie"));
    let value = set.find_map(|(_, value)| value.strip_prefix(name))?;
    value.split(';').next()
}

/// The name of a ceremony that began, and what the browser is asked.
///
/// # Panics
/// Where none began.
#[expect(clippy::panic, reason = "a ceremony that did not begin fails its test")]
pub fn ceremony(started: &Raw) -> (String, String) {
    let parts = || {
        let (_, rest) = started.body.split_once("\"ceremony\":\"")?;
        let (ceremony, rest) = rest.split_once('"')?;
        let (_, options) = rest.split_once("\"options\":")?;
        Some((ceremony.to_owned(), options.strip_suffix('}')?.to_owned()))
    };
    parts().unwrap_or_else(|| panic!("no ceremony: {}\n{}", started.head, started.body))
}

/// A new account of WRD01, and the way to its first factor.
///
/// # Panics
/// Where there is one of that name.
#[expect(clippy::expect_used, reason = "a test names its people itself")]
pub async fn link(server: &Server, name: &str, role: Role) -> EnrolmentLink {
    let new = NewAccount {
        name: name.to_owned(),
        display_name: format!("Someone called {name}"),
        role,
        practitioner: None,
    };
    let (organisation, identity) = (ods("WRD01"), &server.world.identity);
    let made = identity.create_account(Author::Setup, &organisation, new);
    made.await.expect("a new account")
}

/// The value of a hidden field of a page.
///
/// # Panics
/// Where the page has none of that name.
#[expect(clippy::panic, reason = "a page without its form fails its test")]
pub fn hidden(page: &Raw, name: &str) -> String {
    let field = format!("name=\"{name}\" value=\"");
    let Some((_, rest)) = page.body.split_once(&field) else {
        panic!("no {name} in {}", page.body)
    };
    rest.split('"').next().unwrap_or_default().to_owned()
}

/// The path of the enrolment link that a page shows.
///
/// # Panics
/// Where it shows none.
#[expect(clippy::panic, reason = "a page without its link fails its test")]
pub fn shown_link(page: &Raw) -> String {
    let text = page.body.replace("&#x2f;", "/");
    match text.split_once("/enrol/") {
        Some((_, rest)) if page.status == 200 => {
            format!("/enrol/{}", rest.split('<').next().unwrap_or_default())
        }
        _ => panic!("no link: {}\n{}", page.head, page.body),
    }
}
