//! Index rows out of sealed bodies, when the view is built again from the log.

use ward_crypto::{Binding, OrganisationKeys, Token};
use ward_fhir::Resource;
use ward_store::{Projection, Projector, SaltOf, WriteEvent, subject};

use crate::{limits, marks, relate};

/// Opens each body again and derives from it what [`crate::Door`] gave the store when it wrote it.
pub struct RecordProjector {
    keys: OrganisationKeys,
}

impl RecordProjector {
    /// The projector of an organisation.
    pub fn new(keys: OrganisationKeys) -> Self {
        Self { keys }
    }

    fn rows(&self, write: &WriteEvent<'_>, salt: SaltOf<'_>) -> Option<Projection> {
        let subjects: Vec<Token> = write
            .patients
            .iter()
            .map(|patient| subject(&self.keys, patient))
            .collect();
        let key = match subjects.first() {
            Some(first) => self.keys.subject(Some(&salt(first)?)),
            None => self.keys.subject(None),
        };
        let binding = Binding {
            resource: write.resource,
            version: write.version,
        };
        let body = self.keys.open_body(&key, &binding, write.body).ok()?;
        let resource = Resource::parse(&body, &limits::STORED).ok()?;
        let tokens = marks::of_resource(&self.keys, &resource, &subjects);
        let relations = relate::rows(&self.keys, &resource, write.resource, &subjects, write.time);
        Some(Projection { tokens, relations })
    }
}

impl Projector for RecordProjector {
    /// To be raised whenever the terms of `ward-fhir`, [`marks`] or [`relate`] change.
    fn version(&self) -> u32 {
        1
    }

    fn project(&self, write: &WriteEvent<'_>, salt: SaltOf<'_>) -> Projection {
        self.rows(write, salt).unwrap_or_default()
    }
}
