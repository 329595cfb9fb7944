//! What was found, for people and for programs.

use std::{collections::BTreeMap, fmt::Write as _};

use serde::Serialize;
use serde_json::{Value, json};

use super::{
    inventory::{Account, Inventory, Provider, Service, Socket},
    judge::Verdict,
    kind::Kind,
    probe::{Finding, Probed},
};
use crate::error::Error;

/// What the server signs, in bytes, at most.
const SIGNED_BYTES: usize = 60 * 1024;

/// All that was found. The first fields are those that programs read; more may follow them.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    pub(crate) routes: usize,
    pub(crate) routes_public: Vec<Public>,
    pub(crate) probes: u64,
    pub(crate) let_in: usize,
    pub(crate) accounts: usize,
    pub(crate) accounts_without_second_factor: usize,
    pub(crate) services: usize,
    pub(crate) services_without_approver: usize,
    pub(crate) sockets_unlisted: usize,
    pub(crate) claims: Vec<Claim>,
    pub(crate) policy_proved: bool,
    pub(crate) covered: bool,
    /// What keeps it from being covered, a sentence each.
    pub(crate) open: Vec<String>,
    pub(crate) origin: String,
    /// Whose accounts and services were looked at.
    pub(crate) organisations: Vec<String>,
    pub(crate) streams: usize,
    pub(crate) kinds: Vec<Tried>,
    pub(crate) holes: Vec<Value>,
    pub(crate) sockets: Vec<Value>,
    pub(crate) factors: Value,
    pub(crate) services_listed: Vec<Value>,
    pub(crate) providers: Vec<Provider>,
    pub(crate) devices: Vec<Value>,
    pub(crate) policies: Vec<Value>,
    /// Questions and holes by the first part of the path.
    #[serde(skip)]
    groups: BTreeMap<String, (usize, usize)>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Public {
    route: String,
    reason: String,
}

/// One claim about one kind of request.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Claim {
    pub(crate) claim: String,
    pub(crate) request_kind: String,
    pub(crate) proved: bool,
}

/// How often a kind of credential was shown.
#[derive(Debug, Serialize)]
pub(crate) struct Tried {
    kind: &'static str,
    probes: u64,
    let_in: usize,
}

impl Report {
    /// Puts it together: the inventories of the organisations that were looked at, the first of
    /// which tells the routes; what came of the questions; and the claims.
    pub(crate) fn new(inventories: &[Inventory], probed: &Probed, claims: Vec<Claim>) -> Self {
        let first = inventories.first();
        let routes = first.map_or(&[][..], |inventory| &inventory.routes);
        let accounts = || inventories.iter().flat_map(|one| &one.accounts);
        let services = || inventories.iter().flat_map(|one| &one.services);
        let count = |verdict: Verdict| {
            let found = probed.findings.iter();
            found.filter(move |one| one.verdict == verdict).count()
        };
        let weak = accounts().filter(|one| one.one_factor_alone).count();
        let unapproved = |one: &&Service| !one.suspended && !one.is_approved();
        let unlisted = first.map_or(0, |one| one.sockets.unlisted().count());
        let let_in = count(Verdict::LetIn);
        let mut report = Self {
            routes: routes.len(),
            routes_public: public(first),
            probes: probed.probes,
            let_in,
            accounts: accounts().count(),
            accounts_without_second_factor: weak,
            services: services().count(),
            services_without_approver: services().filter(unapproved).count(),
            sockets_unlisted: unlisted,
            policy_proved: !claims.is_empty() && claims.iter().all(|claim| claim.proved),
            claims,
            covered: false,
            open: Vec::new(),
            origin: first.map(|one| one.origin.clone()).unwrap_or_default(),
            organisations: inventories
                .iter()
                .map(|one| one.organisation.clone())
                .collect(),
            streams: routes.iter().filter(|route| route.stream).count(),
            kinds: kinds(probed),
            holes: probed.findings.iter().map(hole).collect(),
            sockets: first.map(sockets).unwrap_or_default(),
            factors: factors(accounts()),
            services_listed: services().map(service).collect(),
            providers: inventories
                .iter()
                .flat_map(|one| one.providers.clone())
                .collect(),
            devices: inventories
                .iter()
                .flat_map(|one| one.devices.clone())
                .collect(),
            policies: policies(inventories),
            groups: groups(inventories, probed),
        };
        report.open = report.opens(inventories, count(Verdict::Unanswered));
        report.covered = report.open.is_empty();
        report
    }

    /// On one line, to be signed: without the longest lists, where it would be too long with them.
    pub(crate) fn to_sign(&self) -> Result<String, Error> {
        let text = serde_json::to_string(self).map_err(Error::told)?;
        if text.len() <= SIGNED_BYTES {
            return Ok(text);
        }
        let mut value = serde_json::to_value(self).map_err(Error::told)?;
        for list in ["services_listed", "devices", "claims", "holes"] {
            if let Some(list) = value.get_mut(list).and_then(Value::as_array_mut) {
                list.clear();
            }
        }
        Ok(value.to_string())
    }

    fn opens(&self, inventories: &[Inventory], unanswered: usize) -> Vec<String> {
        let mut open = Vec::new();
        let mut say = |is_open: bool, text: String| {
            if is_open {
                open.push(text);
            }
        };
        say(
            self.let_in > 0,
            format!("{} questions were let in", self.let_in),
        );
        say(
            unanswered > 0,
            format!("{unanswered} questions were not answered: ask again"),
        );
        say(self.probes == 0, "nothing was asked".to_owned());
        let weak = self.accounts_without_second_factor;
        say(weak > 0, format!("{weak} accounts have one factor alone"));
        let unapproved = self.services_without_approver;
        say(
            unapproved > 0,
            format!("{unapproved} services have no second person: approve or suspend them"),
        );
        say(
            self.sockets_unlisted > 0,
            format!(
                "{} sockets listen that nobody listed",
                self.sockets_unlisted
            ),
        );
        let seen = inventories.iter().all(|one| one.sockets.observed.is_some());
        say(
            !seen || inventories.is_empty(),
            "the operating system does not say what the server listens on".to_owned(),
        );
        say(
            !self.policy_proved,
            "the policies are not proved".to_owned(),
        );
        for policy in inventories.iter().flat_map(|one| &one.policies) {
            say(
                !policy.proved,
                format!("the policy {} is in force without its proof", policy.name),
            );
        }
        for provider in self.providers.iter().filter(|one| one.is_loose()) {
            say(
                true,
                format!(
                    "{} vouches without two people or without a map",
                    provider.name
                ),
            );
        }
        let served = inventories.iter().flat_map(|one| &one.organisations);
        let mut unseen: Vec<_> = served
            .filter(|ods| !self.organisations.contains(ods))
            .collect();
        unseen.sort();
        unseen.dedup();
        for ods in unseen {
            say(
                true,
                format!("the accounts of {ods} were not looked at: sign in as its operator, too"),
            );
        }
        let untried = Kind::ALL.iter().filter(|kind| {
            let never = self.kinds.iter().all(|tried| tried.kind != kind.as_str());
            // Nothing can be paired where there are no devices.
            let applies = **kind != Kind::Device || !self.devices.is_empty();
            never && applies
        });
        for kind in untried {
            say(true, format!("{kind} was not tried: {}", kind.todo()));
        }
        open
    }

    /// For people: counts, a line for each group of routes, and each hole in full.
    pub(crate) fn table(&self) -> String {
        let mut text = String::new();
        // Writing to a String does not fail.
        let _ = self.write(&mut text);
        text
    }

    fn write(&self, text: &mut String) -> std::fmt::Result {
        writeln!(
            text,
            "Coverage of {} ({})\n",
            self.origin,
            self.organisations.join(", ")
        )?;
        writeln!(
            text,
            "{:<24}{:>9}{:>9}",
            "routes under", "questions", "let in"
        )?;
        for (group, (asked, holes)) in &self.groups {
            writeln!(text, "{group:<24}{asked:>9}{holes:>9}")?;
        }
        writeln!(
            text,
            "\n{:<24}{:>9}{:>9}",
            "credential", "questions", "let in"
        )?;
        for tried in &self.kinds {
            writeln!(
                text,
                "{:<24}{:>9}{:>9}",
                tried.kind, tried.probes, tried.let_in
            )?;
        }
        writeln!(text, "\nFor everybody, and why:")?;
        for public in &self.routes_public {
            writeln!(text, "  {}: {}", public.route, public.reason)?;
        }
        writeln!(text, "\nSockets:")?;
        for socket in &self.sockets {
            let part = |name| socket.get(name).and_then(Value::as_str);
            let purpose = part("purpose").unwrap_or("NOT LISTED");
            let (protocol, address) = (part("protocol"), part("address"));
            let (protocol, address) = (protocol.unwrap_or("?"), address.unwrap_or("?"));
            writeln!(text, "  {protocol} {address}: {purpose}")?;
        }
        writeln!(text, "\nAccounts: {} {}", self.accounts, self.factors)?;
        writeln!(text, "Services: {}", self.services)?;
        for service in &self.services_listed {
            writeln!(text, "  {service}")?;
        }
        for provider in &self.providers {
            let Provider { name, issuer, .. } = provider;
            let rules = provider.map.trim().replace('\n', "\n    ");
            writeln!(text, "Provider {name} ({issuer}):\n    {rules}")?;
        }
        let proved = self.claims.iter().filter(|claim| claim.proved).count();
        writeln!(
            text,
            "Policy: {proved} of {} claims proved",
            self.claims.len()
        )?;
        for hole in &self.holes {
            writeln!(text, "HOLE {hole}")?;
        }
        if self.covered {
            return writeln!(
                text,
                "\nNothing is open: {} questions, none let in.",
                self.probes
            );
        }
        writeln!(text, "\nOPEN:")?;
        self.open
            .iter()
            .try_for_each(|open| writeln!(text, "  {open}"))
    }
}

fn public(inventory: Option<&Inventory>) -> Vec<Public> {
    let routes = inventory.into_iter().flat_map(|one| &one.routes);
    let public = routes.filter_map(|route| {
        Some(Public {
            route: format!("{} {}", route.method, route.pattern),
            reason: route.public.clone()?,
        })
    });
    let (options, mut declared): (Vec<_>, Vec<_>) =
        public.partition(|row| row.route.starts_with("OPTIONS "));
    // By one rule for every path: one line.
    declared.extend(options.into_iter().next().map(|one| Public {
        route: "OPTIONS of every path".to_owned(),
        ..one
    }));
    declared
}

fn kinds(probed: &Probed) -> Vec<Tried> {
    let of = |kind: Kind| {
        let found = probed.findings.iter();
        found
            .filter(|one| one.kind == kind && one.verdict == Verdict::LetIn)
            .count()
    };
    let tried = probed.by_kind.iter().map(|(kind, probes)| Tried {
        kind: kind.as_str(),
        probes: *probes,
        let_in: of(*kind),
    });
    tried.collect()
}

fn hole(finding: &Finding) -> Value {
    json!({
        "route": format!("{} {}", finding.method, finding.pattern),
        "credential": finding.kind.as_str(),
        "expected": finding.expected,
        "observed": finding.observed.status,
        "code": finding.observed.code,
        "answered": finding.verdict != Verdict::Unanswered,
    })
}

fn sockets(inventory: &Inventory) -> Vec<Value> {
    let shown = |socket: &Socket| {
        json!({
            "protocol": socket.protocol,
            "address": socket.address,
            "purpose": socket.purpose,
        })
    };
    let sockets = &inventory.sockets;
    let seen = sockets.observed.as_ref().unwrap_or(&sockets.listed);
    seen.iter().map(shown).collect()
}

/// How many accounts have which factors, and those that want looking at.
fn factors<'a>(accounts: impl Iterator<Item = &'a Account>) -> Value {
    let (mut passkeys, mut typed, mut both) = (0, 0, 0);
    let (mut federated, mut new, mut suspended) = (0, 0, 0);
    let mut weak = Vec::new();
    for account in accounts {
        suspended += u32::from(account.suspended);
        match (account.passkeys > 0, account.password_and_totp) {
            (true, true) => both += 1,
            (true, false) => passkeys += 1,
            (false, true) => typed += 1,
            (false, false) if account.federated.is_some() => federated += 1,
            (false, false) => new += 1,
        }
        if account.one_factor_alone {
            weak.push(json!({"id": account.id, "name": account.name, "role": account.role}));
        }
    }
    json!({
        "passkey": passkeys,
        "password_and_code": typed,
        "passkey_and_password_and_code": both,
        "provider": federated,
        "not_set_up": new,
        "suspended": suspended,
        "one_factor_alone": weak,
    })
}

fn service(service: &Service) -> Value {
    json!({
        "id": service.id,
        "name": service.name,
        "enrolled_by": service.enrolled_by,
        "approved_by": service.approved_by,
        "expires": service.expires,
        "suspended": service.suspended,
    })
}

fn policies(inventories: &[Inventory]) -> Vec<Value> {
    let all = inventories.iter().flat_map(|one| &one.policies);
    all.map(
        |policy| json!({"name": policy.name, "standing": policy.standing, "proved": policy.proved}),
    )
    .collect()
}

/// The first part of each path, with what was asked there.
fn groups(inventories: &[Inventory], probed: &Probed) -> BTreeMap<String, (usize, usize)> {
    let mut groups: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for (pattern, asked) in &probed.by_pattern {
        groups.entry(group(pattern)).or_default().0 += asked;
    }
    for finding in &probed.findings {
        groups.entry(group(&finding.pattern)).or_default().1 += 1;
    }
    // A group that nobody was asked about is shown as that.
    for route in inventories.iter().flat_map(|one| &one.routes) {
        groups.entry(group(&route.pattern)).or_default();
    }
    groups
}

fn group(pattern: &str) -> String {
    let first = pattern.split('/').nth(1).unwrap_or_default();
    format!("/{first}")
}
