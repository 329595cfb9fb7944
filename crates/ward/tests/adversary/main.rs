//! The 27 ways around a second factor that others were hit by, each as a test named after its class,
//! against a real server over TLS; and bad input and floods at the ceremonies.
#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test panics where it fails"
)]

mod bad_input;
mod codes;
mod devices;
mod every_route;
mod federation;
mod fixture;
mod flood;
mod grants;
mod process;
mod recovery;
mod running;
mod services;
mod sessions;
mod steps;

use std::process::Command;

/// Every class, by number and name.
const CLASSES: [&str; 27] = [
    "class_01_password_grant",
    "class_02_recovery_signs_in",
    "class_03_recovery_gate_skipped",
    "class_04_restart_drops_policy",
    "class_05_weak_session_edits_factors",
    "class_06_header_conditional",
    "class_07_attestation_downgrade",
    "class_08_stage_skipped_by_empty_input",
    "class_09_dead_service_account_lives",
    "class_10_service_token_over_reach",
    "class_11_alias_loses_its_binding",
    "class_12_code_replay_and_race",
    "class_13_code_throttle_bypass",
    "class_14_renewal_with_another_key",
    "class_15_side_door_listener",
    "class_16_federated_user_adds_a_local_login",
    "class_17_locked_device_accepted",
    "class_18_kill_switch",
    "class_19_legacy_protocol_and_basic",
    "class_20_malformed_uri",
    "class_21_upgrade_unguarded",
    "class_22_revocation_misses_open_streams",
    "class_23_missing_acr_trusted",
    "class_24_half_login_gets_in",
    "class_25_recovery_codes",
    "class_26_remembered_device",
    "class_27_session_fixation",
];

/// The suite asks itself what it holds: a class without its test, or one that is skipped, is a hole.
#[test]
fn every_class_has_its_test_and_none_is_skipped() {
    let listed = |arguments: &[&str]| -> Vec<String> {
        let own = std::env::current_exe().unwrap();
        let output = Command::new(own).args(arguments).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let names = text.lines().filter_map(|line| line.strip_suffix(": test"));
        let names = names.filter_map(|name| name.rsplit("::").next());
        let mut classes: Vec<_> = names
            .filter(|name| name.starts_with("class_"))
            .map(str::to_owned)
            .collect();
        classes.sort();
        classes
    };
    assert_eq!(listed(&["--list"]), CLASSES);
    assert_eq!(listed(&["--list", "--ignored"]), Vec::<String>::new());
}
