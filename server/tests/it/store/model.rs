//! The store beside a reference model: generated streams step by step, and thousands of presses that race the buttons.

use std::{
    str::FromStr,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
};

use app::{
    domain::{press::PressRefused, stream_command::StreamCommand},
    service::ServiceError,
};
use chrono::TimeDelta;
use futures::future::{join, join_all};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use proptest_state_machine::ReferenceStateMachine;
use server::recorder::Recorder;
use tokio::runtime::Handle;

use super::support::{Fixture, TestSession, on_both_databases, press, somebody};

/// The longest that a press may have waited, in seconds.
const LONGEST_WAIT: i64 = 15 * 60;

/// A session as the rules tell it, in whole seconds and without a database.
#[derive(Clone, Debug, Default)]
struct Model {
    now: i64,
    is_ended: bool,
    segments: Vec<Span>,
}

/// A segment, and the offsets of its presses.
#[derive(Clone, Debug, Default)]
struct Span {
    start: i64,
    end: Option<i64>,
    offsets: Vec<i64>,
}

/// What somebody does, or what goes on by itself.
#[derive(Clone, Debug)]
enum Step {
    Time {
        seconds: i64,
    },
    /// It waited in the browser, and then for its turn on the server.
    Press {
        waited: i64,
        queued: i64,
    },
    Start {
        minutes_ago: u32,
    },
    Pause,
    Resume {
        minutes_ago: u32,
    },
    End,
    Reopen,
}

impl Model {
    fn open(&self) -> Option<usize> {
        let last = self.segments.len().checked_sub(1)?;
        self.segments[last].end.is_none().then_some(last)
    }

    /// Where a press goes: segment and offset; none where it is refused.
    fn place(&self, waited: i64, queued: i64) -> Option<(usize, i64)> {
        let open = self.open()?;
        let moment = self.now - queued - waited;
        let within =
            |span: &Span| span.start <= moment && span.end.is_some_and(|end| moment <= end);
        let at = if moment >= self.segments[open].start {
            open
        } else {
            let around = self.segments.iter().position(within);
            around.or_else(|| (waited == 0).then_some(open))?
        };
        let offset = (moment - self.segments[at].start).max(0);
        (waited <= LONGEST_WAIT).then_some((at, offset))
    }

    fn open_segment(&mut self, start: i64) {
        self.segments.push(Span {
            start,
            ..Span::default()
        });
    }

    fn close_segment(&mut self) {
        if let Some(open) = self.open() {
            let span = &mut self.segments[open];
            let last = span.offsets.iter().max().copied().unwrap_or_default();
            span.end = Some(self.now.max(span.start + last));
        }
    }

    /// Takes a step; whether it is allowed. What is done already is.
    fn take(&mut self, step: &Step) -> bool {
        let is_open = self.open().is_some();
        let latest = self.segments.len();
        match *step {
            Step::Time { seconds } => self.now += seconds,
            Step::Press { waited, queued } => {
                let Some((at, offset)) = self.place(waited, queued) else {
                    return false;
                };
                self.segments[at].offsets.push(offset);
            }
            Step::Start { minutes_ago } => match latest {
                0 if !self.is_ended => self.open_segment(self.now - i64::from(minutes_ago) * 60),
                _ => return is_open && latest == 1,
            },
            Step::Pause if is_open => self.close_segment(),
            Step::Pause => return !self.is_ended && latest > 0,
            Step::Resume { minutes_ago } => {
                let end = self.segments.last().and_then(|span| span.end);
                let Some(end) = end.filter(|_| !self.is_ended) else {
                    return false;
                };
                let start = self.now - i64::from(minutes_ago) * 60;
                if start < end && minutes_ago > 0 {
                    return false;
                }
                self.open_segment(start.max(end));
            }
            Step::End => {
                self.close_segment();
                self.is_ended = true;
            }
            Step::Reopen => {
                let was_ended = self.is_ended;
                self.is_ended = false;
                return was_ended || !is_open;
            }
        }
        true
    }
}

impl ReferenceStateMachine for Model {
    type State = Self;
    type Transition = Step;

    fn init_state() -> BoxedStrategy<Self> {
        Just(Self::default()).boxed()
    }

    fn transitions(_: &Self) -> BoxedStrategy<Step> {
        let minutes_ago = || prop_oneof![3 => Just(0), 1 => 1_u32..4];
        prop_oneof![
            3 => (0_i64..200).prop_map(|seconds| Step::Time { seconds }),
            6 => (
                prop_oneof![2 => Just(0), 2 => 1_i64..400, 1 => 800_i64..1_000],
                prop_oneof![2 => Just(0), 1 => 1_i64..60],
            )
                .prop_map(|(waited, queued)| Step::Press { waited, queued }),
            2 => minutes_ago().prop_map(|minutes_ago| Step::Start { minutes_ago }),
            2 => Just(Step::Pause),
            3 => minutes_ago().prop_map(|minutes_ago| Step::Resume { minutes_ago }),
            1 => Just(Step::End),
            1 => Just(Step::Reopen),
        ]
        .boxed()
    }

    fn apply(mut state: Self, step: &Step) -> Self {
        state.take(step);
        state
    }
}

/// A number from the environment, for long runs.
fn asked<T: FromStr>(variable: &str, usual: T) -> T {
    let raw = std::env::var(variable).ok();
    raw.and_then(|raw| raw.parse().ok()).unwrap_or(usual)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_generated_stream_goes_as_the_model_says() {
    on_both_databases(async |fixture: Fixture| {
        let config = Config {
            failure_persistence: None,
            ..Config::with_cases(asked("MODEL_CASES", 12))
        };
        let runtime = Handle::current();
        tokio::task::block_in_place(|| {
            let streams = Model::sequential_strategy(1..40);
            TestRunner::new(config)
                .run(&streams, |(model, steps, _)| {
                    runtime.block_on(follow(&fixture, model, steps));
                    Ok(())
                })
                .unwrap();
        });
    })
    .await;
}

/// Takes the same steps on the fixture and in the model, and compares them after each.
async fn follow(fixture: &Fixture, mut model: Model, steps: Vec<Step>) {
    let session = fixture.open().await;
    let began = fixture.clock.now();
    for step in steps {
        let is_done = take(fixture, &session, &model, &step).await;
        assert_eq!(is_done, model.take(&step), "{step:?} in {model:?}");
        let row = fixture.session_row(&session).await;
        let presses: usize = model.segments.iter().map(|span| span.offsets.len()).sum();
        assert_eq!(row.timestamp_count, i32::try_from(presses).unwrap());
    }
    let segments = fixture.segment_rows().await;
    let segments: Vec<_> = segments
        .iter()
        .filter(|row| row.session_id == session.id.0)
        .collect();
    assert_eq!(segments.len(), model.segments.len(), "{model:?}");
    let rows = fixture.timestamp_rows().await;
    for (stored, span) in segments.iter().zip(&model.segments) {
        let seconds = |moment| began + TimeDelta::seconds(moment);
        assert_eq!(stored.start_time, seconds(span.start), "{model:?}");
        assert_eq!(stored.end_time, span.end.map(seconds), "{model:?}");
        let offsets = rows.iter().filter(|row| row.segment_id == stored.id);
        let offsets: Vec<_> = offsets.map(|row| i64::from(row.offset_seconds)).collect();
        assert_eq!(offsets, span.offsets, "{model:?}");
    }
}

/// Takes a step on the fixture; whether it was allowed.
async fn take(fixture: &Fixture, session: &TestSession, model: &Model, step: &Step) -> bool {
    let segment = u32::try_from(model.segments.len()).unwrap();
    let act = match *step {
        Step::Time { seconds } => {
            fixture.advance(seconds);
            return true;
        }
        Step::Press { waited, queued } => {
            let mut press = press("");
            press.waited_ms = u64::try_from(waited * 1_000).unwrap();
            let mut submission = fixture.submission(session, somebody(), press);
            submission.received -= TimeDelta::seconds(queued);
            let recorded = fixture.store.record(&fixture.clock, [submission]).await;
            return recorded.unwrap()[0].is_ok();
        }
        Step::Start { minutes_ago } => StreamCommand::Start {
            began_minutes_ago: minutes_ago,
        },
        Step::Pause => StreamCommand::Pause { segment },
        Step::Resume { minutes_ago } => StreamCommand::Resume {
            segment,
            began_minutes_ago: minutes_ago,
        },
        Step::End => StreamCommand::End { segment },
        Step::Reopen => StreamCommand::Reopen { segment },
    };
    fixture.act(session, act).await.is_ok()
}

/// How many press at the same time.
const VIEWERS: usize = 16;

/// When something was begun and done, in ticks of one counter.
type Interval = (u64, u64);

#[tokio::test(flavor = "multi_thread")]
async fn presses_that_race_the_buttons_stand_as_the_model_says() {
    let each = asked("MODEL_PRESSES", 800) / VIEWERS;
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let recorder = Recorder::start(&fixture.store, &fixture.clock);
        let (ticks, over) = (AtomicU64::new(0), AtomicBool::new(false));
        let tick = || ticks.fetch_add(1, Ordering::SeqCst);
        let viewer = async || {
            let mut refused = Vec::new();
            for _ in 0..each {
                fixture.advance(1);
                let asked = tick();
                let one = fixture.submission(&session, somebody(), press(""));
                match recorder.submit(one).await {
                    Ok(_) => {}
                    Err(ServiceError::Press(PressRefused::Paused | PressRefused::Ended)) => {
                        refused.push((asked, tick()));
                    }
                    Err(error) => panic!("{error}"),
                }
            }
            refused
        };
        let viewers = async {
            let refused = join_all((0..VIEWERS).map(|_| viewer())).await.concat();
            over.store(true, Ordering::SeqCst);
            refused
        };
        let (refused, pauses) = join(viewers, buttons(&fixture, &session, &over, &tick)).await;

        for (asked, answered) in &refused {
            let met = |(began, done): &Interval| began < answered && asked < done;
            assert!(pauses.iter().any(met), "refused while the stream ran");
        }
        let accepted = VIEWERS * each - refused.len();
        assert!(accepted > 0 && !refused.is_empty(), "no race");
        check_places(&fixture, accepted, pauses.len()).await;
    })
    .await;
}

/// Pauses and resumes, ends and reopens by turns, until the presses are over. Answers when the stream did not run.
async fn buttons(
    fixture: &Fixture,
    session: &TestSession,
    over: &AtomicBool,
    tick: &impl Fn() -> u64,
) -> Vec<Interval> {
    let mut pauses = Vec::new();
    while !over.load(Ordering::SeqCst) {
        let segment = u32::try_from(pauses.len()).unwrap() + 1;
        let began = tick();
        if segment.is_multiple_of(3) {
            fixture
                .act(session, StreamCommand::End { segment })
                .await
                .unwrap();
            fixture
                .act(session, StreamCommand::Reopen { segment })
                .await
                .unwrap();
        } else {
            fixture.pause(session, segment).await;
        }
        fixture.advance(1);
        fixture.resume(session, segment).await;
        pauses.push((began, tick()));
        tokio::task::yield_now().await;
    }
    pauses
}

/// Each press lies where it arrived: in the segment that contains its moment or, if it arrived in a pause and was written after
/// it, at the start of a later one. None lies after its segment's end.
async fn check_places(fixture: &Fixture, accepted: usize, pauses: usize) {
    let (rows, segments) = (fixture.timestamp_rows().await, fixture.segment_rows().await);
    assert_eq!(rows.len(), accepted);
    assert_eq!(segments.len(), pauses + 1);
    for row in &rows {
        let arrived = row.created_at;
        let around = segments.iter().find(|segment| {
            segment.start_time <= arrived && segment.end_time.is_none_or(|end| arrived <= end)
        });
        let mut named = segments.iter();
        let own = named.find(|segment| segment.id == row.segment_id).unwrap();
        match around {
            Some(around) => assert_eq!(own.id, around.id, "{row:?}"),
            None => assert!(own.start_time > arrived, "{row:?}"),
        }
        let offset = (arrived - own.start_time).num_seconds().max(0);
        assert_eq!(i64::from(row.offset_seconds), offset, "{row:?}");
    }
}
