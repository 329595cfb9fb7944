//! What a command says when it can't go on.

use std::path::{Path, PathBuf};

/// Why a command failed. Each says what to do next.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The configuration is wrong; all that is wrong, a line each.
    #[error("the configuration is wrong\n{0}")]
    Config(String),
    /// A file can't be read or written.
    #[error("{}: {what}", path.display())]
    File { path: PathBuf, what: String },
    /// Anything else that a person must know, in a sentence.
    #[error("{0}")]
    Told(String),
}

impl Error {
    /// A failure of the operating system on a file.
    pub(crate) fn file(path: &Path) -> impl FnOnce(std::io::Error) -> Self + '_ {
        move |error| Self::File {
            path: path.to_owned(),
            what: error.to_string(),
        }
    }

    /// A failure of a crate beneath, told by its public text.
    pub(crate) fn told(error: impl std::fmt::Display) -> Self {
        Self::Told(error.to_string())
    }
}
