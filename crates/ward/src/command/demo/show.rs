//! What the demo tells, for people and for programs.

use serde_json::{Value, json};

use super::Told;

/// One line for programs.
pub(super) fn json(told: &Told) -> Value {
    let base = |ods: &ward_core::Ods| format!("{}/fhir/{ods}", told.url);
    json!({
        "url": told.url,
        "ca_file": told.dir.join("tls/ca.pem"),
        "organisations": told.organisations.iter().map(|(ods, name)| json!({
            "ods": ods, "name": name, "fhir_base": base(ods),
        })).collect::<Vec<_>>(),
        "accounts": told.accounts.iter().map(|account| json!({
            "name": account.name,
            "role": account.role.as_str(),
            "organisation": account.organisation,
            "enrol_url": account.enrol_url,
        })).collect::<Vec<_>>(),
        "services": told.services.iter().map(|service| json!({
            "client_id": service.client_id,
            "organisation": service.organisation,
            "key_file": service.key_file,
            "token_url": service.token_url,
            "scope": service.scope,
        })).collect::<Vec<_>>(),
        "apps": told.apps.iter().map(|app| json!({
            "client_id": app.client_id,
            "organisation": app.organisation,
            "redirect_uri": app.redirect_uri,
            "launch_url": app.launch_url,
            "scope": app.scope,
        })).collect::<Vec<_>>(),
    })
}

/// A page for people.
pub(super) fn text(told: &Told) {
    println!("Ward is ready: {}\n", told.url);
    for (ods, name) in &told.organisations {
        println!("{name} ({ods}), FHIR at {}/fhir/{ods}", told.url);
        for account in told
            .accounts
            .iter()
            .filter(|account| account.organisation == *ods)
        {
            println!(
                "  {:<24} {:<24} {}",
                account.role.as_str(),
                account.display_name,
                account.name
            );
            match &account.enrol_url {
                Some(url) => println!("    {url}"),
                None => println!("    enrolled before"),
            }
        }
        for service in told
            .services
            .iter()
            .filter(|service| service.organisation == *ods)
        {
            println!("  service {} ({})", service.client_id, service.scope);
            println!("    key: {}", service.key_file.display());
        }
        for app in told.apps.iter().filter(|app| app.organisation == *ods) {
            println!("  app {} ({})", app.client_id, app.scope);
            println!(
                "    answered at {}, opened at {}",
                app.redirect_uri, app.launch_url
            );
        }
        println!();
    }
    let spki = told.dir.join("tls/server.spki");
    let spki = std::fs::read_to_string(spki).unwrap_or_default();
    println!(
        "Each link works once: open it, make a passkey (or a password with an authenticator app), sign in."
    );
    println!(
        "Browsers refuse passkeys on a certificate that they don't trust. Either trust the demo's authority,"
    );
    println!("  {}", told.dir.join("tls/ca.pem").display());
    println!(
        "(it may speak for localhost alone, and its key is gone), or open a browser of its own:"
    );
    println!(
        "  chromium --user-data-dir={} --ignore-certificate-errors-spki-list={} {}",
        told.dir.join("browser").display(),
        spki.trim(),
        told.url
    );
    println!("\nStop the demo with Ctrl-C.");
}
