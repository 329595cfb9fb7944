use serde::Serialize;

use super::scopes::May;
use crate::{patient::Banner, render::Page};

/// The question: who asks, what for, about whom, how long.
#[derive(Debug, Serialize)]
pub(crate) struct ConsentPage {
    /// Names the request.
    pub(super) request: String,
    /// What the app is called.
    pub(super) name: String,
    /// Where it is answered, in words.
    pub(super) host: String,
    /// Who of the organisation let it in.
    pub(super) approved_by: Option<String>,
    pub(super) may: Vec<May>,
    pub(super) lasts: String,
    pub(super) patient: Option<Banner>,
    /// Whether another patient can be chosen.
    pub(super) can_choose: bool,
}

/// The host of an app's URL, as people know it. One's own machine has no name of its own.
pub(crate) fn host(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or_default();
    let host = rest.split(['/', '?']).next().unwrap_or_default();
    if scheme == "http" {
        "this computer".to_owned()
    } else {
        host.to_owned()
    }
}

impl Page for ConsentPage {
    const TEMPLATE: &'static str = "authorize/consent.jinja";

    fn title(&self) -> String {
        "An app asks".to_owned()
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        use super::scopes::in_words;
        use ward_identity::Scopes;
        let sample = |scopes: &str, patient: Option<Banner>, can_choose| Self {
            request: "c2FtcGxl".to_owned(),
            name: "Growth chart".to_owned(),
            host: "chart.example".to_owned(),
            approved_by: Some("Ivy Cole".to_owned()),
            may: in_words(&Scopes::parse(scopes).unwrap_or_default()),
            lasts: "For 5 minutes".to_owned(),
            patient,
            can_choose,
        };
        let reads = "patient/Patient.rs patient/Observation.rs?category=vital-signs";
        vec![
            sample(reads, Some(Banner::sample()), true),
            sample(
                "patient/*.cruds user/Patient.rs",
                Some(Banner::sample()),
                false,
            ),
            sample("user/Observation.cu", None, false),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_app_is_known_by_its_host() {
        for (url, expected) in [
            ("https://app.example/callback", "app.example"),
            ("https://app.example:8443/a?b=c", "app.example:8443"),
            ("http://127.0.0.1:49152/callback", "this computer"),
            ("http://localhost:1/", "this computer"),
        ] {
            assert_eq!(host(url), expected);
        }
    }
}
