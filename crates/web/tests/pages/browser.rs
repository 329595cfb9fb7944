//! A server with pages, and the browsers of its people.

use std::{collections::HashMap, sync::Arc, time::Duration};

use ward_access::{Access, OwnPolicies, proof::Prover};
use ward_core::{AccountId, Clock, SystemRandom};
use ward_identity::{Author, Caller, NewAccount, Role};
use ward_testkit::{ORIGIN, Raw, Server, SoftwarePasskey, World, ods};
use ward_web::{Parts, Web};

pub(crate) const PASSWORD: &str = "seven tractors in fog";

/// Serves the pages of a new world.
pub(crate) async fn serve() -> Server {
    Server::start(World::new(), |world, _| {
        let clock = Arc::clone(&world.clock) as Arc<dyn Clock>;
        let access = Arc::new(Access::new(Arc::clone(&clock)).unwrap());
        let (identity, prover) = (Arc::clone(&world.identity), Prover::new("cvc5"));
        let policies = OwnPolicies::open(
            Arc::clone(&access),
            Arc::clone(&identity),
            prover,
            Arc::clone(&clock),
        );
        let web = Web::new(Parts {
            identity,
            access,
            policies: policies.unwrap(),
            records: Arc::clone(&world.records),
            clock,
            random: Arc::new(SystemRandom),
            organisations: HashMap::new(),
        });
        ward_web::routes(&web)
    })
    .await
}

/// A person's browser: it keeps a cookie, and the passkey or the app of its owner.
pub(crate) struct Browser<'a> {
    pub(crate) server: &'a Server,
    pub(crate) account: AccountId,
    pub(crate) cookie: String,
    /// What an app asks, kept while one signs in.
    pub(crate) asking: String,
    pub(crate) passkey: SoftwarePasskey,
    pub(crate) app: Option<String>,
}

impl<'a> Browser<'a> {
    /// Somebody with a passkey, signed in.
    pub(crate) async fn with_passkey(server: &'a Server, name: &str, role: Role) -> Self {
        let link = link(server, name, role).await;
        let identity = &server.world.identity;
        let mut passkey = SoftwarePasskey::at(ORIGIN).unwrap();
        let token = link.token.expose();
        let started = identity.start_passkey_enrolment(token).unwrap();
        let made = passkey.create(&started.options).await.unwrap();
        let caller = Caller::default();
        let enrolled =
            identity.finish_passkey_enrolment(token, &started.ceremony, &made, "Key", &caller);
        enrolled.await.unwrap();
        let mut browser = Self {
            server,
            account: link.account,
            cookie: String::new(),
            asking: String::new(),
            passkey,
            app: None,
        };
        browser.sign_in().await;
        browser
    }

    /// Somebody with a password and a code, signed in.
    pub(crate) async fn with_password(server: &'a Server, name: &str, role: Role) -> Self {
        let link = link(server, name, role).await;
        let world = &server.world;
        let token = link.token.expose();
        let started = world.identity.start_app_enrolment(token).unwrap();
        let mut browser = Self {
            server,
            account: link.account,
            cookie: String::new(),
            asking: String::new(),
            passkey: SoftwarePasskey::at(ORIGIN).unwrap(),
            app: Some(started.secret.expose().clone()),
        };
        let (code, caller) = (browser.code(), Caller::default());
        let enrolled =
            world
                .identity
                .finish_app_enrolment(token, &started.ceremony, PASSWORD, &code, &caller);
        enrolled.await.unwrap();
        world.clock.advance(Duration::from_secs(30));
        let name = format!("{name}@WRD01");
        let code = browser.code();
        let fields = [
            ("name", name.as_str()),
            ("password", PASSWORD),
            ("code", &code),
        ];
        let answer = browser.post("/sign-in/password", &fields).await;
        assert_eq!(answer.status, 303);
        browser
    }

    /// Signs in with the passkey.
    pub(crate) async fn sign_in(&mut self) {
        let (start, finish) = ("/sign-in/passkey/start", "/sign-in/passkey/finish");
        let answer = self.by_passkey(start, finish, "", "").await;
        assert_eq!(answer.status, 200, "{}", answer.body);
    }

    /// What passkey.js does with a form.
    pub(crate) async fn by_passkey(
        &mut self,
        start: &str,
        finish: &str,
        token: &str,
        draft: &str,
    ) -> Raw {
        let started = self.json(start, token, "{}").await;
        if started.status != 200 {
            return started;
        }
        let (_, rest) = started.body.split_once("\"ceremony\":\"").unwrap();
        let (ceremony, rest) = rest.split_once('"').unwrap();
        let (_, options) = rest.split_once("\"options\":").unwrap();
        let options = options.strip_suffix('}').unwrap();
        let credential = self.passkey.get(options).await.unwrap();
        let message = format!(
            "{{\"ceremony\":\"{ceremony}\",\"credential\":{credential},\"draft\":\"{draft}\"}}"
        );
        self.json(finish, token, &message).await
    }

    pub(crate) async fn json(&mut self, path: &str, token: &str, body: &str) -> Raw {
        let token = format!("X-Form-Token: {token}");
        let kind = "Content-Type: application/json";
        let mut lines = vec![kind];
        if token.len() > "X-Form-Token: ".len() {
            lines.push(&token);
        }
        self.send("POST", path, &lines, body).await
    }

    pub(crate) async fn get(&mut self, path: &str) -> Raw {
        self.send("GET", path, &[], "").await
    }

    /// Sends a form as it is.
    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Raw {
        let body: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{name}={}", encoded(value)))
            .collect();
        let kind = "Content-Type: application/x-www-form-urlencoded";
        self.send("POST", path, &[kind], &body.join("&")).await
    }

    /// Sends a form of a page of this session.
    pub(crate) async fn submit(&mut self, path: &str, fields: &[(&str, &str)]) -> Raw {
        let token = self.form_token();
        let mut all = vec![("form_token", token.as_str())];
        all.extend_from_slice(fields);
        self.post(path, &all).await
    }

    /// The token that the session's forms carry.
    pub(crate) fn form_token(&self) -> String {
        let identity = &self.server.world.identity;
        let assured = identity.authenticate(&self.cookie, None).unwrap();
        assured.form_token().to_owned()
    }

    pub(crate) fn code(&self) -> String {
        let secret = self.app.as_ref().unwrap().as_bytes();
        let secret = data_encoding::BASE32_NOPAD.decode(secret).unwrap();
        let totp = totp_rs::Builder::new().with_secret(secret).build().unwrap();
        let now = self.server.world.clock.now().as_seconds();
        totp.generate(u64::try_from(now).unwrap()).to_string()
    }

    async fn send(&mut self, method: &str, path: &str, lines: &[&str], body: &str) -> Raw {
        let cookies = [
            ("__Host-ward", &self.cookie),
            ("__Host-ward-asking", &self.asking),
        ];
        let cookies = cookies.iter().filter(|(_, value)| !value.is_empty());
        let cookies: Vec<_> = cookies
            .map(|(name, value)| format!("{name}={value}"))
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
        let set = answer.head.lines().filter_map(|line| line.split_once(": "));
        for (_, set) in set.filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie")) {
            let (name, rest) = set.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            match name {
                "__Host-ward" => value.clone_into(&mut self.cookie),
                "__Host-ward-asking" => value.clone_into(&mut self.asking),
                other => panic!("a cookie {other}"),
            }
        }
        answer
    }
}

async fn link(server: &Server, name: &str, role: Role) -> ward_identity::EnrolmentLink {
    let new = NewAccount {
        name: name.to_owned(),
        display_name: format!("Someone called {name}"),
        role,
        practitioner: None,
    };
    let organisation = ods("WRD01");
    let made = server
        .world
        .identity
        .create_account(Author::Setup, &organisation, new);
    made.await.unwrap()
}

fn encoded(value: &str) -> String {
    let bytes = value.bytes().map(|byte| {
        if byte.is_ascii_alphanumeric() {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    });
    bytes.collect()
}

/// The value of a hidden field of a page.
pub(crate) fn hidden(page: &Raw, name: &str) -> String {
    let field = format!("name=\"{name}\" value=\"");
    let (_, rest) = page
        .body
        .split_once(&field)
        .unwrap_or_else(|| panic!("no {name} in {}", page.body));
    rest.split('"').next().unwrap().to_owned()
}

/// The path of the enrolment link that a page shows.
pub(crate) fn shown_link(page: &Raw) -> String {
    assert_eq!(page.status, 200, "{}", page.body);
    let text = page.body.replace("&#x2f;", "/");
    let (_, rest) = text.split_once("/enrol/").unwrap();
    format!("/enrol/{}", rest.split('<').next().unwrap())
}
