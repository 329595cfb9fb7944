//! What must not compile: each file is a way around the policies.

#[test]
fn no_code_makes_copies_or_exchanges_a_grant_or_calls_a_policy_proven() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}
