//! The hub: how its streams go on and end, whatever becomes of their pump.

use std::path::Path;

use futures::StreamExt;
use tokio::time::timeout;

use super::*;
use crate::random;

const WATCHING: Watching = Watching {
    audience: Audience::Public,
    frames: Frames::Lean,
};

/// A hub, and the channel of a session that it serves.
async fn watched(folder: &Path, newest: Revision) -> (Hub, Arc<Channel>) {
    let url = format!("sqlite://{}", folder.join("clips.sqlite").display());
    let hub = Hub::new(Store::open(&url).await.unwrap(), Clock::System);
    let session = SessionId(random::uuid());
    let channel = Arc::new(Channel::new(session, newest, 0));
    hub.open().channels.insert(session, channel.clone());
    (hub, channel)
}

#[tokio::test]
async fn a_pump_that_panics_ends_its_streams_and_the_next_one_has_a_channel_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let (hub, channel) = watched(folder.path(), Revision(0)).await;
    let session = channel.session;
    let mut reader = hub.join_watched(session, WATCHING).unwrap();

    hub.start(channel, async {
        panic!("of a fault that nobody knows yet")
    });

    let over = std::future::poll_fn(|context| match reader.read(context.waker()) {
        channel::Read::Over(end) => std::task::Poll::Ready(end),
        _ => std::task::Poll::Pending,
    });
    assert_eq!(over.await, StreamEnd::Restart);
    assert!(hub.join_watched(session, WATCHING).is_none());
}

#[tokio::test]
async fn a_stream_that_waits_for_its_turn_to_catch_up_hears_heartbeats_and_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let (hub, channel) = watched(folder.path(), Revision(5)).await;
    let reader = hub.join_watched(channel.session, WATCHING);
    let turns = u32::try_from(CATCHING_UP).unwrap();
    let _all = hub.catching_up.acquire_many(turns).await.unwrap();
    let after = Cursor {
        epoch: hub.store.epoch(),
        revision: Revision(1),
    };
    let mut stream = Subscriber::new(hub.clone(), reader, Some(after));
    let told = async |stream: &mut Subscriber| {
        let event = timeout(Duration::from_secs(1), stream.next()).await;
        event
            .ok()
            .flatten()
            .map(|event| String::from_utf8(event.to_vec()).unwrap())
    };

    assert!(told(&mut stream).await.unwrap().contains("tick"));
    assert_eq!(told(&mut stream).await, None);
    channel.heartbeat("a heartbeat".into());
    assert_eq!(told(&mut stream).await.unwrap(), "a heartbeat");
    hub.close();
    assert!(told(&mut stream).await.unwrap().contains("restart"));
}
