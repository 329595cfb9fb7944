use std::sync::Arc;

use serde::Serialize;
use ward_access::ReadSecurity;
use ward_http::{Answer, AssuredRequest, StatusCode};
use ward_identity::{DeviceKind, Role};

use crate::{
    Web,
    accounts::may,
    date,
    render::{Page, Problem},
    web::page,
};

/// The organisation's devices, and the form that pairs one more.
#[derive(Debug, Serialize)]
pub(crate) struct DeviceList {
    devices: Vec<Row>,
    /// Whether the reader pairs devices.
    pairs: bool,
    name: String,
    problems: Vec<Problem>,
}

#[derive(Debug, Serialize)]
struct Row {
    id: String,
    name: String,
    kind: &'static str,
    paired: String,
    last_used: String,
    unpaired: bool,
}

/// `GET /devices`
pub(crate) async fn show(web: Arc<Web>, request: AssuredRequest) -> Answer {
    if let Err(answer) = may::<ReadSecurity>(&web, &request).await {
        return answer;
    }
    answer(&web, &request, "", None)
}

/// The list, with what is wrong with what was sent.
pub(super) fn answer(
    web: &Web,
    request: &AssuredRequest,
    name: &str,
    wrong: Option<&'static str>,
) -> Answer {
    let organisation = request.assured.organisation();
    let devices = web.identity.devices(organisation).into_iter();
    let rows = devices.filter_map(|account| {
        let device = account.device()?;
        let by = web.name_of(organisation, device.paired_by());
        let last_used = web.identity.device_last_used(account.id());
        Some(Row {
            id: account.id().to_string(),
            name: account.display_name().to_owned(),
            kind: in_words(device.kind()),
            paired: format!("{}, by {by}", date::moment(account.created_at())),
            last_used: last_used.map_or_else(|| "Not yet".to_owned(), date::moment),
            unpaired: device.unpaired(),
        })
    });
    let problems = wrong.map(|text| Problem {
        text: text.to_owned(),
        href: "#name",
    });
    let status = match problems {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let shown = DeviceList {
        devices: rows.collect(),
        pairs: request.assured.role() == Role::Administrator,
        name: name.to_owned(),
        problems: problems.into_iter().collect(),
    };
    page(status, &web.layout(&request.assured), &shown)
}

pub(super) const fn in_words(kind: DeviceKind) -> &'static str {
    match kind {
        DeviceKind::Kiosk => "Kiosk",
        DeviceKind::Board => "Board",
    }
}

impl Page for DeviceList {
    const TEMPLATE: &'static str = "devices/list.jinja";

    fn title(&self) -> String {
        let prefix = if self.problems.is_empty() {
            ""
        } else {
            "Error: "
        };
        format!("{prefix}Devices")
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let row = |name: &str, unpaired| Row {
            id: "0f".repeat(16),
            name: name.to_owned(),
            kind: "Kiosk",
            paired: "3 November 2026 at 09:10, by Sam Hill".to_owned(),
            last_used: "Not yet".to_owned(),
            unpaired,
        };
        let wrong = Problem {
            text: "Type a name of up to 100 characters".to_owned(),
            href: "#name",
        };
        vec![
            Self {
                devices: vec![row("Front door", false), row("Old one", true)],
                pairs: true,
                name: String::new(),
                problems: Vec::new(),
            },
            Self {
                devices: Vec::new(),
                pairs: true,
                name: "x".to_owned(),
                problems: vec![wrong],
            },
            Self {
                devices: Vec::new(),
                pairs: false,
                name: String::new(),
                problems: Vec::new(),
            },
        ]
    }
}
