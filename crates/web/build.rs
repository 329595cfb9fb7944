//! Embeds the design system and Ward's own assets and templates into the library.
//!
//! Writes `embedded.rs` with `VERSION` (a hash of all assets, part of their address), `ASSETS`
//! and `TEMPLATES`. Nothing of the design system is in the repository: `cargo xtask setup`
//! fetches it.

use std::{
    error::Error,
    fmt::Write as _,
    fs,
    hash::{DefaultHasher, Hasher},
    path::{Path, PathBuf},
    process::ExitCode,
};

const FRONTEND: &str = "../../web/node_modules/nhsuk-frontend/dist/nhsuk";
const JINJA: &str = "../../target/vendor/nhsuk-frontend-jinja/nhsuk_frontend_jinja/templates";

/// A file's name and its bytes.
type Asset = (String, Vec<u8>);

fn main() -> ExitCode {
    for path in ["build.rs", "assets", "templates", FRONTEND, JINJA] {
        println!("cargo::rerun-if-changed={path}");
    }
    if !Path::new(FRONTEND).is_dir() || !Path::new(JINJA).is_dir() {
        println!("cargo::error=run `cargo xtask setup` first (needs Node and Python)");
        return ExitCode::FAILURE;
    }
    match embed() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("cargo::error={error}");
            ExitCode::FAILURE
        }
    }
}

fn embed() -> Result<(), Box<dyn Error>> {
    let out = output_folder()?;
    let mut assets = frontend()?;
    for path in files(Path::new("assets"))? {
        assets.push((relative(&path, Path::new("assets"))?, fs::read(&path)?));
    }
    assets.sort();

    let mut hasher = DefaultHasher::new();
    let mut code = String::new();
    for (name, bytes) in &assets {
        hasher.write(name.as_bytes());
        hasher.write(bytes);
        let path = out.join(name);
        fs::write(&path, bytes)?;
        writeln!(code, "    ({name:?}, include_bytes!({:?})),", text(&path)?)?;
    }
    let templates = templates(&out)?;
    fs::write(
        out.join("embedded.rs"),
        format!(
            "pub(crate) const VERSION: &str = \"{:016x}\";\n\
             pub(crate) static ASSETS: &[(&str, &[u8])] = &[\n{code}];\n\
             pub(crate) static TEMPLATES: &[(&str, &str)] = &[\n{templates}];\n",
            hasher.finish()
        ),
    )?;
    Ok(())
}

#[expect(
    clippy::disallowed_methods,
    reason = "how cargo tells a build script where to write"
)]
fn output_folder() -> Result<PathBuf, Box<dyn Error>> {
    Ok(std::env::var_os("OUT_DIR")
        .ok_or("cargo sets OUT_DIR")?
        .into())
}

/// The design system's style, script, and the icons that the style names.
fn frontend() -> Result<Vec<Asset>, Box<dyn Error>> {
    let folder = Path::new(FRONTEND);
    let style = without_remote_fonts(&fs::read_to_string(folder.join("nhsuk-frontend.min.css"))?)?;
    let mut assets = Vec::new();
    for path in files(&folder.join("assets/images"))? {
        let name = relative(&path, &folder.join("assets/images"))?;
        if style.contains(&format!("url(/assets/images/{name})")) {
            assets.push((name, fs::read(&path)?));
        }
    }
    let style = without_map(&style.replace("url(/assets/images/", "url("));
    let script = without_map(&fs::read_to_string(folder.join("nhsuk-frontend.min.js"))?);
    assets.push(("nhsuk-frontend.css".into(), style.into_bytes()));
    assets.push(("nhsuk-frontend.js".into(), script.into_bytes()));
    Ok(assets)
}

/// The style without its fonts: Frutiger is licensed to the NHS alone, and would be fetched from
/// elsewhere. The style falls back to Arial.
fn without_remote_fonts(style: &str) -> Result<String, Box<dyn Error>> {
    let mut kept = String::with_capacity(style.len());
    let mut rest = style;
    while let Some((before, after)) = rest.split_once("@font-face{") {
        kept.push_str(before);
        rest = after
            .split_once('}')
            .ok_or("an unfinished @font-face in the style")?
            .1;
    }
    kept.push_str(rest);
    let style = kept.replace("Frutiger W01,", "");
    if style.contains("://") {
        Err("the style still names another site".into())
    } else {
        Ok(style)
    }
}

fn without_map(text: &str) -> String {
    let end = text
        .rfind("# sourceMappingURL")
        .map_or(text.len(), |at| at.saturating_sub(2));
    text.get(..end).unwrap_or(text).to_owned()
}

/// The table of templates: the design system's under `nhsuk/`, Ward's under their own paths.
fn templates(out: &Path) -> Result<String, Box<dyn Error>> {
    let mut code = String::new();
    for folder in [Path::new(JINJA), Path::new("templates")] {
        for path in files(folder)? {
            let name = relative(&path, folder)?;
            let copy = out.join("templates").join(&name);
            fs::create_dir_all(copy.parent().ok_or("a template in no folder")?)?;
            fs::copy(&path, &copy)?;
            writeln!(code, "    ({name:?}, include_str!({:?})),", text(&copy)?)?;
        }
    }
    Ok(code)
}

/// All files beneath a folder, in order.
fn files(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn relative(path: &Path, folder: &Path) -> Result<String, Box<dyn Error>> {
    Ok(text(path.strip_prefix(folder)?)?.replace('\\', "/"))
}

fn text(path: &Path) -> Result<&str, Box<dyn Error>> {
    Ok(path.to_str().ok_or("a name that is not UTF-8")?)
}
