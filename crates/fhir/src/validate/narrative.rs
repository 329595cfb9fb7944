//! Narratives: XHTML that is well formed and can do nothing (FHIR R4, narrative 2.4; txt-1, txt-2).
//!
//! Scripts, event attributes, forms, frames and objects are not among what R4 allows. Pages don't
//! put a narrative into HTML all the same.

use super::markup;

/// Whether a text is a `div` of XHTML with nothing but what R4 allows; else what is wrong.
pub(super) fn check(text: &str) -> Result<(), &'static str> {
    let mut scanner = Scanner {
        rest: text.trim(),
        open: Vec::new(),
        has_content: false,
    };
    if !scanner.rest.starts_with("<div") {
        return Err("a narrative is one div of XHTML");
    }
    if !scanner.opening()?.contains(&"xmlns") {
        return Err("the div of a narrative needs the namespace of XHTML");
    }
    while !scanner.open.is_empty() {
        scanner.text()?;
        scanner.markup()?;
    }
    if !scanner.rest.is_empty() {
        return Err("a narrative is one div of XHTML");
    }
    if scanner.has_content {
        Ok(())
    } else {
        Err("a narrative must not be empty (txt-2)")
    }
}

struct Scanner<'a> {
    rest: &'a str,
    open: Vec<&'a str>,
    has_content: bool,
}

impl<'a> Scanner<'a> {
    /// Text up to the next markup.
    fn text(&mut self) -> Result<(), &'static str> {
        let end = self
            .rest
            .find('<')
            .ok_or("an element of XHTML is not closed")?;
        let (text, rest) = self.rest.split_at(end);
        self.has_content |= !text.trim().is_empty();
        self.rest = rest;
        markup::entities(text)
    }

    /// A tag or a comment.
    fn markup(&mut self) -> Result<(), &'static str> {
        if let Some(comment) = self.rest.strip_prefix("<!--") {
            let (_, rest) = comment.split_once("-->").ok_or("a comment is not closed")?;
            self.rest = rest;
            return Ok(());
        }
        if let Some(closing) = self.rest.strip_prefix("</") {
            let (name, rest) = closing.split_once('>').ok_or("a tag is not closed")?;
            self.rest = rest;
            let is_open = self.open.pop() == Some(name.trim_end());
            return if is_open {
                Ok(())
            } else {
                Err("a closing tag closes nothing")
            };
        }
        self.opening().map(|_| ())
    }

    /// An opening tag; gives the names of its attributes.
    fn opening(&mut self) -> Result<Vec<&'a str>, &'static str> {
        let tag = self.rest.strip_prefix('<').unwrap_or(self.rest);
        let end = tag
            .find(|part: char| !part.is_ascii_alphanumeric())
            .unwrap_or(tag.len());
        let (name, rest) = tag.split_at(end);
        if !markup::is_element(name) {
            return Err("an element that narratives can't have (txt-1)");
        }
        self.rest = rest;
        let mut names: Vec<&str> = Vec::new();
        loop {
            let spaced = self.rest.trim_start();
            if let Some(rest) = spaced.strip_prefix('>') {
                self.rest = rest;
                self.open.push(name);
                break;
            }
            if let Some(rest) = spaced.strip_prefix("/>") {
                self.rest = rest;
                break;
            }
            if spaced.len() == self.rest.len() {
                return Err("a tag of XHTML is not well formed");
            }
            self.rest = spaced;
            let attribute = self.attribute()?;
            if names.contains(&attribute) {
                return Err("an attribute stands twice in one tag");
            }
            names.push(attribute);
        }
        self.has_content |= name == "img" && names.contains(&"src");
        Ok(names)
    }

    /// `name="value"`; gives the name.
    fn attribute(&mut self) -> Result<&'a str, &'static str> {
        const MALFORMED: &str = "an attribute of XHTML is not well formed";
        let (name, rest) = self.rest.split_once('=').ok_or(MALFORMED)?;
        let name = name.trim_end();
        let rest = rest.trim_start();
        let quote = rest
            .chars()
            .next()
            .filter(|quote| matches!(quote, '"' | '\''));
        let quoted = rest.get(1..).zip(quote).ok_or(MALFORMED)?;
        let (value, rest) = quoted.0.split_once(quoted.1).ok_or(MALFORMED)?;
        if value.contains('<') {
            return Err(MALFORMED);
        }
        markup::attribute(name, value)?;
        self.rest = rest;
        Ok(name)
    }
}
