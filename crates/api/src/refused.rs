//! The door's refusals as errors of HTTP.

use ward_fhir::{Issue, IssueCode};
use ward_http::{HttpError, Kind};
use ward_records::Error;

/// What a caller is told of an error at the door.
pub(crate) fn refused(error: Error) -> HttpError {
    match error {
        Error::NotFound => HttpError::not_found(),
        Error::Gone => HttpError::new(Kind::Gone, "deleted", "The resource was deleted."),
        Error::Refused => HttpError::forbidden("refused", "This account may not do this."),
        Error::Conflict => {
            let text = "Somebody else changed it at the same time: read it again.";
            HttpError::new(Kind::Conflict, "conflict", text)
        }
        Error::PreconditionFailed => {
            let text = "It is at another version than the one asked for: read it again.";
            HttpError::new(Kind::PreconditionFailed, "precondition-failed", text)
        }
        Error::MultipleMatches => {
            let text = "More than one resource meets the condition.";
            HttpError::new(Kind::PreconditionFailed, "multiple-matches", text)
        }
        Error::Invalid(issues) => invalid(issues),
        Error::TooLarge => HttpError::new(Kind::TooLarge, "too-large", "This is too large."),
        Error::TooCostly(how) => HttpError::new(Kind::Unprocessable, "too-costly", how),
        Error::BadLink => {
            let text = "This link does not work, or no longer: search again.";
            HttpError::new(Kind::Gone, "bad-link", text)
        }
        Error::Entry { index, error } => at_entry(index, &refused(*error)),
        Error::Unavailable(_) => {
            HttpError::unavailable("not-ready", "The records are not ready: try again.")
        }
        Error::Store(_) | Error::Unreadable | _ => HttpError::internal(&error),
    }
}

/// What is wrong with what was sent: 400 where it can't be understood, 422 where it can, and
/// breaks a rule at some place in it (R4 3.1.0.8.1).
fn invalid(issues: Vec<Issue>) -> HttpError {
    let is_rule = |issue: &Issue| {
        let breaks_rule = matches!(
            issue.code,
            IssueCode::Required
                | IssueCode::Value
                | IssueCode::Invariant
                | IssueCode::CodeInvalid
                | IssueCode::BusinessRule
        );
        breaks_rule && !issue.expression.is_empty()
    };
    let (kind, text) = if issues.iter().all(is_rule) {
        (Kind::Unprocessable, "The content breaks rules of FHIR R4.")
    } else {
        (Kind::BadRequest, "The request can't be understood.")
    };
    HttpError::new(kind, "invalid", text).with_issues(issues)
}

/// The error of an entry as that of its bundle, so that the caller finds the entry.
fn at_entry(index: usize, error: &HttpError) -> HttpError {
    let place = format!("Bundle.entry[{index}]");
    let issues = match error.issues() {
        [] => vec![Issue::error(
            issue_code(error.kind()),
            place,
            error.text().to_owned(),
        )],
        issues => issues.iter().map(|issue| beneath(&place, issue)).collect(),
    };
    HttpError::new(error.kind(), error.code(), error.text().to_owned()).with_issues(issues)
}

/// An issue whose place is in the entry's resource (`Patient.name[0]`), as one of the bundle.
fn beneath(place: &str, issue: &Issue) -> Issue {
    let expression = match issue.expression.split_once('.') {
        _ if issue.expression.starts_with("Bundle.") => issue.expression.clone(),
        Some((_, rest)) => format!("{place}.resource.{rest}"),
        None if issue.expression.is_empty() => place.to_owned(),
        None => format!("{place}.resource"),
    };
    Issue {
        expression,
        ..issue.clone()
    }
}

fn issue_code(kind: Kind) -> IssueCode {
    match kind {
        Kind::Forbidden => IssueCode::Forbidden,
        Kind::NotFound => IssueCode::NotFound,
        Kind::Gone => IssueCode::Deleted,
        Kind::Conflict | Kind::PreconditionFailed => IssueCode::Conflict,
        Kind::TooLarge => IssueCode::TooLong,
        Kind::Unprocessable => IssueCode::TooCostly,
        Kind::Internal | Kind::Unavailable => IssueCode::Exception,
        _ => IssueCode::Invalid,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entrys_fault_names_the_entry() {
        let issue = Issue::error(IssueCode::Value, "Patient.birthDate", "not a date");
        let error = Error::Entry {
            index: 3,
            error: Box::new(Error::Invalid(vec![issue])),
        };
        let error = refused(error);
        assert_eq!(error.kind(), Kind::Unprocessable);
        assert_eq!(
            error.issues()[0].expression,
            "Bundle.entry[3].resource.birthDate"
        );
        let error = refused(Error::Entry {
            index: 0,
            error: Box::new(Error::NotFound),
        });
        assert_eq!(error.kind(), Kind::NotFound);
        assert_eq!(error.issues()[0].expression, "Bundle.entry[0]");
    }

    #[test]
    fn what_can_not_be_understood_is_400_and_what_breaks_a_rule_422() {
        let of = |code, place| refused(Error::Invalid(vec![Issue::error(code, place, "x")])).kind();
        assert_eq!(of(IssueCode::Structure, "Patient.x"), Kind::BadRequest);
        assert_eq!(of(IssueCode::NotSupported, ""), Kind::BadRequest);
        assert_eq!(of(IssueCode::Value, ""), Kind::BadRequest);
        assert_eq!(
            of(IssueCode::Required, "Patient.link[0].other"),
            Kind::Unprocessable
        );
    }
}
