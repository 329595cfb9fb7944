//! One resource, read once.

use std::fmt;

use ward_core::Timestamp;

use crate::{
    json::{self, Builder, Document, Fault, Limits, Node, ParseError},
    resource_type::resource_type,
};

/// A resource as its JSON: immutable, order and numbers as they came. Not yet validated: only its
/// `resourceType` is known to be one of R4. Prints its type, never what it holds.
#[derive(Clone)]
pub struct Resource {
    document: Document,
    resource_type: &'static str,
}

impl Resource {
    /// Reads a resource, strictly: limits, UTF-8, no duplicate names, no lone surrogates, nothing
    /// after it, and an object whose `resourceType` R4 defines.
    pub fn parse(source: &[u8], limits: &Limits) -> Result<Self, ParseError> {
        Self::of_document(json::parse(source, limits)?).map_err(|fault| ParseError {
            line: 1,
            column: 1,
            fault,
        })
    }

    /// A copy of a resource that stands inside another (an entry of a bundle, a contained one),
    /// without reading it again. `None` where the node is no resource.
    pub fn of_node(node: Node<'_>) -> Option<Self> {
        let mut builder = Builder::with_capacity(node.json().len());
        builder.copy(node);
        Self::of_document(builder.finish()).ok()
    }

    pub(crate) fn of_document(document: Document) -> Result<Self, Fault> {
        let root = document.root();
        let name = root
            .get("resourceType")
            .and_then(Node::as_str)
            .ok_or(Fault::NotAResource)?;
        let resource_type = resource_type(name).ok_or(Fault::UnknownResourceType)?;
        Ok(Self {
            document,
            resource_type,
        })
    }

    /// The same resource with another content.
    pub(crate) fn with_document(&self, document: Document) -> Self {
        Self {
            document,
            resource_type: self.resource_type,
        }
    }

    /// The type, such as `Patient`.
    pub fn resource_type(&self) -> &'static str {
        self.resource_type
    }

    /// The logical id.
    pub fn id(&self) -> Option<&str> {
        self.get("id")?.as_str()
    }

    /// The resource as a JSON object.
    pub fn root(&self) -> Node<'_> {
        self.document.root()
    }

    /// Whether the text and its index are the same, byte by byte.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.resource_type == other.resource_type && self.document.is_same(&other.document)
    }

    /// A member of the resource.
    pub fn get(&self, name: &str) -> Option<Node<'_>> {
        self.root().get(name)
    }

    /// Compact JSON, members in the order in which they came.
    pub fn json(&self) -> &str {
        self.document.text()
    }

    /// The bytes of [`Resource::json`].
    pub fn to_bytes(&self) -> Vec<u8> {
        self.json().as_bytes().to_vec()
    }

    /// The bytes of [`Resource::json`], without a copy.
    pub fn into_bytes(self) -> Vec<u8> {
        self.document.into_text().into_bytes()
    }

    /// The resource with its `id`, `meta.versionId` and `meta.lastUpdated` set; everything else of
    /// it, `meta` included, stays as it is.
    #[must_use]
    pub fn with_meta(&self, id: &str, version: u64, last_updated: Timestamp) -> Self {
        let mut builder = Builder::with_capacity(self.json().len() + 160);
        builder.begin_object();
        builder.name("resourceType");
        builder.string(self.resource_type);
        builder.name("id");
        builder.string(id);
        builder.name("meta");
        write_meta(&mut builder, self.get("meta"), version, last_updated);
        for (name, node) in self.root().entries() {
            if !matches!(name, "resourceType" | "id" | "meta") {
                builder.name(name);
                builder.copy(node);
            }
        }
        builder.end();
        Self {
            document: builder.finish(),
            resource_type: self.resource_type,
        }
    }
}

fn write_meta(builder: &mut Builder, meta: Option<Node<'_>>, version: u64, updated: Timestamp) {
    builder.begin_object();
    builder.name("versionId");
    builder.string(&version.to_string());
    builder.name("lastUpdated");
    builder.string(&updated.to_string());
    for (name, node) in meta.into_iter().flat_map(Node::entries) {
        // The siblings hold extensions of what the client sent, which is gone.
        if !matches!(
            name,
            "versionId" | "lastUpdated" | "_versionId" | "_lastUpdated"
        ) {
            builder.name(name);
            builder.copy(node);
        }
    }
    builder.end();
}

impl fmt::Debug for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Resource({})", self.resource_type)
    }
}
