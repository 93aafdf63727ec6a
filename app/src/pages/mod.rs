//! The pages: each has one address, and starts from data that the server puts into its document.

pub mod desk;
pub mod error_page;
pub mod heat;
pub mod home;
pub mod privacy;
pub mod viewer;

use leptos::prelude::*;

use crate::{
    components::{self, session::page_header::SessionPage},
    embedded,
    live::page::initial_data::{DeskData, Problem},
    live_document::Part,
    words::{self, errors},
};
use desk::DeskPage;
use error_page::ErrorPage;
use home::{Home, HomePage};
use privacy::{Privacy, PrivacyPage};
use viewer::{ViewerPage, Viewers};

/// Whether this bundle contains the viewers' page, which has one of its own: only in development, where there is no other.
const HAS_VIEWERS_PAGE: bool = cfg!(debug_assertions);
/// Whether this bundle contains the staff's pages.
const HAS_DESK: bool = cfg!(not(feature = "start"));
/// Whether this bundle contains the pages that belong to no session.
const HAS_START: bool = cfg!(not(feature = "desk"));

/// A page with the data that it starts from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PageData {
    /// The first page.
    Home(Home),
    /// What is stored about people.
    Privacy(Privacy),
    /// The viewers' page.
    Viewer(Viewers),
    /// The streamer's page.
    Control(DeskData),
    /// The moderators' page.
    Moderate(DeskData),
    /// Shown instead of a page that can't be displayed.
    Error(Problem),
}

impl PageData {
    /// The data of the page that the document shows, if it is one of these. Browser only.
    pub fn of_document() -> Option<Self> {
        match embedded::page_name()?.as_str() {
            "home" if HAS_START => embedded::page_data().map(Self::Home),
            "privacy" if HAS_START => embedded::page_data().map(Self::Privacy),
            "viewer" if HAS_VIEWERS_PAGE => embedded::page_data().map(Self::Viewer),
            "control" if HAS_DESK => embedded::page_data().map(Self::Control),
            "moderate" if HAS_DESK => embedded::page_data().map(Self::Moderate),
            "error" if HAS_START => embedded::page_data().map(Self::Error),
            _ => None,
        }
    }

    /// How the document names it.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Home(_) => "home",
            Self::Privacy(_) => "privacy",
            Self::Viewer(_) => "viewer",
            Self::Control(_) => "control",
            Self::Moderate(_) => "moderate",
            Self::Error(_) => "error",
        }
    }

    /// The path of its address, if it is a session's page; empty for all others.
    pub(crate) fn path(&self) -> String {
        match self {
            Self::Viewer(data) => format!("/s/{}", data.snapshot.session.code),
            Self::Control(data) => format!("/s/{}/control", data.code),
            Self::Moderate(data) => format!("/s/{}/mod", data.code),
            Self::Home(_) | Self::Privacy(_) | Self::Error(_) => String::new(),
        }
    }

    /// The title of its document: it tells nothing that changes while the page is open.
    pub(crate) fn title(&self) -> String {
        let of_desk = |data: &DeskData| match &data.desk {
            Ok(desk) => desk.snapshot.session.title.to_string(),
            Err(error) => errors::heading(error).to_owned(),
        };
        let title = match self {
            Self::Home(_) => return words::home::PRODUCT.to_owned(),
            Self::Privacy(_) => words::privacy::TITLE.to_owned(),
            Self::Viewer(data) => data.snapshot.session.title.to_string(),
            Self::Control(data) | Self::Moderate(data) => of_desk(data),
            Self::Error(problem) => errors::heading(&problem.error).to_owned(),
        };
        components::shared::page_title::of_product(&title)
    }

    /// The page as the server writes it into the document's body.
    pub(crate) fn written(self) -> AnyView {
        match self.whole() {
            Ok(page) => page.written().into_any(),
            Err(data) => view! { <ViewerPage data=*data /> }.into_any(),
        }
    }

    /// Starts the page. Browser only.
    pub fn live(self) {
        match self.whole() {
            Ok(page) => page.replace(),
            Err(data) if HAS_VIEWERS_PAGE => viewer::live(*data),
            Err(_) => {}
        }
    }

    /// A page that is rendered as one part; the viewers' page is not rendered again.
    fn whole(self) -> Result<Part, Box<Viewers>> {
        let view = match self {
            Self::Viewer(data) => return Err(Box::new(data)),
            Self::Home(data) if HAS_START => view! { <HomePage data /> }.into_any(),
            Self::Privacy(data) if HAS_START => view! { <PrivacyPage data /> }.into_any(),
            Self::Error(problem) if HAS_START => view! { <ErrorPage problem /> }.into_any(),
            Self::Control(data) if HAS_DESK => {
                view! { <DeskPage data page=SessionPage::Control /> }.into_any()
            }
            Self::Moderate(data) if HAS_DESK => {
                view! { <DeskPage data page=SessionPage::Moderate /> }.into_any()
            }
            // Another bundle has them.
            Self::Home(_)
            | Self::Privacy(_)
            | Self::Error(_)
            | Self::Control(_)
            | Self::Moderate(_) => ().into_any(),
        };
        Ok(Part::new("app", view))
    }
}
