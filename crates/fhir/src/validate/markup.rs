//! The elements, attributes and links of XHTML that a narrative may have.

const NAMESPACE: &str = "http://www.w3.org/1999/xhtml";

/// The elements of the published invariant txt-1.
#[rustfmt::skip]
const ELEMENTS: [&str; 48] = [
    "a", "abbr", "acronym", "b", "big", "blockquote", "br", "caption", "cite", "code", "col",
    "colgroup", "dd", "dfn", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i",
    "img", "li", "ol", "p", "pre", "q", "samp", "small", "span", "strong", "sub", "sup", "table",
    "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "ul", "var",
];
/// The attributes of the published invariant txt-1, and those of XML itself.
#[rustfmt::skip]
const ATTRIBUTES: [&str; 58] = [
    "abbr", "accesskey", "align", "alt", "axis", "bgcolor", "border", "cellhalign", "cellpadding",
    "cellspacing", "cellvalign", "char", "charoff", "charset", "cite", "class", "colspan", "compact",
    "coords", "dir", "frame", "headers", "height", "href", "hreflang", "hspace", "id", "lang",
    "longdesc", "name", "nowrap", "rel", "rev", "rowspan", "rules", "scope", "shape", "span", "src",
    "start", "style", "summary", "tabindex", "title", "type", "valign", "value", "vspace", "width",
    "xmlns", "xml:lang", "xml:space", "xml:base", "xml:id", "clear", "noshade", "size", "color",
];
const LINKS: [&str; 4] = ["cite", "href", "longdesc", "src"];
const SCHEMES: [&str; 7] = ["http", "https", "mailto", "tel", "ftp", "urn", "cid"];
/// What a style could do more than style: run, or fetch from elsewhere.
const ACTIVE_STYLES: [&str; 6] = [
    "expression",
    "javascript",
    "@import",
    "behavior",
    "-moz-binding",
    "\\",
];

pub(super) fn is_element(name: &str) -> bool {
    ELEMENTS.contains(&name)
}

/// An attribute and its value, as written.
pub(super) fn attribute(name: &str, value: &str) -> Result<(), &'static str> {
    if !ATTRIBUTES.contains(&name) {
        return Err("an attribute that narratives can't have (txt-1)");
    }
    entities(value)?;
    if name == "xmlns" && value != NAMESPACE {
        return Err("a namespace that is not that of XHTML");
    }
    if LINKS.contains(&name) && !is_harmless_link(name, value) {
        return Err("a link that narratives can't have");
    }
    if name == "style" && !is_harmless_style(&plain(value)) {
        return Err("a style that narratives can't have");
    }
    Ok(())
}

/// A style that runs nothing and fetches nothing from elsewhere: its images stand in itself.
fn is_harmless_style(style: &str) -> bool {
    let has_image = |url: &str| {
        let image = url
            .trim_start_matches(['"', '\''])
            .strip_prefix("data:image/");
        image.is_some_and(|image| !image.starts_with("svg"))
    };
    !ACTIVE_STYLES.iter().any(|active| style.contains(active))
        && style.split("url(").skip(1).all(has_image)
}

/// Each `&` begins a reference to a character: `&#160;`, `&#xA0;` or `&nbsp;`.
pub(super) fn entities(text: &str) -> Result<(), &'static str> {
    for reference in text.split('&').skip(1) {
        let name = reference.split_once(';').map_or("", |(name, _)| name);
        let is_reference = match name.strip_prefix('#') {
            Some(number) => character(number).is_some(),
            None => !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric()),
        };
        if !is_reference {
            return Err("an & of XHTML is not well formed");
        }
    }
    Ok(())
}

fn character(number: &str) -> Option<char> {
    let code = match number.strip_prefix('x') {
        Some(hex) => u32::from_str_radix(hex, 16),
        None => number.parse(),
    };
    code.ok()
        .and_then(char::from_u32)
        .filter(|character| *character != '\0')
}

/// A link without scheme, or of a scheme that runs nothing; an image may be in the link itself.
fn is_harmless_link(name: &str, value: &str) -> bool {
    let link = plain(value);
    // What a browser would make of other names (`&colon;`, `&Tab;`) is not for a link.
    if link.contains('&') && !value.contains("&amp;") {
        return false;
    }
    match link.split_once(':') {
        None => true,
        Some((scheme, _)) if scheme.contains(['/', '?', '#']) => true,
        Some(("data", data)) => {
            name == "src" && data.starts_with("image/") && !data.contains("svg")
        }
        Some((scheme, _)) => SCHEMES.contains(&scheme),
    }
}

/// A value as a browser would read it: references resolved, spaces and control characters dropped,
/// in lower case.
fn plain(value: &str) -> String {
    let mut parts = value.split('&');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once(';').unwrap_or(("", part));
        match name {
            "amp" => text.push('&'),
            "lt" => text.push('<'),
            "gt" => text.push('>'),
            "quot" => text.push('"'),
            "apos" => text.push('\''),
            _ => match name.strip_prefix('#').and_then(character) {
                Some(character) => text.push(character),
                None => text.push_str("&?"),
            },
        }
        text.push_str(rest);
    }
    text.retain(|part| !part.is_whitespace() && !part.is_control());
    text.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::super::narrative::check;

    fn div(inner: &str) -> Result<(), &'static str> {
        check(&format!(
            r#"<div xmlns="http://www.w3.org/1999/xhtml">{inner}</div>"#
        ))
    }

    #[test]
    fn plain_narratives_pass() {
        for inner in [
            "text",
            "<p>a<br/>b</p>",
            "<table class='x'><tr><td colspan=\"2\">1</td></tr></table>",
            "<a href=\"#a\">x</a>",
            "<a href=\"http://x/?a=b&amp;c=d\">x</a>",
            "&nbsp;&#160;&#xA0;x",
            "<!-- a -- b --><p >x</p >",
            "<img src=\"data:image/png;base64,AA==\" alt=\"\"/>",
            "<p style=\"color: red\">x</p>",
            "<p style=\"background-image: url(data: image/png;base64,AA==)\">x</p>",
            "<div><div>nested</div></div>",
            "é > '\"",
            "<img src=\"#pic\"/>",
            "<a href=\"Patient/1\">x</a>",
        ] {
            assert_eq!(div(inner), Ok(()), "{inner}");
        }
    }

    #[test]
    fn nothing_in_a_narrative_can_act() {
        for inner in [
            "<script>alert(1)</script>",
            "<SCRIPT>x</SCRIPT>",
            "<p onclick=\"x\">x</p>",
            "<p ONCLICK=\"x\">x</p>",
            "<a href=\"javascript:alert(1)\">x</a>",
            "<a href=\"java&#115;cript:alert(1)\">x</a>",
            "<a href=\"java\tscript:alert(1)\">x</a>",
            "<a href=\"javascript&colon;alert(1)\">x</a>",
            "<a href=\" JavaScript:x\">x</a>",
            "<a href=\"data:text/html,x\">x</a>",
            "<img src=\"data:image/svg+xml,x\"/>",
            "<a href='vbscript:x'>x</a>",
            "<iframe src=\"http://x\"/>",
            "<object>x</object>",
            "<form action=\"x\">x</form>",
            "<input/>",
            "<style>x</style>",
            "<svg>x</svg>",
            "<p style=\"width: expression(alert(1))\">x</p>",
            "<p style=\"background: u\\rl(x)\">x</p>",
            "<p style=\"background: url(http://x)\">x</p>",
            "<p style=\"background: url(x)\">x</p>",
            "<p style=\"background: url('data:image/svg+xml,x')\">x</p>",
            "<link rel=\"x\" href=\"x\"/>",
            "<p style=\"background: url&#40;x)\">x</p>",
            "<img src=\"x\" onerror=\"alert(1)\"/>",
            "<base href=\"http://x\"/>",
            "<meta/>",
            "<p xmlns=\"http://www.w3.org/2000/svg\">x</p>",
        ] {
            assert!(div(inner).is_err(), "{inner}");
        }
    }

    #[test]
    fn xhtml_is_well_formed() {
        for inner in [
            "<p>",
            "</p>",
            "<p></b>",
            "<br>",
            "<p",
            "<p class=x>x</p>",
            "<p class>x</p>",
            "a & b",
            "a &lt b",
            "<p class=\"<\">x</p>",
            "<p class=\"a\" class=\"b\">x</p>",
            "<!-- x",
            "<![CDATA[x]]>",
            "<?php x ?>",
            "<!DOCTYPE html>",
            "</div><div>",
            "<",
            "<>",
            "< p>x</p>",
            "&#0;",
            "&#xD800;",
            "&#;",
            "<p class=\"a\"class=\"b\">x</p>",
            "",
            "  ",
            "<p/>",
        ] {
            assert!(div(inner).is_err(), "{inner}");
        }
        for text in [
            "",
            "x",
            "<p>x</p>",
            "<div>x</div>",
            "<div xmlns=\"http://www.w3.org/1999/xhtml\"/>",
            "<divx>x</divx>",
            "x<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>",
        ] {
            assert!(check(text).is_err(), "{text}");
        }
    }
}
