//! The process as it is started: what it listens on, and what it is told to leave out.

use std::{fs, net::SocketAddr};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use ward_testkit::Wire;

use crate::running::{Running, ward};

/// Sends bytes without TLS, and reads what comes.
async fn plain(to: SocketAddr, bytes: &str) -> String {
    let mut stream = TcpStream::connect(to).await.unwrap();
    stream.write_all(bytes.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // A server that closes at once says what it thinks of it.
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

/// Of two listeners, which speaks TLS: the one that says nothing to plain HTTP.
async fn pages_and_metrics(running: &Running) -> (Wire, SocketAddr) {
    let listening = running.listening();
    assert_eq!(listening.len(), 2, "pages and metrics: {listening:?}");
    let ask = "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    let one = plain(listening[0], ask).await;
    let (metrics, pages) = if one.contains("200 OK") {
        (listening[0], listening[1])
    } else {
        (listening[1], listening[0])
    };
    (running.wire(pages, "localhost:8443"), metrics)
}

/// Asks for a proof wherever one is wanted.
async fn assert_locked(wire: &Wire, what: &str) {
    for (method, target, status) in [
        ("GET", "/", 303),
        ("GET", "/patients", 303),
        ("GET", "/accounts", 303),
        ("POST", "/patients", 403),
        ("GET", "/fhir/WRD01/Patient", 401),
        ("POST", "/fhir/WRD01/Patient", 401),
    ] {
        let answer = wire.send(method, target, &[], b"").await;
        assert_eq!(answer.status, status, "{what}: {method} {target}");
    }
}

/// Teleport #1550: a second listener takes what the first one asks a proof for.
#[tokio::test]
async fn class_15_side_door_listener() {
    let running = Running::serve(&[], &[]).unwrap();
    let (wire, metrics) = pages_and_metrics(&running).await;
    assert_locked(&wire, "with TLS").await;
    let ask = |method: &str, target: &str| {
        format!("{method} {target} HTTP/1.1\r\nHost: localhost:8443\r\nConnection: close\r\n\r\n")
    };
    for target in ["/", "/patients", "/fhir/WRD01/Patient", "/sign-in"] {
        let without_tls = plain(wire.address, &ask("GET", target)).await;
        assert!(!without_tls.contains("HTTP/"), "{target}: {without_tls}");
        for method in ["GET", "POST", "PUT", "DELETE"] {
            let answer = plain(metrics, &ask(method, target)).await;
            assert!(
                answer.starts_with("HTTP/1.1 404"),
                "{method} {target}: {answer}"
            );
            assert!(answer.ends_with("see /metrics\n"), "{target}: {answer}");
        }
    }
    // The figures name routes, not what was asked for there.
    let _asked = wire.send("GET", "/patients/a-distinct-id", &[], b"").await;
    let figures = plain(metrics, &ask("GET", "/metrics")).await;
    assert!(figures.contains("/patients/{id}") && !figures.contains("a-distinct-id"));
    assert_eq!(running.listening().len(), 2, "nothing was opened meanwhile");
    // The demo has one listener, and no other.
    let (demo, told) = Running::demo();
    let port = told["url"].as_str().unwrap().rsplit(':').next().unwrap();
    let expected = format!("127.0.0.1:{port}").parse::<SocketAddr>().unwrap();
    assert_eq!(demo.listening(), [expected]);
}

/// Teleport #37199: an environment variable turns the second factor off.
#[tokio::test]
async fn class_18_kill_switch() {
    let switches = [
        "DISABLE_MFA",
        "NO_MFA",
        "SKIP_MFA",
        "MFA",
        "MFA_REQUIRED",
        "TWO_FACTOR",
        "INSECURE",
        "UNSAFE",
        "DEV",
        "DEBUG",
        "TEST",
        "AUTH",
        "AUTH_DISABLED",
        "ALLOW_INSECURE",
        "NO_LOCKS",
        "TRUST_PROXY",
        "BYPASS",
        "ADMIN_TOKEN",
        "SECOND_FACTOR",
        "SERVER_INSECURE",
        "LOCKS_OFF",
        "SERVER_TRUST_PROXY",
        "POLICY_PLATFORM",
        "RECOVERY_DELAY",
        "SESSION_IDLE",
    ];
    let folder = tempfile::tempdir().unwrap();
    for switch in switches {
        let own = format!("WARD_{switch}");
        let refused = ward(folder.path(), &[(&own, "1")], &["config", "check"]).output();
        assert!(
            !refused.unwrap().status.success(),
            "{own} is taken for something"
        );
        let lower = switch.to_lowercase().replace('_', "-");
        let set = format!("{}=off", lower.replacen('-', ".", 1));
        for arguments in [
            &["serve", &format!("--{lower}")][..],
            &["serve", "--set", &set],
            &["serve", "--set", &format!("{lower}=1")],
        ] {
            let refused = ward(folder.path(), &[], arguments).output().unwrap();
            assert!(!refused.status.success(), "{arguments:?}");
            let said = String::from_utf8(refused.stderr).unwrap();
            let is_unknown = said.contains("unexpected argument") || said.contains("no setting");
            assert!(is_unknown, "{arguments:?}: {said}");
        }
        let file = format!("[{lower}]\nenabled = false\n");
        fs::write(folder.path().join("ward.toml"), file).unwrap();
        let refused = ward(folder.path(), &[], &["config", "check"])
            .output()
            .unwrap();
        assert!(!refused.status.success(), "[{lower}]");
        fs::remove_file(folder.path().join("ward.toml")).unwrap();
    }
    // No setting that there is has such a name.
    let settings = ward(folder.path(), &[], &["config", "list"])
        .output()
        .unwrap();
    let settings = String::from_utf8(settings.stdout).unwrap();
    let names: Vec<_> = settings
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
        .collect();
    assert!(names.len() >= 10, "{settings}");
    for name in &names {
        for word in [
            "mfa", "factor", "insecure", "unsafe", "skip", "bypass", "disable", "enable", "allow",
            "auth", "debug", "dev", "test", "trust", "proxy", "lock", "require",
        ] {
            assert!(!name.contains(word), "{name}: what does it turn off?");
        }
    }
    assert_locked_whatever_surrounds_it().await;
}

/// What other programs listen to, and every setting that there is with a strange value.
async fn assert_locked_whatever_surrounds_it() {
    let keys = tempfile::tempdir().unwrap();
    let keys = keys.path().join("keys");
    let environment = [
        ("TELEPORT_UNSTABLE_DISABLE_MFA_ADMIN_ACTIONS", "yes"),
        ("DISABLE_MFA", "1"),
        ("INSECURE", "1"),
        ("NODE_ENV", "development"),
        ("RUST_ENV", "test"),
        ("APP_ENV", "local"),
        ("DEBUG", "*"),
        ("RUST_LOG", "trace"),
        ("SSLKEYLOGFILE", keys.to_str().unwrap()),
        ("HTTPS_PROXY", "http://127.0.0.1:9"),
        ("WARD_LOG_FILTER", "trace"),
        ("WARD_PROOF_SOLVER", "/bin/true"),
    ];
    let running = Running::serve(&environment, &[]).unwrap();
    let (wire, _) = pages_and_metrics(&running).await;
    assert_locked(&wire, "in a strange environment").await;
    assert!(
        !keys.exists(),
        "the keys of its connections were written down"
    );
    for setting in [
        "proof.solver=off",
        "log.filter=off",
        "key.passphrase=off",
        "server.public_url=https://localhost:8443",
    ] {
        let running = Running::serve(&[], &["--set", setting]).unwrap();
        let (wire, _) = pages_and_metrics(&running).await;
        assert_locked(&wire, setting).await;
    }
    for setting in [
        "server.public_url=http://localhost:8443",
        "server.public_url=*",
        "server.listen=off",
        "metrics.listen=0.0.0.0:0",
        "metrics.listen=[::]:0",
        "server.certificate=/dev/null",
        "server.private_key=/dev/null",
        "data.dir=/nowhere",
    ] {
        let refused = Running::serve(&[], &["--set", setting]);
        let refused = refused.map_or(true, |mut running| running.ends());
        assert!(refused, "{setting}: it serves");
    }
}
