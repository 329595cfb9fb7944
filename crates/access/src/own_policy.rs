//! What an organisation may write itself: permits and forbids, beside the platform's and the
//! default roles.

use std::collections::BTreeMap;

use cedar_policy::{
    Effect, ParseErrors, Policy, PolicyId, PolicySet, Schema, ValidationMode, Validator,
};
use miette::Diagnostic;
use ward_core::{Ods, limits};

use crate::{
    AccessError,
    policy::{Origin, Sources},
};

/// A policy that an organisation wrote: read, and valid against the schema. Whether it may be in
/// force is for a [`proof`](crate::proof) to say.
///
/// Its text is what is stored. At start it is read and proved anew: it costs a second or two, and
/// no stored word about an earlier proof has to be believed.
#[derive(Debug, Clone)]
pub struct OrganisationPolicy {
    organisation: Ods,
    text: Box<str>,
    statements: Vec<Policy>,
}

/// Why a text can't be an organisation's policy. Meant for its author: it repeats the author's own
/// words, and nothing else.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// Longer than [`limits::POLICY_BYTES`].
    #[error("the policy is longer than {} bytes", limits::POLICY_BYTES)]
    TooLarge,
    /// A statement is longer than [`limits::POLICY_STATEMENT_BYTES`].
    #[error(
        "line {line}: the statement is longer than {} bytes",
        limits::POLICY_STATEMENT_BYTES
    )]
    LongStatement {
        /// Where it gets too long, from 1.
        line: usize,
    },
    /// Brackets are nested deeper than [`limits::POLICY_DEPTH`].
    #[error(
        "line {line}: more than {} brackets within each other",
        limits::POLICY_DEPTH
    )]
    TooDeep {
        /// Where, from 1.
        line: usize,
    },
    /// It is no Cedar.
    #[error("line {line}: {what}")]
    Unreadable {
        /// Where, from 1.
        line: usize,
        /// What is wrong.
        what: String,
    },
    /// It has slots for what isn't known yet.
    #[error("templates (`?principal`, `?resource`) can't be used here")]
    Template,
    /// A statement has no name, or one that can't be shown everywhere.
    #[error("each statement needs an @id of small letters, digits and hyphens, 60 at most")]
    NoName,
    /// Two statements have the same name.
    #[error("two statements are called `{0}`")]
    SameName(String),
    /// It does not fit the schema, or can never apply.
    #[error("`{statement}`: {what}")]
    Invalid {
        /// Which statement.
        statement: String,
        /// What is wrong.
        what: String,
    },
    /// It names what no policy of this organisation can be about.
    #[error(
        "`{statement}` names {named}: a policy is about roles, categories and its own organisation"
    )]
    Names {
        /// Which statement.
        statement: String,
        /// What it names.
        named: String,
    },
    /// The schema can't be read: a broken build.
    #[error(transparent)]
    Schema(#[from] AccessError),
}

impl OrganisationPolicy {
    /// Reads the policy of an organisation.
    ///
    /// # Errors
    /// [`PolicyError`], for the author.
    pub fn read(organisation: &Ods, text: &str) -> Result<Self, PolicyError> {
        measure(text)?;
        let set: PolicySet = text
            .parse()
            .map_err(|error: ParseErrors| unreadable(text, &error))?;
        if set.num_of_templates() > 0 {
            return Err(PolicyError::Template);
        }
        let mut statements = BTreeMap::new();
        for statement in set.policies() {
            let named = name(statement).ok_or(PolicyError::NoName)?;
            check_names(&named, organisation)?;
            let id = called(named.id());
            if statements.insert(id.clone(), named).is_some() {
                return Err(PolicyError::SameName(id));
            }
        }
        let statements: Vec<Policy> = statements.into_values().collect();
        check_types(&Sources::EMBEDDED.schema()?, &statements)?;
        Ok(Self {
            organisation: organisation.clone(),
            text: text.into(),
            statements,
        })
    }

    /// Whose it is.
    pub const fn organisation(&self) -> &Ods {
        &self.organisation
    }

    /// The text that it was read from: what to store.
    pub fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn statements(&self) -> &[Policy] {
        &self.statements
    }

    /// The part that only takes away.
    pub(crate) fn forbids(&self) -> Vec<Policy> {
        let forbids = |policy: &&Policy| policy.effect() == Effect::Forbid;
        self.statements.iter().filter(forbids).cloned().collect()
    }
}

/// The `@id` that a policy was given its id by.
pub(crate) fn called(id: &PolicyId) -> String {
    let id: &str = id.as_ref();
    id.split_once('/').map_or(id, |(_, name)| name).to_owned()
}

/// Bounds what Cedar is given, before it is given it: its parser recurses, and a stack that
/// overflows ends the process.
fn measure(text: &str) -> Result<(), PolicyError> {
    if text.len() > limits::POLICY_BYTES {
        return Err(PolicyError::TooLarge);
    }
    let (mut line, mut depth, mut length) = (1, 0_usize, 0);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        length += letter.len_utf8();
        match letter {
            '\n' => line += 1,
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            ';' => length = 0,
            '/' if letters.peek() == Some(&'/') => {
                while letters
                    .next_if(|next| !matches!(next, '\n' | '\r'))
                    .is_some()
                {}
            }
            '"' => {
                while let Some(within) = letters.next() {
                    length += within.len_utf8();
                    match within {
                        '"' => break,
                        '\\' => length += letters.next().map_or(0, char::len_utf8),
                        '\n' => line += 1,
                        _ => {}
                    }
                }
            }
            _ => {}
        }
        if depth > limits::POLICY_DEPTH {
            return Err(PolicyError::TooDeep { line });
        }
        if length > limits::POLICY_STATEMENT_BYTES {
            return Err(PolicyError::LongStatement { line });
        }
    }
    Ok(())
}

fn unreadable(text: &str, error: &ParseErrors) -> PolicyError {
    let place = error
        .labels()
        .and_then(|mut labels| labels.next())
        .map_or(0, |label| label.offset());
    let before = text.get(..place).unwrap_or_default();
    PolicyError::Unreadable {
        line: before.matches('\n').count() + 1,
        what: error.to_string(),
    }
}

fn name(statement: &Policy) -> Option<Policy> {
    let id = statement.annotation("id")?;
    let shows =
        |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    let sound = (1..=60).contains(&id.len()) && id.chars().all(shows);
    Origin::Own.name(statement).filter(|_| sound)
}

/// Facts name accounts and records by no id of theirs, so a statement about one would not mean what
/// it says. Other organisations have their own policy.
fn check_names(statement: &Policy, own: &Ods) -> Result<(), PolicyError> {
    for named in statement.entity_literals() {
        let id: &str = named.id().as_ref();
        let sound = match named.type_name().to_string().as_str() {
            "Organisation" => id == own.as_str(),
            "Account" | "Record" => false,
            _ => true,
        };
        if !sound {
            return Err(PolicyError::Names {
                statement: called(statement.id()),
                named: named.to_string(),
            });
        }
    }
    Ok(())
}

/// A warning refuses as well: a statement that can never apply, or looks like another.
fn check_types(schema: &Schema, statements: &[Policy]) -> Result<(), PolicyError> {
    let set = PolicySet::from_policies(statements.iter().cloned()).map_err(AccessError::policy)?;
    let result = Validator::new(schema.clone()).validate(&set, ValidationMode::Strict);
    let errors = result
        .validation_errors()
        .map(|error| (error.policy_id().clone(), error.to_string()));
    let warnings = result
        .validation_warnings()
        .map(|warning| (warning.policy_id().clone(), warning.to_string()));
    match errors.chain(warnings).min() {
        None => Ok(()),
        Some((id, what)) => Err(PolicyError::Invalid {
            statement: called(&id),
            what,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<OrganisationPolicy, String> {
        OrganisationPolicy::read(&"WRD01".parse().unwrap(), text).map_err(|error| error.to_string())
    }

    fn permit_when(condition: &str) -> String {
        format!("@id(\"x\") permit (principal, action, resource) when {{ {condition} }};")
    }

    #[track_caller]
    fn refused(text: &str, why: &str) {
        let told = read(text).err().unwrap_or_default();
        assert!(told.contains(why), "{told:?}");
    }

    #[test]
    fn a_policy_is_kept_as_it_was_written() {
        let text = "// Ours.\n@id(\"ours\")\nforbid (principal, action, resource) when { context.purpose == \"audit\" };";
        let policy = read(text).unwrap();
        assert_eq!(policy.text(), text);
        assert_eq!(policy.statements().len(), 1);
        assert_eq!(policy.statements()[0].id().to_string(), "own/ours");
        assert_eq!(policy.forbids().len(), 1);
        assert!(read("").unwrap().statements().is_empty());
    }

    #[test]
    fn a_broken_policy_is_refused_with_its_line() {
        refused("\n\npermit (principal action);", "line 3: ");
        refused(
            "@id(\"a\") permit (principal, action, resource) when { ",
            "line 1: ",
        );
        refused(
            "@id(\"a\") permit (principal == ?principal, action, resource);",
            "templates",
        );
    }

    #[test]
    fn every_statement_has_a_name_of_its_own() {
        let named = |id: &str| format!("@id(\"{id}\") permit (principal, action, resource);");
        refused("permit (principal, action, resource);", "needs an @id");
        refused(&named("Two words"), "needs an @id");
        refused(&named(""), "needs an @id");
        refused(&(named("a") + &named("a")), "two statements are called `a`");
        assert!(read(&named("second-factor")).is_ok());
    }

    #[test]
    fn what_does_not_fit_the_schema_is_refused() {
        refused(&permit_when("context.mood == \"good\""), "`x`: ");
        refused(&permit_when("principal.org == \"WRD01\""), "`x`: ");
        refused(&permit_when("principal in Role::\"root\""), "`x`: ");
        refused(&permit_when("action == Action::\"fly\""), "`x`: ");
        refused(&permit_when("false"), "`x`: ");
    }

    #[test]
    fn a_policy_names_neither_other_organisations_nor_single_accounts() {
        assert!(read(&permit_when("resource.org == Organisation::\"WRD01\"")).is_ok());
        refused(
            &permit_when("resource.org == Organisation::\"WRD02\""),
            "names Organisation::\"WRD02\"",
        );
        refused(
            "@id(\"x\") permit (principal == Account::\"jo\", action, resource);",
            "names Account::\"jo\"",
        );
        refused(
            &permit_when("resource == Record::\"1\""),
            "names Record::\"1\"",
        );
    }

    #[test]
    fn a_policy_too_large_or_too_deep_is_refused_before_it_is_parsed() {
        let nested = |depth: usize| permit_when(&("(".repeat(depth) + "true" + &")".repeat(depth)));
        assert!(read(&nested(limits::POLICY_DEPTH - 1)).is_ok());
        refused(&nested(limits::POLICY_DEPTH), "brackets within each other");
        refused(&nested(10_000), "brackets within each other");
        refused(
            &permit_when(&"[".repeat(1_000)),
            "brackets within each other",
        );
        refused(
            &permit_when(&"true && ".repeat(1_000)),
            "the statement is longer",
        );
        refused(
            &permit_when(&"\";\" == ".repeat(1_000)),
            "the statement is longer",
        );
        refused(
            &" ".repeat(limits::POLICY_BYTES + 1),
            "the policy is longer",
        );
        // Brackets that are no brackets.
        let within = |text: &str| permit_when(&format!("context.purpose == \"{text}\""));
        assert!(read(&within(&"(".repeat(100))).is_ok());
        assert!(read(&format!("// {}\n{}", "(".repeat(100), permit_when("true"))).is_ok());
    }

    /// What the limits let through must leave the stack of a worker whole, in a debug build too.
    #[test]
    fn no_policy_within_the_limits_overflows_the_stack() {
        let depth = limits::POLICY_DEPTH - 1;
        let room = limits::POLICY_STATEMENT_BYTES - 100;
        let fill = |part: &str| part.repeat((room - 4) / part.len()) + "true";
        let texts = [
            fill("true&&"),
            fill("true||"),
            fill("if true then true else "),
            fill("if "),
            fill("1+"),
            fill("1=="),
            fill("a."),
            fill("a::"),
            fill("true has "),
            fill("- "),
            "(".repeat(depth) + &fill("if true then true else ")[..room - 64] + &")".repeat(depth),
            "[".repeat(depth) + &"]".repeat(depth),
            "{a:".repeat(depth) + "1" + &"}".repeat(depth),
        ];
        let work = move || {
            for text in texts {
                drop(read(&permit_when(&text)));
            }
        };
        let thread = std::thread::Builder::new().stack_size(1024 * 1024);
        thread.spawn(work).unwrap().join().unwrap();
    }
}
