//! The solver, and a thread for what asks it.

use std::{io, path::PathBuf, sync::Arc, thread};

use cedar_policy_symcc::{
    CedarSymCompiler, err,
    solver::{LocalSolver, SolverError},
};
use tokio::{
    process::Command,
    sync::{Mutex, oneshot},
    time::{Instant, timeout},
};
use ward_core::limits;

use super::{Examined, Line, Proven, Report, questions::Questions};
use crate::{
    AccessError, OrganisationPolicy, Source,
    policy::{Policies, Sources},
};

/// The symbolic compiler recurses once for each condition of a chain; what a policy may hold by
/// [`limits`] takes some megabytes in a debug build.
const STACK_BYTES: usize = 64 * 1024 * 1024;

/// Asks the solver, one proof at a time.
#[derive(Debug, Clone)]
pub struct Prover {
    program: PathBuf,
    turn: Arc<Mutex<()>>,
}

/// Why there is no proof.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProofError {
    /// The solver is not there.
    #[error(
        "the solver {} is not there: install cvc5 (Debian: apt-get install cvc5), or name it by \
         the setting proof.solver",
        program.display()
    )]
    NoSolver {
        /// What was looked for.
        program: PathBuf,
    },
    /// The solver failed, or the policies can't be put to it.
    #[error("the solver failed")]
    Solver(#[source] Source),
    /// It took longer than [`limits::PROOF`].
    #[error("the proof took longer than {} s", limits::PROOF.as_secs())]
    TooLong,
    /// The embedded policies can't be read: a broken build.
    #[error(transparent)]
    Policies(#[from] AccessError),
}

impl ProofError {
    pub(super) fn solver(source: impl Into<Source>) -> Self {
        Self::Solver(source.into())
    }
}

impl From<err::Error> for ProofError {
    fn from(error: err::Error) -> Self {
        Self::solver(error)
    }
}

impl Prover {
    /// With a solver: the path of cvc5, or its name where it is found on `PATH`.
    pub fn new(program: impl Into<PathBuf>) -> Self {
        Self {
            program: program.into(),
            turn: Arc::default(),
        }
    }

    /// Proves the platform's policies with the default roles. `each` is told of each line as it is
    /// found.
    ///
    /// # Errors
    /// [`ProofError`], where nothing can be said.
    pub async fn platform(
        &self,
        each: impl FnMut(&Line) + Send + 'static,
    ) -> Result<Report, ProofError> {
        let policies = Policies::embedded()?;
        let (_, report) = self.ask(policies, None, each).await?;
        Ok(report)
    }

    /// Proves the platform's policies with the default roles and an organisation's own.
    ///
    /// # Errors
    /// [`ProofError`], where nothing can be said.
    pub async fn organisation(
        &self,
        policy: OrganisationPolicy,
        each: impl FnMut(&Line) + Send + 'static,
    ) -> Result<Examined, ProofError> {
        let policies = Policies::of(Sources::EMBEDDED, policy.statements())?;
        let own = Some(policy.clone());
        let (policies, report) = self.ask(policies, own, each).await?;
        let proven = report.holds().then_some(Proven { policy, policies });
        Ok(Examined { report, proven })
    }

    /// Asks on a thread of its own: the compiler computes for long, and needs a deep stack.
    pub(super) async fn ask(
        &self,
        policies: Policies,
        own: Option<OrganisationPolicy>,
        mut each: impl FnMut(&Line) + Send + 'static,
    ) -> Result<(Policies, Report), ProofError> {
        let turn = Arc::clone(&self.turn).lock_owned().await;
        let solver = self.program.clone();
        let (answer, answered) = oneshot::channel();
        let work = move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            let found = runtime.map_err(ProofError::solver).and_then(|runtime| {
                runtime.block_on(async {
                    let began = Instant::now();
                    let compiler = CedarSymCompiler::new(start(solver)?)?;
                    let questions = Questions::new(&policies, own.as_ref(), compiler, &mut each)?;
                    let lines = timeout(limits::PROOF, questions.ask())
                        .await
                        .map_err(|_| ProofError::TooLong)??;
                    let took = began.elapsed();
                    Ok(Report { lines, took })
                })
            });
            drop(turn);
            // Nobody may be waiting any more.
            let _ = answer.send(found.map(|report| (policies, report)));
        };
        thread::Builder::new()
            .name("proof".to_owned())
            .stack_size(STACK_BYTES)
            .spawn(work)
            .map_err(ProofError::solver)?;
        let ended = |_| ProofError::solver("the proof ended without an answer");
        answered.await.map_err(ended)?
    }
}

/// Starts the solver's process; it ends with what is returned.
fn start(program: PathBuf) -> Result<LocalSolver, ProofError> {
    let question = format!("--tlimit-per={}", limits::PROOF_QUESTION.as_millis());
    let mut command = Command::new(&program);
    command
        .args(["--lang", "smt", &question])
        .kill_on_drop(true);
    LocalSolver::from_command(&mut command).map_err(|error| match error {
        SolverError::Io(error) if error.kind() == io::ErrorKind::NotFound => {
            ProofError::NoSolver { program }
        }
        other => ProofError::solver(other),
    })
}
