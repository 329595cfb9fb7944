//! What is asked: each route, by each method, with each kind of credential; and what is expected of
//! it, by rule.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    held::{Held, Is, Secret},
    inventory::{Inventory, Route, Takes},
    judge::Expected,
    kind::Kind,
};

/// Methods that are tried wherever a path does not declare them.
const METHODS: [&str; 8] = [
    "GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "WARD",
];
/// What stands for a token, a name or a version that nobody gave out: 43 characters, as tokens have.
pub(crate) const NOBODYS: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// One question.
pub(crate) struct Probe<'a> {
    pub(crate) kind: Kind,
    pub(crate) method: &'a str,
    pub(crate) pattern: &'a str,
    pub(crate) path: String,
    /// The id in the path that exists, where it is another organisation's.
    pub(crate) named: Option<&'a str>,
    pub(crate) shown: Shown<'a>,
    pub(crate) expected: Expected,
}

/// What a question shows.
#[derive(Clone, Copy)]
pub(crate) enum Shown<'a> {
    Nothing,
    Cookie(&'a str),
    Bearer(&'a str),
    Basic(&'a str, &'a str),
    /// A sign-in name and its password as fields of a form.
    Fields(&'a str, &'a str),
    /// A token with a proof of its key; `replayed` where the proof's id was used before.
    Token {
        held: &'a Held,
        replayed: bool,
    },
    /// A token with a proof of another key than it is bound to.
    OtherKey(&'a str),
    /// A request for another protocol, by whoever may ask.
    Upgrade(&'static str, Option<&'a Held>),
}

/// All that is known to ask with.
pub(crate) struct Means<'a> {
    pub(crate) inventory: &'a Inventory,
    pub(crate) held: &'a [Held],
    /// Ids that exist, by organisation and what they name.
    pub(crate) ids: &'a BTreeMap<String, BTreeMap<String, String>>,
    /// What the server gave to a sign-in that was begun and not finished.
    pub(crate) half_way: &'a [String],
}

/// Everything to ask.
pub(crate) fn plan<'a>(means: &'a Means<'a>) -> Vec<Probe<'a>> {
    let mut probes = Vec::new();
    for route in &means.inventory.routes {
        match (route.method.as_str(), route.credential) {
            ("OPTIONS", None) => means.options(route, &mut probes),
            (_, None) => means.public(route, &mut probes),
            (_, Some(takes)) => means.assured(route, takes, &mut probes),
        }
    }
    means.undeclared(&mut probes);
    probes
}

impl<'a> Means<'a> {
    fn of(&self, is: Is) -> impl Iterator<Item = &'a Held> + use<'a> {
        self.held.iter().filter(move |held| held.is == is)
    }

    fn tokens(&self) -> impl Iterator<Item = (&'a Held, &'a str)> + use<'a> {
        let right = [Is::Operator, Is::Service];
        let held = self
            .held
            .iter()
            .filter(move |held| right.contains(&held.is));
        held.filter_map(|held| match &held.secret {
            Secret::Token { token, .. } => Some((held, token.as_str())),
            _ => None,
        })
    }

    /// A name with its password; one that nobody has, where none is known.
    fn password(&self) -> (&'a str, &'a str) {
        let known = self.of(Is::Password).find_map(|held| match &held.secret {
            Secret::Password { name, password } => Some((name.as_str(), password.as_str())),
            _ => None,
        });
        known.unwrap_or(("nobody", "a password of nobody"))
    }

    fn options(&self, route: &'a Route, probes: &mut Vec<Probe<'a>>) {
        let (name, password) = self.password();
        for (kind, shown) in [
            (Kind::None, Shown::Nothing),
            (Kind::Basic, Shown::Basic(name, password)),
        ] {
            probes.push(self.probe(route, kind, shown, Expected::Methods));
        }
    }

    /// A route for everybody takes no credential, and gives none but by its own ceremony.
    fn public(&self, route: &'a Route, probes: &mut Vec<Probe<'a>>) {
        let refused = Expected::Refused { page: false };
        let (name, password) = self.password();
        let basic = Shown::Basic(name, password);
        probes.push(self.probe(route, Kind::None, Shown::Nothing, Expected::NoSession));
        probes.push(self.probe(route, Kind::Basic, basic, refused));
        for (_, token) in self.tokens() {
            probes.push(self.probe(route, Kind::BareBearer, Shown::Bearer(token), refused));
        }
        if !route.is_safe() && self.of(Is::Password).next().is_some() {
            let fields = Shown::Fields(name, password);
            probes.push(self.probe(route, Kind::PasswordOnly, fields, Expected::NoSession));
        }
        let upgrade = Shown::Upgrade("websocket", None);
        probes.push(self.probe(route, Kind::Upgrade, upgrade, Expected::NoUpgrade));
    }

    fn assured(&self, route: &'a Route, takes: Takes, probes: &mut Vec<Probe<'a>>) {
        let page = route.is_page() && route.is_safe();
        let refused = Expected::Refused { page };
        let (name, password) = self.password();
        let mut ask = |kind, shown| probes.push(self.probe(route, kind, shown, refused));
        ask(Kind::None, Shown::Nothing);
        ask(Kind::Basic, Shown::Basic(name, password));
        if !route.is_safe() && self.of(Is::Password).next().is_some() {
            ask(Kind::PasswordOnly, Shown::Fields(name, password));
        }
        for half in self.half_way {
            ask(Kind::HalfWay, Shown::Cookie(half));
            ask(Kind::HalfWay, Shown::OtherKey(half));
        }
        for (held, token) in self.tokens() {
            ask(Kind::BareBearer, Shown::Bearer(token));
            ask(Kind::OtherKey, Shown::OtherKey(token));
            let replayed = Shown::Token {
                held,
                replayed: true,
            };
            ask(Kind::ReplayedProof, replayed);
        }
        for held in self.held {
            if held.is == Is::Password || opens(held.is, takes) {
                continue;
            }
            match &held.secret {
                Secret::Cookie(value) => ask(held.is.kind(), Shown::Cookie(value)),
                Secret::Token { .. } => {
                    let replayed = false;
                    ask(held.is.kind(), Shown::Token { held, replayed });
                }
                Secret::Name(name) => {
                    ask(held.is.kind(), Shown::Cookie(name));
                    ask(held.is.kind(), Shown::OtherKey(name));
                }
                Secret::Password { .. } => {}
            }
        }
        self.of_another_organisation(route, takes, probes);
        // Where it could change something, nobody's request is enough to see it refused.
        let who = self.held.iter().find(|held| opens(held.is, takes));
        let who = who.filter(|_| route.is_safe());
        for protocol in ["websocket", "h2c"] {
            let upgrade = Shown::Upgrade(protocol, who);
            probes.push(self.probe(route, Kind::Upgrade, upgrade, Expected::NoUpgrade));
        }
    }

    /// What names something of one organisation, asked for by the right credential of another.
    fn of_another_organisation(&self, route: &'a Route, takes: Takes, probes: &mut Vec<Probe<'a>>) {
        let own = &self.inventory.organisation;
        let names_one = route.pattern.contains("{ods}") || self.known_id(&route.pattern).is_some();
        // A page's change is not asked for: it would be refused for want of its form.
        if !names_one || route.is_page() && !route.is_safe() {
            return;
        }
        // One that is not known to be another's may be right: it is not shown.
        let is_others = |held: &&Held| {
            !held.organisation.is_empty() && held.organisation != *own && opens(held.is, takes)
        };
        for held in self.held.iter().filter(is_others) {
            let shown = match &held.secret {
                Secret::Cookie(value) => Shown::Cookie(value),
                _ => Shown::Token {
                    held,
                    replayed: false,
                },
            };
            let kind = Kind::OtherOrganisation;
            let probe = self.probe(route, kind, shown, Expected::Absent);
            let named = self.known_id(&route.pattern);
            probes.push(Probe { named, ..probe });
        }
    }

    /// Every path by every method that it does not declare, and the proxy that the server is not.
    fn undeclared(&self, probes: &mut Vec<Probe<'a>>) {
        let routes = &self.inventory.routes;
        let mut declared: BTreeMap<&str, (&Route, BTreeSet<&str>)> = BTreeMap::new();
        for route in routes {
            let (_, methods) = declared
                .entry(&route.pattern)
                .or_insert((route, BTreeSet::new()));
            methods.insert(&route.method);
        }
        for (route, methods) in declared.into_values() {
            for method in METHODS.iter().filter(|method| !methods.contains(*method)) {
                let shown = Shown::Nothing;
                let probe = self.probe(route, Kind::None, shown, Expected::NoMethod);
                probes.push(Probe { method, ..probe });
            }
        }
    }

    fn probe(
        &self,
        route: &'a Route,
        kind: Kind,
        shown: Shown<'a>,
        expected: Expected,
    ) -> Probe<'a> {
        let mut path = self.path(&route.pattern);
        if route.pattern == "/fhir/{ods}" && route.is_safe() {
            // The one question that it takes: the next page of a search.
            path.push_str("?_page=");
            path.push_str(NOBODYS);
        }
        Probe {
            kind,
            method: &route.method,
            pattern: &route.pattern,
            path,
            named: None,
            shown,
            expected,
        }
    }

    /// A path of the pattern: with ids that exist, where they are known, so that a hole would answer.
    fn path(&self, pattern: &str) -> String {
        let segments = pattern.split('/').map(|segment| {
            let Some(name) = segment
                .strip_prefix('{')
                .and_then(|it| it.strip_suffix('}'))
            else {
                return segment;
            };
            match name {
                "ods" => &self.inventory.organisation,
                "type" => "Patient",
                "vid" => "1",
                "id" => self.known_id(pattern).unwrap_or(NOBODYS),
                _ => NOBODYS,
            }
        });
        segments.collect::<Vec<_>>().join("/")
    }

    /// The id of something that a pattern's `{id}` names.
    fn known_id(&self, pattern: &str) -> Option<&'a str> {
        let inventory = self.inventory;
        let id = if pattern.contains("/accounts/{id}") {
            let people = inventory.accounts.iter();
            people.map(|account| account.id.as_str()).next_back()
        } else if pattern.contains("/services/{id}") {
            let services = inventory.services.iter();
            services.map(|service| service.id.as_str()).next_back()
        } else if pattern.contains("/patients/{id}") || pattern.contains("{type}/{id}") {
            let ids = self.ids.get(&inventory.organisation)?;
            ids.get("patient").map(String::as_str)
        } else {
            None
        };
        id.filter(|_| pattern.contains("{id}"))
    }
}

/// Whether a credential, where it is right, is what a route takes.
pub(crate) const fn opens(is: Is, takes: Takes) -> bool {
    matches!(
        (is, takes),
        (Is::Person, Takes::Session)
            | (Is::Service, Takes::Dpop)
            | (Is::Operator, Takes::Manage)
            | (Is::Device, Takes::Device)
    )
}
