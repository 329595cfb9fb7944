//! A device's key and token at every door of the pages.

use ward_http::{Credential, Guard, Method};
use ward_testkit::{ORIGIN, Raw, Server};

use crate::browser::serve;

/// Class 10: a device's key is tried on every route. It opens the one that is declared for devices.
#[tokio::test]
async fn class_10_a_devices_key_opens_what_is_made_for_devices_alone() {
    let server = serve().await;
    let device = server.world.device("WRD01", "door").await;
    let program = server
        .world
        .program("WRD01", "ehr", "system/Patient.rs")
        .await;
    let mut opened = Vec::new();
    for listed in server.routes() {
        let Guard::Assured { credential, .. } = listed.guard else {
            continue;
        };
        let method = listed.method.as_str();
        let path = path(listed.pattern);
        let answer = asked(&server, &device, method, &path).await;
        if credential == Credential::Device {
            assert_eq!(answer.status, 200, "{method} {path}: {}", answer.body);
            opened.push(path.clone());
            let other = asked(&server, &program, method, &path).await;
            assert_eq!(other.status, 401, "a service at {path}");
        } else {
            assert_eq!(answer.status, 401, "{method} {path}");
        }
    }
    assert_eq!(opened, ["/pair/heartbeat"]);
}

#[tokio::test]
async fn an_unpaired_device_is_out_at_its_next_request() {
    let server = serve().await;
    let device = server.world.device("WRD01", "door").await;
    let beat = || asked(&server, &device, "POST", "/pair/heartbeat");
    assert_eq!(beat().await.status, 200);
    let by = server
        .world
        .person("WRD01", "ann", ward_identity::Role::Administrator, "none")
        .await;
    let by = server.world.assured(&by);
    let unpaired = server.world.identity.unpair_device(&by, device.account);
    unpaired.await.unwrap();
    assert_eq!(beat().await.status, 401);
}

async fn asked(server: &Server, with: &ward_testkit::Program, method: &str, path: &str) -> Raw {
    let lines = [
        &*format!("Origin: {ORIGIN}"),
        "Content-Type: application/x-www-form-urlencoded",
    ];
    let body: &[u8] = if method == Method::POST.as_str() {
        b"a=b"
    } else {
        b""
    };
    server.ask(with, method, path, &lines, body).await
}

/// A path of a pattern.
fn path(pattern: &str) -> String {
    let parts = pattern.split('/').map(|part| match part {
        part if part.starts_with('{') => "00000000000000000000000000000000",
        part => part,
    });
    parts.collect::<Vec<_>>().join("/")
}
