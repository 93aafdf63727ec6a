//! The pages that are rendered for the caller, and not cached.

use app::{
    domain::{code::Code, role::Right, timestamp::TimestampId},
    forms::refusal_from_query,
    live::page::{initial_data::DeskData, link_redemption},
    pages::{
        PageData,
        home::{Back, Home},
        privacy::{Forgotten, Privacy},
        viewer::{PlainAnswer, Viewers},
    },
    service::{ServiceError, SessionService},
};
use axum::{
    extract::State as FromState,
    http::{HeaderMap, StatusCode, Uri},
    response::Response,
};
use chrono::Datelike;
use serde::Deserialize;
use uuid::Uuid;

use super::{Pages, query};
use crate::{
    random,
    routes::{code_path::CodePath, timeouts::with_response_timeout},
    service::ScopedService,
    status::status,
};

/// What the plain form of the home page returns.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(super) struct HomeQuery {
    title: String,
    game: String,
    refused: Option<String>,
    code: Option<String>,
    like: Option<String>,
    own_refused: Option<String>,
}

/// What a plain form returns that can only be refused.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Refused {
    forgotten: Option<String>,
    refused: Option<String>,
}

/// What a staff page may be asked for, and what its plain forms return.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct DeskQuery {
    /// It is to be a dock of OBS.
    dock: Option<String>,
    refused: Option<String>,
}

impl Refused {
    fn error(&self) -> Option<ServiceError> {
        self.refused.as_deref().and_then(refusal_from_query)
    }
}

/// What the viewers' plain forms return.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Pressed {
    pressed: Option<Uuid>,
    refused: Option<String>,
    join_refused: Option<String>,
    note: String,
    name: String,
}

/// The home page, with the caller's own sessions.
pub async fn home(
    FromState(pages): FromState<Pages>,
    service: ScopedService,
    uri: Uri,
    asked: HeaderMap,
) -> Response {
    let query: HomeQuery = query(&uri);
    let own = with_response_timeout(service.own_sessions()).await;
    // A crowd that comes back to enter a code has none, and may come from one client network.
    if query == HomeQuery::default() && own.as_ref().is_ok_and(Vec::is_empty) {
        return pages.home_of_nobody(&asked);
    }
    let page = async {
        let status = own.as_ref().err().map_or(StatusCode::OK, status);
        let home = Home {
            own,
            own_refused: query.own_refused.as_deref().and_then(refusal_from_query),
            back: Back {
                title: query.title,
                game: query.game,
                refused: query.refused.as_deref().and_then(refusal_from_query),
                code: query.code,
                like: query.like.and_then(|like| Code::find(&like).ok()),
            },
            this_year: pages.state.clock.now().year(),
        };
        Ok((status, PageData::Home(home)))
    };
    pages.rendered_for(service.principal(), &asked, page).await
}

/// The page about what is stored.
pub async fn privacy(
    FromState(pages): FromState<Pages>,
    service: ScopedService,
    uri: Uri,
    asked: HeaderMap,
) -> Response {
    let page = async {
        let query: Refused = query(&uri);
        let privacy = Privacy {
            forgotten: query.forgotten.as_deref().map(|who| match who {
                "nobody" => Forgotten::Nobody,
                _ => Forgotten::Visitor,
            }),
            refused: query.error(),
        };
        Ok((StatusCode::OK, PageData::Privacy(privacy)))
    };
    pages.rendered_for(service.principal(), &asked, page).await
}

/// The viewers' page with the caller's own presses on it, for browsers without scripts.
pub async fn mine(
    FromState(pages): FromState<Pages>,
    service: ScopedService,
    CodePath(code): CodePath,
    asked: HeaderMap,
) -> Response {
    viewer_for(&pages, &service, &code, Pressed::default(), &asked).await
}

/// The viewers' page as rendered for this caller alone.
pub(super) async fn viewer_for(
    pages: &Pages,
    service: &ScopedService,
    code: &Code,
    query: Pressed,
    asked: &HeaderMap,
) -> Response {
    let pressed = query.pressed.map(TimestampId);
    let page = async {
        let viewed = service.viewer_page(code, pressed).await?;
        let refused = query.refused.as_deref().and_then(refusal_from_query);
        let join_refused = query.join_refused.as_deref();
        let join_refused = join_refused.and_then(refusal_from_query);
        let answer = match (viewed.pressed, refused) {
            (Some(timestamp), _) => PlainAnswer::saved(timestamp),
            (None, Some(error)) => PlainAnswer::refused(error, query.note, query.name),
            (None, None) => PlainAnswer::default(),
        };
        let data = PageData::Viewer(Viewers {
            snapshot: viewed.snapshot,
            own: viewed.own,
            joins: viewed.joins,
            answer: answer.with_join_refused(join_refused),
        });
        Ok((StatusCode::OK, data))
    };
    pages.rendered_for(service.principal(), asked, page).await
}

/// The arguments of a staff page's handler.
type AskedDesk = (FromState<Pages>, ScopedService, CodePath, Uri, HeaderMap);

/// The streamer's page.
pub async fn control(asked: AskedDesk) -> Response {
    desk(asked, Right::Control, PageData::Control).await
}

/// The moderators' page.
pub async fn moderate(asked: AskedDesk) -> Response {
    desk(asked, Right::Moderate, PageData::Moderate).await
}

async fn desk(
    (FromState(pages), service, CodePath(code), uri, asked): AskedDesk,
    right: Right,
    page: fn(DeskData) -> PageData,
) -> Response {
    let desk = async {
        let query: DeskQuery = query(&uri);
        let desk = link_redemption::authorize(service.desk(&code).await, right);
        let status = match &desk {
            Ok(_) => StatusCode::OK,
            // A link may still grant access; the page itself tries it.
            Err(error @ ServiceError::Forbidden(_)) => status(error),
            Err(error) => return Err(error.clone()),
        };
        let data = DeskData {
            code,
            desk,
            form_id: random::timestamp_id(&pages.state.clock),
            refused: query.refused.as_deref().and_then(refusal_from_query),
            is_dock: query.dock.is_some(),
        };
        Ok((status, page(data)))
    };
    pages.rendered_for(service.principal(), &asked, desk).await
}
