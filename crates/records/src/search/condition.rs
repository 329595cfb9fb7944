//! Conditions of creates and references: a search that must find one resource at most.

use ward_crypto::Token;
use ward_fhir::{IssueCode, search::SearchQuery};
use ward_log::Interaction;
use ward_store::Undisclosed;

use super::{Sieve, Stop};
use crate::{Door, Error, Version};

/// A condition (FHIR R4, http 3.1.0.8.1).
pub(crate) struct Condition {
    pub(crate) query: SearchQuery,
    /// Equal for equal conditions.
    pub(crate) mark: Token,
}

impl Door<'_> {
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
            mark: self.own.keys.token("condition", &parts),
            query,
        })
    }

    /// The one resource that meets a condition, disclosed.
    pub(crate) async fn only_match(&self, condition: &Condition) -> Result<Option<Version>, Error> {
        let grant = self.search_grant(condition.query.resource_type()).await?;
        let mut sieve = Sieve::new(self, &condition.query, grant.reach())?;
        let found = sieve.only_hit(|version| version).await?;
        let grant = self.settled(grant, &sieve)?;
        let Some(found) = found else {
            // That there is none is told, too.
            self.disclose(grant, Interaction::Search, Undisclosed::nothing(()))
                .await?;
            return Ok(None);
        };
        self.disclose(grant, Interaction::Search, found)
            .await
            .map(Some)
    }
}

impl Sieve<'_> {
    /// The one hit there is.
    async fn only_hit<T>(
        &mut self,
        mut shape: impl FnMut(Version) -> T,
    ) -> Result<Option<Undisclosed<T>>, Error> {
        let mut only = None;
        let mut several = false;
        self.scan(None, 2, |sieve, row| {
            let hit = sieve.look(row, |version, _| shape(version))?;
            let Some(hit) = hit else {
                return Ok(Stop::GoOn);
            };
            if only.replace(hit).is_some() {
                several = true;
                return Ok(Stop::Here);
            }
            Ok(Stop::GoOn)
        })
        .await?;
        if several {
            Err(Error::MultipleMatches)
        } else {
            Ok(only)
        }
    }
}
