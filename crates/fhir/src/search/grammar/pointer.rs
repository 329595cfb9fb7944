//! Values of reference parameters: `id`, `Type/id`, a URL (R4 search 3.1.1.4.11).

use ward_core::ResourceKey;

use super::{Reading, Refusal, split::unescape};
use crate::search::{
    Parameter,
    query::{Condition, Pointer},
    table::one_type,
};

impl Reading<'_> {
    /// A reference, to a type that a modifier may have named.
    pub(super) fn pointer(
        &self,
        parameter: &'static Parameter,
        target: Option<&'static str>,
        value: &str,
    ) -> Result<Condition, Refusal> {
        let types = target.and_then(one_type).unwrap_or(parameter.targets);
        let mut url = unescape(value)?;
        if !self.base.is_empty()
            && let Some(own) = url.strip_prefix(self.base.trim_end_matches('/'))
            && let Some(own) = own.strip_prefix('/')
        {
            url = own.to_owned();
        }
        let local = match url.split_once('/') {
            None if url.contains([':', '#']) => None,
            None => Some((types, url.clone())),
            Some((before, id)) => match one_type(before) {
                Some(named) if target.is_none_or(|target| [target] == *named) => {
                    Some((named, id.to_owned()))
                }
                Some(_) => return Err(Refusal::invalid("the modifier names another type")),
                None => None,
            },
        };
        if let Some((_, id)) = &local
            && ResourceKey::new("Resource", id).is_err()
        {
            return Err(Refusal::invalid("an id, Type/id or a URL is expected"));
        }
        if local.is_none() && (target.is_some() || !url.contains(':')) {
            return Err(Refusal::invalid("an id, Type/id or a URL is expected"));
        }
        Ok(Condition::Reference(Pointer { local, url }))
    }
}
