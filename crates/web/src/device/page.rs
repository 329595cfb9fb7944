use std::net::IpAddr;

use serde::Serialize;
use ward_core::Timestamp;
use ward_identity::Asks;

use crate::{date, render::Page};

/// The form for the code.
#[derive(Debug, Serialize)]
pub(crate) struct TypeCode {
    /// Nothing waits under what was typed.
    pub(crate) refused: bool,
}

/// Who asks, for what, and the decision.
#[derive(Debug, Serialize)]
pub(crate) struct Decide {
    code: String,
    /// What the machine calls itself.
    machine: String,
    address: String,
    own_address: String,
    /// The question came from elsewhere than the person is.
    from_elsewhere: bool,
    asked: String,
    /// The person's role, in words: what the command line may then do.
    role: &'static str,
}

/// What was decided.
#[derive(Debug, Serialize)]
pub(crate) struct Decided {
    pub(crate) approved: bool,
}

impl Decide {
    pub(super) fn new(asks: Asks, own: IpAddr, role: &'static str, now: Timestamp) -> Self {
        let minutes = now.since(asks.asked).as_secs() / 60;
        let asked = match minutes {
            0 => "Less than a minute ago".to_owned(),
            1 => "A minute ago".to_owned(),
            more => format!("{more} minutes ago"),
        };
        let in_text = |address: IpAddr| address.to_canonical().to_string();
        let address = asks.address.map(in_text);
        let own_address = in_text(own);
        Self {
            code: asks.code,
            machine: asks.machine.unwrap_or_else(|| "Nothing".to_owned()),
            from_elsewhere: address.as_ref() != Some(&own_address),
            address: address.unwrap_or_else(|| "Not known".to_owned()),
            own_address,
            asked: format!("{asked}, at {}", date::clock(asks.asked)),
            role,
        }
    }
}

impl Page for TypeCode {
    const TEMPLATE: &'static str = "device/code.jinja";

    fn title(&self) -> String {
        let prefix = if self.refused { "Error: " } else { "" };
        format!("{prefix}Connect a command line")
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        [false, true].map(|refused| Self { refused }).into()
    }
}

impl Page for Decide {
    const TEMPLATE: &'static str = "device/decide.jinja";

    fn title(&self) -> String {
        "Let a command line act for you?".to_owned()
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let asked = Timestamp::from_seconds(1_790_000_000);
        let asks = |machine: Option<&str>, address: &str| Asks {
            code: "WDJB-MJHT".to_owned(),
            machine: machine.map(ToOwned::to_owned),
            address: address.parse().ok(),
            asked,
        };
        let own = IpAddr::from([192, 0, 2, 7]);
        let later = asked + std::time::Duration::from_mins(3);
        vec![
            Self::new(
                asks(Some("desk-7"), "192.0.2.7"),
                own,
                "Administrator",
                asked,
            ),
            Self::new(asks(None, "203.0.113.9"), own, "Administrator", later),
        ]
    }
}

impl Page for Decided {
    const TEMPLATE: &'static str = "device/decided.jinja";

    fn title(&self) -> String {
        let told = if self.approved {
            "The command line is connected"
        } else {
            "The command line was refused"
        };
        told.to_owned()
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        [true, false].map(|approved| Self { approved }).into()
    }
}
