//! A running Ward, and somebody at a browser with a passkey.

use std::{
    fs,
    net::TcpListener,
    process::{Child, Command, Stdio},
    time::Duration,
};

use reqwest::{Certificate, Client, RequestBuilder, StatusCode, header, redirect::Policy};
use serde_json::value::RawValue;
use ward_testkit::SoftwarePasskey;

use crate::operator::Operator;

/// A Ward of one organisation that is served. It ends when dropped.
pub(crate) struct Served {
    pub(crate) operator: Operator,
    pub(crate) url: String,
    pub(crate) http: Client,
    server: Child,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

impl Served {
    pub(crate) async fn new() -> Self {
        let operator = Operator::new();
        let port = free_port();
        let url = format!("https://localhost:{port}");
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        let (chain, key) = (made.cert.pem(), made.signing_key.serialize_pem());
        fs::write(operator.path("server.pem"), &chain).unwrap();
        fs::write(operator.path("server.key"), key).unwrap();
        let settings = format!(
            "[server]\nlisten = \"127.0.0.1:{port}\"\npublic_url = \"{url}\"\n\
             certificate = \"server.pem\"\nprivate_key = \"server.key\"\n\
             [metrics]\nlisten = \"127.0.0.1:{}\"\n",
            free_port()
        );
        fs::write(operator.path("ward.toml"), settings).unwrap();
        operator.says(&["init", "--organisation", "WRD01:Larkfield", "--unsealed"]);
        let server = operator.command(&["serve"]);
        let server = quietly(server);
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let http = Client::builder()
            .tls_certs_only([Certificate::from_pem(chain.as_bytes()).unwrap()])
            .redirect(Policy::none())
            .build()
            .unwrap();
        let mut served = Self {
            operator,
            url,
            http,
            server,
        };
        assert!(served.listening("serve").await);
        served
    }

    /// Where the first administrator enrols, in this start; none where one has.
    pub(crate) fn link(&self) -> Option<String> {
        let path = self
            .operator
            .path("ward-data/first-administrator-WRD01.txt");
        let link = fs::read_to_string(path).ok()?;
        Some(link.trim().to_owned())
    }

    /// Stops, and starts again.
    pub(crate) async fn restart(&mut self) {
        self.stop();
        assert!(self.try_to_serve(&["serve"], &[]).await);
    }

    pub(crate) fn stop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }

    /// Types a command that serves; whether it does, or refuses to.
    pub(crate) async fn try_to_serve(
        &mut self,
        arguments: &[&str],
        variables: &[(&str, &str)],
    ) -> bool {
        let mut command = self.operator.command(arguments);
        command.envs(variables.iter().copied());
        self.server = quietly(command);
        self.listening(&format!("{arguments:?} {variables:?}"))
            .await
    }

    /// Waits until it answers, or has ended.
    async fn listening(&mut self, with: &str) -> bool {
        for _ in 0..600 {
            if self.server.try_wait().unwrap().is_some() {
                return false;
            }
            let page = format!("{}/sign-in", self.url);
            if self.http.get(page).send().await.is_ok() {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the server neither answers nor ends: {with}");
    }
}

fn quietly(mut command: Command) -> Child {
    let command = command.stdin(Stdio::null()).stdout(Stdio::null());
    command.stderr(Stdio::null()).spawn().unwrap()
}

/// A port that was free a moment ago.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// Somebody with a passkey.
pub(crate) struct Browser<'a> {
    served: &'a Served,
    passkey: SoftwarePasskey,
    cookie: String,
}

impl<'a> Browser<'a> {
    /// Enrols by a link, and signs in.
    pub(crate) async fn enrol(served: &'a Served, link: &str) -> Self {
        let mut browser = Self::new(served);
        assert_eq!(browser.try_enrol(link).await, StatusCode::OK);
        browser.sign_in().await;
        browser
    }

    pub(crate) fn new(served: &'a Served) -> Self {
        Self {
            served,
            passkey: SoftwarePasskey::at(&served.url).unwrap(),
            cookie: String::new(),
        }
    }

    /// The token of the session that it has.
    pub(crate) fn session(&self) -> &str {
        self.cookie.strip_prefix("__Host-ward=").unwrap()
    }

    /// What comes of a link.
    pub(crate) async fn try_enrol(&mut self, link: &str) -> StatusCode {
        let path = link.strip_prefix(&self.served.url).unwrap().to_owned();
        let (status, started) = self.start(&format!("{path}/passkey/start")).await;
        let Some((ceremony, options)) = started else {
            return status;
        };
        let credential = self.passkey.create(&options).await.unwrap();
        let finish = format!("{path}/passkey/finish");
        self.finish(&finish, &ceremony, &credential).await
    }

    async fn sign_in(&mut self) {
        let (_, started) = self.start("/sign-in/passkey/start").await;
        let (ceremony, options) = started.unwrap();
        let credential = self.passkey.get(&options).await.unwrap();
        let finish = "/sign-in/passkey/finish";
        let status = self.finish(finish, &ceremony, &credential).await;
        assert_eq!(status, StatusCode::OK);
    }

    /// Lets the command line with this code act, on the pages where people do.
    pub(crate) async fn approve(&mut self, code: &str) {
        // A fresh proof, so that nothing interrupts.
        self.sign_in().await;
        let page = self.served.http.get(format!("{}/device", self.served.url));
        let page = self.asked(page).send().await.unwrap().text().await.unwrap();
        let token = between(&page, "name=\"form_token\" value=\"", "\"");
        for path in ["/device", "/device/approve"] {
            let fields = [
                ("form_token", token.as_str()),
                ("code", code),
                ("user_code", code),
            ];
            let url = format!("{}{path}", self.served.url);
            let answer = self.asked(self.served.http.post(url).form(&fields));
            let answer = answer.send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::OK, "{path}");
            let page = answer.text().await.unwrap();
            assert!(path != "/device" || page.contains(code), "{page}");
        }
    }

    async fn start(&mut self, path: &str) -> (StatusCode, Option<(String, String)>) {
        let url = format!("{}{path}", self.served.url);
        let body = self.served.http.post(url).json(&serde_json::json!({}));
        let answer = self.asked(body).send().await.unwrap();
        let status = answer.status();
        if status != StatusCode::OK {
            return (status, None);
        }
        let text = answer.text().await.unwrap();
        let ceremony = between(&text, "\"ceremony\":\"", "\"");
        let (_, options) = text.split_once("\"options\":").unwrap();
        let options = options.strip_suffix('}').unwrap().to_owned();
        (status, Some((ceremony, options)))
    }

    async fn finish(&mut self, path: &str, ceremony: &str, credential: &str) -> StatusCode {
        let credential: &RawValue = serde_json::from_str(credential).unwrap();
        let url = format!("{}{path}", self.served.url);
        let body = format!("{{\"ceremony\":\"{ceremony}\",\"credential\":{credential}}}");
        let request = self.served.http.post(url).body(body);
        let request = request.header(header::CONTENT_TYPE, "application/json");
        let answer = self.asked(request).send().await.unwrap();
        let set = answer.headers().get(header::SET_COOKIE);
        if let Some(set) = set.and_then(|set| set.to_str().ok()) {
            set.split(';').next().unwrap().clone_into(&mut self.cookie);
        }
        answer.status()
    }

    fn asked(&self, request: RequestBuilder) -> RequestBuilder {
        let request = request.header(header::ORIGIN, &self.served.url);
        let request = request.header("Sec-Fetch-Site", "same-origin");
        if self.cookie.is_empty() {
            return request;
        }
        request.header(header::COOKIE, &self.cookie)
    }
}

fn between(text: &str, before: &str, after: &str) -> String {
    let (_, rest) = text.split_once(before).unwrap();
    rest.split(after).next().unwrap().to_owned()
}
