//! What must not compile: each file is a way around a lock.

#[test]
fn no_code_reaches_a_record_around_the_door() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}
