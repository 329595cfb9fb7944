//! Conditions of creates and references: a search that must find one resource at most.

use ward_access::{Grant, Reach, Search};
use ward_core::ResourceKey;
use ward_crypto::Token;
use ward_fhir::{
    IssueCode,
    search::{SearchQuery, parse_query_at},
};
use ward_log::Interaction;
use ward_store::Undisclosed;

use super::{Sieve, Stop};
use crate::{Door, Error, Version, write::Author};

/// A condition (FHIR R4, http 3.1.0.8.1).
pub(crate) struct Condition {
    query: SearchQuery,
    /// Equal for equal conditions.
    pub(crate) mark: Token,
}

/// The one resource that meets a condition.
pub(crate) struct Met {
    pub(crate) key: ResourceKey,
    pub(crate) version: Undisclosed<Version>,
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

    /// What meets a condition, and the grant to look for it; of the operator none is asked.
    pub(crate) async fn met(
        &self,
        condition: &Condition,
    ) -> Result<(Option<Grant<Search>>, Option<Met>), Error> {
        let Self::Account(door) = self else {
            let mut sieve = Sieve::new(self, &condition.query, Reach::Organisation)?;
            return Ok((None, sieve.only_hit().await?));
        };
        let grant = door.search_grant(condition.query.resource_type()).await?;
        let mut sieve = Sieve::new(self, &condition.query, grant.reach())?;
        let met = sieve.only_hit().await?;
        Ok((Some(door.settled(grant, &sieve)?), met))
    }
}

impl Door<'_> {
    /// The one resource that meets a condition, disclosed.
    pub(crate) async fn only_match(&self, condition: &Condition) -> Result<Option<Version>, Error> {
        let (grant, met) = Author::Account(self).met(condition).await?;
        let Some(grant) = grant else {
            return Err(Error::Refused);
        };
        let Some(met) = met else {
            // That there is none is told, too.
            self.disclose(grant, Interaction::Search, Undisclosed::nothing(()))
                .await?;
            return Ok(None);
        };
        self.disclose(grant, Interaction::Search, met.version)
            .await
            .map(Some)
    }
}

impl Sieve<'_> {
    /// The one hit there is.
    async fn only_hit(&mut self) -> Result<Option<Met>, Error> {
        let (mut only, mut several) = (None, false);
        self.scan(None, 2, |sieve, row| {
            let mut named = None;
            let hit = sieve.look(row, |version, _| {
                named = Some(version.key.clone());
                version
            })?;
            if let (Some(key), Some(version)) = (named, hit) {
                several = only.replace(Met { key, version }).is_some();
            }
            Ok(if several { Stop::Here } else { Stop::GoOn })
        })
        .await?;
        if several {
            Err(Error::MultipleMatches)
        } else {
            Ok(only)
        }
    }
}
