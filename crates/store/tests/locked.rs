//! What must not compile: every way around the disclosure log.

#[test]
fn an_undisclosed_value_has_no_way_out_but_the_log() {
    trybuild::TestCases::new().compile_fail("tests/locked/*.rs");
}
