//! The binary: commands, configuration, wiring.
fn main() {}
