//! Every route, on one page, and what surrounds them.

use std::any::Any;

use app::service::ServiceError;
use axum::{
    Router,
    extract::{MatchedPath, Request},
    http::{StatusCode, header},
    middleware,
    response::{IntoResponse, Response},
    routing::{any, get, post},
};
use tower_http::{
    catch_panic::CatchPanicLayer, compression::CompressionLayer, csrf::CsrfLayer,
    limit::RequestBodyLimitLayer, trace::TraceLayer,
};

use crate::{
    bodies::StaticFiles,
    config,
    routes::{
        api, export, forms, health, identify, live, manifest,
        pages::{self, Pages},
        qr, rpc, timeouts,
    },
    security::{
        headers::{self, if_not_set},
        visitor,
    },
    state::State,
    supervised,
};

/// The longest request body: a press with the longest note and name is far shorter.
const LONGEST_BODY_BYTES: usize = 8 * 1024;

/// The whole server.
pub fn router(state: State, site: StaticFiles) -> Router {
    let is_https = visitor::is_https(&state.public_url);
    let pages = Pages::new(state.clone(), site);
    let routes = answered(&state, &pages).merge(cached(state, pages));
    headers::with_security_headers(routes.layer(CatchPanicLayer::custom(panicked)), is_https)
}

/// What a crowd asks for at the same time: shared bytes, and the live stream. Nothing here reads a body, and little is
/// between a request and its answer.
fn cached(state: State, pages: Pages) -> Router {
    let live = Router::new()
        .route("/s/{code}/live", get(live::live))
        .with_state(state);
    Router::new()
        .route("/s/{code}", get(pages::viewer))
        .route("/s/{code}/snapshot", get(pages::snapshot))
        .route("/s/{code}/manifest.webmanifest", get(manifest::viewer))
        .route(
            "/s/{code}/mod/manifest.webmanifest",
            get(manifest::moderate),
        )
        .route(
            "/s/{code}/control/manifest.webmanifest",
            get(manifest::control),
        )
        .fallback(pages::file)
        .with_state(pages)
        .merge(live)
        .layer(if_not_set(header::CACHE_CONTROL, "no-store"))
}

/// What is answered for whoever asks.
fn answered(state: &State, pages: &Pages) -> Router {
    for_browsers(state, pages)
        .merge(for_programs(state))
        .layer(middleware::from_fn(timeouts::with_timeouts))
        .layer(RequestBodyLimitLayer::new(LONGEST_BODY_BYTES))
        // By the route alone: an address may hold a key, and its query the words of a form.
        .layer(
            TraceLayer::new_for_http().make_span_with(|request: &Request| {
                let route = request.extensions().get::<MatchedPath>();
                let route = route.map_or("none", MatchedPath::as_str);
                tracing::info_span!("request", method = %request.method(), route)
            }),
        )
}

/// What programs ask: no cookie is read or set, and it is all the same which page they ask from. So far that is how the
/// process is, and below `/api` that there is nothing; what keys open will be here.
fn for_programs(state: &State) -> Router {
    Router::new()
        .route("/health", get(health::health))
        .route("/ready", get(health::ready))
        .with_state(state.clone())
        .route("/api", any(api::nothing_here))
        .route("/api/", any(api::nothing_here))
        .route("/api/{*path}", any(api::nothing_here))
        .layer(if_not_set(header::CACHE_CONTROL, "no-store"))
}

/// What people ask from pages: by their cookie, and from no other site's page.
fn for_browsers(state: &State, pages: &Pages) -> Router {
    let rendered = Router::new()
        .route("/", get(pages::home))
        .route("/privacy", get(pages::privacy))
        .route("/s/{code}/mine", get(pages::mine))
        .route("/s/{code}/control", get(pages::control))
        .route("/s/{code}/mod", get(pages::moderate))
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn_with_state(
            state.clone(),
            identify::renew_cookie,
        ))
        .with_state(pages.clone());
    let under_api = rpc::UNDER_API.iter();
    let under_api = under_api.fold(Router::new(), |routes, function| {
        routes.route(&format!("/api/{function}"), post(rpc::call_under_api))
    });
    Router::new()
        .route("/rpc/{*function}", post(rpc::call))
        .route("/", post(forms::open_session))
        .route("/s", get(forms::find_session))
        .route("/forget", post(forms::forget))
        .route("/s/{code}", post(forms::submit))
        .route("/s/{code}/control", post(forms::act))
        .route("/s/{code}/key", post(forms::redeem))
        .route("/s/{code}/export/{format}", get(export::export))
        .route("/s/{code}/qr.svg", get(qr::qr))
        .merge(under_api)
        .with_state(state.clone())
        .merge(rendered)
        .layer(if_not_set(header::CACHE_CONTROL, "no-store"))
        .layer(middleware::from_fn_with_state(
            state.clone(),
            identify::identify_caller,
        ))
        .layer(middleware::from_fn_with_state(
            pages.clone(),
            pages::serve_cached,
        ))
        .layer(csrf(&state.public_url))
}

/// Refuses what pages of other sites send. The public address is ours whatever a proxy makes of `Host`.
fn csrf(public_url: &str) -> CsrfLayer {
    let origin = config::origin(public_url);
    let ours = origin.map(|origin| CsrfLayer::new().add_trusted_origin(origin));
    match ours {
        Ok(Ok(layer)) => layer,
        Ok(Err(_)) | Err(_) => {
            tracing::warn!(
                public_url,
                "the public URL is no origin: posts are compared with Host alone"
            );
            CsrfLayer::new()
        }
    }
}

/// A panic costs one answer, and is told in the log.
fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let panic = supervised::words(panic.as_ref());
    tracing::error!(panic, "a request panicked");
    (
        StatusCode::INTERNAL_SERVER_ERROR,
        ServiceError::Internal.to_string(),
    )
        .into_response()
}
