//! Who is here: what the staff are told, that nobody else is, and that processes tell each other.

use std::{
    num::NonZeroU32,
    time::{Duration, Instant},
};

use reqwest::StatusCode;
use serde_json::{Value, json};
use server::{hub::Settings, random, security::limits};
use tokio::time::{sleep, timeout};

use crate::support::{
    clients::{Events, TestClient},
    database::Kind,
    server_process::ServerProcess,
    test_server::TestServer,
};

/// A staff page that is open.
struct Page {
    person: TestClient,
    code: String,
    tab: Value,
    number: u32,
}

impl Page {
    fn new(person: TestClient, code: &str) -> Self {
        Self {
            person,
            code: code.to_owned(),
            tab: json!(random::uuid()),
            number: 0,
        }
    }

    async fn calls(&mut self, rest: Value) -> (StatusCode, Value) {
        self.number += 1;
        let mut announcement = json!({ "tab": self.tab, "number": self.number });
        let fields = announcement.as_object_mut().unwrap();
        fields.extend(rest.as_object().unwrap().clone());
        let arguments = json!({ "code": self.code, "announcement": announcement });
        self.person.call("announce", &arguments).await
    }

    async fn announces(&mut self, rest: Value) -> Value {
        let (status, answer) = self.calls(rest).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        answer
    }
}

async fn watches(person: &TestClient, code: &str, audience: &str) -> Events {
    let cursor = person.cursor(code).await;
    let mut events = person.watches(code, audience, &cursor).await;
    assert_eq!(events.next().await.unwrap().name, "tick");
    events
}

fn viewers(count: u32) -> impl Fn(&Value) -> bool {
    move |presence| presence["viewers"] == count
}

/// The labels of the links of those who are here; the streamer has none.
fn names(presence: &Value) -> Vec<&str> {
    let staff = presence["staff"].as_array().into_iter().flatten();
    staff
        .map(|page| page["name"].as_str().unwrap_or("Streamer"))
        .collect()
}

fn are(expected: &[&str]) -> impl Fn(&Value) -> bool {
    move |presence| names(presence) == expected
}

#[tokio::test]
async fn the_staff_see_who_of_them_is_here_and_what_they_edit() {
    for kind in Kind::ALL {
        let server = TestServer::new(kind).await;
        let (streamer, moderator) = (server.client(), server.client());
        let code = streamer.opens_session().await;
        streamer.makes_moderator(&code, &moderator).await;
        let mut events = watches(&streamer, &code, "staff").await;
        let mut own = Page::new(streamer.on(&server.url), &code);
        let answer = own.announces(json!({})).await;
        assert_eq!(names(&answer["presence"]), ["Streamer"]);
        assert_eq!(answer["presence"]["staff"][0]["person"], answer["person"]);
        let mut moderators = Page::new(moderator, &code);
        let edited = json!({ "timestamp": random::uuid() });
        let answer = moderators.announces(json!({ "editing": edited })).await;
        assert_eq!(names(&answer["presence"]), ["Streamer", "Anna"]);

        let told = events.presence(are(&["Streamer", "Anna"])).await;
        assert_eq!(told["staff"][1]["editing"], edited);
        assert_eq!(told["staff"][1]["person"], answer["person"]);
        // Other pages are not told by which name a page announces itself.
        assert!(!told.to_string().contains(moderators.tab.as_str().unwrap()));
        // A page that opens its stream now is told without a change.
        watches(&streamer, &code, "staff")
            .await
            .presence(are(&["Streamer", "Anna"]))
            .await;
        moderators.announces(json!({})).await;
        let closed = |told: &Value| told["staff"][1]["editing"].is_null();
        events.presence(closed).await;
        moderators.announces(json!({ "leaves": true })).await;
        events.presence(are(&["Streamer"])).await;
    }
}

#[tokio::test]
async fn viewers_are_counted_while_their_pages_are_open_and_are_not_told() {
    let server = TestServer::new(Kind::Sqlite).await;
    let streamer = server.client();
    let code = streamer.opens_session().await;
    streamer.starts(&code).await;
    let mut staff = watches(&streamer, &code, "staff").await;
    staff.presence(viewers(0)).await;
    let people = [(); 3].map(|()| server.client());
    let mut open = Vec::new();
    for person in &people {
        open.push(watches(person, &code, "public").await);
    }
    staff.presence(viewers(3)).await;
    Page::new(streamer.on(&server.url), &code)
        .announces(json!({}))
        .await;
    staff.presence(are(&["Streamer"])).await;
    let mut last = open.pop().unwrap();
    drop(open);
    staff.presence(viewers(1)).await;

    // By now a viewer would have been told.
    people[0].presses(&code, "seen").await;
    let event = last.next_of_all().await.unwrap();
    assert_eq!(event.name, "");
    assert!(
        !event.data.to_string().contains("viewers\":"),
        "{}",
        event.data
    );
    let snapshot = people[0]
        .ask("snapshot", json!({ "code": code, "audience": "public" }))
        .await;
    assert!(snapshot.get("presence").is_none() && snapshot.get("staff").is_none());
}

#[tokio::test]
async fn an_announcement_expires_where_no_other_follows() {
    let live = Settings {
        announcement_lasts: Duration::from_secs(3),
        ..Settings::default()
    };
    let server = TestServer::with(Kind::Sqlite, live).await;
    let (streamer, moderator) = (server.client(), server.client());
    let code = streamer.opens_session().await;
    streamer.makes_moderator(&code, &moderator).await;
    let mut events = watches(&streamer, &code, "staff").await;
    let began = Instant::now();
    Page::new(moderator, &code).announces(json!({})).await;
    events.presence(are(&["Anna"])).await;
    events.presence(are(&[])).await;
    assert!(began.elapsed() >= Duration::from_secs(3));
}

#[tokio::test]
async fn a_moderator_whose_link_is_revoked_disappears_and_can_not_come_back() {
    for kind in Kind::ALL {
        let server = TestServer::new(kind).await;
        let (streamer, moderator) = (server.client(), server.client());
        let code = streamer.opens_session().await;
        let link = streamer.makes_moderator(&code, &moderator).await;
        let mut page = Page::new(moderator, &code);
        page.announces(json!({})).await;
        let mut own = Page::new(streamer.on(&server.url), &code);
        own.announces(json!({})).await;
        let mut events = watches(&streamer, &code, "staff").await;
        events.presence(are(&["Streamer", "Anna"])).await;

        let revoke = json!({ "code": code, "id": link });
        streamer.ask("revoke_link", revoke).await;
        let (status, _) = page.calls(json!({})).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        // Every stream of the staff ends, and is opened again by those who may.
        while let Some(event) = events.next().await {
            assert_eq!(event.data, json!("rights_changed"));
        }
        let mut events = watches(&streamer, &code, "staff").await;
        events.presence(are(&["Streamer"])).await;
    }
}

#[tokio::test]
async fn announcements_have_a_limit_of_their_own() {
    let most = |number| NonZeroU32::new(number).unwrap();
    let settings = limits::Settings {
        address_announcements: most(3),
        ..super::rights::wide()
    };
    let server = TestServer::limited(settings, "127.0.0.0/8").await;
    let streamer = server.client();
    let code = streamer.opens_session().await;
    let mut page = Page::new(streamer.on(&server.url), &code);
    for _ in 0..3 {
        page.announces(json!({})).await;
    }
    let (status, answer) = page.calls(json!({})).await;
    assert_eq!(status, StatusCode::TOO_MANY_REQUESTS, "{answer}");
    assert_eq!(answer["detail"]["action"], "announce");
    // Everything else goes on.
    streamer.starts(&code).await;
}

/// Both servers hear each other.
async fn hear(servers: &[&TestServer]) {
    let heard = timeout(Duration::from_secs(60), async {
        for server in servers {
            while !server.hub.is_listening() {
                sleep(Duration::from_millis(20)).await;
            }
        }
    });
    heard.await.expect("servers listen");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_over_one_database_show_each_others_staff_and_viewers() {
    let first = TestServer::new(Kind::Postgres).await;
    let second = first.beside(Settings::default()).await;
    hear(&[&first, &second]).await;
    let (streamer, moderator) = (first.client(), first.client());
    let code = streamer.opens_session().await;
    streamer.makes_moderator(&code, &moderator).await;
    let here = watches(&first.client(), &code, "public").await;
    let there = [
        watches(&second.client(), &code, "public").await,
        watches(&second.client(), &code, "public").await,
    ];
    let mut own = Page::new(streamer.on(&first.url), &code);
    own.announces(json!({})).await;
    let mut other = Page::new(moderator.on(&second.url), &code);
    let edited = json!({ "moment": random::uuid() });
    other.announces(json!({ "editing": edited })).await;

    let everybody = |told: &Value| viewers(3)(told) && are(&["Streamer", "Anna"])(told);
    let mut on_first = watches(&streamer, &code, "staff").await;
    let mut on_second = watches(&moderator.on(&second.url), &code, "staff").await;
    for events in [&mut on_first, &mut on_second] {
        let told = events.presence(everybody).await;
        assert_eq!(told["staff"][1]["editing"], edited);
    }
    // The same page, whose next announcement reaches the other server: it is one page, as it is now.
    other.person = moderator.on(&first.url);
    other.announces(json!({})).await;
    let closed = |told: &Value| everybody(told) && told["staff"][1]["editing"].is_null();
    on_second.presence(closed).await;
    on_first.presence(closed).await;
    drop(here);
    on_second.presence(viewers(2)).await;
    drop(there);
    on_first.presence(viewers(0)).await;
    // Nothing of it was written.
    let all = crate::support::dump::dump(&first.tables().await).await;
    let tab = other.tab.as_str().unwrap();
    assert!(!all.values().flatten().any(|row| row.contains(tab)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_moderator_disappears_from_a_server_on_which_nobody_watches() {
    // Nothing expires meanwhile.
    let live = Settings {
        announcement_lasts: Duration::from_secs(3_600),
        ..Settings::default()
    };
    let first = TestServer::with(Kind::Postgres, live).await;
    let second = first.beside(live).await;
    hear(&[&first, &second]).await;
    let [streamer, moderator, other] = [(); 3].map(|()| first.client());
    let code = streamer.opens_session().await;
    let link = streamer.makes_moderator(&code, &moderator).await;
    streamer.makes_moderator(&code, &other).await;
    let mut own = Page::new(streamer.on(&first.url), &code);
    own.announces(json!({})).await;
    for person in [&moderator, &other] {
        let mut page = Page::new(person.on(&second.url), &code);
        page.announces(json!({})).await;
    }
    let mut events = watches(&streamer, &code, "staff").await;
    events.presence(are(&["Streamer", "Anna", "Anna"])).await;

    let revoke = json!({ "code": code, "id": link });
    streamer.ask("revoke_link", revoke).await;
    // A stream that is opened before the old ones have ended ends with them.
    while events.next().await.is_some() {}
    let mut events = watches(&streamer, &code, "staff").await;
    let one_is_left = events.presence(are(&["Streamer", "Anna"]));
    let told = timeout(Duration::from_secs(20), one_is_left).await;
    told.expect("the moderator disappears");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_on_a_server_that_is_killed_disappears() {
    let live = Settings {
        process_silence: Duration::from_secs(7),
        ..Settings::default()
    };
    let server = TestServer::with(Kind::Postgres, live).await;
    let other = ServerProcess::start(server.database_url()).await;
    hear(&[&server]).await;
    let (streamer, moderator) = (server.client(), server.client());
    let code = streamer.opens_session().await;
    streamer.makes_moderator(&code, &moderator).await;
    let mut events = watches(&streamer, &code, "staff").await;
    let viewer = watches(&TestClient::new(&other.url), &code, "public").await;
    Page::new(moderator.on(&other.url), &code)
        .announces(json!({}))
        .await;
    let all = |told: &Value| viewers(1)(told) && are(&["Anna"])(told);
    events.presence(all).await;
    drop(other);
    let none = |told: &Value| viewers(0)(told) && are(&[])(told);
    events.presence(none).await;
    drop(viewer);
}
