//! What a request says, read with refusals in the product's own words in place of the library's.

use std::borrow::Cow;

use app::{domain::invalid_input::InvalidInput, service::ServiceError, words::errors};
use axum::{
    extract::{
        FromRequest, FromRequestParts, Request,
        rejection::{FormRejection, PathRejection},
    },
    http::{StatusCode, request::Parts},
};

use super::error_response::ErrorResponse;

/// What the path names. A path that can't name anything is answered like one that names something unknown.
pub struct Path<T>(pub T);

impl<S, T> FromRequestParts<S> for Path<T>
where
    S: Send + Sync,
    axum::extract::Path<T>: FromRequestParts<S, Rejection = PathRejection>,
{
    type Rejection = ErrorResponse;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ErrorResponse> {
        let read = axum::extract::Path::from_request_parts(parts, state).await;
        let named = read.map_err(|rejection| {
            // Otherwise a route whose parameters are not what its handler takes would look like a wrong address.
            let is_ours = rejection.status().is_server_error();
            ErrorResponse::from(if is_ours {
                ServiceError::Internal
            } else {
                ServiceError::NotFound
            })
        })?;
        Ok(Self(named.0))
    }
}

/// The fields of a form. Only a form that was not written by one of our pages is refused here.
pub struct Form<T>(pub T);

impl<S, T> FromRequest<S> for Form<T>
where
    S: Send + Sync,
    axum::Form<T>: FromRequest<S, Rejection = FormRejection>,
{
    type Rejection = (StatusCode, Cow<'static, str>);

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        match axum::Form::from_request(request, state).await {
            Ok(axum::Form(fields)) => Ok(Self(fields)),
            Err(refused) => {
                let error = ServiceError::Invalid(InvalidInput::Unspecified);
                Err((refused.status(), errors::error(&error)))
            }
        }
    }
}
