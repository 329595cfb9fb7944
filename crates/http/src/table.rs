//! The table of all routes, and the finding of one.

use std::ops::Range;

use hyper::{Method, header::HeaderValue};

use crate::{Listed, Route, cross_origin, path, route::Guard};

/// Why OPTIONS needs no proof.
const OPTIONS_REASON: &str = "by rule: names the methods of a path, and does nothing";

/// All routes of a server.
#[derive(Debug, Default)]
pub(crate) struct RouteTable {
    routes: Vec<Route>,
    root: Node,
}

/// A mistake in the declarations, found when the table is built.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RouteError {
    /// Two routes answer the same requests.
    #[error("{0} {1} is declared twice")]
    Twice(Method, &'static str),
    /// The pattern can't be read.
    #[error("{0:?} is no pattern of a path")]
    Pattern(&'static str),
    /// A method that changes what it names can't only read.
    #[error("{0} {1} is declared to only read")]
    OnlyReads(Method, &'static str),
}

/// What answers at one path.
#[derive(Debug, Default)]
struct Node {
    literals: Vec<(&'static str, Self)>,
    parameter: Option<Box<Self>>,
    rest: Option<Endpoint>,
    endpoint: Option<Endpoint>,
}

#[derive(Debug, Default)]
struct Endpoint {
    methods: Vec<(Method, usize)>,
}

/// What stands for one segment or more in a pattern.
enum Part {
    Literal(&'static str),
    Parameter,
    Rest,
}

/// A path's parameters: places in the path, in the order of the pattern.
pub(crate) type Parameters = Vec<(&'static str, Range<usize>)>;

/// The result of looking up a path.
pub(crate) enum Found<'a> {
    /// The route, and the parameters of the path.
    Route(&'a Route, Parameters),
    /// The path is known; these are its methods, and the caller asked which.
    Options(HeaderValue),
    /// The path is known; these are its methods.
    WrongMethod(HeaderValue),
    /// No such path.
    Nothing,
}

impl RouteTable {
    pub(crate) fn new(routes: Vec<Route>) -> Result<Self, RouteError> {
        let mut root = Node::default();
        for (index, route) in routes.iter().enumerate() {
            let may_only_read = route.method.is_safe() || route.method == Method::POST;
            if route.only_reads && !may_only_read {
                return Err(RouteError::OnlyReads(route.method.clone(), route.pattern));
            }
            let parts = parts(route.pattern).ok_or(RouteError::Pattern(route.pattern))?;
            let endpoint = root.endpoint_at(&parts);
            if endpoint
                .methods
                .iter()
                .any(|(method, _)| *method == route.method)
            {
                return Err(RouteError::Twice(route.method.clone(), route.pattern));
            }
            endpoint.methods.push((route.method.clone(), index));
        }
        Ok(Self { routes, root })
    }

    /// Every route with every method that is answered, HEAD and OPTIONS included.
    pub(crate) fn listed(&self) -> Vec<Listed> {
        let mut listed: Vec<_> = self.routes.iter().map(Route::listed).collect();
        for route in &self.routes {
            let method = |method: Method, guard| Listed {
                method,
                pattern: route.pattern,
                guard,
                // HEAD and OPTIONS alone.
                only_reads: true,
                is_stream: false,
            };
            if route.method == Method::GET {
                listed.push(method(Method::HEAD, route.guard));
            }
            let options = method(
                Method::OPTIONS,
                Guard::Public {
                    reason: OPTIONS_REASON,
                },
            );
            if !listed.contains(&options) {
                listed.push(options);
            }
        }
        listed
    }

    /// Finds what answers `method` at a checked `path`. HEAD is answered by GET's route, under the
    /// same guard.
    pub(crate) fn find(&self, method: &Method, path: &str) -> Found<'_> {
        let segments: Vec<&str> = path::segments(path).collect();
        let Some(endpoint) = self.root.find(&segments) else {
            return Found::Nothing;
        };
        let wanted = if *method == Method::HEAD {
            &Method::GET
        } else {
            method
        };
        let declared = endpoint.methods.iter().find(|(method, _)| method == wanted);
        match declared.and_then(|(_, index)| self.routes.get(*index)) {
            Some(route) => Found::Route(route, parameters(route.pattern, path)),
            None if *method == Method::OPTIONS => Found::Options(endpoint.allow()),
            None => Found::WrongMethod(endpoint.allow()),
        }
    }
}

impl RouteTable {
    /// The methods of a checked path that apps may ask from a browser, as a preflight names them.
    pub(crate) fn cross_origin(&self, path: &str) -> Option<HeaderValue> {
        let segments: Vec<&str> = path::segments(path).collect();
        let endpoint = self.root.find(&segments)?;
        let routes = endpoint.methods.iter();
        cross_origin::methods(routes.filter_map(|(_, index)| self.routes.get(*index)))
    }
}

impl Node {
    fn endpoint_at(&mut self, parts: &[Part]) -> &mut Endpoint {
        match parts {
            [] => self.endpoint.get_or_insert_default(),
            [Part::Rest, ..] => self.rest.get_or_insert_default(),
            [Part::Parameter, after @ ..] => {
                self.parameter.get_or_insert_default().endpoint_at(after)
            }
            [Part::Literal(text), after @ ..] => self.literal(text).endpoint_at(after),
        }
    }

    fn literal(&mut self, text: &'static str) -> &mut Self {
        let found = self.literals.iter().position(|(known, _)| *known == text);
        let place = found.unwrap_or(self.literals.len());
        if found.is_none() {
            self.literals.push((text, Self::default()));
        }
        #[expect(
            clippy::indexing_slicing,
            reason = "the place was found or made just now"
        )]
        &mut self.literals[place].1
    }

    fn find(&self, segments: &[&str]) -> Option<&Endpoint> {
        let Some((first, after)) = segments.split_first() else {
            return self.endpoint.as_ref();
        };
        // A slash at the end is no value of a parameter.
        let parameter = self.parameter.as_ref().filter(|_| !first.is_empty());
        let is_whole = segments.iter().all(|segment| !segment.is_empty());
        let literal = self.literals.iter().find(|(text, _)| text == first);
        literal
            .and_then(|(_, node)| node.find(after))
            .or_else(|| parameter?.find(after))
            .or(self.rest.as_ref().filter(|_| is_whole))
    }
}

impl Endpoint {
    fn allow(&self) -> HeaderValue {
        let mut methods: Vec<&str> = self.methods.iter().map(|(name, _)| name.as_str()).collect();
        if methods.contains(&"GET") {
            methods.push("HEAD");
        }
        methods.push("OPTIONS");
        // Method names are visible ASCII.
        HeaderValue::from_str(&methods.join(", ")).unwrap_or(HeaderValue::from_static("OPTIONS"))
    }
}

fn parts(pattern: &'static str) -> Option<Vec<Part>> {
    pattern.strip_prefix('/')?;
    let parts: Option<Vec<Part>> = path::segments(pattern).map(part).collect();
    let parts = parts?;
    let has_inner_rest = parts
        .iter()
        .rev()
        .skip(1)
        .any(|part| matches!(part, Part::Rest));
    let has_inner_slash = parts
        .iter()
        .rev()
        .skip(1)
        .any(|part| matches!(part, Part::Literal("")));
    (!has_inner_rest && !has_inner_slash).then_some(parts)
}

fn part(segment: &'static str) -> Option<Part> {
    match name(segment) {
        Some((_, true)) => Some(Part::Rest),
        Some((_, false)) => Some(Part::Parameter),
        None if segment.is_empty() || path::check(&format!("/{segment}")).is_ok() => {
            Some(Part::Literal(segment))
        }
        None => None,
    }
}

/// The name of a parameter, and whether it stands for all that remains.
fn name(segment: &'static str) -> Option<(&'static str, bool)> {
    let name = segment.strip_prefix('{')?.strip_suffix('}')?;
    Some(
        name.strip_suffix("...")
            .map_or((name, false), |name| (name, true)),
    )
}

fn parameters(pattern: &'static str, path: &str) -> Parameters {
    let mut parameters = Vec::with_capacity(4);
    let mut start = 1;
    for (part, segment) in path::segments(pattern).zip(path::segments(path)) {
        let end = start + segment.len();
        match name(part) {
            Some((name, false)) => parameters.push((name, start..end)),
            Some((name, true)) => parameters.push((name, start..path.len())),
            None => {}
        }
        start = end + 1;
    }
    parameters
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Response;

    fn route(method: Method, pattern: &'static str) -> Route {
        Route::public(method, pattern, "a test", |_| async {
            Ok(Response::new(hyper::StatusCode::OK))
        })
    }

    fn found(table: &RouteTable, method: &Method, path: &str) -> String {
        match table.find(method, path) {
            Found::Route(route, parameters) => {
                let parameters = parameters.into_iter().map(|(name, at)| (name, &path[at]));
                format!("{} {:?}", route.pattern, parameters.collect::<Vec<_>>())
            }
            Found::Options(allow) => format!("options {allow:?}"),
            Found::WrongMethod(allow) => format!("wrong method {allow:?}"),
            Found::Nothing => "nothing".to_owned(),
        }
    }

    fn table() -> RouteTable {
        RouteTable::new(vec![
            route(Method::GET, "/"),
            route(Method::GET, "/fhir/{ods}/"),
            route(Method::GET, "/fhir/{ods}/metadata"),
            route(Method::GET, "/fhir/{ods}/{type}"),
            route(Method::POST, "/fhir/{ods}/{type}"),
            route(Method::GET, "/fhir/{ods}/{type}/{id}"),
            route(Method::POST, "/fhir/{ods}/{type}/_search"),
            route(Method::GET, "/static/{hash}/{file...}"),
        ])
        .unwrap()
    }

    #[test]
    fn a_path_finds_its_route_and_parameters() {
        let table = table();
        for (method, path, expected) in [
            (Method::GET, "/", "/ []"),
            (
                Method::GET,
                "/fhir/X26/metadata",
                r#"/fhir/{ods}/metadata [("ods", "X26")]"#,
            ),
            (
                Method::HEAD,
                "/fhir/X26/metadata",
                r#"/fhir/{ods}/metadata [("ods", "X26")]"#,
            ),
            (
                Method::GET,
                "/fhir/X26/Patient/1",
                r#"/fhir/{ods}/{type}/{id} [("ods", "X26"), ("type", "Patient"), ("id", "1")]"#,
            ),
            (
                Method::GET,
                "/static/ab/fonts/a.woff2",
                r#"/static/{hash}/{file...} [("hash", "ab"), ("file", "fonts/a.woff2")]"#,
            ),
            (
                Method::POST,
                "/fhir/X26/metadata",
                r#"wrong method "GET, HEAD, OPTIONS""#,
            ),
            (
                Method::OPTIONS,
                "/fhir/X26/Patient",
                r#"options "GET, POST, HEAD, OPTIONS""#,
            ),
            (
                Method::GET,
                "/fhir/X26/Patient/_search",
                r#"wrong method "POST, OPTIONS""#,
            ),
            (
                Method::GET,
                "/fhir/X26/",
                r#"/fhir/{ods}/ [("ods", "X26")]"#,
            ),
            (Method::GET, "/fhir/X26/Patient/", "nothing"),
            (Method::GET, "/fhir/X26/metadata/", "nothing"),
            (Method::GET, "/fhir/", "nothing"),
            (Method::GET, "/static/ab/fonts/", "nothing"),
            (Method::GET, "/static/ab/", "nothing"),
            (Method::GET, "/static/ab", "nothing"),
            (Method::GET, "/fhir", "nothing"),
            (Method::OPTIONS, "/nothing", "nothing"),
            (Method::GET, "/FHIR/X26/metadata", "nothing"),
        ] {
            assert_eq!(found(&table, &method, path), expected, "{path}");
        }
    }

    #[test]
    fn a_route_is_declared_once() {
        let twice = [route(Method::GET, "/a/{x}"), route(Method::GET, "/a/{y}")];
        assert_eq!(
            RouteTable::new(twice.into()).unwrap_err(),
            RouteError::Twice(Method::GET, "/a/{y}")
        );
        for bad in ["", "a", "/a//b", "/{x...}/b", "/a/../b", "/a%20"] {
            let error = RouteTable::new(vec![route(Method::GET, bad)]).unwrap_err();
            assert_eq!(error, RouteError::Pattern(bad));
        }
    }

    #[test]
    fn a_change_can_not_be_declared_to_only_read() {
        for method in [Method::PUT, Method::PATCH, Method::DELETE] {
            let routes = vec![route(method.clone(), "/a").only_reads()];
            assert_eq!(
                RouteTable::new(routes).unwrap_err(),
                RouteError::OnlyReads(method, "/a")
            );
        }
        let routes = vec![
            route(Method::POST, "/a"),
            route(Method::POST, "/b").only_reads(),
        ];
        let listed = RouteTable::new(routes).unwrap().listed();
        let posts = listed.iter().filter(|row| row.method == Method::POST);
        let reading: Vec<_> = posts.map(|row| row.only_reads).collect();
        assert_eq!(reading, [false, true]);
    }

    #[test]
    fn the_inventory_lists_head_and_options_too() {
        let listed = table().listed();
        let has = |method, pattern| {
            listed
                .iter()
                .any(|row| row.method == method && row.pattern == pattern)
        };
        assert!(has(Method::HEAD, "/fhir/{ods}/metadata"));
        assert!(has(Method::OPTIONS, "/fhir/{ods}/{type}"));
        assert!(!has(Method::HEAD, "/fhir/{ods}/{type}/_search"));
        let options = listed
            .iter()
            .filter(|row| row.method == Method::OPTIONS)
            .count();
        let mut patterns: Vec<_> = listed.iter().map(|row| row.pattern).collect();
        patterns.sort_unstable();
        patterns.dedup();
        assert_eq!(options, patterns.len());
    }
}
