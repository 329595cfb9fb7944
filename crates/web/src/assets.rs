//! What the pages load: style, scripts, icons. Embedded, and addressed by a hash of all of it, so
//! that a browser may keep it for ever.

use ward_http::{Answer, HttpError, PublicRequest, Response, StatusCode};

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// Where the assets stand: `/static/{hash}`.
pub(crate) fn address() -> String {
    format!("/static/{VERSION}")
}

/// An asset and its media type, by its name.
pub(crate) fn asset(name: &str) -> Option<(&'static [u8], &'static str)> {
    let (name, bytes) = ASSETS.iter().find(|(known, _)| *known == name)?;
    let media_type = match name.rsplit_once('.')?.1 {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        _ => return None,
    };
    Some((bytes, media_type))
}

/// Serves an asset: for good, at the address of this build; not at all at another's.
pub(crate) async fn serve(request: PublicRequest) -> Answer {
    let found =
        asset(request.parameter("name")).filter(|_| request.parameter("version") == VERSION);
    let (bytes, media_type) = found.ok_or_else(HttpError::not_found)?;
    Ok(Response::body(StatusCode::OK, media_type, bytes).immutable())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_asset_has_a_media_type() {
        for (name, _) in ASSETS {
            assert!(asset(name).is_some(), "{name}");
        }
        assert!(asset("../embedded.rs").is_none());
    }

    #[test]
    fn the_style_fetches_nothing_from_elsewhere_and_names_no_licensed_font() {
        let (style, _) = asset("nhsuk-frontend.css").unwrap();
        let style = std::str::from_utf8(style).unwrap();
        for foreign in ["://", "Frutiger", "/assets/", "sourceMappingURL"] {
            assert!(!style.contains(foreign), "{foreign}");
        }
        for reference in style.split("url(").skip(1) {
            let name = reference.split(')').next().unwrap();
            assert!(name.starts_with("data:") || asset(name).is_some(), "{name}");
        }
    }
}
