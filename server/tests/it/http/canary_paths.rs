//! A key that somebody put into an address, where it does not belong, reaches no log.

use reqwest::Method;
use serde_json::json;

use super::canary::{Secret, Spied};
use crate::support::{
    database::{Kind, TestDatabase},
    server_process::ServerProcess,
};

/// Where a key can stand in an address.
const ADDRESSES: [&str; 25] = [
    "/KEY",
    "/s/KEY",
    "/s/KEY/",
    "/s/KEY/mine",
    "/s/KEY/control",
    "/s/KEY/live",
    "/s/KEY/snapshot",
    "/s/KEY/manifest.webmanifest",
    "/s/KEY/export/text",
    "/s/KEY/qr.svg",
    "/s/CODE/KEY",
    "/s/CODE/mod/KEY",
    "/s/CODE/export/KEY",
    "/s/CODE?key=KEY",
    "/s/CODE?pressed=KEY",
    "/s/CODE/mod?key=KEY",
    "/s/CODE/control?refused=KEY",
    "/s/CODE/live?audience=KEY",
    "/s/CODE/live?after=KEY",
    "/s?code=KEY",
    "/?title=KEY&code=KEY",
    "/privacy?refused=KEY",
    "/rpc/KEY",
    "/rpc/role?key=KEY",
    "/api/v1/KEY?key=KEY",
];

/// A key as links have it, and as an address can have it too.
fn spelled(key: &str) -> [String; 3] {
    let escaped = key.bytes().map(|byte| format!("%{byte:02X}"));
    [key.to_owned(), key.replace('_', "%5F"), escaped.collect()]
}

#[tokio::test]
async fn no_key_in_an_address_reaches_a_log() {
    let database = TestDatabase::new(Kind::Sqlite).await;
    let program = ServerProcess::start(database.url()).await;
    let mut streamer = Spied::new(&program.url);
    let opened = json!({ "title": "a", "game": "b" });
    let opened = streamer.call("open_session", opened, false).await;
    let code = opened["code"].as_str().unwrap();
    let control = opened["control_key"].as_str().unwrap();
    let minted = json!({ "code": code, "label": "Anna" });
    let minted = streamer.call("mint_link", minted, false).await;
    let moderator = minted["key"].as_str().unwrap();

    let mut somebody = Spied::new(&program.url);
    for key in [control, moderator] {
        for spelling in spelled(key) {
            for address in ADDRESSES {
                let address = address.replace("CODE", code).replace("KEY", &spelling);
                for method in [Method::GET, Method::POST] {
                    let kind = "application/x-www-form-urlencoded";
                    let body = String::new();
                    somebody.send(method, &address, kind, body, false).await;
                }
            }
        }
    }

    let log = program.log();
    assert!(log.len() > 10_000, "the log says too little to be searched");
    for (name, key) in [
        ("the control link", control),
        ("the moderator link", moderator),
    ] {
        // Half of a key only finds its row.
        let (_, verifier) = key.split_at("ctl_".len() + 32);
        assert!(
            !Secret::new(name, verifier).is_in(&log),
            "{name} is in the log"
        );
    }
}
