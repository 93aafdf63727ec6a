//! Texts that are made to do harm, through every field to every page and file: they arrive as text.

use std::process::Command;

use serde_json::{Value, json};

use crate::support::{
    clients::{TestClient, press},
    database::{Kind, TestDatabase},
    server_process::ServerProcess,
    test_server::TestServer,
};

/// What breaks out of text, attributes, comments, scripts and addresses.
const MARKUP: [&str; 12] = [
    "<script>alert(1)</script>",
    "</script><script>alert(2)</script>",
    "\"><img src=x onerror=alert(3)>",
    "' autofocus onfocus='alert(4)",
    "<svg/onload=alert(5)>",
    "<!--><script>alert(6)</script>-->",
    "</title><script>alert(7)</script>",
    "</textarea><iframe src=javascript:alert(8)>",
    "javascript:alert(9)",
    "{{7*7}}${7*7}<%= 7*7 %>",
    "&lt;script&gt;alert(10)&lt;/script&gt;",
    "<math><mi//xlink:href=\"data:x,<script>alert(11)</script>\">",
];

/// What a spreadsheet runs, or a tool behind the file.
const FORMULAS: [&str; 12] = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1,1)",
    "=HYPERLINK(\"http://x\",\"y\")",
    "=cmd|'/C calc'!A0",
    "a;=1+1;b",
    "a\",=1+1,\"b",
    "'=1+1",
    "＝1+1",
    "\t=1+1",
    "x;\t=1+1",
];

/// What begins another line or another header.
const LINES: [&str; 5] = [
    "a\r\nSet-Cookie: x=y",
    "a\nERROR forged line",
    "a\u{2028}b\u{85}c",
    "\u{1b}[31mred\u{1b}[0m",
    "a\u{0}b\u{202e}c",
];

fn corpus() -> impl Iterator<Item = &'static str> {
    MARKUP.into_iter().chain(FORMULAS).chain(LINES)
}

/// As much of a text as a field takes.
fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

/// A session with these texts in all its fields, and its streamer.
async fn session(server: &TestServer, text: &str) -> (TestClient, String) {
    let streamer = server.client();
    let opened = streamer
        .ask(
            "open_session",
            json!({ "title": cut(text, 120), "game": cut(text, 80) }),
        )
        .await;
    let code = opened["code"].as_str().unwrap().to_owned();
    streamer.starts(&code).await;
    let mut pressed = press(text);
    pressed["name"] = json!(cut(text, 40));
    streamer
        .ask("submit", json!({ "code": code, "press": pressed }))
        .await;
    streamer
        .ask("mint_link", json!({ "code": code, "label": cut(text, 40) }))
        .await;
    (streamer, code)
}

/// The tags of a page, without what stands between them and without its own scripts.
fn skeleton(html: &str) -> Vec<String> {
    let mut tags = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = &rest[at..];
        let Some(end) = tag_end(rest) else { break };
        let tag = &rest[..end];
        // What is in a script is no markup, up to its end.
        let name: String = tag
            .chars()
            .skip(1)
            .take_while(|c| !c.is_whitespace() && *c != '>')
            .collect();
        rest = &rest[end..];
        if name == "script"
            && let Some(close) = rest.find("</script")
        {
            rest = &rest[close..];
        }
        tags.push(name);
    }
    tags
}

/// Where a tag ends that a text begins with: quotes may hold a `>`.
fn tag_end(text: &str) -> Option<usize> {
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (None, '"' | '\'') => quote = Some(c),
            (None, '>') => return Some(at + 1),
            (Some(open), c) if c == open => quote = None,
            (None | Some(_), _) => {}
        }
    }
    None
}

#[tokio::test]
async fn no_text_becomes_markup_on_any_page() {
    let server = TestServer::new(Kind::Sqlite).await;
    let pages = ["", "/control", "/mod"];
    let (streamer, code) = session(&server, "harmless").await;
    let mut harmless = Vec::new();
    for page in pages {
        let html = streamer.get(&format!("/s/{code}{page}")).await;
        harmless.push(skeleton(&html.text().await.unwrap()));
    }
    assert!(harmless.iter().all(|tags| tags.len() > 50));
    for text in corpus() {
        let (streamer, code) = session(&server, text).await;
        for (page, harmless) in pages.iter().zip(&harmless) {
            let html = streamer.get(&format!("/s/{code}{page}")).await;
            let html = html.text().await.unwrap();
            assert_eq!(&skeleton(&html), harmless, "{text:?} on {page:?}");
            if text.contains('<') {
                assert!(!html.contains(text), "{text:?} on {page:?}");
            }
        }
    }
}

#[tokio::test]
async fn what_is_typed_into_plain_forms_comes_back_as_text() {
    let server = TestServer::new(Kind::Sqlite).await;
    let person = server.client();
    let (_, code) = session(&server, "harmless").await;
    let of = async |path: &str, query: &str| {
        let answer = person.get(&format!("{path}?{query}")).await;
        let status = answer.status();
        let tags = skeleton(&answer.text().await.unwrap());
        assert!(tags.len() > 50, "{status} with {tags:?} on {path}?{query}");
        tags
    };
    for text in corpus() {
        for (path, fields) in [
            ("/".to_owned(), ["title", "game"]),
            (format!("/s/{code}"), ["note", "name"]),
        ] {
            let query = |text: &str| {
                let refused = r#"{"error":"invalid","detail":"x"}"#;
                let pairs = [
                    (fields[0], text),
                    (fields[1], text),
                    ("refused", refused),
                    ("code", text),
                ];
                serde_urlencoded::to_string(pairs).unwrap()
            };
            let harmless = of(&path, &query("harmless")).await;
            assert_eq!(
                of(&path, &query(text)).await,
                harmless,
                "{text:?} on {path}"
            );
        }
    }
}

#[tokio::test]
async fn no_text_begins_a_header_of_its_own() {
    let server = TestServer::new(Kind::Sqlite).await;
    for text in corpus() {
        let (streamer, code) = session(&server, text).await;
        for format in ["text", "csv", "excel"] {
            let file = streamer.get(&format!("/s/{code}/export/{format}")).await;
            let names: Vec<_> = file.headers().keys().map(|name| name.as_str()).collect();
            assert!(!names.contains(&"set-cookie"), "{text:?}: {names:?}");
            let disposition = file.headers()["content-disposition"].to_str().unwrap();
            assert!(
                disposition.starts_with("attachment; filename"),
                "{disposition}"
            );
            assert!(
                !disposition.chars().any(char::is_control),
                "{disposition:?}"
            );
        }
    }
}

/// The notes of the formulas in a CSV file, one a line, in the order of the corpus.
async fn csv(server: &TestServer) -> String {
    let streamer = server.client();
    let code = streamer.opens_session().await;
    streamer.starts(&code).await;
    for text in FORMULAS {
        let mut pressed = press(text);
        pressed["name"] = json!(text);
        streamer
            .ask("submit", json!({ "code": code, "press": pressed }))
            .await;
    }
    let file = streamer.get(&format!("/s/{code}/export/csv")).await;
    file.text().await.unwrap()
}

#[tokio::test]
async fn no_cell_of_a_file_is_a_formula_whatever_separates_the_columns() {
    let server = TestServer::new(Kind::Sqlite).await;
    let csv = csv(&server).await;
    for separator in [',', ';', '\t'] {
        // The careless reader: every separator parts cells, quoted or not.
        for line in csv.lines() {
            for cell in line.split(separator) {
                let cell = cell.trim_start_matches('"');
                // A quote inside a quoted cell is doubled, and begins no cell for readers that know quotes.
                let begins = cell.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
                assert!(!begins || separator == ',', "{separator:?}: {line}");
            }
        }
    }
}

/// LibreOffice itself opens the file, with `,` and with `;` between the columns. It is large, and not everywhere.
#[tokio::test]
async fn libreoffice_computes_nothing_from_a_file() {
    if Command::new("soffice").arg("--version").output().is_err() {
        eprintln!("LibreOffice is not here: not tried");
        return;
    }
    let server = TestServer::new(Kind::Sqlite).await;
    let csv = csv(&server).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("list.csv");
    std::fs::write(&file, &csv).unwrap();
    for separator in [44, 59] {
        // Separator, quote, UTF-8, from line 1; formulas are computed, as by a double click (the last `true`).
        let filter = format!("CSV:{separator},34,76,1,,0,false,true,false,false,false,-1,true");
        let home = format!(
            "-env:UserInstallation=file://{}/home",
            folder.path().display()
        );
        let converted = Command::new("soffice")
            .args([
                &home,
                "--headless",
                &format!("--infilter={filter}"),
                "--convert-to",
            ])
            .arg("fods:OpenDocument Spreadsheet Flat XML")
            .arg("--outdir")
            .arg(folder.path())
            .arg(&file)
            .output()
            .unwrap();
        assert!(converted.status.success(), "{converted:?}");
        let sheet = std::fs::read_to_string(folder.path().join("list.fods")).unwrap();
        assert!(
            sheet.contains("offset_hms") && sheet.contains("1+1"),
            "{separator}"
        );
        assert!(
            !sheet.contains("table:formula"),
            "{separator}: a cell is a formula"
        );
    }
}

#[tokio::test]
async fn what_a_frame_and_a_snapshot_carry_is_the_text_as_it_was_tidied() {
    let server = TestServer::new(Kind::Sqlite).await;
    for text in corpus() {
        let (streamer, code) = session(&server, text).await;
        let snapshot = streamer
            .ask("snapshot", json!({ "code": code, "audience": "public" }))
            .await;
        let note = &snapshot["page"]["timestamps"][0]["note"];
        let Value::String(note) = note else {
            panic!("{text:?}: {note}")
        };
        assert!(!note.chars().any(char::is_control), "{note:?}");
        let cursor = snapshot["cursor"].as_str().unwrap().to_owned();
        let mut stream = streamer.watches(&code, "public", &cursor).await;
        // One event a line: a text that could begin a line would be an event of its own.
        assert!(stream.next().await.is_some());
    }
}

#[tokio::test]
async fn no_text_begins_a_line_of_the_log() {
    let database = TestDatabase::new(Kind::Sqlite).await;
    let program = ServerProcess::start(database.url()).await;
    let person = TestClient::new(&program.url);
    for text in corpus() {
        let fields = [("title", text), ("game", text), ("code", text)];
        person.form("/", &fields).await;
        let query = serde_urlencoded::to_string(fields).unwrap();
        for path in ["/", "/s", "/s/000000", "/nowhere", "/pkg/x"] {
            person.get(&format!("{path}?{query}")).await;
            person
                .get_after(&format!("{path}/{query}/live"), "ERROR forged")
                .await;
        }
        person
            .call(
                "submit",
                &json!({ "code": text, "press": { "id": text, "note": text } }),
            )
            .await;
    }
    let log = String::from_utf8(program.log()).unwrap();
    assert!(log.lines().count() > 100);
    for line in log.lines() {
        // Every line begins with the time of its event: 2026-11-25T05:31:05.123456Z.
        let time = line.split_whitespace().next().unwrap_or_default();
        assert!(time.starts_with("20") && time.ends_with('Z'), "{line:?}");
        assert!(
            !line.chars().any(|c| c.is_control() && c != '\t'),
            "{line:?}"
        );
    }
}
