//! The server functions, one file per noun: three lines each, which call the port.
//!
//! User input arrives as text, and is parsed here, so that an error names the rule that was broken; serde would only know
//! an error's message.
#![expect(
    missing_docs,
    reason = "the fields of the generated request types are the functions' arguments"
)]

pub mod clock;
pub mod links;
pub mod moderation;
pub mod moments;
pub mod presence;
pub mod rehearsal;
mod rpc;
pub mod sessions;
pub mod timestamps;

/// The port, bound to the caller of this request. The server provides it in the context, for the page renderer and for
/// server functions alike.
#[cfg(feature = "ssr")]
fn service() -> std::sync::Arc<dyn crate::service::SessionService> {
    leptos::prelude::expect_context()
}
