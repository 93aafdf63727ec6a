//! Forms that work without scripts: each calls the port and redirects the browser to the page that shows the result.
//!
//! They are not server functions: a server function that a form posts to redirects to whatever the Referer says, and its
//! status can't be set independently of that redirect.

use app::{
    domain::{
        access::{self, AccessKey, LinkKind},
        code::Code,
        invalid_input::InvalidInput,
        labels::LabelId,
        moments::moment::MomentId,
        press::Press,
        pressed::{self, Pressed},
        stream_command::{StreamCommand, typed_minutes},
        text::{Game, Name, Note, Title},
        timestamp::TimestampId,
    },
    forms::refusal_to_query,
    service::{ServiceError, SessionService},
};
use axum::{
    extract::State as FromState,
    http::{HeaderName, header},
    response::{AppendHeaders, IntoResponse, Redirect, Response},
};
use serde::{Deserialize, Serialize};

use super::{
    requests::{Form, Path},
    sent_from::SentFrom,
    timeouts::with_response_timeout,
};
use crate::{
    double_submit::{PlainPress, PlainSession},
    security::visitor::{VisitorCookie, is_https},
    service::ScopedService,
    state::State,
};

/// The fields of the form on the home page.
#[derive(Debug, Deserialize)]
pub struct NewSession {
    title: String,
    game: String,
    /// The code of the session whose settings it takes over; empty for none.
    #[serde(default)]
    like: String,
}

/// The fields of the viewers' form.
#[derive(Debug, Deserialize)]
pub struct PressForm {
    /// Present on staff pages; viewers' pages have none.
    id: Option<TimestampId>,
    #[serde(default)]
    note: String,
    #[serde(default)]
    name: String,
    /// The number of the label whose button was pressed; nothing for the large button.
    #[serde(default)]
    label: String,
}

/// The field of a moment's button in the viewers' list.
#[derive(Debug, Deserialize)]
pub struct JoinForm {
    moment: MomentId,
}

/// The fields of a button in the control panel.
#[derive(Debug, Deserialize)]
pub struct CommandForm {
    act: CommandName,
    segment: u32,
    #[serde(default)]
    began_minutes_ago: String,
}

/// The fields of the form for a pasted link.
#[derive(Deserialize)]
pub struct PastedLink {
    link: String,
    page: LinkPage,
}

/// The page that contains the form.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum LinkPage {
    Control,
    Mod,
}

/// The fields of the form on the privacy page.
#[derive(Debug, Deserialize)]
pub struct Confirmation {
    #[serde(default)]
    sure: String,
}

/// The buttons' names.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum CommandName {
    Start,
    Pause,
    Resume,
    End,
    Reopen,
}

/// What somebody entered as a session code: maybe a link with its key.
#[derive(Deserialize, Serialize)]
pub struct EnteredAddress {
    #[serde(default)]
    code: String,
}

/// What is returned to the form: why it was refused, and what was typed, so that nothing is lost.
#[derive(Default, Serialize)]
struct RejectedForm<'a> {
    refused: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    game: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    like: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
}

impl RejectedForm<'_> {
    fn to(self, path: &str, error: &ServiceError) -> Redirect {
        let back = Self {
            refused: refusal_to_query(error),
            ..self
        };
        // Strings in a flat struct: this can't fail.
        let query = serde_urlencoded::to_string(&back).unwrap_or_default();
        Redirect::to(&format!("{path}?{query}"))
    }
}

/// Opens a session, and redirects its streamer to the control panel with the control key after the `#`.
pub async fn open_session(
    service: ScopedService,
    FromState(state): FromState<State>,
    Form(form): Form<NewSession>,
) -> Redirect {
    let opened = async {
        let (title, game) = (Title::parse(&form.title)?, Game::parse(&form.game)?);
        let like = form.like()?;
        let sent = PlainSession {
            visitor: service.principal().visitor(),
            title: title.clone(),
            game: game.clone(),
        };
        let key = state.double_submits.session_key(&sent);
        let opened = service.open_session(title, game, like, Some(key)).await?;
        Ok((opened, sent))
    };
    match with_response_timeout(opened).await {
        Ok((opened, sent)) => {
            state.double_submits.session_answered(sent);
            // Not the public URL: the cookie belongs to the address that the browser used.
            Redirect::to(&opened.control_key.link("", &opened.code))
        }
        Err(error) => RejectedForm {
            title: Some(&form.title),
            game: Some(&form.game),
            like: Some(form.like.as_str()).filter(|like| !like.is_empty()),
            ..RejectedForm::default()
        }
        .to("/", &error),
    }
}

/// Creates a timestamp, and sets the cookie that tells the page's scripts, should they run later, that they have not seen
/// it.
pub async fn submit(
    service: ScopedService,
    Path(code): Path<Code>,
    FromState(state): FromState<State>,
    Form(form): Form<PressForm>,
) -> Response {
    let submitted = async {
        let sent = PlainPress {
            visitor: service.principal().visitor(),
            code: code.clone(),
            note: Note::parse_optional(&form.note)?,
            name: Name::parse_optional(&form.name)?,
            // Whatever it is, it costs nobody the press.
            label: form.label.parse().ok().map(LabelId),
        };
        let new_id = || state.double_submits.press_id(&sent, &state.clock);
        let press = Press {
            id: form.id.unwrap_or_else(new_id),
            note: sent.note.clone(),
            name: sent.name.clone(),
            label: sent.label,
            waited_ms: 0,
        };
        let timestamp = service.submit(&code, press).await?;
        Ok((timestamp, sent))
    };
    match with_response_timeout(submitted).await {
        Ok((timestamp, sent)) => {
            state.double_submits.press_answered(sent);
            let mark = pressed::set_cookie(&code, Pressed::Form, is_https(&state.public_url));
            let page = Redirect::to(&format!("/s/{code}?pressed={}", timestamp.id.0));
            ([(header::SET_COOKIE, mark)], page).into_response()
        }
        Err(error) => RejectedForm {
            note: Some(&form.note),
            name: Some(&form.name),
            ..RejectedForm::default()
        }
        .to(&format!("/s/{code}"), &error)
        .into_response(),
    }
}

/// Joins a moment, and shows it as joined, or says beside the moments why not. A second click joins nothing more.
pub async fn join_moment(
    service: ScopedService,
    Path(code): Path<Code>,
    Form(form): Form<JoinForm>,
) -> Redirect {
    let joined = with_response_timeout(service.join_moment(&code, form.moment));
    let (name, value) = match joined.await {
        Ok(_) => ("joined", form.moment.0.to_string()),
        Err(error) => ("join_refused", refusal_to_query(&error)),
    };
    // Two strings: this can't fail.
    let query = serde_urlencoded::to_string([(name, value)]).unwrap_or_default();
    Redirect::to(&format!("/s/{code}?{query}#best-moments"))
}

/// Redeems a pasted link, and opens its page. Errors don't say what is wrong with it, and don't repeat it.
pub async fn redeem(
    service: ScopedService,
    Path(code): Path<Code>,
    Form(form): Form<PastedLink>,
) -> Redirect {
    let redeemed = async {
        let key = AccessKey::find(&form.link).map_err(|_| ServiceError::InvalidLink)?;
        let page = key.kind.page();
        service.redeem(&code, key).await.map(|_| page)
    };
    match with_response_timeout(redeemed).await {
        Ok(page) => Redirect::to(&format!("/s/{code}/{page}")),
        Err(error) => {
            let kind = match form.page {
                LinkPage::Control => LinkKind::Control,
                LinkPage::Mod => LinkKind::Moderator,
            };
            RejectedForm::default().to(&format!("/s/{code}/{}", kind.page()), &error)
        }
    }
}

/// Erases the caller, and clears what their browser keeps.
pub async fn forget(
    service: ScopedService,
    FromState(state): FromState<State>,
    Form(form): Form<Confirmation>,
) -> Response {
    if form.sure != "yes" {
        let unsure = ServiceError::from(InvalidInput::Unconfirmed);
        return RejectedForm::default()
            .to("/privacy", &unsure)
            .into_response();
    }
    match with_response_timeout(service.erase_caller()).await {
        Ok(was_known) => {
            let cookie = VisitorCookie::unset_cookie(&state.public_url);
            let told = pressed::set_forgotten_cookie(is_https(&state.public_url));
            // Browsers honour the last one over HTTPS and on this machine only; the page's scripts do the same.
            let headers = AppendHeaders([
                (header::SET_COOKIE, cookie),
                (header::SET_COOKIE, told),
                (
                    HeaderName::from_static("clear-site-data"),
                    "\"storage\"".to_owned(),
                ),
            ]);
            let told = match was_known {
                true => "/privacy?forgotten=yes",
                false => "/privacy?forgotten=nobody",
            };
            (headers, Redirect::to(told)).into_response()
        }
        Err(error) => RejectedForm::default()
            .to("/privacy", &error)
            .into_response(),
    }
}

/// Executes one of the stream commands, and returns to the desk that has the button: the streamer's, or a moderator's.
pub async fn act(
    service: ScopedService,
    Path(code): Path<Code>,
    sent_from: SentFrom,
    Form(form): Form<CommandForm>,
) -> Redirect {
    let acted = async {
        let act = form.act()?;
        service.act(&code, act).await
    };
    let refused = with_response_timeout(acted).await.err();
    Redirect::to(&sent_from.desk(&code, refused.as_ref()))
}

/// Deletes a session so that it can be restored for a day, and shows the home page, where that is said.
pub async fn trash_session(service: ScopedService, Path(code): Path<Code>) -> Redirect {
    own_sessions(with_response_timeout(service.trash_session(&code)).await)
}

/// Restores a deleted session, and shows the home page with it.
pub async fn restore_session(service: ScopedService, Path(code): Path<Code>) -> Redirect {
    own_sessions(with_response_timeout(service.restore_session(&code)).await)
}

/// The home page's list of the caller's sessions, and what went wrong there.
fn own_sessions(done: Result<(), ServiceError>) -> Redirect {
    let refused = match done {
        Ok(()) => String::new(),
        // One string: this can't fail.
        Err(error) => serde_urlencoded::to_string([("own_refused", refusal_to_query(&error))])
            .map(|query| format!("?{query}"))
            .unwrap_or_default(),
    };
    Redirect::to(&format!("/{refused}#own"))
}

/// Redirects somebody who entered a code or a link to its page. Invalid input is returned to the field, where its page
/// says what is wrong. Forms of earlier builds, and links, have it in the query.
pub async fn go_to_address(Form(mut entered): Form<EnteredAddress>) -> Redirect {
    if let Ok(address) = access::entered_address(&entered.code) {
        return Redirect::to(&address);
    }
    if let Some(secret) = AccessKey::secret_in(&entered.code) {
        // No key belongs into a query. By what is left of it, its page knows that there was one.
        entered.code.truncate(secret);
    }
    // One string: this can't fail.
    let query = serde_urlencoded::to_string(&entered).unwrap_or_default();
    Redirect::to(&format!("/?{query}"))
}

impl NewSession {
    fn like(&self) -> Result<Option<Code>, ServiceError> {
        match self.like.as_str() {
            "" => Ok(None),
            like => Code::find(like)
                .map(Some)
                .map_err(|_| ServiceError::NotFound),
        }
    }
}

impl CommandForm {
    fn act(&self) -> Result<StreamCommand, ServiceError> {
        let segment = self.segment;
        Ok(match self.act {
            CommandName::Start => StreamCommand::Start {
                began_minutes_ago: self.began_minutes_ago()?,
            },
            CommandName::Pause => StreamCommand::Pause { segment },
            CommandName::Resume => StreamCommand::Resume {
                segment,
                began_minutes_ago: self.began_minutes_ago()?,
            },
            CommandName::End => StreamCommand::End { segment },
            CommandName::Reopen => StreamCommand::Reopen { segment },
        })
    }

    fn began_minutes_ago(&self) -> Result<u32, InvalidInput> {
        typed_minutes(&self.began_minutes_ago).ok_or(InvalidInput::Minutes)
    }
}
