//! What was refused of one file, kept aside: the resources as NDJSON, so that they can be mended and
//! imported, and beside them what is wrong, where.

use std::{
    fs::File,
    io::Write as _,
    path::{Path, PathBuf},
};

use crate::{error::Error, files};

/// Where what was refused of one file goes. Nothing is made before there is something to keep.
pub(super) struct Aside {
    dir: PathBuf,
    stem: String,
    kept: Option<Kept>,
}

/// The two files that are kept for one run and source.
struct Kept {
    records_path: PathBuf,
    records: Option<File>,
    /// Lines of it.
    lines: usize,
    problems_path: PathBuf,
    problems: File,
}

impl Aside {
    pub(super) fn new(dir: &Path, source: &Path) -> Self {
        let stem = source.file_stem().unwrap_or_default().to_string_lossy();
        Self {
            dir: dir.to_owned(),
            stem: stem.into_owned(),
            kept: None,
        }
    }

    /// Keeps what did not go in, unless it can't be kept, and why.
    pub(super) fn refused(
        &mut self,
        place: &str,
        reasons: &[String],
        content: Option<&[u8]>,
    ) -> Result<(), Error> {
        let kept = self.kept()?;
        let what = match content {
            Some(content) => {
                kept.record(content)?;
                format!("line {}", kept.lines)
            }
            None => "not kept".to_owned(),
        };
        kept.tell(&what, place, reasons)
    }

    /// Tells what is not right with what went in all the same.
    pub(super) fn warned(&mut self, place: &str, reasons: &[String]) -> Result<(), Error> {
        self.kept()?.tell("went in", place, reasons)
    }

    /// Where what is wrong is told, if anything is.
    pub(super) fn problems(self) -> Option<PathBuf> {
        self.kept.map(|kept| kept.problems_path)
    }

    fn kept(&mut self) -> Result<&mut Kept, Error> {
        match self.kept.take() {
            Some(kept) => Ok(self.kept.insert(kept)),
            None => {
                files::make_dir(&self.dir)?;
                let kept = Kept::make(&self.dir, &self.stem)?;
                Ok(self.kept.insert(kept))
            }
        }
    }
}

impl Kept {
    /// Takes the first name that is free: nothing is written over, neither what an earlier run kept,
    /// nor what another file of the same name left, nor the source itself.
    fn make(dir: &Path, stem: &str) -> Result<Self, Error> {
        let mut number = 1_u32;
        loop {
            let name = match number {
                1 => stem.to_owned(),
                number => format!("{stem}-{number}"),
            };
            let records_path = dir.join(format!("{name}.ndjson"));
            let problems_path = dir.join(format!("{name}.problems.txt"));
            if records_path.symlink_metadata().is_err()
                && let Some(problems) = files::create_secret(&problems_path)?
            {
                return Ok(Self {
                    records_path,
                    records: None,
                    lines: 0,
                    problems_path,
                    problems,
                });
            }
            number += 1;
        }
    }

    fn record(&mut self, content: &[u8]) -> Result<(), Error> {
        let path = &self.records_path;
        let file = match self.records.take() {
            Some(file) => file,
            None => files::create_secret(path)?
                .ok_or_else(|| Error::Told(format!("{}: was made meanwhile", path.display())))?,
        };
        // A resource that stood on several lines stands on one here.
        let line: Vec<u8> = content
            .iter()
            .map(|byte| {
                if matches!(byte, b'\n' | b'\r') {
                    b' '
                } else {
                    *byte
                }
            })
            .chain([b'\n'])
            .collect();
        self.lines += 1;
        self.records
            .insert(file)
            .write_all(&line)
            .map_err(Error::file(path))
    }

    fn tell(&mut self, what: &str, place: &str, reasons: &[String]) -> Result<(), Error> {
        for reason in reasons {
            let line = format!("{what}, from {place}: {reason}\n");
            self.problems
                .write_all(line.as_bytes())
                .map_err(Error::file(&self.problems_path))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_run_and_source_has_names_of_its_own() {
        let dir = tempfile::tempdir().unwrap();
        for (source, name) in [
            ("one/people.ndjson", "people"),
            ("two/people.ndjson", "people-2"),
            ("two/people.json", "people-3"),
        ] {
            let mut aside = Aside::new(dir.path(), Path::new(source));
            let reasons = ["Patient.gender: no such code".to_owned()];
            aside.refused("place", &reasons, Some(b"{\n}")).unwrap();
            let problems = aside.problems().unwrap();
            assert_eq!(problems, dir.path().join(format!("{name}.problems.txt")));
            let records = dir.path().join(format!("{name}.ndjson"));
            assert_eq!(files::read(&records).unwrap(), "{ }\n");
        }
    }

    #[test]
    fn names_that_others_have_are_left_to_them() {
        let dir = tempfile::tempdir().unwrap();
        for taken in ["people.ndjson", "people-2.problems.txt"] {
            std::fs::write(dir.path().join(taken), "mine").unwrap();
        }
        let source = dir.path().join("people.ndjson");
        let mut aside = Aside::new(dir.path(), &source);
        aside.refused("place", &[], Some(b"{}")).unwrap();
        assert_eq!(
            aside.problems().unwrap(),
            dir.path().join("people-3.problems.txt")
        );
        assert_eq!(files::read(&source).unwrap(), "mine");
        assert!(!dir.path().join("people-2.ndjson").exists());
    }

    #[test]
    fn what_is_wrong_is_told_by_the_line_that_is_kept() {
        let dir = tempfile::tempdir().unwrap();
        let mut aside = Aside::new(dir.path(), Path::new("people.ndjson"));
        let reasons = |texts: &[&str]| texts.iter().map(ToString::to_string).collect::<Vec<_>>();
        aside
            .refused("a:1", &reasons(&["one", "two"]), Some(b"{}"))
            .unwrap();
        aside.refused("a:2", &reasons(&["three"]), None).unwrap();
        aside.warned("a:3", &reasons(&["four"])).unwrap();
        aside
            .refused("a:4", &reasons(&["five"]), Some(b"{}"))
            .unwrap();
        assert_eq!(
            files::read(&aside.problems().unwrap()).unwrap(),
            "line 1, from a:1: one\nline 1, from a:1: two\nnot kept, from a:2: three\n\
             went in, from a:3: four\nline 2, from a:4: five\n"
        );
    }
}
