//! The list of actions is the policies' list: nobody adds one.

use ward_access::{Action, Verb};

enum Everything {}

impl Action for Everything {
    const VERB: Verb = Verb::Read;
}

fn main() {}
