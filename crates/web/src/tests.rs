//! Every page in every sample state.

use std::{collections::BTreeSet, fs, path::Path, time::Duration};

use minijinja::UndefinedBehavior;

use serde_json::Value;

use crate::{
    assets,
    layout::{Account, Layout, Recovering},
    render::{ENVIRONMENT, Page, environment, render_in},
};

fn signed_in() -> Layout {
    let account = Account {
        id: "00".repeat(16),
        name: "Asha Patel".to_owned(),
        role: "Clinician",
    };
    let (idle, left) = (Duration::from_mins(15), Duration::from_hours(12));
    Layout::signed_in("c2FtcGxl".to_owned(), account, idle, left)
        .of_organisation("WRD01", "Moorland Health")
}

/// A page in one of its states, in the layout that it stands in.
struct Sample {
    name: String,
    template: &'static str,
    layout: Layout,
    page: Value,
    is_signed_in: bool,
}

impl Sample {
    fn html(&self) -> String {
        self.html_in(&ENVIRONMENT)
    }

    fn html_in(&self, environment: &minijinja::Environment<'_>) -> String {
        let html = render_in(environment, self.template, &self.layout, &self.page);
        // The way in which minijinja writes a slash.
        html.unwrap_or_else(|error| panic!("{}: {error:#}", self.name))
            .replace("&#x2f;", "/")
    }
}

fn each<P: Page>(layout: &Layout, is_signed_in: bool, into: &mut Vec<Sample>) {
    for (number, page) in P::samples().iter().enumerate() {
        let of = P::TEMPLATE.trim_end_matches(".jinja").replace('/', "-");
        into.push(Sample {
            name: format!("{of}-{}", number + 1),
            template: P::TEMPLATE,
            layout: layout.titled(&page.title()),
            page: serde_json::to_value(page).unwrap(),
            is_signed_in,
        });
    }
}

fn samples() -> Vec<Sample> {
    let (public, own) = (Layout::public(), signed_in());
    let search = own.clone().with_search();
    let mut samples = Vec::new();
    each::<crate::sign_in::SignIn>(&public, false, &mut samples);
    each::<crate::sign_in::provider::ToProvider>(&public, false, &mut samples);
    each::<crate::sign_in::provider::FromProvider>(&public, false, &mut samples);
    each::<crate::enrol::Choose>(&public, false, &mut samples);
    each::<crate::enrol::AppPage>(&public, false, &mut samples);
    each::<crate::enrol::enrolled::Enrolled>(&public, false, &mut samples);
    each::<crate::session::signed_out::SignedOut>(&public, false, &mut samples);
    each::<crate::accessibility::Accessibility>(&public, false, &mut samples);
    each::<crate::error::ErrorPage>(&public, false, &mut samples);
    each::<crate::home::Home>(&own, true, &mut samples);
    let told = own.clone().telling(
        vec!["A passkey, “Phone”, was added on 3 November 2026 at 09:10.".to_owned()],
        Some(Recovering {
            text: "On 3 November 2026 at 09:10, Sam Hill asked to recover your account.".to_owned(),
            id: "c2FtcGxl".to_owned(),
        }),
    );
    each::<crate::own::account::AccountPage>(&told, true, &mut samples);
    each::<crate::own::AddPasskey>(&own, true, &mut samples);
    each::<crate::own::OnePasskey>(&own, true, &mut samples);
    each::<crate::step_up::Prove>(&own, true, &mut samples);
    each::<crate::step_up::GoOn>(&own, true, &mut samples);
    each::<crate::device::TypeCode>(&own, true, &mut samples);
    each::<crate::device::Decide>(&own, true, &mut samples);
    each::<crate::device::Decided>(&own, true, &mut samples);
    each::<crate::accounts::AccountList>(&own, true, &mut samples);
    each::<crate::accounts::AddAccount>(&own, true, &mut samples);
    each::<crate::accounts::ShowAccount>(&own, true, &mut samples);
    each::<crate::accounts::LinkPage>(&own, true, &mut samples);
    each::<crate::policies::PolicyList>(&own, true, &mut samples);
    each::<crate::policies::ShowPolicy>(&own, true, &mut samples);
    each::<crate::policies::WritePolicy>(&own, true, &mut samples);
    each::<crate::own::apps::OwnApps>(&own, true, &mut samples);
    each::<crate::authorize::ConsentPage>(&own, true, &mut samples);
    each::<crate::authorize::PickerPage>(&own, true, &mut samples);
    each::<crate::leave::LeavePage>(&own, true, &mut samples);
    each::<crate::apps::AppList>(&own, true, &mut samples);
    each::<crate::apps::AddApp>(&own, true, &mut samples);
    each::<crate::apps::ShowApp>(&own, true, &mut samples);
    each::<crate::services::AddService>(&own, true, &mut samples);
    each::<crate::services::ShowService>(&own, true, &mut samples);
    each::<crate::kiosk::PairPage>(&public, false, &mut samples);
    each::<crate::devices::DeviceList>(&own, true, &mut samples);
    each::<crate::devices::PairingPage>(&own, true, &mut samples);
    each::<crate::providers::ProviderList>(&own, true, &mut samples);
    each::<crate::providers::AddProvider>(&own, true, &mut samples);
    each::<crate::providers::ShowProvider>(&own, true, &mut samples);
    each::<crate::security::Overview>(&own, true, &mut samples);
    each::<crate::security::AccountsPage>(&own, true, &mut samples);
    each::<crate::security::SignInsPage>(&own, true, &mut samples);
    each::<crate::security::ClientsPage>(&own, true, &mut samples);
    each::<crate::security::EmergencyPage>(&own, true, &mut samples);
    each::<crate::patient::BreakGlass>(&own, true, &mut samples);
    each::<crate::patient::SearchPage>(&own, true, &mut samples);
    each::<crate::patient::ShowPage>(&search, true, &mut samples);
    each::<crate::patient::WhoLookedPage>(&search, true, &mut samples);
    samples
}

#[test]
fn every_template_of_a_page_has_a_sample() {
    let rendered: BTreeSet<_> = samples().into_iter().map(|sample| sample.name).collect();
    let parts = [
        "layout",
        "header",
        "footer",
        "forms",
        "notices",
        "session",
        "patient-layout",
        "patient-banner",
        "patient-find",
        "authorize-may",
    ];
    for (template, _) in assets::TEMPLATES
        .iter()
        .filter(|(name, _)| !name.starts_with("nhsuk/"))
    {
        let name = template.trim_end_matches(".jinja").replace('/', "-");
        let is_shown = rendered.contains(&format!("{name}-1"));
        assert!(is_shown != parts.contains(&name.as_str()), "{template}");
    }
}

/// The pages as files, to be looked at: target/pages.
#[test]
fn every_page_can_be_looked_at() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/pages");
    let statics = folder.join(assets::address().trim_start_matches('/'));
    fs::create_dir_all(&statics).unwrap();
    for (name, bytes) in assets::ASSETS {
        fs::write(statics.join(name), bytes).unwrap();
    }
    for sample in samples() {
        let file = folder.join(&sample.name).with_extension("html");
        fs::write(file, sample.html()).unwrap();
    }
}

/// What leads to an app, and what shows to whom an app answers.
const NAME_SITES: [&str; 2] = ["leave.jinja", "apps/show.jinja"];

#[test]
fn no_page_holds_code_or_style_of_its_own() {
    for sample in samples() {
        let (name, html) = (&sample.name, sample.html());
        for inline in [
            "<script>",
            "<style",
            " style=",
            " onclick=",
            " onload=",
            "javascript:",
        ] {
            assert!(!html.contains(inline), "{name}: {inline}");
        }
        for script in html.split("<script").skip(1) {
            assert!(
                script.starts_with(" type=\"module\" src=\"/static/"),
                "{name}"
            );
        }
        let html = html.replace("http://www.w3.org/2000/svg", "");
        let names_sites = NAME_SITES.contains(&sample.template);
        assert_eq!(
            html.contains("://"),
            names_sites,
            "{name} names another site"
        );
    }
}

#[test]
fn every_form_of_a_session_carries_its_token_and_is_a_post() {
    for sample in samples() {
        let (name, html, is_signed_in) = (&sample.name, sample.html(), sample.is_signed_in);
        for form in html.split("<form").skip(1) {
            let form = form.split("</form>").next().unwrap();
            assert!(form.contains("method=\"post\""), "{name}");
            let has_token = form.contains("name=\"form_token\" value=\"c2FtcGxl\"");
            assert_eq!(has_token, is_signed_in, "{name}: {form}");
        }
    }
}

#[test]
fn a_title_says_where_one_is_and_never_whose_record_it_is() {
    for sample in samples() {
        let (name, html) = (&sample.name, sample.html());
        let title = html
            .split("<title>")
            .nth(1)
            .unwrap()
            .split("</title>")
            .next()
            .unwrap();
        assert!(title.ends_with(" – Ward"), "{name}: {title}");
        assert!(
            !title.to_lowercase().contains("lovelace"),
            "{name}: {title}"
        );
        assert_eq!(
            html.contains("nhsuk-error-summary"),
            title.starts_with("Error: "),
            "{name}"
        );
    }
}

#[test]
fn pages_are_well_formed() {
    for sample in samples() {
        let (name, html) = (&sample.name, sample.html());
        well_formed(&html).unwrap_or_else(|why| panic!("{name}: {why}"));
        assert_eq!(html.matches("<h1").count(), 1, "{name}");
        assert_eq!(html.matches("<main").count(), 1, "{name}");
        let mut ids = BTreeSet::new();
        for id in html.split(" id=\"").skip(1) {
            let id = id.split('"').next().unwrap();
            assert!(ids.insert(id), "{name}: two elements are #{id}");
        }
        let is_there = |target: &str| ids.contains(target);
        for link in html.split(" href=\"#").skip(1) {
            assert!(
                is_there(link.split('"').next().unwrap()),
                "{name}: a link to nowhere"
            );
        }
    }
}

/// Elements are closed in the order in which they were opened.
fn well_formed(html: &str) -> Result<(), String> {
    const EMPTY: [&str; 8] = [
        "!DOCTYPE", "meta", "link", "input", "img", "br", "hr", "path",
    ];
    let mut open = Vec::new();
    for tag in html.split('<').skip(1) {
        let (tag, _) = tag.split_once('>').ok_or("an unclosed tag")?;
        let name = tag
            .split(|end: char| end.is_whitespace() || end == '/')
            .next()
            .unwrap_or_default();
        if let Some(name) = tag.strip_prefix('/') {
            let opened = open
                .pop()
                .ok_or_else(|| format!("</{name}> closes nothing"))?;
            if opened != name {
                return Err(format!("</{name}> closes <{opened}>"));
            }
        } else if !tag.ends_with('/') && !EMPTY.contains(&name) {
            open.push(name.to_owned());
        }
    }
    if open.is_empty() {
        Ok(())
    } else {
        Err(format!("left open: {open:?}"))
    }
}

#[test]
fn whatever_a_record_says_stays_text() {
    for mut sample in samples() {
        attack(&mut sample.page);
        let (name, html) = (&sample.name, sample.html());
        for broken in ["<b>", "\"'>", "{{", "{%"] {
            let shown = html.replace("{{7*7}}{%7*7%}", "");
            assert!(!shown.contains(broken), "{name}: {broken}");
        }
        well_formed(&html).unwrap_or_else(|why| panic!("{name}: {why}"));
    }
}

/// Puts the attack behind every text of a page, but for the picture that the server draws itself.
fn attack(value: &mut Value) {
    match value {
        Value::String(text) => text.push_str(ATTACK),
        Value::Array(items) => items.iter_mut().for_each(attack),
        Value::Object(members) => {
            members
                .iter_mut()
                .filter(|(name, _)| *name != "qr")
                .for_each(|(_, item)| attack(item));
        }
        _ => {}
    }
}

/// Breaks out of an attribute of either quote, of text, and of a template.
const ATTACK: &str = "\"'><b>{{7*7}}{%7*7%}</b>";

/// The design system's templates ask for parameters that nobody gave, so undefined values can't be
/// errors for all. Here they are, with its macros replaced by ones that only list what they get.
#[test]
fn templates_name_only_what_pages_have() {
    let mut environment = environment(assets::TEMPLATES);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    for (template, text) in assets::TEMPLATES {
        if let Some((_, rest)) = text
            .split_once("{% macro ")
            .filter(|_| template.ends_with("/macro.jinja"))
        {
            let name = rest.split('(').next().unwrap();
            let stub = format!(
                "{{% macro {name}(params={{}}) %}}{{{{ params|tojson }}}}\
                 {{% if caller is defined %}}{{{{ caller() }}}}{{% endif %}}{{% endmacro %}}"
            );
            environment.add_template_owned(*template, stub).unwrap();
        }
    }
    for sample in samples() {
        sample.html_in(&environment);
    }
}
