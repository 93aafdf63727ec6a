//! The viewer link as a QR code.

use app::{
    domain::{code::Code, role::Right},
    service::ServiceError,
};
use axum::{
    extract::State as FromState,
    http::header,
    response::{IntoResponse, Response},
};
use qrcode::{QrCode, render::svg};

use super::{error_response::ErrorResponse, requests::Path};
use crate::{security::limits::Action, service::ScopedService, state::State};

/// The default side length of the image, in pixels.
const MIN_SIDE_PIXELS: u32 = 240;

/// Draws the viewer link. Always dark on light with a quiet zone, because cameras can't read it otherwise.
///
/// # Errors
/// `ErrorResponse` if there is no such session.
pub async fn qr(
    service: ScopedService,
    FromState(state): FromState<State>,
    Path(code): Path<Code>,
) -> Result<Response, ErrorResponse> {
    let (_, charge) = service.authorize(&code, Right::Watch, Action::Read).await?;
    charge.keep();
    let link = format!("{}/s/{code}", state.public_url);
    let qr = QrCode::new(link).map_err(|_| ServiceError::Internal)?;
    let picture = qr
        .render::<svg::Color<'_>>()
        .min_dimensions(MIN_SIDE_PIXELS, MIN_SIDE_PIXELS)
        .build();
    Ok(([(header::CONTENT_TYPE, "image/svg+xml")], picture).into_response())
}
