//! What is wrong with a resource or a request, and the OperationOutcome that says so.

use std::borrow::Cow;

use crate::json::{Builder, ParseError};

/// One thing that is wrong, and where. Never holds a value of a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// How bad it is.
    pub severity: Severity,
    /// What kind of thing is wrong.
    pub code: IssueCode,
    /// Where: a FHIRPath location such as `Patient.name[0].given[1]`; empty where there is none.
    pub expression: String,
    /// What is wrong, for a person.
    pub diagnostics: Cow<'static, str>,
}

impl Issue {
    /// An error.
    pub fn error(
        code: IssueCode,
        expression: impl Into<String>,
        diagnostics: impl Into<Cow<'static, str>>,
    ) -> Self {
        let (expression, diagnostics) = (expression.into(), diagnostics.into());
        Self {
            severity: Severity::Error,
            code,
            expression,
            diagnostics,
        }
    }

    /// A warning: what it is about is accepted all the same.
    pub fn warning(
        code: IssueCode,
        expression: impl Into<String>,
        diagnostics: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(code, expression, diagnostics)
        }
    }

    /// The same of a resource that stands at a place of another: `Patient.name` becomes
    /// `Bundle.entry[3].resource.name`.
    #[must_use]
    pub fn within(mut self, place: &str) -> Self {
        let rest = self
            .expression
            .find('.')
            .and_then(|dot| self.expression.get(dot..));
        self.expression = format!("{place}{}", rest.unwrap_or_default());
        self
    }
}

impl From<ParseError> for Issue {
    fn from(error: ParseError) -> Self {
        Self::error(IssueCode::Structure, "", error.to_string())
    }
}

/// FHIR R4 value set `issue-severity`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// Refused, and nothing more was looked at.
    Fatal,
    /// Refused.
    Error,
    /// Accepted; somebody should look.
    Warning,
    /// For information.
    Information,
}

impl Severity {
    /// The code of FHIR.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fatal => "fatal",
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Information => "information",
        }
    }
}

macro_rules! issue_codes {
    ($($(#[$doc:meta])+ $name:ident = $code:literal,)+) => {
        /// FHIR R4 value set `issue-type`: those that Ward uses.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum IssueCode {
            $($(#[$doc])+ $name,)+
        }

        impl IssueCode {
            /// The code of FHIR.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)+
                }
            }
        }
    };
}

issue_codes! {
    /// Content that is invalid in some way that has no code of its own.
    Invalid = "invalid",
    /// The structure of the content is wrong: an unknown element, a wrong JSON type.
    Structure = "structure",
    /// A required element is missing.
    Required = "required",
    /// An element's value is not of its format.
    Value = "value",
    /// A rule over several elements is broken.
    Invariant = "invariant",
    /// The caller has to sign in.
    Login = "login",
    /// The caller may not do this.
    Forbidden = "forbidden",
    /// Something that this server does not do.
    NotSupported = "not-supported",
    /// Stored already.
    Duplicate = "duplicate",
    /// Several matched where one may.
    MultipleMatches = "multiple-matches",
    /// Not found, or not for this caller.
    NotFound = "not-found",
    /// Deleted.
    Deleted = "deleted",
    /// Longer than this server accepts.
    TooLong = "too-long",
    /// A code that its value set does not have.
    CodeInvalid = "code-invalid",
    /// More work than this server does for one request.
    TooCostly = "too-costly",
    /// Breaks a rule of the business, such as a check digit.
    BusinessRule = "business-rule",
    /// Somebody else changed the resource first.
    Conflict = "conflict",
    /// Too many requests.
    Throttled = "throttled",
    /// The server failed.
    Exception = "exception",
    /// For information.
    Informational = "informational",
}

/// An OperationOutcome resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperationOutcome(String);

impl OperationOutcome {
    /// The outcome of these issues; of none, that all is well.
    pub fn of(issues: &[Issue]) -> Self {
        let mut builder = Builder::with_capacity(64 + 192 * issues.len());
        builder.begin_object();
        builder.name("resourceType");
        builder.string("OperationOutcome");
        builder.name("issue");
        builder.begin_array();
        if issues.is_empty() {
            let (severity, code) = (Severity::Information, IssueCode::Informational);
            let diagnostics = Cow::Borrowed("no issues");
            write(
                &mut builder,
                &Issue {
                    severity,
                    code,
                    expression: String::new(),
                    diagnostics,
                },
            );
        }
        for issue in issues {
            write(&mut builder, issue);
        }
        builder.end();
        builder.end();
        Self(builder.finish().into_text())
    }

    /// Compact JSON.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0.into_bytes()
    }
}

impl From<&[Issue]> for OperationOutcome {
    fn from(issues: &[Issue]) -> Self {
        Self::of(issues)
    }
}

fn write(builder: &mut Builder, issue: &Issue) {
    builder.begin_object();
    builder.name("severity");
    builder.string(issue.severity.as_str());
    builder.name("code");
    builder.string(issue.code.as_str());
    builder.name("diagnostics");
    builder.string(&issue.diagnostics);
    if !issue.expression.is_empty() {
        builder.name("expression");
        builder.begin_array();
        builder.string(&issue.expression);
        builder.end();
    }
    builder.end();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issue_of_an_entry_is_told_in_its_bundle() {
        let place = "Bundle.entry[3].resource";
        let within = |expression: &str| {
            Issue::error(IssueCode::Value, expression, "x")
                .within(place)
                .expression
        };
        assert_eq!(
            within("Patient.name[0].given[1]"),
            "Bundle.entry[3].resource.name[0].given[1]"
        );
        assert_eq!(within("Patient"), place);
        assert_eq!(within(""), place);
    }

    #[test]
    fn an_outcome_of_no_issues_says_so() {
        let bytes = OperationOutcome::from(&[] as &[Issue]).into_bytes();
        let text = String::from_utf8(bytes).unwrap();
        expect_test::expect![[r#"{"resourceType":"OperationOutcome","issue":[{"severity":"information","code":"informational","diagnostics":"no issues"}]}"#]]
        .assert_eq(&text);
    }
}
