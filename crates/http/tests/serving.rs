//! A server over TLS, asked properly and improperly.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test panics where it fails"
)]
mod support;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use support::start;
use tokio::io::AsyncWriteExt;
use ward_http::{Credential, Method, Response, Route, StatusCode};
use ward_testkit::Wire;

fn text(text: impl Into<String>) -> Response {
    Response::body(StatusCode::OK, "text/plain", text.into())
}

fn routes() -> Vec<Route> {
    let why = "a test";
    vec![
        Route::public(Method::GET, "/", why, |_| async { Ok(text("home")) }),
        Route::public(Method::GET, "/files/{name}", why, |request| async move {
            Ok(text(format!("file {}", request.parameter("name"))))
        }),
        Route::public(Method::GET, "/address", why, |request| async move {
            Ok(text(request.address().to_string()))
        }),
        Route::public(Method::GET, "/panic", why, |_| async {
            panic!("9990000018 is a secret")
        }),
        Route::public(Method::GET, "/slow", why, |_| async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            Ok(text("at last"))
        }),
        Route::public(Method::POST, "/panic", why, |_| async {
            panic!("9990000018 is a secret")
        }),
        Route::public(Method::POST, "/form", why, |request| async move {
            Ok(text(
                request.form()?.get("a").unwrap_or("nothing").to_owned(),
            ))
        }),
        Route::public(Method::POST, "/oauth/token", why, |request| async move {
            Ok(text(request.body().len().to_string()))
        })
        .body_limit(1024 * 1024),
        Route::assured(
            Method::GET,
            "/inside",
            "look",
            Credential::Session,
            |_| async { Ok(text("inside")) },
        ),
        Route::assured(
            Method::GET,
            "/fhir/{ods}/x",
            "look",
            Credential::Dpop,
            |_| async { Ok(text("inside")) },
        ),
        Route::assured(
            Method::POST,
            "/fhir/{ods}/x",
            "change",
            Credential::Dpop,
            |_| async { Ok(text("inside")) },
        )
        .body_limit(100 * 1024 * 1024),
    ]
}

#[tokio::test]
async fn a_path_that_needs_normalising_names_nothing() {
    let running = start(routes()).await;
    assert_eq!(running.get("/files/a").await.body, "file a");
    for trick in [
        "/files/../inside",
        "/files/./a",
        "//files/a",
        "/files//a",
        "/files/a/",
        "/files/%61",
        "/files/a%2fb",
        "/files/%2e%2e/inside",
        "/files/a%00",
        "/files/a;b",
        "/files/\\a",
        "/%66iles/a",
        "/files/a\u{e9}",
        "/FILES/a",
        "*",
    ] {
        let answer = running.get(trick).await;
        assert!(
            matches!(answer.status, 400 | 404),
            "{trick}: {}",
            answer.head
        );
        assert!(!answer.body.contains("file"), "{trick}");
    }
    assert_eq!(running.get("/").await.body, "home");
}

#[tokio::test]
async fn heads_that_are_not_http_are_refused_and_the_server_goes_on() {
    let running = start(routes()).await;
    for bytes in [
        &b"GET /files/a\0b HTTP/1.1\r\nHost: localhost\r\n\r\n"[..],
        b"GET /files/\xff\xfe HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"POST /form HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        b"POST /form HTTP/1.1\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    ] {
        let answer = running.raw(bytes).await;
        assert!(
            (400..500).contains(&answer.status),
            "{bytes:?}: {}",
            answer.head
        );
    }
    let long = format!(
        "GET /{} HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "a".repeat(100_000)
    );
    assert!((400..500).contains(&running.raw(long.as_bytes()).await.status));
    assert_eq!(running.get("/").await.body, "home");
}

#[tokio::test]
async fn every_answer_names_its_request_and_carries_the_security_headers() {
    let running = start(routes()).await;
    let mut ids = std::collections::HashSet::new();
    for (target, status) in [
        ("/", 200),
        ("/nothing", 404),
        ("/panic", 500),
        ("/fhir/X26/x", 401),
        ("/a//b", 400),
    ] {
        let answer = running.get(target).await;
        assert_eq!(answer.status, status, "{target}");
        assert!(ids.insert(answer.header("x-request-id").unwrap().to_owned()));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("referrer-policy"), Some("same-origin"));
        assert!(
            answer
                .header("strict-transport-security")
                .unwrap()
                .starts_with("max-age=")
        );
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"));
        assert!(!policy.contains("unsafe"));
    }
    let page = running.get("/").await;
    assert!(
        page.header("permissions-policy")
            .unwrap()
            .contains("publickey-credentials-get=(self)")
    );
    assert_eq!(
        page.header("cross-origin-opener-policy"),
        Some("same-origin")
    );
}

#[tokio::test]
async fn a_panic_is_a_constant_answer_and_the_server_goes_on() {
    let running = start(routes()).await;
    let same = "Sec-Fetch-Site: same-origin";
    for method in ["GET", "POST"] {
        let answer = running.send(method, "/panic", &[same], "").await;
        assert_eq!(answer.status, 500);
        assert!(!answer.body.contains("999"), "{}", answer.body);
        assert_eq!(running.get("/").await.body, "home");
    }
    assert!(running.metrics.text().contains("ward_http_panics_total 2"));
}

#[tokio::test]
async fn a_change_runs_to_its_end_though_its_caller_goes_away() {
    let (done, mut is_done) = tokio::sync::mpsc::channel(1);
    let change = Route::public(Method::POST, "/oauth/change", "a test", move |_| {
        let done = done.clone();
        async move {
            tokio::time::sleep(Duration::from_millis(200)).await;
            done.send(()).await.unwrap();
            Ok(text("changed"))
        }
    });
    let running = start(vec![change]).await;
    let mut stream = running.connect(b"http/1.1").await;
    let head = format!(
        "POST /oauth/change HTTP/1.1\r\nHost: {}\r\n\r\n",
        running.authority
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    drop(stream);
    let waited = tokio::time::timeout(Duration::from_secs(5), is_done.recv()).await;
    assert_eq!(waited, Ok(Some(())));
}

#[tokio::test]
async fn head_and_options_follow_their_route() {
    let running = start(routes()).await;
    let head = running.send("HEAD", "/files/a", &[], "").await;
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    assert_eq!(head.header("content-length"), Some("6"));
    assert_eq!(running.send("HEAD", "/inside", &[], "").await.status, 303);
    assert_eq!(
        running.send("HEAD", "/fhir/X26/x", &[], "").await.status,
        401
    );
    let options = running.send("OPTIONS", "/fhir/X26/x", &[], "").await;
    assert_eq!(options.status, 204);
    assert_eq!(options.header("allow"), Some("GET, POST, HEAD, OPTIONS"));
    for method in ["PUT", "DELETE", "PATCH", "TRACE", "CONNECTION", "get"] {
        let answer = running.send(method, "/", &[], "").await;
        assert_eq!(answer.status, 405, "{method}");
        assert_eq!(answer.header("allow"), Some("GET, HEAD, OPTIONS"));
    }
}

#[tokio::test]
async fn credentials_of_other_kinds_are_refused_everywhere() {
    let running = start(routes()).await;
    let token = "Bearer eyJhbGciOiJub25lIn0.e30.";
    for target in ["/", "/inside", "/fhir/X26/x", "/files/a"] {
        for credential in [
            "Basic YTpi",
            token,
            "DPoP ",
            "Negotiate x",
            "dpop",
            "Digest a=b",
        ] {
            let line = format!("Authorization: {credential}");
            let answer = running.send("GET", target, &[&line], "").await;
            assert_eq!(answer.status, 401, "{target} {credential}");
            let challenge = answer.header("www-authenticate").unwrap();
            assert!(
                challenge.starts_with("DPoP ") && challenge.contains("algs="),
                "{challenge}"
            );
        }
        let line = format!("Authorization: {token}");
        let twice = running.send("GET", target, &[&line, &line], "").await;
        assert_eq!(twice.status, 401, "{target}");
        let query = running.get(&format!("{target}?a=b&access%5ftoken=x")).await;
        assert_eq!(query.status, 401, "{target}");
    }
    // Programs send their token with whatever they ask: where none is needed it does no harm.
    let needless = running
        .send("GET", "/", &["Authorization: DPoP some-token"], "")
        .await;
    assert_eq!(needless.status, 200);
    let proofless = running
        .send("GET", "/fhir/X26/x", &["Authorization: DPoP abc"], "")
        .await;
    assert!(
        proofless
            .header("www-authenticate")
            .unwrap()
            .contains("invalid_dpop_proof")
    );
    let lines = ["Authorization: DPoP abc", "DPoP: x"];
    let unknown = running.send("GET", "/fhir/X26/x", &lines, "").await;
    assert!(
        unknown
            .header("www-authenticate")
            .unwrap()
            .contains("invalid_token")
    );
}

#[tokio::test]
async fn a_page_without_a_session_leads_to_the_sign_in() {
    let running = start(routes()).await;
    for lines in [
        &[][..],
        &["Cookie: __Host-ward=forged"],
        &["Cookie: ward=x"],
    ] {
        let answer = running.send("GET", "/inside", lines, "").await;
        assert_eq!(
            (answer.status, answer.header("location")),
            (303, Some("/sign-in"))
        );
        assert!(!answer.body.contains("inside"));
    }
}

#[tokio::test]
async fn only_one_host_is_answered_and_forwarding_headers_are_ignored() {
    let running = start(routes()).await;
    for host in ["Host: evil.test", "Host: localhost", "Host: "] {
        assert!(
            matches!(
                running.send("GET", "/", &[host], "").await.status,
                400 | 421
            ),
            "{host}"
        );
    }
    let answer = running.send("GET", "https://evil.test/", &[], "").await;
    assert_eq!(answer.status, 421);
    let lines = [
        "X-Forwarded-For: 10.1.2.3",
        "Forwarded: for=10.1.2.3;host=evil.test",
        "X-Real-IP: 10.1.2.3",
        "X-Original-URL: /inside",
        "X-HTTP-Method-Override: POST",
    ];
    assert_eq!(
        running.send("GET", "/address", &lines, "").await.body,
        "127.0.0.1"
    );
}

#[tokio::test]
async fn a_change_from_another_site_is_refused() {
    let running = start(routes()).await;
    let form = "Content-Type: application/x-www-form-urlencoded";
    let same = "Sec-Fetch-Site: same-origin";
    assert_eq!(
        running
            .send("POST", "/form", &[form, same], "a=1")
            .await
            .body,
        "1"
    );
    for lines in [
        &[form][..],
        &[form, "Sec-Fetch-Site: cross-site"],
        &[form, "Sec-Fetch-Site: same-site"],
        &[form, "Sec-Fetch-Site: none"],
        &[form, "Origin: https://evil.test"],
        &[form, "Origin: null"],
        &[form, same, "Origin: https://evil.test"],
        &[form, same, same],
    ] {
        let answer = running.send("POST", "/form", lines, "a=1").await;
        assert!(
            matches!(answer.status, 400 | 403),
            "{lines:?} {}",
            answer.status
        );
    }
    let json = "Content-Type: application/json";
    assert_eq!(
        running
            .send("POST", "/form", &[json, same], "{}")
            .await
            .status,
        415
    );
}

#[tokio::test]
async fn a_body_over_its_limit_is_refused_before_it_is_read() {
    let running = start(routes()).await;
    let announced = "Content-Length: 104857600";
    let answer = running.send("POST", "/oauth/token", &[announced], "").await;
    assert_eq!(answer.status, 413);
    let waiting = [announced, "Expect: 100-continue"];
    let answer = running.send("POST", "/oauth/token", &waiting, "").await;
    assert_eq!(answer.status, 413, "{}", answer.head);

    let mut stream = running.connect(b"http/1.1").await;
    let port = running.address.port();
    let head = format!(
        "POST /oauth/token HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\
         Transfer-Encoding: chunked\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x10000));
    for _ in 0..40 {
        if stream.write_all(chunk.as_bytes()).await.is_err() {
            break;
        }
    }
    assert_eq!(Wire::read(&mut stream).await.status, 413);

    let allowed = "x".repeat(1024 * 1024);
    assert_eq!(
        running
            .send("POST", "/oauth/token", &[], &allowed)
            .await
            .body,
        "1048576"
    );
}

#[tokio::test]
async fn nobody_unproved_makes_the_server_read_a_large_body() {
    let running = start(routes()).await;
    let body = "x".repeat(3 * 1024 * 1024);
    let answer = running.send("POST", "/fhir/X26/x", &[], &body).await;
    assert_eq!(answer.status, 401);
}

#[tokio::test]
async fn a_body_where_none_is_taken_is_refused() {
    let running = start(routes()).await;
    assert_eq!(running.send("GET", "/", &[], "x=1").await.status, 413);
}

#[tokio::test]
async fn a_body_that_ends_early_harms_nobody() {
    let running = start(routes()).await;
    let mut stream = running.connect(b"http/1.1").await;
    let port = running.address.port();
    let head = format!(
        "POST /oauth/token HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Length: 9\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(b"abc").await.unwrap();
    stream.shutdown().await.unwrap();
    assert!(matches!(Wire::read(&mut stream).await.status, 0 | 400));
    assert_eq!(running.get("/").await.body, "home");
}

#[tokio::test]
async fn an_upgrade_is_refused() {
    let running = start(routes()).await;
    for upgrade in ["websocket", "h2c"] {
        let line = format!("Upgrade: {upgrade}");
        let lines = [line.as_str(), "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="];
        for path in ["/inside", "/", "/nothing"] {
            let answer = running.send("GET", path, &lines, "").await;
            assert_eq!(answer.status, 400, "{upgrade} {path}");
        }
    }
}

#[tokio::test]
async fn a_shutdown_lets_requests_under_way_end() {
    let running = start(routes()).await;
    let mut stream = running.connect(b"http/1.1").await;
    let request = format!(
        "GET /slow HTTP/1.1\r\nHost: localhost:{}\r\n\r\n",
        running.address.port()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    let address = running.address;
    running.stop.send(()).unwrap();
    assert_eq!(Wire::read(&mut stream).await.body, "at last");
    running.done.await.unwrap().unwrap();
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn http_2_is_spoken_and_guarded_alike() {
    use http_body_util::{BodyExt, Empty};
    use hyper_util::rt::{TokioExecutor, TokioIo};

    let running = start(routes()).await;
    let stream = TokioIo::new(running.connect(b"h2").await);
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), stream)
            .await
            .unwrap();
    tokio::spawn(connection);
    let base = format!("https://localhost:{}", running.address.port());
    for (target, status, expected) in [
        ("/", 200, "home"),
        ("/fhir/X26/x", 401, ""),
        ("/panic", 500, ""),
        ("/files/a", 200, "file a"),
    ] {
        let request = hyper::Request::get(format!("{base}{target}"));
        let request = request.body(Empty::<ward_http::Bytes>::new()).unwrap();
        let response = sender.send_request(request).await.unwrap();
        assert_eq!(response.status(), status, "{target}");
        assert!(response.headers().contains_key("x-request-id"));
        let body = response.into_body().collect().await.unwrap().to_bytes();
        assert!(expected.is_empty() || body == expected);
    }
}

/// Keeps what is logged.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        std::io::Write::write(&mut *self.0.lock().unwrap(), bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn logs_and_figures_name_no_one() {
    let kept = Kept::default();
    let writer = kept.clone();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone());
    let guard = tracing::subscriber::set_default(subscriber.finish());
    let running = start(routes()).await;
    let answer = running.get("/files/9990000018").await;
    running.get("/nobody/9990000018?name=Smith").await;
    running.get("/panic").await;
    running.send("SMITH-9990000018", "/", &[], "").await;
    let cookie = "Cookie: __Host-ward=Smith-9990000018";
    running
        .send("GET", "/inside", &[cookie, "X-NHS-Number: 9990000018"], "")
        .await;
    running
        .send(
            "POST",
            "/form",
            &["Sec-Fetch-Site: same-origin"],
            "nhs=9990000018",
        )
        .await;
    drop(guard);

    let figures = running.metrics.text();
    assert!(figures.contains(r#"route="/files/{name}""#) && figures.contains(r#"route="none""#));
    let log = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
    let own = |line: &&str| line.contains(r#""target":"ward::"#);
    let log: String = log.lines().filter(own).collect();
    assert!(log.contains(r#""route":"/files/{name}""#), "{log}");
    assert!(
        log.contains(answer.header("x-request-id").unwrap()),
        "{log}"
    );
    for text in [figures, log] {
        let text = text.to_lowercase();
        // The whole number: three nines may be part of a time or of a request's id.
        assert!(
            !text.contains("9990000018") && !text.contains("smith"),
            "{text}"
        );
    }
}

/// Every route and every method, as one without any proof would try it.
#[tokio::test]
async fn nothing_but_the_declared_public_routes_lets_anyone_in() {
    let running = start(routes()).await;
    for listed in running.server.routes() {
        let path = listed
            .pattern
            .replace("{ods}", "X26")
            .replace("{name}", "a");
        let answer = running
            .send(
                listed.method.as_str(),
                &path,
                &["Sec-Fetch-Site: same-origin"],
                "",
            )
            .await;
        let is_public = matches!(listed.guard, ward_http::Guard::Public { .. });
        let is_refused = matches!(answer.status, 303 | 401 | 403);
        assert_eq!(is_public, !is_refused, "{listed:?} {}", answer.status);
        assert!(is_public || !answer.body.contains("inside"));
    }
}
