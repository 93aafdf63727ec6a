//! The recorder: a group commit of presses. While one batch is being made durable, the next one collects; there is no
//! timer.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
    time::Instant,
};

use app::service::ServiceError;
use tokio::sync::{
    Mutex,
    mpsc::{self, error::TrySendError},
    oneshot,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    clock::Clock,
    metrics::Metrics,
    store::{Answer, SessionId, Store, StoreError, Submission},
    supervised::supervised,
    task::Task,
};

/// The most presses in one transaction.
const LARGEST_BATCH: usize = 500;

/// How many presses may wait for one writer; beyond that, callers are told to retry. On the slowest disk measured, this is
/// less than two seconds of work.
const LONGEST_QUEUE: usize = 8_192;

/// Seconds until a press that found the queue full may retry.
const TRY_AGAIN_SECONDS: u16 = 1;

/// Accepts presses, and answers each after its commit is durable. Cheap to clone.
#[derive(Clone)]
pub struct Recorder {
    queues: Arc<[mpsc::Sender<Queued>]>,
    closing: CancellationToken,
    writers: TaskTracker,
    metrics: Metrics,
}

/// An entry of a queue.
enum Queued {
    /// A press waiting for its batch.
    Press(Waiting),
    /// A caller waiting until everything before it is recorded.
    Settling(oneshot::Sender<()>),
}

/// A press, and where to send its answer.
struct Waiting {
    submission: Submission,
    reply: oneshot::Sender<Answer>,
}

impl Recorder {
    /// Starts as many writers as the store can use.
    pub fn start(store: &Store, clock: &Clock) -> Self {
        let closing = CancellationToken::new();
        let writers = TaskTracker::new();
        let queues = (0..store.recorders()).map(|_| {
            let (queue, queued) = mpsc::channel(LONGEST_QUEUE);
            // Shared with the writer that replaces one that panicked.
            let queued = Arc::new(Mutex::new(queued));
            let writer = Writer {
                store: store.clone(),
                clock: clock.clone(),
            };
            let closing = closing.clone();
            let metrics = store.metrics().clone();
            writers.spawn(supervised(Task::Recorder, metrics, move || {
                writer.clone().run(queued.clone(), closing.clone())
            }));
            queue
        });
        Self {
            queues: queues.collect(),
            closing,
            writers,
            metrics: store.metrics().clone(),
        }
    }

    /// Records a press. A caller that stops waiting cancels nothing: the press is recorded all the same.
    ///
    /// # Errors
    /// The rule that it breaks, `ServiceError::Conflict` if its id names another press, or `ServiceError::Unavailable` if
    /// too many are waiting or the database can't be reached.
    pub async fn submit(&self, submission: Submission) -> Answer {
        let (reply, answer) = oneshot::channel();
        let queue = self
            .queue(submission.session)
            .ok_or(ServiceError::Internal)?;
        match queue.try_send(Queued::Press(Waiting { submission, reply })) {
            Ok(()) => match answer.await {
                Ok(answer) => answer,
                Err(_) => self.refused(ServiceError::Internal),
            },
            Err(TrySendError::Full(_) | TrySendError::Closed(_)) => {
                self.refused(ServiceError::Unavailable {
                    seconds: TRY_AGAIN_SECONDS,
                })
            }
        }
    }

    /// Refuses a press that is in no batch.
    fn refused(&self, error: ServiceError) -> Answer {
        self.metrics.presses.refused(&error);
        Err(error)
    }

    /// How many presses are waiting for their batch.
    pub fn queued(&self) -> usize {
        let of_each = self
            .queues
            .iter()
            .map(|queue| queue.max_capacity() - queue.capacity());
        of_each.sum()
    }

    /// Returns once every press accepted so far has been answered.
    pub async fn settled(&self) {
        for queue in self.queues.iter() {
            let (settled, answer) = oneshot::channel();
            // If the recorder is shutting down, nothing more is accepted, and `finish` waits for the rest.
            if queue.send(Queued::Settling(settled)).await.is_ok() {
                let _ = answer.await;
            }
        }
    }

    /// The queue of a session. Each session has one writer, because two would only wait for each other at its lock. Ids are
    /// random, so sessions spread evenly.
    fn queue(&self, session: SessionId) -> Option<&mpsc::Sender<Queued>> {
        let at = session.0.as_u128().checked_rem(self.queues.len() as u128)?;
        self.queues.get(usize::try_from(at).ok()?)
    }

    /// Accepts no more presses, and returns once all accepted ones are recorded.
    pub async fn finish(&self) {
        self.closing.cancel();
        self.writers.close();
        self.writers.wait().await;
    }
}

/// Turns a queue into transactions.
#[derive(Clone)]
struct Writer {
    store: Store,
    clock: Clock,
}

impl Writer {
    async fn run(self, queued: Arc<Mutex<mpsc::Receiver<Queued>>>, closing: CancellationToken) {
        let mut queued = queued.lock().await;
        loop {
            let mut batch = Vec::new();
            let taken = tokio::select! {
                biased;
                () = closing.cancelled(), if !queued.is_closed() => {
                    queued.close();
                    continue;
                }
                taken = queued.recv_many(&mut batch, LARGEST_BATCH) => taken,
            };
            if taken == 0 {
                return;
            }
            let (mut presses, mut settling) = (Vec::new(), Vec::new());
            for queued in batch {
                match queued {
                    Queued::Press(press) => presses.push(press),
                    Queued::Settling(reply) => settling.push(reply),
                }
            }
            // In its own task: a panic costs one batch, whose callers notice when their replies are dropped.
            if !presses.is_empty()
                && let Err(failure) = tokio::spawn(self.clone().record(presses)).await
            {
                tracing::error!(%failure, "a batch of presses was not recorded");
            }
            for reply in settling {
                let _ = reply.send(());
            }
        }
    }

    /// Records a batch. If the database can't take it as a whole, it is retried session by session, and a session's presses
    /// one by one: only what can't be written fails. If one of several sessions stays locked, each is tried alone, once.
    async fn record(self, batch: Vec<Waiting>) {
        // From the front, so that presses keep the order in which they arrived.
        let mut parts = VecDeque::from([batch]);
        while let Some(part) = parts.pop_front() {
            let (submissions, replies): (Vec<_>, Vec<_>) = part
                .into_iter()
                .map(|queued| (queued.submission, queued.reply))
                .unzip();
            let submissions: Arc<[_]> = submissions.into();
            let (metrics, began) = (self.store.metrics(), Instant::now());
            match self.store.record(&self.clock, submissions.clone()).await {
                Ok(answers) => {
                    let took = began.elapsed();
                    metrics.recorder.committed(submissions.len(), took);
                    for (reply, answer) in replies.into_iter().zip(answers) {
                        let is_new = answer.as_ref().map(|recording| recording.is_new);
                        metrics.presses.answered(is_new);
                        // A caller that hung up gets no answer; its press is recorded.
                        let _ = reply.send(answer);
                    }
                }
                Err(error) if can_be_split(&submissions, &error) => {
                    tracing::warn!(%error, presses = submissions.len(), "a batch is tried in parts");
                    let queued = submissions.iter().cloned().zip(replies);
                    let queued = queued.map(|(submission, reply)| Waiting { submission, reply });
                    parts.extend(split(queued.collect()));
                }
                Err(error) => refuse(metrics, replies, error),
            }
        }
    }
}

/// Whether the parts of a batch may succeed although all of it did not.
fn can_be_split(batch: &[Submission], error: &StoreError) -> bool {
    let mut sessions = batch.iter().map(|submission| submission.session);
    let first = sessions.next();
    let has_others = sessions.any(|session| Some(session) != first);
    (batch.len() > 1 && !error.is_retryable()) || (has_others && error.is_lock_timeout())
}

/// Splits a batch of several sessions by session, and one of a single session by press.
fn split(batch: Vec<Waiting>) -> Vec<Vec<Waiting>> {
    let mut sessions: BTreeMap<_, Vec<Waiting>> = BTreeMap::new();
    for queued in batch {
        let session = queued.submission.session;
        sessions.entry(session).or_default().push(queued);
    }
    if sessions.len() > 1 {
        return sessions.into_values().collect();
    }
    let presses = sessions.into_values().flatten();
    presses.map(|queued| vec![queued]).collect()
}

fn refuse(metrics: &Metrics, replies: Vec<oneshot::Sender<Answer>>, error: StoreError) {
    let error = ServiceError::from(error);
    for reply in replies {
        metrics.presses.refused(&error);
        let _ = reply.send(Err(error.clone()));
    }
}
