//! The peer of the recorder: the same router over the same store, where every press is a transaction of its own.

use app::{
    domain::{
        code::Code,
        moments::weight::Weight,
        press::{Press, RawPress},
        timestamp::Timestamp,
    },
    service::ServiceError,
};
use axum::{
    Extension, Json, Router,
    extract::{DefaultBodyLimit, State as FromState},
    http::StatusCode,
    middleware,
    routing::post,
};
use serde::Deserialize;
use server::{
    bodies::StaticFiles,
    clock::Clock,
    config::Config,
    lifecycle,
    router::router,
    routes::identify,
    security::principal::Principal,
    state::State,
    store::{Store, Submission, VisitorId},
};
use tokio::net::TcpListener;
use tower_http::{catch_panic::CatchPanicLayer, csrf::CsrfLayer, trace::TraceLayer};

use crate::Outcome;

/// The arguments of the server function.
#[derive(Deserialize)]
struct Arguments {
    code: Code,
    press: RawPress,
}

/// Serves until it is asked to stop.
pub(crate) async fn serve(config: &Config) -> Outcome<()> {
    let listener = TcpListener::bind(config.listen).await?;
    let store = Store::open(&config.database_url).await?;
    let state = State::start(store, Clock::System, config.public_url());
    let identify_caller = middleware::from_fn_with_state(state.clone(), identify::identify_caller);
    let presses = Router::new()
        .route("/rpc/submit", post(submit))
        .with_state(state.clone())
        .layer(identify_caller)
        .layer(DefaultBodyLimit::max(8 * 1024))
        .layer(CsrfLayer::new())
        .layer(CatchPanicLayer::new())
        .layer(TraceLayer::new_for_http());
    let routes = presses.fallback_service(router(state, StaticFiles::new(&config.site)));
    let stop = lifecycle::asked_to_stop();
    Ok(axum::serve(listener, routes)
        .with_graceful_shutdown(stop)
        .await?)
}

/// Lacks the machinery of server functions, which is in the peer's favour.
async fn submit(
    FromState(state): FromState<State>,
    Extension(principal): Extension<Principal>,
    Json(Arguments { code, press }): Json<Arguments>,
) -> Result<Json<Timestamp>, (StatusCode, String)> {
    let recorded = async {
        let press = Press::try_from(press)?;
        record(&state, principal.visitor(), &code, press).await
    };
    recorded.await.map(Json).map_err(|error| {
        let status = server::status::status(&error);
        (status, error.to_string())
    })
}

async fn record(
    state: &State,
    visitor: VisitorId,
    code: &Code,
    press: Press,
) -> Result<Timestamp, ServiceError> {
    let session = state
        .store
        .resolve_code(code)
        .await?
        .ok_or(ServiceError::NotFound)?;
    let one = [Submission {
        session,
        visitor,
        press,
        weight: Weight::WHOLE.parts(),
        received: state.clock.now(),
    }];
    let answers = state.store.record(&state.clock, one).await?;
    let answer = answers.into_iter().next();
    let answer = answer.unwrap_or(Err(ServiceError::Internal));
    answer.map(|recorded| recorded.timestamp)
}
