//! A command line that a person connects in their browser (RFC 8628).

use std::time::Duration;

use serde_json::Value;
use ward_testkit::ServiceClient;

use crate::{
    Failure, Site,
    browser::Browser,
    program::{Token, proof},
    text,
};

/// One that waits for its person.
pub(crate) struct Waiting {
    site: Site,
    key: ServiceClient,
    begun: Value,
}

impl Waiting {
    pub(crate) async fn begin(site: &Site) -> Result<Self, Failure> {
        let key = ServiceClient::new()?;
        let path = "/oauth/device_authorization";
        let fields = [("client_id", "ward-cli"), ("scope", "ward/manage")];
        let asked = site.http.post(site.at(path));
        let asked = asked
            .header("dpop", proof(site, &key, "POST", path, None)?)
            .form(&fields);
        let begun = asked.send().await?.error_for_status()?.json().await?;
        Ok(Self {
            site: site.clone(),
            key,
            begun,
        })
    }

    /// The person types the code and approves; then the token is there.
    pub(crate) async fn approved_by(self, person: &Browser) -> Result<Token, Failure> {
        let code = text(&self.begun, "user_code")?;
        person.submit("/device", &[("code", code)]).await?;
        person
            .submit("/device/approve", &[("user_code", code)])
            .await?;
        let seconds = self.begun["interval"].as_u64().unwrap_or(5);
        tokio::time::sleep(Duration::from_secs(seconds)).await;
        let path = "/oauth/token";
        let fields = [
            ("client_id", "ward-cli"),
            ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
            ("device_code", text(&self.begun, "device_code")?),
        ];
        let asked = self.site.http.post(self.site.at(path));
        let asked = asked
            .header("dpop", proof(&self.site, &self.key, "POST", path, None)?)
            .form(&fields);
        let answer: Value = asked.send().await?.error_for_status()?.json().await?;
        Ok(Token {
            text: text(&answer, "access_token")?.to_owned(),
            key: self.key,
        })
    }
}
