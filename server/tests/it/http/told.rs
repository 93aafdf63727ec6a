//! What of the crowd each page and answer tells each role: the part of the table of rights that `staff_list` decides.

use std::fmt::Write as _;

use serde_json::json;

use super::{
    moments::crowd_presses,
    rights::{PAGES, Scene, functions, wide},
};
use crate::support::{clients::TestClient, test_server::TestServer};

/// A note that stands nowhere else.
const NOTE: &str = "zugzwang";

/// The title that the session is given at last.
const LAST: &str = "Blood and Wine";

/// The server functions that read, each with the audiences that it can be asked for.
const READING: [(&str, Option<&str>); 10] = [
    ("desk", None),
    ("links", None),
    ("mine", None),
    ("moderations", None),
    ("own_sessions", None),
    ("page", Some("public")),
    ("page", Some("staff")),
    ("settings", None),
    ("snapshot", Some("public")),
    ("snapshot", Some("staff")),
];

/// Those that do something, and one that answers an id to the staff. Their answers tell of what they did to whoever may do it, which
/// the table of rights holds.
const DOING: [&str; 30] = [
    "act",
    "announce",
    "block",
    "current_moment",
    "edit_moment",
    "edit_note",
    "edit_own",
    "edit_session",
    "end_rehearsal",
    "hide",
    "hide_filtered",
    "hide_visitor",
    "join_moment",
    "measure_lead",
    "mint_link",
    "now",
    "open_rehearsal",
    "open_session",
    "redeem",
    "replace_control_link",
    "restore",
    "restore_session",
    "revoke_link",
    "role",
    "set_labels",
    "set_settings",
    "submit",
    "take_back",
    "trash_session",
    "undo",
];

/// What a body tells of the crowd: rows or best notes, moments with their labels' counts, curves.
fn told(body: &str) -> String {
    let marks: [(&str, &[&str]); 3] = [
        ("notes", &[NOTE]),
        (
            "moments",
            &[
                "\"excess\":",
                "class=\"moment__time",
                "class=\"timeline__mark",
            ],
        ),
        (
            "curves",
            &["\"bucket_seconds\":", "class=\"timeline__curve"],
        ),
    ];
    let mut told = String::new();
    for (what, marks) in marks {
        let is_told = marks.iter().any(|mark| body.contains(mark));
        write!(told, " {}", if is_told { what } else { "-" }).unwrap();
    }
    told
}

/// All that a page says, whatever its status is, and what a stream says of everything after a cursor.
async fn body(person: &TestClient, code: &str, page: &str, cursor: &str) -> String {
    let Some(audience) = page.strip_prefix("/live") else {
        let answer = person.get(&format!("/s/{code}{page}")).await;
        return answer.text().await.unwrap();
    };
    let audience = match audience {
        "" => "public",
        _ => "staff",
    };
    let page = format!("/s/{code}/live?audience={audience}");
    if person.get(&page).await.status() != 200 {
        return String::new();
    }
    // All that has happened since then.
    let mut events = person.watches(code, audience, cursor).await;
    let mut said = String::new();
    while !said.contains(LAST) {
        said += &events.next().await.unwrap().data.to_string();
    }
    said
}

#[test]
fn no_server_function_is_forgotten_in_this_table() {
    for function in functions() {
        let is_in = READING.iter().any(|(reading, _)| *reading == function);
        assert!(is_in || DOING.contains(&function.as_str()), "{function}");
    }
}

#[tokio::test]
async fn what_the_list_gives_away_is_told_to_those_who_see_it() {
    let server = TestServer::limited(wide(), "127.0.0.0/8").await;
    let mut table = String::new();
    for is_staff_list in [false, true] {
        let scene = Scene::new(&server).await;
        let code = &scene.code;
        let cursor = scene.viewer.cursor(code).await;
        crowd_presses(&server, code, NOTE).await;
        let rules = json!({ "staff_list": is_staff_list });
        let settings = json!({ "rules": rules, "held_words": [] });
        let settings = json!({ "code": code, "settings": settings });
        scene.streamer.ask("set_settings", settings).await;
        let renamed = json!({ "code": code, "title": LAST, "game": "The Witcher 3" });
        scene.streamer.ask("edit_session", renamed).await;
        writeln!(table, "staff_list {is_staff_list}").unwrap();
        for page in PAGES {
            write!(table, "{:24}", if page.is_empty() { "/" } else { page }).unwrap();
            for (name, person) in scene.people() {
                write!(
                    table,
                    " | {name}{}",
                    told(&body(person, code, page, &cursor).await)
                )
                .unwrap();
            }
            table.push('\n');
        }
        for (function, audience) in READING {
            let mut arguments = scene.arguments(function);
            if let Some(audience) = audience {
                arguments["audience"] = json!(audience);
            }
            let of = audience.unwrap_or_default();
            write!(table, "{:24}", format!("{function} {of}")).unwrap();
            for (name, person) in scene.people() {
                let (status, answer) = person.call(function, &arguments).await;
                let answer = match status.is_success() {
                    true => answer.to_string(),
                    false => String::new(),
                };
                write!(table, " | {name}{}", told(&answer)).unwrap();
            }
            table.push('\n');
        }
    }
    insta::assert_snapshot!(table);
}
