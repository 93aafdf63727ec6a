//! HTTP clients with a cookie of their own, who do what viewers, moderators and streamers do.

use std::time::Duration;

use app::domain::timestamp::TimestampId;
use reqwest::{Client, Method, Response, StatusCode, header, redirect::Policy};
use serde_json::{Value, json};
use server::{clock::Clock, random};

/// A client with a cookie of its own, as one browser is.
#[derive(Clone)]
pub(crate) struct TestClient {
    http: Client,
    url: String,
    cookie: String,
    /// What a proxy in front says about where they are; empty where it says nothing.
    address: String,
}

/// What came back: the status and the JSON.
pub(crate) type Answer = (StatusCode, Value);

impl TestClient {
    pub(crate) fn new(url: &str) -> Self {
        let digits = random::uuid().simple();
        Self {
            http: Client::builder().redirect(Policy::none()).build().unwrap(),
            url: url.into(),
            cookie: format!("visitor={digits}{digits}"),
            address: String::new(),
        }
    }

    /// The same browser, at another server.
    pub(crate) fn on(&self, url: &str) -> Self {
        Self {
            http: self.http.clone(),
            url: url.into(),
            cookie: self.cookie.clone(),
            address: self.address.clone(),
        }
    }

    /// The same, at another network address.
    pub(crate) fn at(self, address: &str) -> Self {
        Self {
            address: address.into(),
            ..self
        }
    }

    /// The same with a browser that keeps no cookies.
    pub(crate) fn without_cookie(self) -> Self {
        Self {
            cookie: String::new(),
            ..self
        }
    }

    /// What it sends as its cookie.
    pub(crate) fn cookie(&self) -> &str {
        &self.cookie
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        fill: impl FnOnce(reqwest::RequestBuilder) -> reqwest::RequestBuilder,
    ) -> Response {
        let mut request = self.http.request(method, format!("{}{path}", self.url));
        for (name, value) in [("cookie", &self.cookie), ("x-forwarded-for", &self.address)] {
            if !value.is_empty() {
                request = request.header(name, value);
            }
        }
        fill(request).send().await.unwrap()
    }

    /// Sends whatever one likes.
    pub(crate) async fn sends(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> Response {
        self.send(method, path, |request| {
            let named = headers.iter().fold(request, |request, (name, value)| {
                request.header(*name, *value)
            });
            named.body(body)
        })
        .await
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.send(Method::GET, path, |request| request).await
    }

    pub(crate) async fn get_after(&self, path: &str, last_event: &str) -> Response {
        self.send(Method::GET, path, |request| {
            request.header("last-event-id", last_event)
        })
        .await
    }

    /// Submits a plain form; answers the status and where the browser is sent.
    pub(crate) async fn form(&self, path: &str, fields: &[(&str, &str)]) -> (StatusCode, String) {
        let body = serde_urlencoded::to_string(fields).unwrap();
        let answer = self
            .send(Method::POST, path, |request| {
                request
                    .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                    .header(header::ACCEPT, "text/html")
                    .body(body)
            })
            .await;
        let location = answer.headers().get(header::LOCATION);
        let location = location.map_or("", |location| location.to_str().unwrap());
        (answer.status(), location.to_owned())
    }

    /// Posts JSON; answers the whole answer.
    pub(crate) async fn posts(&self, path: &str, arguments: &Value) -> Response {
        self.send(Method::POST, path, |request| request.json(arguments))
            .await
    }

    /// Calls a server function.
    pub(crate) async fn call(&self, function: &str, arguments: &Value) -> Answer {
        let answer = self.posts(&format!("/rpc/{function}"), arguments).await;
        let status = answer.status();
        (
            status,
            serde_json::from_str(&answer.text().await.unwrap()).unwrap_or(Value::Null),
        )
    }

    /// Calls a server function that has to succeed.
    pub(crate) async fn ask(&self, function: &str, arguments: Value) -> Value {
        let (status, answer) = self.call(function, &arguments).await;
        assert_eq!(status, StatusCode::OK, "{function}: {answer}");
        answer
    }

    /// Opens a session; answers its code.
    pub(crate) async fn opens_session(&self) -> String {
        let opened = self
            .ask(
                "open_session",
                json!({ "title": "Witcher 3 – Act 1 Finale", "game": "The Witcher 3" }),
            )
            .await;
        opened["code"].as_str().unwrap().to_owned()
    }

    /// Mints a moderator link and gives its key to somebody, who redeems it.
    pub(crate) async fn makes_moderator(&self, code: &str, other: &Self) -> Value {
        let minted = self
            .ask("mint_link", json!({ "code": code, "label": "Anna" }))
            .await;
        other
            .ask("redeem", json!({ "code": code, "key": minted["key"] }))
            .await;
        minted["link"]["id"].clone()
    }

    pub(crate) async fn acts(&self, code: &str, act: Value) -> Answer {
        self.call("act", &json!({ "code": code, "act": act })).await
    }

    pub(crate) async fn starts(&self, code: &str) {
        let (status, _) = self
            .acts(code, json!({ "act": "start", "began_minutes_ago": 0 }))
            .await;
        assert_eq!(status, StatusCode::OK);
    }

    pub(crate) async fn presses(&self, code: &str, note: &str) -> Answer {
        self.call("submit", &json!({ "code": code, "press": press(note) }))
            .await
    }

    /// Opens a live stream.
    pub(crate) async fn watches(&self, code: &str, audience: &str, after: &str) -> Events {
        Events::of(
            self.get(&format!("/s/{code}/live?audience={audience}&after={after}"))
                .await,
        )
    }

    /// The cursor of a snapshot.
    pub(crate) async fn cursor(&self, code: &str) -> String {
        let snapshot = self
            .ask("snapshot", json!({ "code": code, "audience": "public" }))
            .await;
        snapshot["cursor"].as_str().unwrap().to_owned()
    }
}

/// What the browser sends for one press.
pub(crate) fn press(note: &str) -> Value {
    let TimestampId(id) = random::timestamp_id(&Clock::System);
    json!({ "id": id, "note": (!note.is_empty()).then_some(note), "name": null, "waited_ms": 0 })
}

/// A live stream that is being read.
pub(crate) struct Events {
    response: Response,
    read: String,
}

/// One event: its name, its id and its data.
#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) name: String,
    pub(crate) id: String,
    pub(crate) data: Value,
}

impl Events {
    pub(crate) fn of(response: Response) -> Self {
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self {
            response,
            read: String::new(),
        }
    }

    /// The next event but those that tell who is here, which may come at any time; none when the stream has ended.
    pub(crate) async fn next(&mut self) -> Option<Event> {
        loop {
            match self.next_of_all().await {
                Some(event) if event.name == "presence" => {}
                other => return other,
            }
        }
    }

    /// Who is here, once that fulfils a wish; what comes before it is read too.
    pub(crate) async fn presence(&mut self, wish: impl Fn(&Value) -> bool) -> Value {
        while let Some(event) = self.next_of_all().await {
            if event.name == "presence" && wish(&event.data) {
                return event.data;
            }
        }
        panic!("the stream ended before that was told");
    }

    /// The next event; none when the stream has ended.
    pub(crate) async fn next_of_all(&mut self) -> Option<Event> {
        loop {
            if let Some((event, rest)) = self.read.split_once("\n\n") {
                let field = |name: &str| {
                    let mut lines = event.lines();
                    lines
                        .find_map(|line| line.strip_prefix(name))
                        .unwrap_or("")
                        .to_owned()
                };
                let event = Event {
                    name: field("event: "),
                    id: field("id: "),
                    data: serde_json::from_str(&field("data: ")).unwrap(),
                };
                self.read = rest.to_owned();
                return Some(event);
            }
            let chunk = tokio::time::timeout(Duration::from_secs(20), self.response.chunk());
            let chunk = chunk.await.expect("an event within 20 s").unwrap()?;
            self.read.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    /// The next frame that fulfils a wish; what comes before it is read too.
    pub(crate) async fn frame(&mut self, wish: impl Fn(&Value) -> bool) -> Event {
        while let Some(event) = self.next().await {
            if event.name.is_empty() && wish(&event.data) {
                return event;
            }
        }
        panic!("the stream ended before the frame came");
    }
}
