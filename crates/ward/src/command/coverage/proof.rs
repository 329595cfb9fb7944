//! `ward coverage --prove`: that no request gets round the locks.

use std::{error::Error as _, io::Write as _, time::Duration};

use serde_json::{Value, json};
use ward_access::{
    OrganisationPolicy,
    proof::{Line, Outcome, ProofError, Prover, Report},
};

use super::Options;
use crate::{config::Config, coverage::Claim, error::Error, files, runtime};

/// The claims about the platform's policies, each for each kind of request. None, where there is no
/// solver to ask.
pub(super) async fn claims(config: &Config) -> Vec<Claim> {
    let prover = Prover::new(config.path("proof.solver"));
    match prover.platform(|_| ()).await {
        Ok(report) => report.lines.iter().map(claim).collect(),
        Err(error) => {
            eprintln!("{}", told(error));
            Vec::new()
        }
    }
}

fn claim(line: &Line) -> Claim {
    Claim {
        claim: line.claim.clone(),
        request_kind: request_kind(line).to_owned(),
        proved: line.outcome.holds(),
    }
}

fn request_kind(line: &Line) -> &'static str {
    line.action
        .map_or("every request", ward_access::Verb::as_str)
}

pub(super) fn prove(config: &Config, options: &Options) -> Result<(), Error> {
    let prover = Prover::new(config.path("proof.solver"));
    let json = options.json;
    let each = move |line: &Line| {
        let text = if json {
            line_as_json(line).to_string()
        } else {
            line_as_text(line)
        };
        // Whoever reads may have read enough; the exit code tells the rest.
        let _ = writeln!(std::io::stdout(), "{text}");
    };
    let runtime = runtime()?;
    let report = match (&options.policy, &options.organisation) {
        (Some(path), Some(organisation)) => {
            let text = files::read(path)?;
            let policy = OrganisationPolicy::read(organisation, &text)
                .map_err(|error| Error::Told(format!("{}: {error}", path.display())))?;
            let examined = runtime.block_on(prover.organisation(policy, each));
            examined.map_err(told)?.report
        }
        _ => runtime.block_on(prover.platform(each)).map_err(told)?,
    };
    conclude(&report, options)
}

/// With its cause: whoever types this command may see why a solver fails.
fn told(error: ProofError) -> Error {
    match error.source() {
        Some(cause) => Error::Told(format!("{error}: {cause}")),
        None => Error::told(error),
    }
}

fn line_as_text(line: &Line) -> String {
    let action = request_kind(line);
    let (word, more) = match &line.outcome {
        Outcome::Holds => ("holds", String::new()),
        Outcome::Broken(example) => ("BROKEN", format!("\n          {example}")),
        Outcome::Undecided => (
            "UNKNOWN",
            "\n          The solver could not say in time.".into(),
        ),
    };
    let took = milliseconds(line.took);
    format!(
        "{word:<8}  {:<39}{action:<17}{took:>6} ms{more}",
        line.claim
    )
}

fn line_as_json(line: &Line) -> Value {
    let (outcome, example) = match &line.outcome {
        Outcome::Holds => ("holds", None),
        Outcome::Broken(example) => ("broken", Some(example)),
        Outcome::Undecided => ("unknown", None),
    };
    json!({
        "claim": line.claim,
        "sentence": line.sentence,
        "action": line.action.map(ward_access::Verb::as_str),
        "outcome": outcome,
        "example": example.map(|example| &example.sentence),
        "policies": example.map(|example| &example.policies),
        "ms": milliseconds(line.took),
    })
}

fn conclude(report: &Report, options: &Options) -> Result<(), Error> {
    let (asked, broken) = (report.lines.len(), report.broken().count());
    let took = milliseconds(report.took);
    if options.json {
        println!(
            "{}",
            json!({"proved": report.holds(), "asked": asked, "broken": broken, "ms": took})
        );
    } else {
        println!("\n{}", sentences(report).join("\n"));
        println!(
            "\n{} of {asked} questions hold, asked in {took} ms",
            asked - broken
        );
    }
    if report.holds() {
        Ok(())
    } else {
        let which = if options.policy.is_some() {
            "the policy may not be put in force"
        } else {
            "the policies do not keep what Ward promises"
        };
        Err(Error::Told(format!(
            "{broken} of {asked} do not hold: {which}"
        )))
    }
}

/// Each claim once, as a sentence.
fn sentences(report: &Report) -> Vec<String> {
    let mut told: Vec<(&str, &str, bool)> = Vec::new();
    for line in &report.lines {
        let holds = line.outcome.holds();
        match told
            .iter_mut()
            .find(|(_, sentence, _)| *sentence == line.sentence)
        {
            Some((.., all_hold)) => *all_hold &= holds,
            None => told.push((&line.claim, &line.sentence, holds)),
        }
    }
    told.iter()
        .map(|(claim, sentence, holds)| {
            let word = if *holds { "proved" } else { "NOT SO" };
            format!("{word}: {sentence} ({claim})")
        })
        .collect()
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
