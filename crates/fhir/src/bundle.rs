//! Transactions and batches (FHIR R4, http 3.1.0.11): their entries as views of the bundle.

use std::collections::HashSet;

use ward_core::limits;

use crate::{
    json::Node,
    outcome::{Issue, IssueCode},
    resource::Resource,
    resource_type::resource_type,
};

/// A transaction or a batch. Its entries are views: nothing of the bundle is copied.
pub struct Bundle<'a> {
    /// Which of the two.
    pub kind: BundleKind,
    /// The entries in order. A wrong one fails a transaction, but in a batch only itself.
    pub entries: Vec<Result<Entry<'a>, Issue>>,
}

/// `Bundle.type`, of those that a server acts upon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BundleKind {
    /// All entries or none.
    Transaction,
    /// Each entry by itself.
    Batch,
}

/// One entry.
pub struct Entry<'a> {
    /// Its place in `Bundle.entry`.
    pub index: usize,
    /// What other entries call it.
    pub full_url: Option<&'a str>,
    /// What is to be done.
    pub method: Method,
    /// What to.
    pub target: Target<'a>,
    /// The resource; always there for POST and PUT. [`Resource::of_node`] makes it one of its own.
    pub resource: Option<Node<'a>>,
    /// The version that has to be the current one, such as `W/"3"`.
    pub if_match: Option<&'a str>,
    /// The version that the client has.
    pub if_none_match: Option<&'a str>,
    /// The time of the version that the client has.
    pub if_modified_since: Option<&'a str>,
    /// Search parameters; the resource is created where nothing matches them.
    pub if_none_exist: Option<&'a str>,
}

/// `Bundle.entry.request.method`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Read or search.
    Get,
    /// Read or search, without the body.
    Head,
    /// Create.
    Post,
    /// Update.
    Put,
    /// Change a part.
    Patch,
    /// Delete.
    Delete,
}

/// `Bundle.entry.request.url`, relative to the server's base.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target<'a> {
    /// `Patient`
    Type(&'static str),
    /// `Patient/1`
    Instance(&'static str, &'a str),
    /// `Patient/1/_history/2`
    Version(&'static str, &'a str, &'a str),
    /// `Patient?name=x`: the query is still percent-encoded.
    Search(&'static str, &'a str),
}

impl<'a> Bundle<'a> {
    /// Reads a Bundle resource. An error speaks of the bundle as a whole.
    pub fn read(resource: &'a Resource) -> Result<Self, Issue> {
        let structure =
            |place: &str, what: &'static str| Issue::error(IssueCode::Structure, place, what);
        if resource.resource_type() != "Bundle" {
            return Err(structure("", "expected a Bundle"));
        }
        let kind = match resource.root().text("type") {
            Some("transaction") => BundleKind::Transaction,
            Some("batch") => BundleKind::Batch,
            _ => {
                return Err(Issue::error(
                    IssueCode::NotSupported,
                    "Bundle.type",
                    "only a transaction or a batch can be acted upon",
                ));
            }
        };
        let nodes: Vec<Node<'a>> = resource
            .get("entry")
            .into_iter()
            .flat_map(Node::items)
            .collect();
        if nodes.len() > limits::BUNDLE_ENTRIES {
            let what = format!("at most {} entries are accepted", limits::BUNDLE_ENTRIES);
            return Err(Issue::error(IssueCode::TooLong, "Bundle.entry", what));
        }
        let mut seen = HashSet::new();
        let read = |(index, node): (usize, Node<'a>)| {
            let entry = Entry::read(index, node)?;
            match entry.full_url {
                Some(url) if !seen.insert(url) => Err(issue(
                    index,
                    ".fullUrl",
                    IssueCode::Invariant,
                    "another entry has the same fullUrl (bdl-7)",
                )),
                _ => Ok(entry),
            }
        };
        Ok(Self {
            kind,
            entries: nodes.into_iter().enumerate().map(read).collect(),
        })
    }
}

impl<'a> Entry<'a> {
    fn read(index: usize, node: Node<'a>) -> Result<Self, Issue> {
        let request = node.get("request").ok_or_else(|| {
            issue(
                index,
                ".request",
                IssueCode::Required,
                "an entry needs a request (bdl-3)",
            )
        })?;
        let method = request
            .text("method")
            .and_then(Method::of_code)
            .ok_or_else(|| {
                issue(
                    index,
                    ".request.method",
                    IssueCode::Value,
                    "not a method of HTTP",
                )
            })?;
        let url = request.text("url").unwrap_or_default();
        let target = Target::read(url).ok_or_else(|| {
            let what = "expected Type, Type/id or Type?parameters, of a type of R4";
            issue(index, ".request.url", IssueCode::Value, what)
        })?;
        let resource = node.get("resource");
        match (method, resource) {
            (Method::Post | Method::Put, None) => {
                let what = "POST and PUT need a resource";
                return Err(issue(index, ".resource", IssueCode::Required, what));
            }
            (Method::Post | Method::Put, Some(resource))
                if resource.text("resourceType") != Some(target.resource_type()) =>
            {
                let what = "the resource is not of the type that the request's url names";
                return Err(issue(index, ".resource", IssueCode::Invalid, what));
            }
            _ => {}
        }
        Ok(Self {
            index,
            full_url: node.text("fullUrl"),
            method,
            target,
            resource,
            if_match: request.text("ifMatch"),
            if_none_match: request.text("ifNoneMatch"),
            if_modified_since: request.text("ifModifiedSince"),
            if_none_exist: request.text("ifNoneExist"),
        })
    }
}

fn issue(index: usize, place: &str, code: IssueCode, what: &'static str) -> Issue {
    Issue::error(code, format!("Bundle.entry[{index}]{place}"), what)
}

impl Method {
    fn of_code(code: &str) -> Option<Self> {
        Some(match code {
            "GET" => Self::Get,
            "HEAD" => Self::Head,
            "POST" => Self::Post,
            "PUT" => Self::Put,
            "PATCH" => Self::Patch,
            "DELETE" => Self::Delete,
            _ => return None,
        })
    }
}

impl<'a> Target<'a> {
    /// Reads a URL relative to the base; `None` where it names nothing that R4 defines.
    pub fn read(url: &'a str) -> Option<Self> {
        let url = url.strip_prefix('/').unwrap_or(url);
        if let Some((name, query)) = url.split_once('?') {
            return Some(Self::Search(resource_type(name)?, query));
        }
        let mut parts = url.split('/');
        let name = resource_type(parts.next()?)?;
        Some(
            match (parts.next(), parts.next(), parts.next(), parts.next()) {
                (None, ..) => Self::Type(name),
                (Some(id), None, ..) if !id.is_empty() => Self::Instance(name, id),
                (Some(id), Some("_history"), Some(version), None) => {
                    Self::Version(name, id, version)
                }
                _ => return None,
            },
        )
    }

    /// The type that it names.
    pub fn resource_type(&self) -> &'static str {
        match self {
            Self::Type(name)
            | Self::Instance(name, _)
            | Self::Version(name, ..)
            | Self::Search(name, _) => name,
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::Limits;

    fn check(json: &str, expected: &Expect) {
        let resource = Resource::parse(json.as_bytes(), &Limits::BODY).unwrap();
        let text = match Bundle::read(&resource) {
            Err(issue) => format!("{}: {}\n", issue.expression, issue.diagnostics),
            Ok(bundle) => bundle
                .entries
                .iter()
                .map(|entry| match entry {
                    Ok(entry) => format!("{:?} {:?}\n", entry.method, entry.target),
                    Err(issue) => format!("{}: {}\n", issue.expression, issue.diagnostics),
                })
                .collect(),
        };
        expected.assert_eq(&text);
    }

    #[test]
    fn each_entry_is_read_or_says_what_is_wrong_with_it() {
        check(
            r#"{"resourceType":"Bundle","type":"batch","entry":[
            {"fullUrl":"urn:uuid:1","resource":{"resourceType":"Patient"},
             "request":{"method":"POST","url":"Patient"}},
            {"fullUrl":"urn:uuid:1","request":{"method":"GET","url":"/Patient/1/_history/2"}},
            {"request":{"method":"DELETE","url":"Patient?name=a%20b"}},
            {"request":{"method":"GET","url":"Patient/1"}},
            {"request":{"method":"PUT","url":"Patient/1"}},
            {"request":{"method":"PUT","url":"Patient/1"},"resource":{"resourceType":"Flag"}},
            {"request":{"method":"GET","url":"../etc/passwd"}},
            {"request":{"method":"GET","url":"Patient/"}},
            {"request":{"method":"BREW","url":"Patient"}},
            {}, 7]}"#,
            &expect![[r#"
                Post Type("Patient")
                Bundle.entry[1].fullUrl: another entry has the same fullUrl (bdl-7)
                Delete Search("Patient", "name=a%20b")
                Get Instance("Patient", "1")
                Bundle.entry[4].resource: POST and PUT need a resource
                Bundle.entry[5].resource: the resource is not of the type that the request's url names
                Bundle.entry[6].request.url: expected Type, Type/id or Type?parameters, of a type of R4
                Bundle.entry[7].request.url: expected Type, Type/id or Type?parameters, of a type of R4
                Bundle.entry[8].request.method: not a method of HTTP
                Bundle.entry[9].request: an entry needs a request (bdl-3)
                Bundle.entry[10].request: an entry needs a request (bdl-3)
            "#]],
        );
    }

    #[test]
    fn other_bundles_are_not_acted_upon() {
        check(
            r#"{"resourceType":"Bundle","type":"searchset"}"#,
            &expect!["Bundle.type: only a transaction or a batch can be acted upon\n"],
        );
        check(
            r#"{"resourceType":"Patient"}"#,
            &expect![": expected a Bundle\n"],
        );
    }
}
