//! The domain, the server functions and the pages: what browser and server share. It reads no clock and knows no database.

// The types of large pages nest deeply.
#![recursion_limit = "512"]

pub mod api;
pub mod clips;
pub mod components;
pub mod domain;
pub mod forms;
pub mod live;
pub mod pages;

use leptos::prelude::*;
use leptos_meta::{HashedStylesheet, MetaTags, Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{Route, Router, Routes},
    path,
};

use pages::{
    control::ControlPage, home::HomePage, moderate::ModeratePage, not_found::NotFoundPage,
    viewer::ViewerPage,
};

/// The document around the pages. Only the server renders it.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
                <meta name="color-scheme" content="dark light" />
                <meta
                    name="description"
                    content="Viewers mark the moments of a stream that are worth clipping; the streamer takes the list home."
                />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link rel="apple-touch-icon" href="/apple-touch-icon.png" />
                <link
                    rel="preload"
                    href="/fonts/bricolage-grotesque-latin.woff2"
                    r#as="font"
                    r#type="font/woff2"
                    crossorigin="anonymous"
                />
                <link rel="manifest" href="/manifest.webmanifest" />
                <HashedStylesheet options=options.clone() id="leptos" />
                <AutoReload options=options.clone() />
                <HydrationScripts options />
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// The app: every page has one route here.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let product = |title: String| match title.as_str() {
        "" => "Clip Timestamps".to_owned(),
        title => format!("{title} · Clip Timestamps"),
    };

    view! {
        <Title formatter=product text="" />
        <Router>
            <Routes fallback=NotFoundPage>
                <Route path=path!("/") view=HomePage ssr=SsrMode::Async />
                <Route path=path!("/s/:code") view=ViewerPage ssr=SsrMode::Async />
                <Route path=path!("/s/:code/control") view=ControlPage ssr=SsrMode::Async />
                <Route path=path!("/s/:code/mod") view=ModeratePage ssr=SsrMode::Async />
            </Routes>
        </Router>
    }
}
