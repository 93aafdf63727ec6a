//! Every route, on one page, and what surrounds them.

use std::{
    any::Any,
    path::Path,
    sync::{Arc, LazyLock},
};

use app::{
    PlainHttp,
    clips::{ClipsError, FreshId, OnPageError},
};
use axum::{
    Router,
    body::Body,
    extract::{FromRef, Request},
    http::{HeaderValue, StatusCode, header, request::Parts},
    middleware,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use leptos::nonce::use_nonce;
use leptos::prelude::{LeptosOptions, get_configuration, provide_context, use_context};
use leptos::server_fn::axum::server_fn_paths;
use leptos_axum::{
    AxumRouteListing, LeptosRoutes, ResponseOptions, generate_route_list_with_exclusions,
};
use tower::ServiceBuilder;
use tower_http::{
    catch_panic::CatchPanicLayer, compression::CompressionLayer, csrf::CsrfLayer,
    limit::RequestBodyLimitLayer, services::ServeDir, set_header::SetResponseHeaderLayer,
    trace::TraceLayer,
};

use crate::{
    clips::BoundClips,
    config::is_plain_http_to_others,
    routes::{api, export, forms, health, live, patience, qr},
    security::{
        headers::{self, if_not_set},
        paths, visitor,
    },
    state::State,
    status::status,
    world,
};

/// The longest request body: a press with the longest note and name is far shorter.
const LONGEST_BODY_BYTES: usize = 8 * 1024;

/// The routes of the pages. They are listed once: while Leptos lists them, every page that another server of this process
/// renders gets no data, and waits for them in vain (`leptos_server::resource` suspends all that loads).
static PAGES: LazyLock<Vec<AxumRouteListing>> = LazyLock::new(|| {
    // Leptos would route the server functions too, past `api::call`.
    let functions = server_fn_paths().map(|(path, _)| path.to_owned()).collect();
    generate_route_list_with_exclusions(app::App, Some(functions))
});

/// The files for the browser, and how the pages name them.
#[derive(Clone)]
pub struct Site {
    leptos: LeptosOptions,
    /// The port of the socket that reloads pages while they are developed.
    reloads: Option<u32>,
}

impl Site {
    /// The site in this folder. Its `hash.txt`, where there is one, tells the names that change with their content.
    pub fn new(folder: &Path) -> Self {
        // What `cargo leptos watch` sets in the environment (the port that reloads the page) is kept.
        let is_watched = std::env::var_os("LEPTOS_WATCH").is_some();
        let watched =
            std::env::var_os("LEPTOS_OUTPUT_NAME").and_then(|_| get_configuration(None).ok());
        let mut leptos = watched.map_or_else(
            || LeptosOptions::builder().output_name("clips").build(),
            |configuration| configuration.leptos_options,
        );
        leptos.output_name = "clips".into();
        leptos.site_root = folder.to_string_lossy().into();
        let hashes = folder.join("hash.txt");
        leptos.hash_files = hashes.exists();
        // Leptos joins it to the folder of the program; an absolute path stays as it is.
        let hashes = std::path::absolute(&hashes).unwrap_or(hashes);
        leptos.hash_file = hashes.to_string_lossy().into();
        let reloads = is_watched.then_some(leptos.reload_port);
        Self { leptos, reloads }
    }
}

/// What leptos' own handlers take as their state.
#[derive(Clone)]
struct Pages(LeptosOptions);

impl FromRef<Pages> for LeptosOptions {
    fn from_ref(pages: &Pages) -> Self {
        pages.0.clone()
    }
}

/// The whole server.
pub fn router(state: State, site: Site) -> Router {
    let nothing_kept = || if_not_set(header::CACHE_CONTROL, "no-store");
    let is_https = visitor::is_https(&state.public_url);
    let routes = Router::new()
        .route("/api/{*function}", post(api::call))
        .route("/", post(forms::open_session))
        .route("/s", get(forms::find_session))
        .route("/forget", post(forms::forget))
        .route("/s/{code}", post(forms::submit))
        .route("/s/{code}/control", post(forms::act))
        .route("/s/{code}/key", post(forms::redeem))
        .route("/s/{code}/live", get(live::live))
        .route("/s/{code}/export/{format}", get(export::export))
        .route("/s/{code}/qr.svg", get(qr::qr))
        .with_state(state.clone())
        .merge(pages(&state, &site))
        .layer(nothing_kept())
        .layer(middleware::from_fn_with_state(
            state.clone(),
            visitor::recognise,
        ));
    let health = Router::new()
        .route("/health", get(health::health))
        .route("/ready", get(health::ready))
        .with_state(state);
    let routes = routes
        .merge(health)
        .layer(middleware::from_fn(patience::bounded))
        .nest_service("/pkg", bundle(&site))
        .layer(middleware::from_fn(paths::refuse_impossible))
        .layer(RequestBodyLimitLayer::new(LONGEST_BODY_BYTES))
        .layer(CsrfLayer::new());
    headers::layered(routes.layer(CatchPanicLayer::custom(panicked)), is_https)
        // Paths only: queries of forms carry people's words.
        .layer(TraceLayer::new_for_http().make_span_with(|request: &Request| {
            tracing::info_span!("request", method = %request.method(), path = request.uri().path())
        }))
}

/// The rendered pages; what is none of them is looked for among the public files, and else is the page that says so.
fn pages(state: &State, site: &Site) -> Router {
    let context = page_context(state.clone(), site.reloads);
    let shell = {
        let leptos = site.leptos.clone();
        move || app::shell(leptos.clone())
    };
    let missing = leptos_axum::render_app_async_with_context(context.clone(), shell.clone());
    let missing = move |request: Request<Body>| {
        let missing = missing.clone();
        async move {
            let mut page = missing(request).await.into_response();
            *page.status_mut() = StatusCode::NOT_FOUND;
            page
        }
    };
    let files = ServeDir::new(&*site.leptos.site_root)
        .append_index_html_on_directories(false)
        .precompressed_br()
        .precompressed_gzip()
        .fallback(get(missing));
    Router::new()
        .leptos_routes_with_context(&Pages(site.leptos.clone()), PAGES.clone(), context, shell)
        .fallback_service(
            ServiceBuilder::new()
                .layer(kept("public, max-age=86400"))
                .service(files),
        )
        .with_state(Pages(site.leptos.clone()))
        .layer(CompressionLayer::new())
}

/// The bundle. A name with a hash in it may be kept for ever.
fn bundle(site: &Site) -> Router {
    let cache = if site.leptos.hash_files {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let folder = Path::new(&*site.leptos.site_root).join(&*site.leptos.site_pkg_dir);
    let files = ServeDir::new(folder)
        .precompressed_br()
        .precompressed_gzip();
    Router::new().fallback_service(files).layer(kept(cache))
}

/// What the pages find in their context: the port bound to the caller, where to report errors, and ids for plain forms.
/// What the page may do is set here too: the nonce is known nowhere else.
fn page_context(state: State, reloads: Option<u32>) -> impl Fn() + Clone + Send + Sync + 'static {
    move || {
        // Without a request (while the routes are listed) there is nobody to bind to, and nothing is asked.
        let Some(caller) = use_context::<Parts>().and_then(|parts| parts.extensions.get().copied())
        else {
            return;
        };
        provide_context(BoundClips::port(&state, caller));
        if is_plain_http_to_others(&state.public_url) {
            provide_context(PlainHttp);
        }
        if let Some(response) = use_context::<ResponseOptions>() {
            let policy = use_nonce().map(|nonce| headers::page_policy(&nonce, reloads));
            if let Some(policy) = policy.and_then(|policy| HeaderValue::try_from(policy).ok()) {
                response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
            }
            let report = move |error: &ClipsError| response.set_status(status(error));
            provide_context(OnPageError(Arc::new(report)));
        }
        let clock = state.clock.clone();
        provide_context(FreshId(Arc::new(move || world::timestamp_id(&clock))));
    }
}

/// How long a file may be kept; a page that tells that there is none is not.
fn kept<B>(
    cache: &'static str,
) -> SetResponseHeaderLayer<impl Fn(&Response<B>) -> Option<HeaderValue> + Clone> {
    SetResponseHeaderLayer::if_not_present(header::CACHE_CONTROL, move |response: &Response<B>| {
        let is_file = response.status().is_success();
        is_file.then(|| HeaderValue::from_static(cache))
    })
}

/// A panic costs one answer, and is told in the log.
fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let words = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("without words");
    tracing::error!(panic = words, "a request panicked");
    (
        StatusCode::INTERNAL_SERVER_ERROR,
        ClipsError::Broken.to_string(),
    )
        .into_response()
}
