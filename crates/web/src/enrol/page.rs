use serde::Serialize;

use crate::{
    render::{Page, Problem},
    sign_in::Choice,
};

/// Whom an enrolment link is for.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Who {
    /// The person's name.
    pub(crate) name: String,
    /// The organisation's name.
    pub(crate) organisation: String,
    /// What the person types to sign in with a password.
    pub(crate) sign_in_name: String,
}

/// The choice between a passkey and a password with an authenticator app.
#[derive(Debug, Serialize)]
pub(crate) struct Choose {
    /// The link's token, for the addresses of the forms.
    pub(crate) token: String,
    /// Whom the link is for.
    pub(crate) who: Who,
    /// Whether all that the person signed in with before ends.
    pub(crate) recovers: bool,
    /// The providers of the organisation.
    pub(crate) providers: Vec<Choice>,
}

/// A password and an authenticator app, set up on one page.
#[derive(Debug, Serialize)]
pub(crate) struct AppPage {
    /// Where the form is sent.
    pub(crate) action: String,
    /// What the person types to sign in.
    pub(crate) sign_in_name: String,
    /// Which attempt to enrol this is: the key below belongs to it.
    pub(crate) ceremony: String,
    /// The otpauth URI as an SVG of a QR code.
    pub(crate) qr: String,
    /// The same key to type, in groups of four.
    pub(crate) key: String,
    /// What is wrong with what was sent.
    pub(crate) problems: Vec<Problem>,
    /// What is wrong with the password.
    pub(crate) refused_password: Option<String>,
    /// What is wrong with the code.
    pub(crate) refused_code: Option<String>,
}

impl Page for Choose {
    const TEMPLATE: &'static str = "enrol/choose.jinja";

    fn title(&self) -> String {
        "Set up how you sign in".to_owned()
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let who = Who {
            name: "Asha Patel".to_owned(),
            organisation: "Moorland Health".to_owned(),
            sign_in_name: "a.patel@WRD01".to_owned(),
        };
        let provider = Choice {
            id: "0f".repeat(16),
            name: "Staff sign-in".to_owned(),
            organisation: "Moorland Health".to_owned(),
        };
        [(false, vec![provider]), (true, Vec::new())]
            .map(|(recovers, providers)| Self {
                token: "c2FtcGxl".to_owned(),
                who: who.clone(),
                recovers,
                providers,
            })
            .into()
    }
}

impl Page for AppPage {
    const TEMPLATE: &'static str = "enrol/password.jinja";

    fn title(&self) -> String {
        let prefix = if self.problems.is_empty() {
            ""
        } else {
            "Error: "
        };
        format!("{prefix}Set up a password and an authenticator app")
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let uri = "otpauth://totp/Ward:a.patel%40WRD01?secret=JBSWY3DPEHPK3PXP&issuer=Ward";
        let page = |refused_password: Option<&str>, refused_code: Option<&str>| Self {
            action: "/enrol/c2FtcGxl/password/finish".to_owned(),
            sign_in_name: "a.patel@WRD01".to_owned(),
            ceremony: "Y2VyZW1vbnk".to_owned(),
            qr: super::qr::svg(uri).unwrap(),
            key: super::qr::grouped("JBSWY3DPEHPK3PXP"),
            problems: [("#password", refused_password), ("#code", refused_code)]
                .into_iter()
                .filter_map(|(href, text)| {
                    Some(Problem {
                        text: text?.to_owned(),
                        href,
                    })
                })
                .collect(),
            refused_password: refused_password.map(str::to_owned),
            refused_code: refused_code.map(str::to_owned),
        };
        vec![
            page(None, None),
            page(
                Some("Use at least 12 characters."),
                Some("This is not the code that the app shows now."),
            ),
        ]
    }
}
