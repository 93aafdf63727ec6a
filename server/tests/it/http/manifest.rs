//! What a phone puts on its home screen.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::rights::Scene;
use crate::support::{database::Kind, test_server::TestServer};

/// What the product is called in full.
const PRODUCT: &str = "Clip Timestamp Collector";

#[tokio::test]
async fn each_page_on_a_home_screen_opens_itself_again_and_carries_no_key() {
    let server = TestServer::new(Kind::Sqlite).await;
    let scene = Scene::new(&server).await;
    let code = &scene.code;
    let mut ids = BTreeSet::new();
    for path in ["/", "/s/{code}", "/s/{code}/mod", "/s/{code}/control"] {
        let path = path.replace("{code}", code);
        let html = scene.streamer.get(&path).await.text().await.unwrap();
        let (_, link) = html.split_once("rel=\"manifest\" href=\"").unwrap();
        let address = link.split('"').next().unwrap();
        assert!(html.contains(&format!("og:site_name\" content=\"{PRODUCT}\"")));
        if path == "/" {
            assert!(html.contains(&format!("<h1>{PRODUCT}<")));
            assert!(html.contains(&format!("<title>{PRODUCT}</title>")));
            // A file of the site, which this server has none of.
            assert_eq!(address, "/manifest.webmanifest");
            let file = include_str!("../../../../public/manifest.webmanifest");
            let file: Value = serde_json::from_str(file).unwrap();
            assert_eq!(
                (&file["name"], &file["short_name"]),
                (&json!(PRODUCT), &json!("Clips"))
            );
            continue;
        }
        assert!(html.contains(" · Clips</title>"));
        let answer = scene.viewer.get(address).await;
        let kind = answer.headers()["content-type"]
            .to_str()
            .unwrap()
            .to_owned();
        assert_eq!(kind, "application/manifest+json");
        assert!(!answer.headers().contains_key("set-cookie"));
        let text = answer.text().await.unwrap();
        assert!(!text.contains("ctl_") && !text.contains("mod_"), "{text}");
        let manifest: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(manifest["start_url"], path.as_str());
        assert!(path.starts_with(manifest["scope"].as_str().unwrap()));
        // What browsers require before they offer to install a page.
        assert_eq!(manifest["display"], "standalone");
        for (member, name) in [("name", PRODUCT), ("short_name", "Clips")] {
            assert_eq!(manifest[member], format!("{name} {code}"));
        }
        let icons = manifest["icons"].as_array().unwrap();
        assert!(icons.iter().any(|icon| icon["sizes"] == "any"));
        ids.insert(manifest["id"].to_string());
    }
    assert_eq!(ids.len(), 3);
}
