//! The hub: how its streams go on and end, whatever becomes of their pump.

use std::{path::Path, sync::atomic::AtomicUsize};

use futures::StreamExt;
use tokio::time::{Instant, timeout};
use tracing_subscriber::{
    Layer, Registry,
    layer::{Context, SubscriberExt},
};

use super::*;
use crate::{random, store::Newest, test_session::TestSession};

const WATCHING: Watching = Watching {
    audience: Audience::Public,
    frames: Frames::Lean,
};

/// A hub, and the channel of a session that it serves.
async fn watched(folder: &Path, newest: Revision) -> (Hub, Arc<Channel>) {
    let url = format!("sqlite://{}", folder.join("clips.sqlite").display());
    let hub = Hub::new(Store::open(&url).await.unwrap(), Clock::System);
    let session = SessionId(random::uuid());
    let epoch = hub.store.epoch();
    let latest = Newest {
        revision: newest,
        revoked_links: 0,
    };
    let channel = Arc::new(Channel::new(session, epoch, newest, latest));
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

/// The next event of a stream that is a frame.
async fn frame_of(stream: &mut (impl Stream<Item = Bytes> + Unpin)) -> String {
    loop {
        let event = timeout(Duration::from_secs(10), stream.next()).await;
        let event = String::from_utf8(event.unwrap().unwrap().to_vec()).unwrap();
        if event.starts_with("id: ") {
            return event;
        }
    }
}

#[tokio::test]
async fn what_is_sent_after_a_new_epoch_has_begun_leads_no_page_to_resume_in_it() {
    let session = TestSession::open().await;
    let hub = Hub::new(session.store.clone(), Clock::System);
    let old = session.cursor().await;
    let mut watching = hub
        .subscribe(session.id, WATCHING, Some(old))
        .await
        .unwrap();
    assert!(watching.next().await.is_some());

    // Its pump has not noticed yet.
    session.store.renew_epoch().await.unwrap();
    assert_ne!(session.store.epoch(), old.epoch);
    session.start().await;
    let frame = frame_of(&mut watching).await;
    assert!(frame.starts_with(&format!("id: {}.", old.epoch)), "{frame}");

    let new = session.cursor().await;
    for (after, expected) in [(new, "snapshot"), (old, "tick")] {
        let mut stream = hub
            .subscribe(session.id, WATCHING, Some(after))
            .await
            .unwrap();
        let first = String::from_utf8(stream.next().await.unwrap().to_vec()).unwrap();
        assert!(first.contains(expected), "{first}");
    }

    hub.close_sessions();
    let mut again = hub
        .subscribe(session.id, WATCHING, Some(new))
        .await
        .unwrap();
    session.pause().await;
    let frame = frame_of(&mut again).await;
    assert!(frame.starts_with(&format!("id: {}.", new.epoch)), "{frame}");
}

#[tokio::test]
async fn what_is_caught_up_on_after_a_new_epoch_has_begun_leads_no_page_to_resume_in_it() {
    let session = TestSession::open().await;
    let hub = Hub::new(session.store.clone(), Clock::System);
    let old = session.cursor().await;
    session.start().await;
    let _first = hub.subscribe(session.id, WATCHING, None).await.unwrap();
    session.store.renew_epoch().await.unwrap();
    let mut behind = hub
        .subscribe(session.id, WATCHING, Some(old))
        .await
        .unwrap();
    let frame = frame_of(&mut behind).await;
    assert!(frame.starts_with(&format!("id: {}.", old.epoch)), "{frame}");
}

#[tokio::test]
async fn whoever_resumes_from_an_old_revision_makes_nothing_old_look_current() {
    let session = TestSession::open().await;
    let hub = Hub::new(session.store.clone(), Clock::System);
    let old = session.cursor().await;
    session.start().await;
    let newest = session.cursor().await;
    assert!(old.is_behind(newest));

    assert_eq!(hub.progress(session.id).newest, None);
    let mut stream = hub
        .subscribe(session.id, WATCHING, Some(old))
        .await
        .unwrap();
    // Its pump has not run yet.
    assert_eq!(hub.progress(session.id).newest, Some(newest.revision));
    frame_of(&mut stream).await;
    assert_eq!(hub.progress(session.id).newest, Some(newest.revision));
    session.pause().await;
    frame_of(&mut stream).await;
    let newest = session.cursor().await.revision;
    assert_eq!(hub.progress(session.id).newest, Some(newest));
}

/// A stream that is behind, of a session whose moments can't be read for now.
#[tokio::test]
async fn a_stream_that_catches_up_waits_once_for_moments_and_keeps_no_turn_meanwhile() {
    let session = TestSession::open().await;
    let hub = Hub::new(session.store.clone(), Clock::System);
    let old = session.cursor().await;
    session.start().await;
    let _reading = hub.moments.keep_from_reading(session.id).await;
    let _first = hub.subscribe(session.id, WATCHING, None).await.unwrap();
    // Waiting twice would take each of them two seconds, one of them with one of few turns; a machine that stalls delays one.
    let mut fastest = Duration::MAX;
    for _ in 0..3 {
        let mut behind = hub
            .subscribe(session.id, WATCHING, Some(old))
            .await
            .unwrap();
        let since = Instant::now();
        let frame = frame_of(&mut behind).await;
        assert!(frame.contains("\"pending\":true"), "{frame}");
        fastest = fastest.min(since.elapsed());
    }
    assert!(fastest < Duration::from_secs(2), "{fastest:?}");
    assert_eq!(hub.catching_up.available_permits(), CATCHING_UP);
}

/// Counts the warnings of pumps.
struct Warnings(Arc<AtomicUsize>);

impl<S: tracing::Subscriber> Layer<S> for Warnings {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == "server::hub::pump" {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
}

#[tokio::test]
async fn an_outage_is_logged_once_for_a_session_however_often_its_pump_tries() {
    let warnings = Arc::<AtomicUsize>::default();
    let counted = Registry::default().with(Warnings(warnings.clone()));
    let _counted = tracing::subscriber::set_default(counted);
    let session = TestSession::open().await;
    let hub = Hub::new(session.store.clone(), Clock::System);
    let mut stream = hub
        .subscribe(session.id, WATCHING, Some(session.cursor().await))
        .await
        .unwrap();
    for outages in 1..=2 {
        session.execute("ALTER TABLE session RENAME TO away").await;
        hub.wake(session.id);
        tokio::time::sleep(5 * pump::PAUSE / 2).await;
        assert_eq!(warnings.load(Ordering::Relaxed), outages);

        session.execute("ALTER TABLE away RENAME TO session").await;
        match outages {
            1 => session.start().await,
            _ => session.pause().await,
        }
        frame_of(&mut stream).await;
    }
}
