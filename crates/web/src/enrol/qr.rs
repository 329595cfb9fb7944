//! The authenticator app's key as a picture and as text.

use qrcode::{EcLevel, QrCode, render::svg, types::QrError};

/// A text as the SVG of a QR code: an element to stand in a page, with no style and no script.
pub(crate) fn svg(text: &str) -> Result<String, QrError> {
    let picture = QrCode::with_error_correction_level(text, EcLevel::M)?
        .render::<svg::Color<'_>>()
        .min_dimensions(224, 224)
        .build();
    // The XML declaration has no place inside a page.
    Ok(picture
        .split_once("?>")
        .map_or(picture.clone(), |(_, element)| element.to_owned()))
}

/// A key in groups of four, as people read them out.
pub(crate) fn grouped(key: &str) -> String {
    let mut text = String::with_capacity(key.len() + key.len() / 4);
    for (at, letter) in key.chars().enumerate() {
        if at > 0 && at % 4 == 0 {
            text.push(' ');
        }
        text.push(letter);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_out_in_fours() {
        assert_eq!(grouped("JBSWY3DPEH"), "JBSW Y3DP EH");
        assert_eq!(grouped(""), "");
    }

    #[test]
    fn the_picture_is_one_element_without_style_or_script() {
        let picture = svg("otpauth://totp/Ward:a%40B?secret=JBSWY3DPEHPK3PXP").unwrap();
        assert!(picture.starts_with("<svg "), "{picture:.80}");
        assert!(!picture.contains("style") && !picture.contains("script"));
    }
}
