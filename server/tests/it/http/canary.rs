//! No secret leaves the place that it belongs to: the log at its most talkative, every table and every answer are searched
//! for the keys and cookies that were used.

use std::time::Duration;

use reqwest::{
    Client, Method,
    header::{self, HeaderValue},
    redirect::Policy,
};
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use serde_json::{Value, json};
use server::random;

use crate::support::{
    clients::press,
    database::{Kind, TestDatabase},
    server_process::ServerProcess,
};

/// Somebody whose answers are all kept.
pub(super) struct Spied {
    client: Client,
    url: String,
    cookie: String,
    heard: Vec<u8>,
}

impl Spied {
    pub(super) fn new(url: &str) -> Self {
        let [a, b] = [random::uuid(), random::uuid()].map(|id| id.simple().to_string());
        Self {
            client: Client::builder().redirect(Policy::none()).build().unwrap(),
            url: url.into(),
            cookie: a + &b,
            heard: Vec::new(),
        }
    }

    /// Sends a request; what is answered is kept unless it hands a secret out.
    pub(super) async fn send(
        &mut self,
        method: Method,
        path: &str,
        kind: &str,
        body: String,
        keep: bool,
    ) -> String {
        let mut answer = self
            .client
            .request(method, format!("{}{path}", self.url))
            .header(header::COOKIE, format!("visitor={}", self.cookie))
            .header(header::CONTENT_TYPE, kind)
            .body(body)
            .send()
            .await
            .unwrap();
        // A page of one's own renews the cookie of whoever asks, which is nobody else's to hear.
        let own = format!("visitor={};", self.cookie);
        let is_renewed = |value: &HeaderValue| value.as_bytes().starts_with(own.as_bytes());
        let headers = answer.headers().iter();
        let headers: Vec<_> = headers.filter(|(_, value)| !is_renewed(value)).collect();
        let headers = format!("{headers:?}");
        let mut text = Vec::new();
        // A live stream is read for a moment.
        while let Ok(Ok(Some(chunk))) =
            tokio::time::timeout(Duration::from_millis(300), answer.chunk()).await
        {
            text.extend_from_slice(&chunk);
        }
        if keep {
            self.heard.extend_from_slice(headers.as_bytes());
            self.heard.extend_from_slice(&text);
        }
        String::from_utf8_lossy(&text).into_owned()
    }

    async fn get(&mut self, path: &str) {
        self.send(Method::GET, path, "text/plain", String::new(), true)
            .await;
    }

    pub(super) async fn call(&mut self, function: &str, arguments: Value, keep: bool) -> Value {
        let path = format!("/rpc/{function}");
        let answer = self
            .send(
                Method::POST,
                &path,
                "application/json",
                arguments.to_string(),
                keep,
            )
            .await;
        serde_json::from_str(&answer).unwrap_or_default()
    }

    async fn form(&mut self, path: &str, fields: &[(&str, &str)]) {
        let body = serde_urlencoded::to_string(fields).unwrap();
        self.send(
            Method::POST,
            path,
            "application/x-www-form-urlencoded",
            body,
            true,
        )
        .await;
    }
}

/// A secret, in the forms in which it could be written down.
pub(super) struct Secret {
    name: &'static str,
    forms: Vec<Vec<u8>>,
}

impl Secret {
    pub(super) fn new(name: &'static str, hex: &str) -> Self {
        let bytes: Vec<u8> = (0..hex.len() / 2)
            .map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap())
            .collect();
        let escaped: String = hex.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let list = bytes.iter().map(ToString::to_string).collect::<Vec<_>>();
        let forms = vec![
            hex.as_bytes().to_vec(),
            hex.to_uppercase().into_bytes(),
            escaped.into_bytes(),
            base64(&bytes).into_bytes(),
            base64(hex.as_bytes()).into_bytes(),
            list.join(", ").into_bytes(),
            list.join(",").into_bytes(),
            bytes,
        ];
        Self { name, forms }
    }

    pub(super) fn is_in(&self, text: &[u8]) -> bool {
        self.forms
            .iter()
            .any(|form| text.windows(form.len()).any(|window| window == form))
    }
}

/// Base 64, without the characters at the end that depend on what follows.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks_exact(3) {
        let bits = u32::from(three[0]) << 16 | u32::from(three[1]) << 8 | u32::from(three[2]);
        for shift in [18, 12, 6, 0] {
            text.push(char::from(DIGITS[(bits >> shift & 63) as usize]));
        }
    }
    text
}

/// All tables, row by row, as text.
async fn dump(kind: Kind, tables: &DatabaseConnection) -> Vec<u8> {
    let list = match kind {
        Kind::Sqlite => {
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        }
        Kind::Postgres => "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'",
    };
    let backend = tables.get_database_backend();
    let names = tables
        .query_all_raw(Statement::from_string(backend, list))
        .await
        .unwrap();
    assert!(names.len() >= 7);
    let mut text = Vec::new();
    for name in names {
        let name: String = name.try_get_by_index(0).unwrap();
        let sql = match kind {
            Kind::Sqlite => {
                let columns = format!(
                    "SELECT group_concat('quote(\"' || name || '\")', ' || '' '' || ') FROM pragma_table_info('{name}')"
                );
                let columns = tables
                    .query_one_raw(Statement::from_string(backend, columns))
                    .await
                    .unwrap()
                    .unwrap();
                let columns: String = columns.try_get_by_index(0).unwrap();
                format!("SELECT {columns} FROM \"{name}\"")
            }
            Kind::Postgres => format!("SELECT t::text FROM \"{name}\" t"),
        };
        for row in tables
            .query_all_raw(Statement::from_string(backend, sql))
            .await
            .unwrap()
        {
            let row: String = row.try_get_by_index(0).unwrap();
            text.extend_from_slice(row.as_bytes());
            text.push(b'\n');
        }
    }
    text
}

#[tokio::test]
async fn no_key_and_no_cookie_is_in_a_log_a_table_or_an_answer() {
    for kind in Kind::ALL {
        let database = TestDatabase::new(kind).await;
        let program = ServerProcess::start(database.url()).await;
        let (mut streamer, mut moderator, mut viewer) = (
            Spied::new(&program.url),
            Spied::new(&program.url),
            Spied::new(&program.url),
        );
        let opened = streamer
            .call("open_session", json!({ "title": "a", "game": "b" }), false)
            .await;
        let code = opened["code"].as_str().unwrap().to_owned();
        let control = opened["control_key"].as_str().unwrap().to_owned();
        let minted = streamer
            .call("mint_link", json!({ "code": code, "label": "Anna" }), false)
            .await;
        let key = minted["key"].as_str().unwrap().to_owned();

        moderator
            .call("redeem", json!({ "code": code, "key": key }), true)
            .await;
        viewer
            .call("redeem", json!({ "code": "000000", "key": control }), true)
            .await;
        let wrong = format!("{}0", &control[..control.len() - 1]);
        viewer
            .call(
                "redeem",
                json!({ "code": code, "key": wrong, "extra": 1 }),
                true,
            )
            .await;
        viewer
            .call(
                "redeem",
                json!({ "code": code, "key": format!("{control} ") }),
                true,
            )
            .await;
        for link in [
            &control,
            &format!("x{control}"),
            &format!("https://x/#{key}"),
        ] {
            Spied::new(&program.url)
                .form(
                    &format!("/s/{code}/key"),
                    &[("link", link), ("page", "mod")],
                )
                .await;
            viewer.form("/s", &[("code", link)]).await;
        }
        let start = json!({ "act": "start", "began_minutes_ago": 0 });
        streamer
            .call("act", json!({ "code": code, "act": start }), true)
            .await;
        let id = press("x")["id"].clone();
        for person in [&mut streamer, &mut moderator, &mut viewer] {
            person
                .call("submit", json!({ "code": code, "press": press("x") }), true)
                .await;
            for function in ["role", "links", "settings", "moderations", "own_sessions"] {
                person.call(function, json!({ "code": code }), true).await;
            }
            for audience in ["public", "staff"] {
                person
                    .call(
                        "snapshot",
                        json!({ "code": code, "audience": audience }),
                        true,
                    )
                    .await;
                person
                    .get(&format!("/s/{code}/live?audience={audience}"))
                    .await;
            }
            person
                .call("hide", json!({ "code": code, "ids": [id] }), true)
                .await;
            person
                .form(
                    &format!("/s/{code}"),
                    &[("note", "x"), ("id", id.as_str().unwrap())],
                )
                .await;
            person
                .form(
                    &format!("/s/{code}/control"),
                    &[("act", "pause"), ("segment", "1")],
                )
                .await;
            for path in ["/", "/nowhere", "/health", "/ready"] {
                person.get(path).await;
            }
            for path in [
                "",
                "/control",
                "/mod",
                "/export/text",
                "/export/csv",
                "/qr.svg",
            ] {
                person.get(&format!("/s/{code}{path}")).await;
            }
        }

        let (_, control) = control.split_at("ctl_".len() + 32);
        let (_, key) = key.split_at("mod_".len() + 32);
        let secrets = [
            Secret::new("the control link", control),
            Secret::new("the moderator link", key),
            Secret::new("the streamer's cookie", &streamer.cookie),
            Secret::new("the moderator's cookie", &moderator.cookie),
            Secret::new("the viewer's cookie", &viewer.cookie),
        ];
        let log = program.log();
        assert!(log.len() > 10_000, "the log says too little to be searched");
        let tables = dump(kind, &database.connect().await).await;
        assert!(tables.len() > 1_000);
        let places = [
            ("the log", &log),
            ("the tables", &tables),
            ("the streamer's answers", &streamer.heard),
            ("the moderator's answers", &moderator.heard),
            ("the viewer's answers", &viewer.heard),
        ];
        for secret in &secrets {
            for (place, text) in places {
                assert!(
                    !secret.is_in(text),
                    "{kind:?}: {} is in {place}",
                    secret.name
                );
            }
        }
        // The search finds what is there.
        let planted = [log.as_slice(), control.as_bytes()].concat();
        assert!(secrets[0].is_in(&planted));
    }
}
