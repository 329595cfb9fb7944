//! What validation says of wrong resources: each issue with its place, and no values.

#![allow(clippy::unwrap_used, reason = "a test")]
#![allow(
    clippy::needless_raw_string_hashes,
    reason = "expect-test writes them so"
)]

use expect_test::{Expect, expect};
use ward_fhir::{Limits, OperationOutcome, Resource, validate};

fn check(json: &str, expected: &Expect) {
    let resource = Resource::parse(json.as_bytes(), &Limits::BODY).unwrap();
    let issues = validate(&resource);
    let line = |issue: &ward_fhir::Issue| {
        format!(
            "{} [{}] {}\n",
            issue.expression,
            issue.code.as_str(),
            issue.diagnostics
        )
    };
    expected.assert_eq(&issues.iter().map(line).collect::<String>());
}

/// An Observation with more members.
fn observation(members: &str, expected: &Expect) {
    let json = format!(
        r#"{{"resourceType":"Observation","status":"final","code":{{"text":"x"}}{members}}}"#
    );
    check(&json, expected);
}

#[test]
fn a_valid_resource_has_no_issues() {
    observation("", &expect![""]);
    check(r#"{"resourceType":"Patient"}"#, &expect![""]);
}

#[test]
fn all_errors_are_told_at_once_and_none_tells_a_value() {
    check(
        r#"{"resourceType":"Patient","name":{"given":["Secret",1]},"gender":"Secret","birthDate":"Secret",
        "active":"true","secretName":1,"Secret Person":1,"contact":[{},{"gender":"female","x":1}],
        "deceasedBoolean":true,"deceasedDateTime":"2020","identifier":[],"photo":[{"title":""}]}"#,
        &expect![[r#"
            Patient.name [structure] expected an array
            Patient.name.given[1] [structure] expected a string (string)
            Patient.gender [code-invalid] not a code of the value set administrative-gender
            Patient.birthDate [value] not a date: YYYY, YYYY-MM or YYYY-MM-DD
            Patient.active [structure] expected true or false (boolean)
            Patient [structure] unknown element `secretName`
            Patient [structure] unknown element
            Patient.contact[0] [invariant] an element needs a value or children (ele-1)
            Patient.contact[1] [structure] unknown element `x`
            Patient.deceased [structure] only one type of a choice may stand
            Patient.identifier [structure] an array must not be empty
            Patient.photo[0].title [value] a string must not be empty
        "#]],
    );
}

#[test]
fn required_elements_are_asked_for() {
    check(
        r#"{"resourceType":"Observation"}"#,
        &expect![[r#"
        Observation.status [required] this element is required
        Observation.code [required] this element is required
    "#]],
    );
    // A value may be absent where an extension says why.
    check(
        r#"{"resourceType":"Observation","_status":{"extension":[{"url":"http://x","valueCode":"unknown"}]},
        "code":{"text":"x"}}"#,
        &expect![""],
    );
}

#[test]
fn choices_have_one_of_their_types() {
    observation(
        r#","valueQuantity":{"value":1.10},"valueString":"x""#,
        &expect![[r#"
        Observation.value [structure] only one type of a choice may stand
    "#]],
    );
    observation(
        r#","valueString":"x","_valueString":{"id":"a"}"#,
        &expect![""],
    );
    observation(
        r#","_valueInteger":{"id":"a"},"valueString":"x""#,
        &expect![[r#"
        Observation.value [invariant] an element needs a value or children (ele-1)
        Observation.value [structure] only one type of a choice may stand
    "#]],
    );
    observation(
        r#","value":1,"valueDecimal":1.0,"value[x]":1"#,
        &expect![[r#"
        Observation [structure] unknown element `value`
        Observation [structure] unknown element `valueDecimal`
        Observation [structure] unknown element
    "#]],
    );
}

#[test]
fn what_stands_beside_primitives_is_aligned_with_them() {
    let patient = |name: &str, expected: &Expect| {
        check(
            &format!(r#"{{"resourceType":"Patient","name":[{name}]}}"#),
            expected,
        );
    };
    patient(
        r#"{"given":["A",null],"_given":[null,{"extension":[{"url":"http://x","valueCode":"y"}]}]}"#,
        &expect![""],
    );
    patient(
        r#"{"given":["A",null]}"#,
        &expect![[r#"
        Patient.name[0].given[1] [structure] null stands for a value only where `_name` has an object
    "#]],
    );
    patient(
        r#"{"given":["A"],"_given":[null,{"id":"x"}]}"#,
        &expect![[r#"
        Patient.name[0].given [structure] `_name` must be as long as the list of values
        Patient.name[0].given[1] [invariant] an element needs a value or children (ele-1)
    "#]],
    );
    patient(
        r#"{"given":[null],"_given":[null]}"#,
        &expect![[r#"
        Patient.name[0].given[0] [structure] null stands for a value only where `_name` has an object
        Patient.name[0].given[0] [structure] neither a value nor an object beside it
    "#]],
    );
    patient(
        r#"{"family":null,"_family":{"id":"x"}}"#,
        &expect![[r#"
        Patient.name[0].family [structure] expected a string (string)
    "#]],
    );
    patient(
        r#"{"family":"x","_family":[{"id":"x"}],"_period":{"id":"x"},"_given":"x"}"#,
        &expect![[r#"
        Patient.name[0].family [structure] expected one value, not an array
        Patient.name[0] [structure] unknown element `_period`
        Patient.name[0].given [structure] expected an array
        Patient.name[0].given [structure] expected an object beside the value
    "#]],
    );
    patient(
        r#"{"family":"x","_family":{}},null"#,
        &expect![[r#"
        Patient.name[0].family [invariant] an element needs a value or children (ele-1)
        Patient.name[1] [structure] expected an object
    "#]],
    );
}

#[test]
fn an_extension_has_a_value_or_extensions() {
    let extension = |json: &str, expected: &Expect| {
        check(
            &format!(r#"{{"resourceType":"Patient","extension":[{json}]}}"#),
            expected,
        );
    };
    extension(r#"{"url":"http://x","valueString":"a"}"#, &expect![""]);
    extension(
        r#"{"url":"http://x","extension":[{"url":"a","valueInteger":1}]}"#,
        &expect![""],
    );
    extension(
        r#"{"valueString":"a"}"#,
        &expect![[r#"
        Patient.extension[0].url [required] this element is required
    "#]],
    );
    extension(
        r#"{"url":"http://x"}"#,
        &expect![[r#"
        Patient.extension[0] [invariant] an extension has either a value or extensions (ext-1)
    "#]],
    );
    extension(
        r#"{"url":"http://x","valueString":"a","extension":[{"url":"a","valueInteger":"1"}]}"#,
        &expect![[r#"
            Patient.extension[0].extension[0].value [structure] expected a number (integer)
            Patient.extension[0] [invariant] an extension has either a value or extensions (ext-1)
        "#]],
    );
}

#[test]
fn contained_resources_keep_their_rules() {
    observation(
        r##","contained":[{"resourceType":"Patient","id":"a"},{"resourceType":"Device","id":"b"}],
        "subject":{"reference":"#a"},"device":{"reference":"#b"}"##,
        &expect![""],
    );
    observation(
        r##","contained":[{"resourceType":"Patient","id":"a","meta":{"versionId":"1"},
        "contained":[{"resourceType":"Patient","id":"c"}]},{"resourceType":"Patient","id":"a"},
        {"resourceType":"Nothing","id":"d"},{"id":"e"},7,{"resourceType":"Device"},
        {"resourceType":"Device","id":"f"}],"subject":{"reference":"#a"},"device":{"reference":"#z"}"##,
        &expect![[r#"
            Observation.contained[0].contained [invariant] a contained resource must not contain others (dom-2)
            Observation.contained[0].meta [invariant] a contained resource has no version, time or label (dom-4, dom-5)
            Observation.contained[2] [structure] the resourceType is not one of FHIR R4
            Observation.contained[3] [structure] the resourceType is not one of FHIR R4
            Observation.contained[4] [structure] expected a resource
            Observation.contained[5].id [required] a contained resource needs an id
            Observation.device.reference [invariant] no contained resource has this id (ref-1)
            Observation.contained[1].id [invariant] another contained resource has the same id
            Observation.contained[2] [invariant] nothing refers to this contained resource (dom-3)
            Observation.contained[3] [invariant] nothing refers to this contained resource (dom-3)
            Observation.contained[6] [invariant] nothing refers to this contained resource (dom-3)
        "#]],
    );
}

#[test]
fn references_lead_where_they_may() {
    observation(
        r##","contained":[{"resourceType":"Device","id":"d"}],"subject":{"reference":"Patient/1"},
        "device":{"reference":"http://x.org/Patient/1/_history/2"},"encounter":{"reference":"#d"},
        "performer":[{"reference":"urn:uuid:1"},{"reference":"Device?a=b"},{"type":"Slot","display":"x"}],
        "focus":[{"reference":"Slot/1"}]"##,
        &expect![[r#"
            Observation.device.reference [structure] a reference to Patient is not allowed here
            Observation.encounter.reference [structure] a reference to Device is not allowed here
            Observation.performer[1].reference [structure] a reference to Device is not allowed here
            Observation.performer[2].type [structure] a reference to Slot is not allowed here
        "#]],
    );
}

#[test]
fn closed_code_lists_are_kept_to() {
    check(
        r#"{"resourceType":"Condition","subject":{"reference":"Patient/1"},"clinicalStatus":{"coding":[
        {"system":"http://terminology.hl7.org/CodeSystem/condition-clinical","code":"active"},
        {"system":"http://local","code":"x"}]},"verificationStatus":{"text":"sure"}}"#,
        &expect![[r#"
            Condition.verificationStatus [code-invalid] no coding of the value set condition-ver-status
        "#]],
    );
}

#[test]
fn data_types_keep_their_invariants() {
    observation(
        r#","effectivePeriod":{"start":"2022-02-01","end":"2022-01-01"},"valueQuantity":{"code":"mg"},
        "referenceRange":[{"low":{"value":1,"comparator":"<"}}],"note":[{"text":"x"},{"time":"2020"}]"#,
        &expect![[r#"
            Observation.effective [invariant] a period ends before it starts (per-1)
            Observation.value [invariant] a code of a unit needs its system (qty-3)
            Observation.referenceRange[0].low.comparator [structure] this element is not allowed here
            Observation.note[1].text [required] this element is required
        "#]],
    );
    check(
        r#"{"resourceType":"Patient","photo":[{"data":"YQ=="}],"text":{"status":"generated",
        "div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><script>x</script></div>"}}"#,
        &expect![[r#"
            Patient.photo[0] [invariant] data needs a contentType (att-1)
            Patient.text.div [value] an element that narratives can't have (txt-1)
        "#]],
    );
}

#[test]
fn entries_of_bundles_are_looked_into() {
    check(
        r##"{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient",
        "contained":[{"resourceType":"Organization","id":"o"}],"managingOrganization":{"reference":"#o"}}},
        {"resource":{"resourceType":"Patient","managingOrganization":{"reference":"#o"}}},
        {"resource":{"resourceType":"Encounter"}}]}"##,
        &expect![[r#"
            Bundle.entry[1].resource.managingOrganization.reference [invariant] no contained resource has this id (ref-1)
            Bundle.entry[2].resource.status [required] this element is required
            Bundle.entry[2].resource.class [required] this element is required
        "#]],
    );
}

#[test]
fn nested_elements_refer_back_to_themselves() {
    check(
        r#"{"resourceType":"Questionnaire","status":"draft","item":[{"linkId":"1","type":"group",
        "item":[{"linkId":"2","type":"group","item":[{"type":"x"}]}]}]}"#,
        &expect![[r#"
            Questionnaire.item[0].item[0].item[0].type [code-invalid] not a code of the value set item-type
            Questionnaire.item[0].item[0].item[0].linkId [required] this element is required
        "#]],
    );
}

#[test]
fn a_resource_that_is_all_wrong_has_a_hundred_issues() {
    let names: Vec<String> = (0..5000).map(|name| format!("\"x{name}\":1")).collect();
    let json = format!(r#"{{"resourceType":"Patient",{}}}"#, names.join(","));
    let resource = Resource::parse(json.as_bytes(), &Limits::BODY).unwrap();
    assert_eq!(validate(&resource).len(), ward_core::limits::ISSUES);
}

#[test]
fn an_outcome_is_itself_valid() {
    for json in [
        r#"{"resourceType":"Observation","x\"y":1}"#.replace("x\\\"y", "x y"),
        r#"{"resourceType":"Patient"}"#.to_owned(),
    ] {
        let resource = Resource::parse(json.as_bytes(), &Limits::BODY).unwrap();
        let bytes = OperationOutcome::from(validate(&resource).as_slice()).into_bytes();
        let outcome = Resource::parse(&bytes, &Limits::RESOURCE).unwrap();
        assert_eq!(validate(&outcome), []);
    }
}
