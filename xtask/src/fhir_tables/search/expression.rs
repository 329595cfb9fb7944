//! The part of FHIRPath that published search parameters use, read into branches of steps.

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// `.name`
    Name(String),
    /// `.ofType(T)`, `.as(T)` or `as T`
    OfType(String),
    /// `.where(key='value')`
    Equals(String, String),
    /// `.where(resolve() is T)`
    Resolves(String),
    /// `[n]`
    Index(usize),
    /// `.exists() and the same != false`: the value is whether there is one that is not false
    Flag,
}

/// Reads an expression: one list of steps for each branch of its unions.
pub(super) fn parse(expression: &str) -> Result<Vec<Vec<Step>>, String> {
    let mut reader = Reader {
        rest: expression.trim(),
    };
    let branches = reader.union()?;
    if reader.rest.is_empty() {
        Ok(branches)
    } else {
        Err(format!(
            "`{}` is not understood in `{expression}`",
            reader.rest
        ))
    }
}

struct Reader<'e> {
    rest: &'e str,
}

impl<'e> Reader<'e> {
    fn takes(&mut self, text: &str) -> bool {
        match self.rest.strip_prefix(text) {
            Some(rest) => {
                self.rest = rest.trim_start();
                true
            }
            None => false,
        }
    }

    fn must(&mut self, text: &str) -> Result<(), String> {
        if self.takes(text) {
            Ok(())
        } else {
            Err(format!("`{text}` expected before `{}`", self.rest))
        }
    }

    fn until(&mut self, ends: impl Fn(char) -> bool) -> Result<&'e str, String> {
        let length = self.rest.find(ends).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(length);
        self.rest = rest.trim_start();
        if word.is_empty() {
            Err(format!("a name expected before `{rest}`"))
        } else {
            Ok(word)
        }
    }

    fn name(&mut self) -> Result<&'e str, String> {
        self.until(|c| !c.is_ascii_alphanumeric())
    }

    fn union(&mut self) -> Result<Vec<Vec<Step>>, String> {
        let mut branches = self.path()?;
        while self.takes("|") {
            branches.extend(self.path()?);
        }
        Ok(branches)
    }

    fn path(&mut self) -> Result<Vec<Vec<Step>>, String> {
        let mut branches = if self.takes("(") {
            let inner = self.union()?;
            self.must(")")?;
            inner
        } else {
            vec![vec![Step::Name(self.name()?.to_owned())]]
        };
        while let Some(step) = self.step()? {
            for branch in &mut branches {
                branch.push(step.clone());
            }
        }
        Ok(branches)
    }

    fn step(&mut self) -> Result<Option<Step>, String> {
        if self.takes("as ") {
            return Ok(Some(Step::OfType(self.name()?.to_owned())));
        }
        if self.takes("[") {
            let index = self
                .name()?
                .parse()
                .map_err(|_| "a number expected in []".to_owned())?;
            self.must("]")?;
            return Ok(Some(Step::Index(index)));
        }
        if !self.takes(".") {
            return Ok(None);
        }
        let name = self.name()?;
        if !self.takes("(") {
            return Ok(Some(Step::Name(name.to_owned())));
        }
        let step = match name {
            "ofType" | "as" => Step::OfType(self.name()?.to_owned()),
            "where" => self.condition()?,
            "exists" => {
                self.must(")")?;
                return self.flag().map(Some);
            }
            other => return Err(format!("function `{other}` is not known")),
        };
        self.must(")")?;
        Ok(Some(step))
    }

    fn condition(&mut self) -> Result<Step, String> {
        if self.takes("resolve()") {
            self.must("is ")?;
            return Ok(Step::Resolves(self.name()?.to_owned()));
        }
        let key = self.name()?.to_owned();
        self.must("=")?;
        self.must("'")?;
        let value = self.until(|c| c == '\'')?.to_owned();
        self.must("'")?;
        Ok(Step::Equals(key, value))
    }

    /// `and <path> != false` after `exists()`.
    fn flag(&mut self) -> Result<Step, String> {
        self.must("and ")?;
        self.path()?;
        self.must("!=")?;
        self.must("false")?;
        Ok(Step::Flag)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Step {
        Step::Name(text.to_owned())
    }

    #[test]
    fn every_published_form_is_read() {
        let of_type = |text: &str| Step::OfType(text.to_owned());
        let check = |text: &str, want: Vec<Vec<Step>>| assert_eq!(parse(text), Ok(want), "{text}");
        check(
            "A.b | A.c",
            vec![vec![name("A"), name("b")], vec![name("A"), name("c")]],
        );
        for form in [
            "(A.b as T)",
            "A.b.as(T)",
            "A.b.ofType(T)",
            "(A.b.ofType(T))",
        ] {
            check(form, vec![vec![name("A"), name("b"), of_type("T")]]);
        }
        check(
            "(A.b as T).c",
            vec![vec![name("A"), name("b"), of_type("T"), name("c")]],
        );
        check(
            "A.b.where(resolve() is Patient)",
            vec![vec![
                name("A"),
                name("b"),
                Step::Resolves("Patient".to_owned()),
            ]],
        );
        check(
            "A.b.where(type='composed-of').c",
            vec![vec![
                name("A"),
                name("b"),
                Step::Equals("type".to_owned(), "composed-of".to_owned()),
                name("c"),
            ]],
        );
        check(
            "A.b[0].c",
            vec![vec![name("A"), name("b"), Step::Index(0), name("c")]],
        );
        check(
            "A.b.exists() and A.b != false",
            vec![vec![name("A"), name("b"), Step::Flag]],
        );
    }

    #[test]
    fn an_unknown_form_is_an_error() {
        for text in ["", "A.", "A.b.first()", "A.b + 1", "A.where(x>1)", "(A.b"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
