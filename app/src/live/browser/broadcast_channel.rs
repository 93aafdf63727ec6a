//! A channel between the tabs of one browser. Browser only; not every browser supports it.

use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{BroadcastChannel, MessageEvent};

/// An open channel; dropping it closes it.
pub(crate) struct Channel {
    channel: BroadcastChannel,
    // Kept for as long as the channel may call it.
    _listener: Closure<dyn Fn(MessageEvent)>,
}

impl Channel {
    /// Hears what other tabs say on the channel of this name.
    pub(crate) fn open(name: &str, hear: impl Fn(JsValue) + 'static) -> Option<Self> {
        let channel = BroadcastChannel::new(name).ok()?;
        let listener = Closure::new(move |event: MessageEvent| hear(event.data()));
        channel.set_onmessage(Some(listener.as_ref().unchecked_ref()));
        Some(Self {
            channel,
            _listener: listener,
        })
    }

    /// Sends something to all other tabs that are listening.
    pub(crate) fn say(&self, what: &JsValue) {
        // It only fails for what can't be copied, and for a channel that is closed.
        let _ = self.channel.post_message(what);
    }
}

impl Drop for Channel {
    fn drop(&mut self) {
        self.channel.close();
    }
}

/// Says something once to all other tabs that hear the channel of this name.
pub(crate) fn say_once(name: &str, what: &JsValue) {
    if let Some(channel) = Channel::open(name, |_| {}) {
        channel.say(what);
    }
}
