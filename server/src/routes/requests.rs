//! What a request says, read with refusals in the product's own words in place of the library's.

use std::borrow::Cow;

use app::{domain::invalid_input::InvalidInput, service::ServiceError, words::errors};
use axum::{
    extract::{
        FromRequest, FromRequestParts, Request,
        rejection::{FormRejection, PathRejection, QueryRejection},
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
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let read = axum::Form::from_request(request, state).await;
        let axum::Form(fields) = read.map_err(|rejection| unreadable(rejection.status()))?;
        Ok(Self(fields))
    }
}

/// The query of an address. Only queries that none of our pages writes are refused here.
pub struct Query<T>(pub T);

impl<S, T> FromRequestParts<S> for Query<T>
where
    S: Send + Sync,
    axum::extract::Query<T>: FromRequestParts<S, Rejection = QueryRejection>,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let read = axum::extract::Query::from_request_parts(parts, state).await;
        let axum::extract::Query(query) =
            read.map_err(|rejection| unreadable(rejection.status()))?;
        Ok(Self(query))
    }
}

/// A status, and the words for whoever wrote what could not be read.
type Refusal = (StatusCode, Cow<'static, str>);

fn unreadable(status: StatusCode) -> Refusal {
    let error = ServiceError::Invalid(InvalidInput::Unspecified);
    (status, errors::error(&error))
}
