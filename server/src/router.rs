//! All routes on one page, and the layers around them.

use std::{any::Any, time::Duration};

use axum::{
    Router,
    extract::{MatchedPath, Request},
    http::{StatusCode, header},
    middleware,
    routing::{any, get, post},
};
use tower_http::{
    catch_panic::CatchPanicLayer, classify::ServerErrorsFailureClass, csrf::CsrfLayer,
    trace::TraceLayer,
};
use tracing::Span;

use crate::{
    bodies::StaticFiles,
    config,
    routes::{
        api, export, forms, health, identify, live, manifest,
        pages::{self, Pages},
        qr, rpc,
        service_worker::{self, ServiceWorker},
        timeouts,
    },
    security::{
        headers::{self, if_not_set},
        visitor,
    },
    state::State,
};

/// The whole server.
pub fn router(state: State, site: StaticFiles) -> Router {
    let is_https = visitor::is_https(&state.public_url);
    let worker = ServiceWorker::new(&site, state.has_offline_page);
    let pages = Pages::new(state.clone(), site);
    let routes = answered(&state, &pages).merge(cached(state, pages, worker));
    // Server functions and forms are answered by the layer with the timeouts.
    let routes = routes.layer(CatchPanicLayer::custom(|panic: Box<dyn Any + Send>| {
        timeouts::panicked(panic.as_ref(), false)
    }));
    headers::with_security_headers(routes, is_https)
}

/// What a crowd requests at the same time: shared bytes, and the live stream. Nothing here reads a body, and there are few
/// layers between a request and its response.
fn cached(state: State, pages: Pages, worker: ServiceWorker) -> Router {
    let live = Router::new()
        .route("/s/{code}/live", get(live::live))
        .with_state(state);
    let worker = Router::new()
        .route("/service-worker.js", get(service_worker::script))
        .with_state(worker);
    Router::new()
        .route("/s/{code}", get(pages::viewer))
        .route("/s/{code}/snapshot", get(pages::snapshot))
        .route("/s/{code}/heat.svg", get(pages::heat))
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
        .merge(worker)
        .layer(if_not_set(header::CACHE_CONTROL, "no-store"))
}

/// Responses that depend on the caller.
fn answered(state: &State, pages: &Pages) -> Router {
    for_browsers(state, pages)
        .merge(for_programs(state))
        .layer(middleware::from_fn(timeouts::with_timeouts))
        // Logs the route only: an address may contain a key, and its query may contain form input.
        .layer(
            TraceLayer::new_for_http()
                .make_span_with(|request: &Request| {
                    let route = request.extensions().get::<MatchedPath>();
                    let route = route.map_or("none", MatchedPath::as_str);
                    tracing::info_span!("request", method = %request.method(), route)
                })
                .on_failure(log_failure),
        )
}

/// Logs a response with an error of the server. One that only puts a request off is none that somebody has to mend, and
/// while a crowd is put off, there would be thousands.
fn log_failure(failure: ServerErrorsFailureClass, latency: Duration, _: &Span) {
    match failure {
        ServerErrorsFailureClass::StatusCode(StatusCode::SERVICE_UNAVAILABLE) => {
            tracing::debug!(%failure, ?latency, "a request was put off");
        }
        ServerErrorsFailureClass::StatusCode(_) | ServerErrorsFailureClass::Error(_) => {
            tracing::error!(%failure, ?latency, "a response failed");
        }
    }
}

/// Routes for programs: no cookie is read or set, and the origin of a request doesn't matter. So far these are the health
/// checks, and the empty space below `/api`.
fn for_programs(state: &State) -> Router {
    Router::new()
        .route("/health", get(health::health))
        .route("/ready", get(health::ready))
        .with_state(health::Readiness::of(&state.store))
        .route("/api", any(api::nothing_here))
        .route("/api/", any(api::nothing_here))
        .route("/api/{*path}", any(api::nothing_here))
        .layer(if_not_set(header::CACHE_CONTROL, "no-store"))
}

/// Routes for browsers: identified by cookie, and closed to pages of other sites.
fn for_browsers(state: &State, pages: &Pages) -> Router {
    let renewing = middleware::from_fn_with_state(state.clone(), identify::renew_cookie);
    let rendered = Router::new()
        .route("/", get(pages::home))
        .route("/privacy", get(pages::privacy))
        .route("/s/{code}/mine", get(pages::mine))
        .route("/s/{code}/control", get(pages::control))
        .route("/s/{code}/mod", get(pages::moderate))
        .layer(renewing.clone())
        .with_state(pages.clone());
    let under_api = rpc::UNDER_API.iter();
    let under_api = under_api.fold(Router::new(), |routes, function| {
        routes.route(&format!("/api/{function}"), post(rpc::call_under_api))
    });
    let posted = Router::new()
        .route("/rpc/{*function}", post(rpc::call))
        .route("/", post(forms::open_session))
        .route("/s/{code}", post(forms::submit))
        .route("/s/{code}/join", post(forms::join_moment))
        .route("/s/{code}/control", post(forms::act))
        .route("/s/{code}/key", post(forms::redeem))
        .route("/s/{code}/trash", post(forms::trash_session))
        .route("/s/{code}/restore", post(forms::restore_session))
        .merge(under_api)
        .layer(renewing)
        .with_state(state.clone());
    Router::new()
        .route("/s", get(forms::go_to_address).post(forms::go_to_address))
        .route("/s/{code}/export/{format}", get(export::export))
        .route("/s/{code}/qr.svg", get(qr::qr))
        // Removes the cookie, so it must not renew it.
        .route("/forget", post(forms::forget))
        .with_state(state.clone())
        .merge(posted)
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

/// Refuses requests from pages of other sites. The public address is ours whatever a proxy does to `Host`.
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
