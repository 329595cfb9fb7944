//! Bundles that answer: written as bytes around stored bodies, which are copied as they are.
//!
//! Nothing here needs escaping: URLs are made of the server's own origin and of ids, whose
//! characters JSON takes as they stand.

use ward_core::{RequestId, ResourceKey};
use ward_http::Kind;
use ward_log::WriteMethod;
use ward_records::{EntryOutcome, Page, Version, Versions, Written};

use super::{condition::etag, negotiate::Return};
use crate::refused::refused;

/// Bytes of an entry besides its resource: room that is made beforehand.
const ENTRY: usize = 256;

/// Writes bundles of one base URL.
pub(crate) struct Writer<'a> {
    base: &'a str,
    request: RequestId,
    text: Vec<u8>,
    has_entries: bool,
}

impl<'a> Writer<'a> {
    pub(crate) fn new(base: &'a str, request: RequestId) -> Self {
        Self {
            base,
            request,
            text: Vec::new(),
            has_entries: false,
        }
    }

    /// A page of a search (R4 2.36, searchset).
    ///
    /// The link to itself is as opaque as that to the next: the parameters that were searched by
    /// name people, and links are kept and passed on. It leads to the same search again. Every
    /// parameter was used, or the search was refused.
    pub(crate) fn page(mut self, page: &Page) -> Vec<u8> {
        let bodies = page.matches.iter().chain(&page.included);
        self.reserve(bodies.map(|version| version.body.len()));
        self.begin("searchset", page.total);
        let next = page.next.as_ref().map(|next| format!("?_page={next}"));
        self.links(&format!("?_page={}", page.this), next.as_deref());
        for (versions, mode) in [(&page.matches, "match"), (&page.included, "include")] {
            for version in versions {
                self.begin_entry();
                self.resource(version);
                self.push(",\"search\":{\"mode\":\"");
                self.push(mode);
                self.push("\"}}");
            }
        }
        self.end()
    }

    /// The versions of a resource (R4 2.36, history).
    pub(crate) fn history(mut self, key: &ResourceKey, page: &Versions) -> Vec<u8> {
        let versions = &page.versions;
        self.reserve(versions.iter().map(|version| version.body.len()));
        self.begin("history", page.total);
        let own = format!("/{key}/_history");
        let next = page.next.as_ref().map(|next| format!("{own}?_page={next}"));
        self.links(&own, next.as_deref());
        for version in versions {
            self.begin_entry();
            self.resource(version);
            let (method, status) = match version.method {
                WriteMethod::Create => ("POST", "201"),
                WriteMethod::Update => ("PUT", "200"),
                WriteMethod::Delete => ("DELETE", "204"),
            };
            let key = &version.key;
            let url = if method == "POST" {
                key.resource_type()
            } else {
                key.as_str()
            };
            self.push(&format!(
                ",\"request\":{{\"method\":\"{method}\",\"url\":\"{url}\"}},\"response\":{{\
                 \"status\":\"{status}\",{}}}}}",
                tag(version)
            ));
        }
        self.end()
    }

    /// The answer to a batch or a transaction (R4 3.1.0.11.2).
    pub(crate) fn outcomes(
        mut self,
        kind: &str,
        outcomes: Vec<EntryOutcome>,
        wanted: Return,
    ) -> Vec<u8> {
        self.begin(kind, None);
        for outcome in outcomes {
            self.begin_entry();
            self.outcome(outcome, wanted);
        }
        self.end()
    }

    fn outcome(&mut self, outcome: EntryOutcome, wanted: Return) {
        match outcome {
            EntryOutcome::Written(Written {
                version, created, ..
            }) => {
                if wanted == Return::Representation {
                    self.resource(&version);
                    self.push(",");
                }
                let status = if created { "201" } else { "200" };
                let location = self.location(&version.key, version.version);
                self.response(
                    status,
                    &format!(",\"location\":\"{location}\",{}", tag(&version)),
                );
            }
            EntryOutcome::Deleted(version) => {
                let tag = version
                    .map(|version| format!(",\"etag\":\"{}\"", etag(version).replace('"', "\\\"")));
                self.response("204", &tag.unwrap_or_default());
            }
            EntryOutcome::Read(version) => {
                self.resource(&version);
                self.push(",");
                self.response("200", &format!(",{}", tag(&version)));
            }
            EntryOutcome::Searched(page) => {
                let bundle = Writer::new(self.base, self.request).page(&page);
                self.push("\"resource\":");
                self.text.extend_from_slice(&bundle);
                self.push(",");
                self.response("200", "");
            }
            EntryOutcome::Failed(error) => {
                let error = refused(error);
                let status = error.kind().status();
                let outcome = error.operation_outcome(self.request);
                if error.kind() == Kind::Internal {
                    error.log(self.request);
                }
                self.push("\"response\":{\"status\":\"");
                self.push(status.as_str());
                self.push("\",\"outcome\":");
                self.text.extend_from_slice(&outcome);
                self.push("}}");
            }
        }
    }

    fn response(&mut self, status: &str, rest: &str) {
        self.push(&format!("\"response\":{{\"status\":\"{status}\"{rest}}}}}"));
    }

    /// `fullUrl` and `resource`; of a delete only the first.
    fn resource(&mut self, version: &Version) {
        self.push("\"fullUrl\":\"");
        self.push(self.base);
        self.push("/");
        self.push(version.key.as_str());
        self.push("\"");
        if !version.body.is_empty() {
            self.push(",\"resource\":");
            self.text.extend_from_slice(&version.body);
        }
    }

    fn location(&self, key: &ResourceKey, version: u64) -> String {
        location(self.base, key, version)
    }

    /// The links to the bundle itself and to the next, beneath the base.
    fn links(&mut self, own: &str, next: Option<&str>) {
        let base = self.base;
        self.push(&format!(
            ",\"link\":[{{\"relation\":\"self\",\"url\":\"{base}{own}\"}}"
        ));
        if let Some(next) = next {
            let url = format!("{base}{next}");
            self.push(&format!(",{{\"relation\":\"next\",\"url\":\"{url}\"}}"));
        }
        self.push("]");
    }

    fn begin(&mut self, kind: &str, total: Option<usize>) {
        let id = self.request;
        self.push(&format!(
            "{{\"resourceType\":\"Bundle\",\"id\":\"{id}\",\"type\":\"{kind}\""
        ));
        if let Some(total) = total {
            self.push(&format!(",\"total\":{total}"));
        }
    }

    /// An array may not be empty in FHIR: it begins with its first entry.
    fn begin_entry(&mut self) {
        self.push(if self.has_entries {
            ",{"
        } else {
            ",\"entry\":[{"
        });
        self.has_entries = true;
    }

    fn end(mut self) -> Vec<u8> {
        self.push(if self.has_entries { "]}" } else { "}" });
        self.text
    }

    fn reserve(&mut self, bodies: impl Iterator<Item = usize>) {
        self.text
            .reserve(ENTRY + bodies.map(|length| length + ENTRY).sum::<usize>());
    }

    fn push(&mut self, text: &str) {
        self.text.extend_from_slice(text.as_bytes());
    }
}

/// The URL of a version.
pub(crate) fn location(base: &str, key: &ResourceKey, version: u64) -> String {
    format!("{base}/{key}/_history/{version}")
}

fn tag(version: &Version) -> String {
    let (number, time) = (version.version, version.last_updated);
    format!("\"etag\":\"W/\\\"{number}\\\"\",\"lastModified\":\"{time}\"")
}
