//! Refuses what no file can be called: the file service would take it for a fault of the disk.

use axum::{
    extract::Request,
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse, Response},
};

/// The longest name of a file, in bytes: that of the usual file systems.
const LONGEST_NAME_BYTES: usize = 255;

/// Answers 404 to a path with a NUL or a name that is too long in it.
pub async fn refuse_impossible(request: Request, next: Next) -> Response {
    if is_possible(request.uri().path()) {
        next.run(request).await
    } else {
        StatusCode::NOT_FOUND.into_response()
    }
}

/// Names are still percent-encoded here; none of ours is so long that this matters.
fn is_possible(path: &str) -> bool {
    let mut names = path.split('/');
    !path.contains("%00") && names.all(|name| name.len() <= LONGEST_NAME_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_file_can_be_called_passes() {
        assert!(is_possible("/pkg/clips.022f9bb3d8f0fa28.wasm"));
        assert!(is_possible("/"));
        assert!(!is_possible("/pkg/%00"));
        assert!(!is_possible(&format!("/pkg/{}", "x".repeat(256))));
    }
}
