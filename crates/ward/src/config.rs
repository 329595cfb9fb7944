//! Configuration: one file `ward.toml`, then `WARD_*`, then flags. The later wins.
//!
//! Every setting stands in one table, [`SETTINGS`], from which reading, `ward config check` and
//! docs/CONFIGURATION.md are made. No setting turns a lock off.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use crate::error::Error;

/// One setting.
pub(crate) struct Setting {
    /// Its name in the file, `section.name`; as a variable `WARD_SECTION_NAME`.
    pub(crate) key: &'static str,
    /// What is in force where nobody says; `{dir}` is the data folder.
    pub(crate) default: &'static str,
    pub(crate) is_secret: bool,
    /// What it is for, in a sentence.
    pub(crate) what: &'static str,
}

const fn setting(key: &'static str, default: &'static str, what: &'static str) -> Setting {
    Setting {
        key,
        default,
        is_secret: false,
        what,
    }
}

/// All settings.
pub(crate) const SETTINGS: &[Setting] = &[
    setting(
        "data.dir",
        "ward-data",
        "The folder that holds the keys and every organisation's log and view.",
    ),
    setting(
        "server.listen",
        "127.0.0.1:8443",
        "Address and port of the server (TLS).",
    ),
    setting(
        "server.public_url",
        "https://localhost:8443",
        "The address that people and programs use. Passkeys are bound to its host name.",
    ),
    setting(
        "server.certificate",
        "{dir}/tls/server.pem",
        "The server's certificate chain, PEM.",
    ),
    setting(
        "server.private_key",
        "{dir}/tls/server.key",
        "The certificate's private key, PEM (PKCS #8).",
    ),
    setting(
        "metrics.listen",
        "127.0.0.1:9464",
        "Address and port of the metrics; loopback only.",
    ),
    setting(
        "log.filter",
        "info",
        "What the program's own log says, as tracing's filter directives.",
    ),
    Setting {
        key: "key.passphrase",
        default: "",
        is_secret: true,
        what: "The passphrase of the root key; where it is empty and needed, it is asked for.",
    },
    setting(
        "key.shares",
        "",
        "A file with one share of the root key a line, for a key that a quorum of operators keeps.",
    ),
    setting(
        "client.dir",
        "{config}/ward",
        "The folder that keeps the session of `ward login`; {config} is that of the user's configuration.",
    ),
    setting(
        "proof.solver",
        "cvc5",
        "The solver that proves policies: the path of cvc5, or its name where it is found on PATH.",
    ),
];

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    Default,
    File(PathBuf),
    Environment(String),
    Flag,
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Environment(name) => f.write_str(name),
            Self::Flag => f.write_str("flag"),
        }
    }
}

/// The settings in force, each with its source.
pub(crate) struct Config(BTreeMap<&'static str, (String, Source)>);

impl Config {
    /// Reads the file (where there is one, or one is named), the environment and the flags.
    ///
    /// # Errors
    /// [`Error::Config`] for a file that can't be read, an unknown name, or a value that does not
    /// fit: all that is wrong at once.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the environment"
    )]
    pub(crate) fn read(file: Option<&Path>, flags: &[(String, String)]) -> Result<Self, Error> {
        let environment: Vec<(String, String)> = std::env::vars()
            .filter(|(name, _)| name.starts_with("WARD_"))
            .collect();
        let path = file.unwrap_or_else(|| Path::new("ward.toml"));
        let text = match std::fs::read_to_string(path) {
            Ok(text) => Some(text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && file.is_none() => None,
            Err(error) => return Err(Error::Config(format!("{}: {error}", path.display()))),
        };
        let config = Self::of(
            text.as_deref().map(|text| (path, text)),
            &environment,
            flags,
        );
        config.map(|config| config.with_user(user_config()))
    }

    /// With the folder of the user's configuration in its place. Where none is known, there is
    /// nowhere to keep a session, and a command that keeps one says so.
    fn with_user(mut self, folder: Option<PathBuf>) -> Self {
        if let Some((value, _)) = self.0.get_mut("client.dir")
            && value.contains(USER)
        {
            *value = folder.map_or_else(String::new, |folder| {
                value.replace(USER, &folder.to_string_lossy())
            });
        }
        self
    }

    fn of(
        file: Option<(&Path, &str)>,
        environment: &[(String, String)],
        flags: &[(String, String)],
    ) -> Result<Self, Error> {
        let mut wrong = Vec::new();
        let mut values: BTreeMap<&'static str, (String, Source)> = SETTINGS
            .iter()
            .map(|setting| (setting.key, (setting.default.to_owned(), Source::Default)))
            .collect();
        let mut set = |key: &str, value: String, source: Source| match values.get_mut(key) {
            Some(place) => *place = (value, source),
            None => wrong.push(format!("{source}: there is no setting `{key}`")),
        };
        if let Some((path, text)) = file {
            for (key, value) in flatten(path, text)? {
                set(&key, value, Source::File(path.to_owned()));
            }
        }
        for (name, value) in environment {
            let key = SETTINGS
                .iter()
                .find(|setting| variable(setting.key) == *name);
            set(
                key.map_or(name, |setting| setting.key),
                value.clone(),
                Source::Environment(name.clone()),
            );
        }
        for (key, value) in flags {
            set(key, value.clone(), Source::Flag);
        }
        let dir = values
            .get("data.dir")
            .map(|(dir, _)| dir.clone())
            .unwrap_or_default();
        for (value, _) in values.values_mut() {
            *value = value.replace("{dir}", &dir);
        }
        let config = Self(values);
        config.check(&mut wrong);
        if wrong.is_empty() {
            Ok(config)
        } else {
            Err(Error::Config(wrong.join("\n")))
        }
    }

    fn check(&self, wrong: &mut Vec<String>) {
        for key in ["server.listen", "metrics.listen"] {
            match self.text(key).parse::<SocketAddr>() {
                Err(_) => wrong.push(format!(
                    "{key}: must be an address and a port, such as 127.0.0.1:8443"
                )),
                Ok(address) if key == "metrics.listen" && !address.ip().is_loopback() => {
                    wrong.push(format!("{key}: metrics are served on loopback only"));
                }
                Ok(_) => {}
            }
        }
        let url = self.text("server.public_url");
        let host = url.strip_prefix("https://").unwrap_or_default();
        if host.is_empty() || host.contains(['/', '?', '#', '@']) {
            wrong.push("server.public_url: must be https:// and a host, without a path".to_owned());
        }
    }

    /// The value of a setting.
    pub(crate) fn text(&self, key: &str) -> &str {
        self.0.get(key).map_or("", |(value, _)| value)
    }

    /// The value of a setting that is a path.
    pub(crate) fn path(&self, key: &str) -> PathBuf {
        PathBuf::from(self.text(key))
    }

    /// The value of a setting that is an address; checked when it was read.
    pub(crate) fn address(&self, key: &str) -> SocketAddr {
        self.text(key)
            .parse()
            .unwrap_or_else(|_| SocketAddr::from(([127, 0, 0, 1], 0)))
    }

    /// What is in force, a line a setting with its source; secrets hidden.
    pub(crate) fn table(&self) -> String {
        let mut text = String::new();
        for setting in SETTINGS {
            let Some((value, source)) = self.0.get(setting.key) else {
                continue;
            };
            let shown = match (setting.is_secret, value.is_empty()) {
                (true, false) => "(hidden)",
                (_, true) => "(none)",
                _ => value,
            };
            let _ = writeln!(text, "{:<20} {shown:<40} {source}", setting.key);
        }
        text
    }
}

/// Stands for the folder of the user's configuration.
const USER: &str = "{config}";

/// Where the user's programs keep what is theirs (XDG Base Directory Specification).
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the environment"
)]
fn user_config() -> Option<PathBuf> {
    let folder = |name: &str| {
        let named = std::env::var_os(name).map(PathBuf::from);
        named.filter(|path| path.is_absolute())
    };
    folder("XDG_CONFIG_HOME")
        .or_else(|| folder("APPDATA"))
        .or_else(|| folder("HOME").map(|home| home.join(".config")))
}

/// `section.name` as `WARD_SECTION_NAME`.
fn variable(key: &str) -> String {
    format!("WARD_{}", key.replace('.', "_").to_uppercase())
}

fn flatten(path: &Path, text: &str) -> Result<Vec<(String, String)>, Error> {
    let wrong = |why: String| Error::Config(format!("{}: {why}", path.display()));
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        // The message alone: toml's Display shows the line, which may hold a secret.
        wrong(error.message().to_owned())
    })?;
    let mut flat = Vec::new();
    for (section, value) in table {
        let Some(settings) = value.as_table() else {
            return Err(wrong(format!(
                "`{section}` must be a section, such as [server]"
            )));
        };
        for (name, value) in settings {
            let value = match value {
                toml::Value::String(text) => text.clone(),
                toml::Value::Integer(_) | toml::Value::Boolean(_) => value.to_string(),
                _ => return Err(wrong(format!("{section}.{name}: must be a text"))),
            };
            flat.push((format!("{section}.{name}"), value));
        }
    }
    Ok(flat)
}

/// docs/CONFIGURATION.md, made from the table.
pub(crate) fn documentation() -> String {
    let mut text = String::from(
        "# Configuration\n\nMade from the table in `crates/ward/src/config.rs`; a test fails when it is stale.\n\n\
         One file `ward.toml` (or `--config FILE`), then `WARD_*` variables, then `--set section.name=value`; the \
         later wins.\n`ward config check` prints what is in force and where it came from. No setting turns a lock \
         off.\n\n| setting | variable | default | what |\n|---|---|---|---|\n",
    );
    for setting in SETTINGS {
        let default = if setting.default.is_empty() {
            String::new()
        } else {
            format!("`{}`", setting.default)
        };
        let secret = if setting.is_secret {
            " Secret: never shown."
        } else {
            ""
        };
        let _ = writeln!(
            text,
            "| `{}` | `{}` | {default} | {}{secret} |",
            setting.key,
            variable(setting.key),
            setting.what,
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect()
    }

    fn of(
        file: &str,
        environment: &[(&str, &str)],
        flags: &[(&str, &str)],
    ) -> Result<Config, String> {
        Config::of(
            Some((Path::new("ward.toml"), file)),
            &pairs(environment),
            &pairs(flags),
        )
        .map_err(|error| error.to_string())
    }

    #[test]
    fn a_flag_wins_over_a_variable_and_a_variable_over_the_file() {
        let file =
            "[server]\nlisten = \"127.0.0.1:1\"\n[data]\ndir = \"/file\"\n[log]\nfilter = \"warn\"";
        let config = of(
            file,
            &[
                ("WARD_SERVER_LISTEN", "127.0.0.1:2"),
                ("WARD_DATA_DIR", "/variable"),
            ],
            &[("server.listen", "127.0.0.1:3")],
        )
        .unwrap();
        assert_eq!(config.text("server.listen"), "127.0.0.1:3");
        assert_eq!(config.text("data.dir"), "/variable");
        assert_eq!(config.text("log.filter"), "warn");
        assert_eq!(
            config.text("server.certificate"),
            "/variable/tls/server.pem"
        );
    }

    #[test]
    fn what_is_wrong_is_told_at_once_without_the_values() {
        let told = of(
            "[server]\nlisten = \"nowhere\"\nmfa = \"off\"",
            &[("WARD_NO_LOCKS", "s3cret")],
            &[("metrics.listen", "0.0.0.0:9464")],
        )
        .err()
        .unwrap();
        for part in ["server.mfa", "server.listen", "WARD_NO_LOCKS", "loopback"] {
            assert!(told.contains(part), "{told}");
        }
        assert!(
            !told.contains("s3cret") && !told.contains("nowhere"),
            "{told}"
        );
    }

    #[test]
    fn a_secret_is_not_shown() {
        let config = of("", &[("WARD_KEY_PASSPHRASE", "correct horse")], &[]).unwrap();
        let table = config.table();
        assert!(
            table.contains("(hidden)") && !table.contains("horse"),
            "{table}"
        );
    }

    #[test]
    fn the_page_about_the_configuration_is_not_stale() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/CONFIGURATION.md");
        let page = std::fs::read_to_string(&path).unwrap_or_default();
        if page != documentation() {
            std::fs::write(&path, documentation()).unwrap();
            panic!("docs/CONFIGURATION.md was stale and has been made anew: commit it");
        }
    }
}
