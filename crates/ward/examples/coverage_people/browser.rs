//! A person's browser, with a passkey in software.

use reqwest::{Response, header};
use serde_json::{Value, json, value::RawValue};
use ward_testkit::SoftwarePasskey;

use crate::{Failure, Site, text};

/// The cookie of a session.
const SESSION: &str = "__Host-ward";

/// A browser of one person.
#[derive(Clone)]
pub(crate) struct Browser {
    site: Site,
    passkey: SoftwarePasskey,
    /// The value of its session's cookie; empty before.
    pub(crate) cookie: String,
}

impl Browser {
    /// Makes a passkey by an enrolment link, and signs in with it.
    pub(crate) async fn enrol(site: &Site, link: &str) -> Result<Self, Failure> {
        let mut browser = Self {
            site: site.clone(),
            passkey: SoftwarePasskey::at(&site.url)?,
            cookie: String::new(),
        };
        let path = link.strip_prefix(&site.url).ok_or("a link elsewhere")?;
        let started = browser.begin(&format!("{path}/passkey/start")).await?;
        let made = browser.passkey.create(&started.options).await?;
        let finish = format!("{path}/passkey/finish");
        browser.finish(&finish, &started, &made).await?;
        browser.sign_in().await?;
        Ok(browser)
    }

    /// The same person in another browser, signed in.
    pub(crate) async fn another(&self) -> Result<Self, Failure> {
        let mut other = Self {
            cookie: String::new(),
            ..self.clone()
        };
        other.sign_in().await?;
        Ok(other)
    }

    async fn sign_in(&mut self) -> Result<(), Failure> {
        let started = self.begin("/sign-in/passkey/start").await?;
        let shown = self.passkey.get(&started.options).await?;
        let path = "/sign-in/passkey/finish";
        let answer = self.finish(path, &started, &shown).await?;
        let cookie = answer.headers().get(header::SET_COOKIE);
        let cookie = cookie.and_then(|line| line.to_str().ok()?.split(';').next());
        let value = cookie.and_then(|pair| pair.strip_prefix(SESSION)?.strip_prefix('='));
        value
            .ok_or("no session began")?
            .clone_into(&mut self.cookie);
        Ok(())
    }

    /// Sends a form of a page of this session.
    pub(crate) async fn submit(
        &self,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Result<Response, Failure> {
        let token = self.form_token().await?;
        let mut all = vec![("form_token", token.as_str())];
        all.extend_from_slice(fields);
        let answer = self.post(path).form(&all).send().await?;
        let status = answer.status();
        if status.is_client_error() || status.is_server_error() {
            return Err(format!("POST {path}: {status}").into());
        }
        Ok(answer)
    }

    async fn form_token(&self) -> Result<String, Failure> {
        let request = self.site.http.get(self.site.at("/"));
        let cookie = format!("{SESSION}={}", self.cookie);
        let page = request.header(header::COOKIE, cookie).send().await?;
        hidden(&page.text().await?, "form_token")
    }

    fn post(&self, path: &str) -> reqwest::RequestBuilder {
        let request = self.site.http.post(self.site.at(path));
        let request = request
            .header(header::ORIGIN, &self.site.url)
            .header("sec-fetch-site", "same-origin");
        if self.cookie.is_empty() {
            return request;
        }
        request.header(header::COOKIE, format!("{SESSION}={}", self.cookie))
    }

    async fn begin(&self, path: &str) -> Result<Started, Failure> {
        let answer = self.post(path).json(&json!({})).send().await?;
        let answer: Value = answer.error_for_status()?.json().await?;
        Ok(Started {
            ceremony: text(&answer, "ceremony")?.to_owned(),
            options: answer["options"].to_string(),
        })
    }

    async fn finish(
        &self,
        path: &str,
        started: &Started,
        credential: &str,
    ) -> Result<Response, Failure> {
        let credential: &RawValue = serde_json::from_str(credential)?;
        let body = json!({ "ceremony": started.ceremony, "credential": credential });
        let answer = self.post(path).json(&body).send().await?;
        Ok(answer.error_for_status()?)
    }
}

/// A ceremony that began.
struct Started {
    ceremony: String,
    options: String,
}

/// Sets a password and an authenticator app up by an enrolment link.
pub(crate) async fn enrol_password(site: &Site, link: &str, password: &str) -> Result<(), Failure> {
    let post = |path: String| {
        let request = site.http.post(path).header(header::ORIGIN, &site.url);
        request.header("sec-fetch-site", "same-origin")
    };
    let none: [(&str, &str); 0] = [];
    let page = post(format!("{link}/password/start"))
        .form(&none)
        .send()
        .await?;
    let page = page.error_for_status()?.text().await?;
    let ceremony = hidden(&page, "ceremony")?;
    let key = between(&page, "class=\"ward-key\">", "<")?.replace(' ', "");
    let secret = data_encoding::BASE32_NOPAD.decode(key.as_bytes())?;
    let totp = totp_rs::Builder::new().with_secret(secret).build()?;
    let now = ward_core::Clock::now(&ward_core::SystemClock).as_seconds();
    let code = totp.generate(u64::try_from(now)?).to_string();
    let fields = [
        ("ceremony", ceremony.as_str()),
        ("password", password),
        ("code", &code),
    ];
    let answer = post(format!("{link}/password/finish"))
        .form(&fields)
        .send()
        .await?;
    if answer.status() == reqwest::StatusCode::SEE_OTHER {
        Ok(())
    } else {
        Err(format!("the password was not taken: {}", answer.status()).into())
    }
}

/// The value of a hidden field of a page.
fn hidden(page: &str, name: &str) -> Result<String, Failure> {
    between(page, &format!("name=\"{name}\" value=\""), "\"")
}

fn between(page: &str, before: &str, after: &str) -> Result<String, Failure> {
    let (_, rest) = page.split_once(before).ok_or("a page without its form")?;
    let (value, _) = rest.split_once(after).ok_or("a page without its form")?;
    Ok(value.to_owned())
}
