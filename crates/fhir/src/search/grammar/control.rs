//! Parameters about the results: `_count`, `_sort`, `_include`, `_total` and their like.

use super::{Key, Reading, Refusal, split::split};
use crate::{
    resource_type::resource_type,
    search::{Include, ParameterKind, Sort, Total, parameter},
};

impl Reading<'_> {
    /// Reads a parameter that is about the results; says whether it was one.
    pub(super) fn control(&mut self, key: &Key<'_>, value: &str) -> Result<bool, Refusal> {
        if !matches!(
            key.name,
            "_count"
                | "_sort"
                | "_include"
                | "_revinclude"
                | "_total"
                | "_summary"
                | "_elements"
                | "_contained"
                | "_containedType"
                | "_format"
                | "_pretty"
                | "_filter"
                | "_list"
                | "_type"
                | "_score"
        ) {
            return Ok(false);
        }
        if key.modifier.is_some() {
            return Err(Refusal::unsupported("this modifier is not supported"));
        }
        match (key.name, value) {
            ("_count", _) => self.count(value)?,
            ("_sort", _) => self.sort(value)?,
            ("_include", _) => self.include(value)?,
            ("_total", _) => self.total(value)?,
            ("_summary" | "_contained", "false") | ("_format" | "_pretty", _) => {}
            _ => return Err(Refusal::unsupported("this parameter is not supported")),
        }
        Ok(true)
    }

    fn count(&mut self, value: &str) -> Result<(), Refusal> {
        let count = value
            .parse()
            .map_err(|_| Refusal::invalid("a whole number is expected"))?;
        once(&mut self.query.count, count)
    }

    fn total(&mut self, value: &str) -> Result<(), Refusal> {
        let total = match value {
            "none" => Total::None,
            "estimate" => Total::Estimate,
            "accurate" => Total::Accurate,
            _ => return Err(Refusal::invalid("none, estimate or accurate is expected")),
        };
        once(&mut self.query.total, total)
    }

    fn sort(&mut self, value: &str) -> Result<(), Refusal> {
        if !self.query.sort.is_empty() {
            return Err(Refusal::invalid("it may stand once"));
        }
        for key in split(value, ',') {
            let (name, descending) = match key.strip_prefix('-') {
                Some(name) => (name, true),
                None => (key, false),
            };
            let parameter = parameter(self.query.resource_type, name)
                .filter(|parameter| parameter.is_sortable())
                .ok_or(Refusal::unsupported(
                    "results can be sorted by date parameters only",
                ))?;
            self.query.sort.push(Sort {
                parameter,
                descending,
            });
        }
        Ok(())
    }

    fn include(&mut self, value: &str) -> Result<(), Refusal> {
        let mut parts = value.split(':');
        let (source, name, target) = (parts.next(), parts.next(), parts.next());
        if source != Some(self.query.resource_type) || parts.next().is_some() {
            return Err(Refusal::unsupported(
                "Type:parameter or Type:parameter:Type of the type searched is expected",
            ));
        }
        let parameter = name
            .and_then(|name| parameter(self.query.resource_type, name))
            .filter(|parameter| parameter.kind == ParameterKind::Reference)
            .ok_or(Refusal::invalid(
                "a reference parameter of the type searched is expected",
            ))?;
        let target = match target {
            None | Some("") => None,
            Some(name) => Some(
                resource_type(name)
                    .filter(|name| parameter.targets.contains(name))
                    .ok_or(Refusal::invalid("the reference does not lead to that type"))?,
            ),
        };
        self.query.includes.push(Include { parameter, target });
        Ok(())
    }
}

fn once<T>(place: &mut Option<T>, value: T) -> Result<(), Refusal> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(Refusal::invalid("it may stand once")),
    }
}
