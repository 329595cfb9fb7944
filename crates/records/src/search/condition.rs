//! Conditions of creates and references: a search that must find one resource at most.

use ward_access::{Grant, Reach};
use ward_core::ResourceKey;
use ward_crypto::Token;
use ward_fhir::{
    IssueCode,
    search::{SearchQuery, parse_query_at},
};
use ward_log::Interaction;
use ward_store::Undisclosed;

use super::{Sieve, Stop};
use crate::{Error, Version, write::Author};

/// A condition (FHIR R4, http 3.1.0.8.1).
pub(crate) struct Condition {
    query: SearchQuery,
    /// Equal for equal conditions.
    pub(crate) mark: Token,
}

/// The one resource that meets a condition.
pub(crate) struct Met {
    pub(crate) key: ResourceKey,
    /// As it is shown to an account; the operator is shown nothing.
    pub(crate) version: Option<Version>,
}

impl Author<'_> {
    /// Reads a condition. One that asks for nothing would match everything.
    pub(crate) fn condition(
        &self,
        resource_type: &str,
        pairs: &[(String, String)],
    ) -> Result<Condition, Error> {
        let query = self.parse(resource_type, pairs)?;
        if !query.has_criteria() {
            let what = "a condition needs a search parameter";
            return Err(Error::invalid(IssueCode::Invalid, "", what));
        }
        let mut sorted: Vec<_> = pairs.iter().collect();
        sorted.sort_unstable();
        let parts = sorted
            .iter()
            .flat_map(|(name, value)| [name.as_bytes(), value.as_bytes()]);
        let parts: Vec<&[u8]> = std::iter::once(resource_type.as_bytes())
            .chain(parts)
            .collect();
        Ok(Condition {
            mark: self.own().keys.token("condition", &parts),
            query,
        })
    }

    /// Reads the parameters; references written with this server's own base are its own.
    pub(crate) fn parse(
        &self,
        resource_type: &str,
        pairs: &[(String, String)],
    ) -> Result<SearchQuery, Error> {
        let base = self.records().base_of(self.own().keys.ods());
        parse_query_at(&base, resource_type, pairs).map_err(Error::Invalid)
    }

    /// What meets a condition. To an account that is disclosed, or that nothing does: whatever
    /// becomes of the request, it has been told by then.
    ///
    /// # Errors
    /// [`Error::MultipleMatches`] where more than one resource does.
    pub(crate) async fn met(&self, condition: &Condition) -> Result<Option<Met>, Error> {
        let grant = match self {
            Self::Account(door) => Some(door.search_grant(condition.query.resource_type()).await?),
            Self::Operator { .. } => None,
        };
        let reach = grant.as_ref().map_or(Reach::Organisation, Grant::reach);
        let mut sieve = Sieve::new(self, &condition.query, reach)?;
        let (mut keys, hits) = sieve.first_two().await?;
        let mut shown = Vec::new();
        if let (Self::Account(door), Some(grant)) = (self, grant) {
            let told = Undisclosed::gather(hits).and(sieve.asked_about()?);
            let grant = door.settled(grant, &sieve)?;
            (shown, ()) = door.disclose(grant, Interaction::Search, told).await?;
        }
        if keys.len() > 1 {
            return Err(Error::MultipleMatches);
        }
        let version = shown.pop();
        Ok(keys.pop().map(|key| Met { key, version }))
    }
}

impl Sieve<'_> {
    /// The hits, or the first two of them where there are more.
    async fn first_two(&mut self) -> Result<(Vec<ResourceKey>, Vec<Undisclosed<Version>>), Error> {
        let (mut keys, mut hits) = (Vec::new(), Vec::new());
        self.scan(None, 2, |sieve, row| {
            let hit = sieve.look(row, |version, _| {
                keys.push(version.key.clone());
                version
            })?;
            hits.extend(hit);
            Ok(if hits.len() > 1 {
                Stop::Here
            } else {
                Stop::GoOn
            })
        })
        .await?;
        Ok((keys, hits))
    }
}
