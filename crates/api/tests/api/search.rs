//! Search by GET and POST, and its pages.

use crate::fixture::{ANNA, BASE, assert_refused, json, ward};

const FORM: &str = "Content-Type: application/x-www-form-urlencoded";

#[tokio::test]
async fn a_search_finds_by_get_and_by_post() {
    let ward = ward().await;
    let by_get = ward.get("/Patient?name=smi&birthdate=lt1960").await;
    assert_eq!(by_get.status, 200, "{}", by_get.body);
    let lines = [FORM, "Accept: application/fhir+json"];
    let form = "name=smi&birthdate=lt1960&_format=json";
    let by_post = ward.with("POST", "/Patient/_search", &lines, form).await;
    for answer in [by_get, by_post] {
        let bundle = json(&answer);
        assert_eq!(
            (&bundle["type"], &bundle["total"]),
            (&"searchset".into(), &1.into())
        );
        let entry = &bundle["entry"][0];
        assert_eq!(
            entry["fullUrl"],
            format!("https://localhost:8443{BASE}/Patient/anna")
        );
        assert_eq!(entry["search"]["mode"], "match");
        assert_eq!(entry["resource"]["name"][0]["family"], "Smith");
        let links = bundle["link"].to_string();
        assert!(links.contains("self") && !links.contains("smi"), "{links}");
        let own = bundle["link"][0]["url"].as_str().unwrap();
        let again = json(&ward.get(own.split_once(BASE).unwrap().1).await);
        assert_eq!(again["entry"], bundle["entry"]);
    }
    let nobody = json(&ward.get("/Patient?name=nobody").await);
    assert_eq!((&nobody["total"], nobody.get("entry")), (&0.into(), None));
}

#[tokio::test]
async fn what_is_included_is_marked() {
    let ward = ward().await;
    let observation = r#"{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/anna"}}"#;
    assert_eq!(ward.post("/Observation", observation).await.status, 201);
    let found = ward
        .get("/Observation?patient=anna&_include=Observation:subject")
        .await;
    let found = json(&found);
    let modes: Vec<_> = found["entry"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| {
            (
                entry["resource"]["resourceType"].as_str(),
                entry["search"]["mode"].as_str(),
            )
        })
        .collect();
    let expected = [
        (Some("Observation"), Some("match")),
        (Some("Patient"), Some("include")),
    ];
    assert_eq!(modes, expected);
}

#[tokio::test]
async fn pages_follow_each_other_by_links_that_show_nothing() {
    let ward = ward().await;
    for number in 0..5 {
        let body = format!(
            r#"{{"resourceType":"Patient","id":"p{number}","name":[{{"family":"Page"}}]}}"#
        );
        assert_eq!(
            ward.put(&format!("/Patient/p{number}"), &body).await.status,
            201
        );
    }
    let mut path = "/Patient?family=page&_count=2".to_owned();
    let mut seen = Vec::new();
    loop {
        let bundle = json(&ward.get(&path).await);
        for entry in bundle["entry"].as_array().into_iter().flatten() {
            seen.push(entry["resource"]["id"].as_str().unwrap().to_owned());
        }
        let next = bundle["link"]
            .as_array()
            .unwrap()
            .iter()
            .find(|link| link["relation"] == "next");
        let Some(next) = next else { break };
        let url = next["url"].as_str().unwrap();
        assert!(
            !url.to_lowercase().contains("page&") && !url.contains("family"),
            "{url}"
        );
        path = url.split_once(BASE).unwrap().1.to_owned();
    }
    seen.sort();
    assert_eq!(seen, ["p0", "p1", "p2", "p3", "p4"]);
}

#[tokio::test]
async fn a_paging_link_that_is_forged_expired_or_anothers_does_not_work() {
    let ward = ward().await;
    let bundle = json(&ward.get("/Patient?_count=1").await);
    let links = bundle["link"].as_array().unwrap();
    let next = links
        .iter()
        .find(|link| link["relation"] == "next")
        .unwrap()["url"]
        .as_str();
    let path = next.unwrap().split_once(BASE).unwrap().1.to_owned();
    assert_eq!(ward.get(&path).await.status, 200);

    let target = format!("{BASE}{path}");
    let elsewhere = target.replace("WRD01", "WRD02");
    for (program, target) in [(&ward.other, &target), (&ward.other, &elsewhere)] {
        let answer = ward.server.ask(program, "GET", target, &[], b"").await;
        assert!(matches!(answer.status, 404 | 410), "{}", answer.status);
        assert!(!answer.body.contains("Jones"));
    }
    for at in (0..path.len()).rev().step_by(7).take(10) {
        let mut forged = path.clone().into_bytes();
        forged[at] = if forged[at] == b'A' { b'B' } else { b'A' };
        let answer = ward.get(&String::from_utf8(forged).unwrap()).await;
        assert!((400..500).contains(&answer.status), "{at}");
    }
    for forged in [
        "?_page=",
        "?_page=AAAA",
        "?_page=%00",
        "?_page=a&_page=b",
        "",
        "?name=x",
    ] {
        let answer = ward.get(forged).await;
        assert!(
            (400..500).contains(&answer.status),
            "{forged} {}",
            answer.status
        );
    }
    let long = format!("?_page={}", "A".repeat(40_000));
    assert!((400..500).contains(&ward.get(&long).await.status));
}

#[tokio::test]
async fn what_can_not_be_searched_by_is_said_and_no_value_is_repeated() {
    let ward = ward().await;
    for query in [
        "nonsense=Smith",
        "birthdate=Smith",
        "name:fuzzy=Smith",
        "_count=Smith",
        "_include=Smith",
        "general-practitioner.name=Smith",
        "_has:Observation:patient:code=Smith",
        "birthdate=2020-13-99",
        "name=%ff",
        "name=%00",
        "name=%2",
    ] {
        assert_refused(&ward.get(&format!("/Patient?{query}")).await, 400);
    }
    let many = vec!["name=a"; 31].join("&");
    assert_refused(&ward.get(&format!("/Patient?{many}")).await, 400);
    let long = format!("/Patient?name={}", "a".repeat(2_000));
    assert_refused(&ward.get(&long).await, 400);
    assert_refused(&ward.get("/Smith?name=x").await, 404);
    assert_refused(&ward.get("/patient?name=x").await, 404);
    let lines = ["Content-Type: application/json"];
    assert_refused(
        &ward.with("POST", "/Patient/_search", &lines, ANNA).await,
        415,
    );
    assert!(ward.get("/Patient").await.status == 200);
}
