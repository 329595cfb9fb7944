//! Reading of what is to be imported, in bounded memory whatever the file.

use std::{
    fs::File,
    io::{self, BufRead, Read as _},
    path::Path,
};

/// The lines of a file.
pub(super) struct Lines<R> {
    input: R,
    limit: usize,
    number: usize,
    line: Vec<u8>,
}

/// A line, or that there is one which is too long.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line<'a> {
    /// Its place in the file, from 1.
    pub(super) number: usize,
    /// Bytes of the file that it takes, its end included.
    pub(super) bytes: u64,
    /// Without its end; none of one longer than the limit.
    pub(super) content: Option<&'a [u8]>,
}

impl<R: BufRead> Lines<R> {
    /// Lines of at most `limit` bytes.
    pub(super) const fn new(input: R, limit: usize) -> Self {
        Self {
            input,
            limit,
            number: 0,
            line: Vec::new(),
        }
    }

    /// The next line, read whole if it is not longer than the limit, else passed over.
    pub(super) fn next(&mut self) -> io::Result<Option<Line<'_>>> {
        self.line.clear();
        let most = (self.limit as u64).saturating_add(1);
        let mut bytes = (&mut self.input)
            .take(most)
            .read_until(b'\n', &mut self.line)? as u64;
        if bytes == 0 {
            return Ok(None);
        }
        self.number += 1;
        let has_ended = self.line.pop_if(|last| *last == b'\n').is_some();
        let is_whole = has_ended || bytes < most;
        if !is_whole {
            bytes += self.input.skip_until(b'\n')? as u64;
        }
        Ok(Some(Line {
            number: self.number,
            bytes,
            content: is_whole.then_some(self.line.as_slice()),
        }))
    }
}

/// A whole file; none where it is longer than the limit.
pub(super) fn whole(path: &Path, limit: usize) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    let most = (limit as u64).saturating_add(1);
    File::open(path)?.take(most).read_to_end(&mut bytes)?;
    Ok((bytes.len() <= limit).then_some(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<(usize, u64, Option<String>)> {
        // A small buffer, so that lines are read in parts.
        let mut lines = Lines::new(io::BufReader::with_capacity(3, text.as_bytes()), 5);
        let mut found = Vec::new();
        while let Some(line) = lines.next().unwrap() {
            let content = line
                .content
                .map(|content| String::from_utf8(content.to_vec()).unwrap());
            found.push((line.number, line.bytes, content));
        }
        found
    }

    #[test]
    fn a_line_that_is_too_long_is_passed_over_and_the_next_is_read() {
        let content = |text: &str| Some(text.to_owned());
        assert_eq!(
            lines("12345\n123456\n1234567890\n\nab"),
            [
                (1, 6, content("12345")),
                (2, 7, None),
                (3, 11, None),
                (4, 1, content("")),
                (5, 2, content("ab")),
            ]
        );
        assert_eq!(lines("12345"), [(1, 5, content("12345"))]);
        assert_eq!(lines("123456"), [(1, 6, None)]);
        assert_eq!(lines(""), []);
    }

    #[test]
    fn no_more_of_an_endless_line_is_held_than_the_limit() {
        let endless = io::BufReader::new(io::repeat(b'x').take(1_000_000));
        let mut lines = Lines::new(endless, 1_000);
        let line = lines.next().unwrap().unwrap();
        assert_eq!((line.bytes, line.content), (1_000_000, None));
        assert!(lines.line.capacity() < 10_000);
    }

    #[test]
    fn a_file_that_is_too_long_is_not_read() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("bundle.json");
        std::fs::write(&path, "12345").unwrap();
        assert_eq!(whole(&path, 5).unwrap(), Some(b"12345".to_vec()));
        assert_eq!(whole(&path, 4).unwrap(), None);
    }
}
