//! The public page and snapshot of each session, as bytes at its newest revision: built on request, once for all callers.

use std::{sync::Arc, time::Duration};

use app::{
    document::{self, Surroundings},
    domain::{
        code::Code,
        revision::{Cursor, Revision},
        role::Audience,
        snapshot::Snapshot,
    },
    pages::{PageData, heat::heat, viewer::Viewers},
    service::ServiceError,
};
use quick_cache::{Weighter, sync::Cache};
use tokio::{
    sync::{Mutex, Semaphore},
    task::spawn_blocking,
    time::Instant,
};

use super::{Body, CachePolicy, HTML, JSON, SVG};
use crate::{
    hub::Hub,
    load_shedding::{LoadShedder, Work},
    moments::Moments,
    state::State,
    store::{SessionId, Store},
};

/// The most bytes that are cached: a few hundred sessions.
const KEPT_BYTES: u64 = 64 * 1024 * 1024;
/// About how many bodies that is.
const BODIES: usize = 1_024;
/// The overhead of an entry in addition to its bytes.
const ENTRY_BYTES: u64 = 1024;
/// How long an error is repeated to further callers, so that not each of them queries a database that is down.
const FAILED_FOR: Duration = Duration::from_millis(250);
/// How many bodies are built at the same time, so that crowds in many sessions leave enough time for presses.
const BUILDERS: usize = 2;

/// A public body of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PublicBody {
    /// The viewers' page.
    Page,
    /// The snapshot, as JSON.
    Snapshot,
    /// The timeline, as a picture.
    Heat,
}

/// The public bodies of each session. Cheap to clone.
#[derive(Clone)]
pub struct PublicCache(Arc<Inner>);

struct Inner {
    store: Store,
    hub: Hub,
    moments: Moments,
    load_shedder: LoadShedder,
    around: Surroundings,
    build: String,
    held: Cache<Key, Held, ByBytes>,
    /// Locked by the caller that builds.
    building: Cache<Key, Arc<Mutex<()>>>,
    builders: Semaphore,
}

type Key = (SessionId, PublicBody);

/// What was built last, or why it could not be built.
#[derive(Clone)]
struct Held {
    built: Result<Arc<Body>, ServiceError>,
    /// The epoch and the session's revision that it shows.
    cursor: Cursor,
    /// Whether it lacks the session's moments, which are still being read.
    is_pending: bool,
    /// When it was last known to be current.
    at: Instant,
}

#[derive(Clone)]
struct ByBytes;

impl Weighter<Key, Held> for ByBytes {
    fn weight(&self, _: &Key, held: &Held) -> u64 {
        let bytes = held.built.as_ref().map_or(0, |body| body.weight());
        ENTRY_BYTES + bytes as u64
    }
}

impl PublicCache {
    /// An empty cache. `build` identifies program and site, because another build produces other bytes.
    pub fn new(state: &State, around: Surroundings, build: &str) -> Self {
        Self(Arc::new(Inner {
            store: state.store.clone(),
            hub: state.hub.clone(),
            moments: state.moments.clone(),
            load_shedder: state.load_shedder.clone(),
            around,
            build: build.into(),
            held: Cache::with_weighter(BODIES, KEPT_BYTES, ByBytes),
            building: Cache::new(BODIES),
            builders: Semaphore::new(BUILDERS),
        }))
    }

    /// A public body of the session with this code. Runs no statement while the session is watched and nothing has changed.
    ///
    /// # Errors
    /// `ServiceError::NotFound`, and `ServiceError::Unavailable` if the database can't be reached, or if the server is too
    /// late to build anything. The caller sets the timeout.
    pub async fn get(
        &self,
        session: SessionId,
        code: &Code,
        what: PublicBody,
    ) -> Result<Arc<Body>, ServiceError> {
        let key = (session, what);
        if let Some(held) = self.fresh(key) {
            return held.built;
        }
        self.0.load_shedder.admit(Work::Page)?;
        // If the caller hangs up while building, the next one that waits builds instead.
        self.build(code, key).await
    }

    /// The cached body, if nothing newer can be available: bodies are built at most as often as frames are sent.
    fn fresh(&self, key: Key) -> Option<Held> {
        let held = self.0.held.get(&key)?;
        let age = held.at.elapsed();
        if held.built.is_err() {
            return (age < FAILED_FOR).then_some(held);
        }
        let watched = self.0.hub.progress(key.0);
        let newest = watched.newest.map(|newest| self.cursor(newest));
        let is_newest = newest.is_some_and(|newest| held.shows(newest));
        (is_newest || age < watched.frame_interval).then_some(held)
    }

    async fn build(&self, code: &Code, key: Key) -> Result<Arc<Body>, ServiceError> {
        let building = self
            .0
            .building
            .get_or_insert_with(&key, || Ok::<_, ServiceError>(Arc::default()))?;
        let _alone = building.lock().await;
        if let Some(held) = self.fresh(key) {
            return held.built;
        }
        let built = self.built(key, self.0.held.get(&key)).await;
        if built.as_ref().err() == Some(&ServiceError::NotFound) {
            self.0.store.evict_code(code.as_str());
        }
        let held = built.unwrap_or_else(|error| Held {
            built: Err(error),
            cursor: self.cursor(Revision(0)),
            is_pending: false,
            at: Instant::now(),
        });
        self.0.held.insert(key, held.clone());
        held.built
    }

    fn cursor(&self, revision: Revision) -> Cursor {
        let epoch = self.0.store.epoch();
        Cursor { epoch, revision }
    }

    /// The current body; the previous one if the session has not changed.
    async fn built(
        &self,
        (session, what): Key,
        before: Option<Held>,
    ) -> Result<Held, ServiceError> {
        // The semaphore is never closed.
        let builder = self.0.builders.acquire().await;
        let at = Instant::now();
        if let Some(before) = before.filter(|before| before.built.is_ok()) {
            let newest = self.0.store.newest(session).await?;
            let newest = newest.ok_or(ServiceError::NotFound)?;
            if before.shows(self.cursor(newest.revision)) {
                return Ok(Held { at, ..before });
            }
        }
        let snapshot = self.0.store.snapshot(session, Audience::Public).await?;
        let mut snapshot = snapshot.ok_or(ServiceError::NotFound)?;
        // The first look at a session with a million presses takes seconds, and no other session's page waits for it.
        drop(builder);
        self.0.moments.complete(session, &mut snapshot).await?;
        let _builder = self.0.builders.acquire().await;
        let (cursor, is_pending) = (snapshot.cursor, snapshot.highlights.pending);
        let version = version(&self.0.build, cursor, is_pending);
        let inner = self.0.clone();
        // A few milliseconds of CPU work, so it must not run on a thread that serves sockets.
        let body = spawn_blocking(move || match what {
            PublicBody::Page => page(snapshot, &inner.around, &version),
            PublicBody::Snapshot => Body::compressed(JSON, json(&snapshot), &version),
            PublicBody::Heat => {
                let picture = heat(&snapshot).into_bytes();
                Body::compressed(SVG, picture, &version).cached(CachePolicy::Seconds)
            }
        });
        let body = body.await.map_err(|failure| {
            tracing::error!(%failure, "a public body could not be built");
            ServiceError::Internal
        })?;
        Ok(Held {
            built: Ok(Arc::new(body)),
            cursor,
            is_pending,
            // Callers that waited meanwhile share this answer.
            at: if is_pending { Instant::now() } else { at },
        })
    }
}

impl Held {
    /// Whether it shows everything at this cursor or a later one.
    fn shows(&self, cursor: Cursor) -> bool {
        let is_current =
            self.cursor.epoch == cursor.epoch && self.cursor.revision >= cursor.revision;
        is_current && !self.is_pending
    }
}

fn version(build: &str, cursor: Cursor, is_pending: bool) -> String {
    let suffix = if is_pending { ".pending" } else { "" };
    format!("{build}.{cursor}{suffix}")
}

fn page(snapshot: Snapshot, around: &Surroundings, version: &str) -> Body {
    let data = PageData::Viewer(Viewers::public(snapshot));
    let html = document::html(data, around);
    Body::compressed(HTML, html.into_bytes(), version)
}

fn json(snapshot: &Snapshot) -> Vec<u8> {
    // Plain structs of numbers and strings: this can't fail.
    serde_json::to_vec(snapshot).unwrap_or_default()
}
