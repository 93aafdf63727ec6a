//! The server functions, one file a noun: doors to the port, three lines each.
//!
//! What a person typed comes as text, and is parsed here: so a refusal names the rule that it broke, where serde would know
//! no more than an error's words.
#![expect(
    missing_docs,
    reason = "the fields of the generated request types are the functions' arguments"
)]

pub mod clock;
pub mod links;
pub mod moderation;
pub mod rehearsal;
pub mod sessions;
pub mod timestamps;

/// The port, bound to the caller of this request. The server puts it there for the page renderer and for the server
/// function handler alike.
#[cfg(feature = "ssr")]
fn service() -> std::sync::Arc<dyn crate::service::SessionService> {
    leptos::prelude::expect_context()
}
