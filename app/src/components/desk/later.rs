//! Parts of a desk whose code arrives after the page is live. Until it is there, whoever opens one is told so; if it can't be
//! loaded, they can try again.

use leptos::task::spawn_local;

use super::{
    chunk::{self, IS_SPLIT},
    part::Part,
};
use crate::{
    live::{browser::after_paint::after_paint, signals::views::*},
    words::desk as words,
};

/// Whether the code of the parts is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Arrival {
    /// It is on its way.
    Awaited,
    /// It is there.
    Here,
    /// It could not be loaded.
    Failed,
}

/// The code of the parts.
#[derive(Clone, Copy)]
struct Chunk(RwSignal<Arrival>);

/// Loads the code of the parts soon after the page is live. To be called once for a page, before it is drawn.
pub fn use_later_parts() {
    if !IS_SPLIT {
        return;
    }
    let chunk = Chunk(RwSignal::new(Arrival::Awaited));
    provide_context(chunk);
    // The first frame of the live page comes first.
    Effect::new(move |_| after_paint(move || chunk.load()));
}

impl Chunk {
    fn load(self) {
        self.0.set(Arrival::Awaited);
        spawn_local(async move {
            let arrival = match chunk::load().await {
                Ok(()) => Arrival::Here,
                Err(chunk::NotLoaded) => Arrival::Failed,
            };
            self.0.try_set(arrival);
        });
    }
}

/// A part, once its code is there. Until then it says so while the part is asked for.
#[component]
pub fn Later(
    /// The part.
    part: Part,
    /// Whether the part is asked for: its tab or its dialog was opened.
    is_wanted: impl Fn() -> bool + Send + Sync + 'static,
) -> impl IntoView {
    // Where there is no chunk, all code is there.
    let Some(chunk) = use_context::<Chunk>() else {
        return chunk::view(part).into_any();
    };
    let is_wanted = Memo::new(move |_| is_wanted());
    Effect::new(move |_| {
        if is_wanted.get() && chunk.0.get_untracked() == Arrival::Failed {
            chunk.load();
        }
    });
    // Once a part is drawn it stays, whether or not it is asked for: it can hold what somebody typed, or a link that is shown
    // only once.
    let told = Memo::new(move |_| match (chunk.0.get(), is_wanted.get()) {
        (arrival, true) => Some(arrival),
        (Arrival::Here, false) => Some(Arrival::Here),
        (Arrival::Awaited | Arrival::Failed, false) => None,
    });
    let part = StoredValue::new(part);
    view! {
        {move || match told.get() {
            Some(Arrival::Here) => chunk::view(part.get_value()).into_any(),
            Some(Arrival::Awaited) => {
                view! {
                    <p class="later" role="status">
                        {words::LOADING}
                    </p>
                }
                    .into_any()
            }
            Some(Arrival::Failed) => view! { <NotLoaded chunk /> }.into_any(),
            None => ().into_any(),
        }}
    }
    .into_any()
}

/// Tells that the code could not be loaded, and what to do about it.
#[component]
fn NotLoaded(chunk: Chunk) -> impl IntoView {
    view! {
        <div class="later" role="alert">
            <p>{words::NOT_LOADED}</p>
            <p class="later__actions">
                <button type="button" class="button" on:click=move |_| chunk.load()>
                    {words::TRY_AGAIN}
                </button>
                <button
                    type="button"
                    class="button button--quiet"
                    // It only fails for a document that is not shown.
                    on:click=move |_| drop(window().location().reload())
                >
                    {words::RELOAD}
                </button>
            </p>
        </div>
    }
    .into_any()
}
