//! Event listeners whose code is compiled once for each kind of event, and not once for each handler: desks have dozens.

use leptos::{ev::EventDescriptor, html::HtmlElement, prelude};

/// Adds event listeners to elements, in place of Leptos' trait of this name, wherever `views` is imported.
pub(crate) trait OnAttribute<E: EventDescriptor>: Sized {
    /// The element with the listener.
    type Output;

    /// The element, with this handler for the event.
    fn on(self, event: E, handler: impl FnMut(E::EventType) + 'static) -> Self::Output;
}

type Handler<E> = Box<dyn FnMut(<E as EventDescriptor>::EventType)>;

impl<E, El, At, Ch> OnAttribute<E> for HtmlElement<El, At, Ch>
where
    E: EventDescriptor,
    Self: prelude::OnAttribute<E, Handler<E>>,
{
    type Output = <Self as prelude::OnAttribute<E, Handler<E>>>::Output;

    fn on(self, event: E, handler: impl FnMut(E::EventType) + 'static) -> Self::Output {
        prelude::OnAttribute::on(self, event, Box::new(handler))
    }
}
