//! What a person sees when something did not work: what happened, what to do now, and the number
//! to give when asking for help.

use serde::Serialize;

use crate::render::Page;

/// A page for what did not work.
#[derive(Debug, Serialize)]
pub(crate) struct ErrorPage {
    heading: &'static str,
    text: String,
    /// What to do now.
    next: &'static str,
    link: Option<Link>,
    /// The request id.
    request: String,
}

/// A way on.
#[derive(Debug, Serialize)]
pub(crate) struct Link {
    href: &'static str,
    text: &'static str,
}

impl Page for ErrorPage {
    const TEMPLATE: &'static str = "error.jinja";

    fn title(&self) -> String {
        self.heading.to_owned()
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        vec![Self {
            heading: "Page not found",
            text: "There is nothing here that you can see.".to_owned(),
            next: "If you typed the address, check it.",
            link: Some(Link {
                href: "/",
                text: "Go to the home page",
            }),
            request: "0f5c2b7a9d3e4c1f8a6b5d4e3f2a1b0c".to_owned(),
        }]
    }
}
