//! The domain, the server functions and the pages: what browser and server share. It knows no database, and the domain
//! reads no clock.

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
    location::RequestUrl,
    path,
};

use pages::{
    control::ControlPage, home::HomePage, moderate::ModeratePage, not_found::NotFoundPage,
    privacy::PrivacyPage, viewer::ViewerPage,
};

/// The document around the pages. Only the server renders it.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let bundle = bundle(options.clone());
    let plain_http = use_context::<PlainHttp>().map(|PlainHttp| "");
    view! {
        <!DOCTYPE html>
        <html lang="en" data-plain-http=plain_http>
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
                <AutoReload options />
                <HydrationScripts options=bundle />
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// In the context while a page is rendered where people reach the server from other machines without encryption: the page
/// then says so.
#[derive(Clone, Copy)]
pub struct PlainHttp;

/// The bundle that the page at this address loads: viewers are many and on phones, so theirs holds their page only.
/// `cargo leptos watch`, which hashes no names, builds the whole one alone.
fn bundle(mut options: LeptosOptions) -> LeptosOptions {
    let is_viewers = use_context::<RequestUrl>().is_some_and(|url| is_viewers_page(url.as_ref()));
    if is_viewers && options.hash_files {
        options.output_name = "viewer".into();
    }
    options
}

/// Whether this is the address of a viewers' page: `/s/CODE`, with or without a query. Leptos puts a host of its own
/// before it.
fn is_viewers_page(address: &str) -> bool {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let path = path.split_once("://").map_or(path, |(_, rest)| {
        rest.split_once('/').map_or("", |(_, path)| path)
    });
    let mut parts = path.split('/').filter(|part| !part.is_empty());
    parts.next() == Some("s") && parts.next().is_some() && parts.next().is_none()
}

/// The app: every page has one route here.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <ProductTitle />
        <Router>
            <Routes fallback=NotFoundPage>
                <Route path=path!("/") view=HomePage ssr=SsrMode::Async />
                <Route path=path!("/privacy") view=PrivacyPage ssr=SsrMode::Async />
                <Route path=path!("/s/:code") view=ViewerPage ssr=SsrMode::Async />
                <Route path=path!("/s/:code/control") view=ControlPage ssr=SsrMode::Async />
                <Route path=path!("/s/:code/mod") view=ModeratePage ssr=SsrMode::Async />
            </Routes>
        </Router>
    }
}

/// What a viewer's browser holds of the app: their page. All others are loaded whole.
#[component]
pub fn ViewersApp() -> impl IntoView {
    provide_meta_context();
    view! {
        <ProductTitle />
        <Router>
            <Routes fallback=Elsewhere>
                <Route path=path!("/s/:code") view=ViewerPage />
            </Routes>
        </Router>
    }
}

/// Loads the page whose address the router has put into the address bar, since it is in another bundle.
#[component]
fn Elsewhere() -> impl IntoView {
    Effect::new(|_| {
        // A page that can't be loaded shows the browser's own words.
        let _ = window().location().reload();
    });
    view! { <p class="loading">"Loading …"</p> }
}

/// Every page's title ends with the product's name.
#[component]
fn ProductTitle() -> impl IntoView {
    let product = |title: String| match title.as_str() {
        "" => "Clip Timestamps".to_owned(),
        title if IS_SERVER => format!("{} · Clip Timestamps", escaped(title)),
        title => format!("{title} · Clip Timestamps"),
    };
    view! { <Title formatter=product text="" /> }
}

/// Whether this is the half that writes HTML; the browser's sets the title as text.
pub(crate) const IS_SERVER: bool = cfg!(feature = "ssr");

/// A text as it stands in a `<title>`. Leptos escapes all texts but this one (seen with leptos_meta 0.8.7): a session called
/// `</title><script>…` would run in everybody's browser.
fn escaped(title: &str) -> String {
    title.replace('&', "&amp;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn viewers_pages_and_no_others_load_the_small_bundle() {
        for address in [
            "/s/7KQ2MX",
            "/s/7KQ2MX/",
            "http://leptos.dev/s/7kq2mx?pressed=1/2",
        ] {
            assert!(is_viewers_page(address), "{address}");
        }
        for address in [
            "/",
            "/s",
            "/s/",
            "/s/7KQ2MX/mod",
            "/s/7KQ2MX/control?x",
            "http://leptos.dev/s",
        ] {
            assert!(!is_viewers_page(address), "{address}");
        }
    }
}
