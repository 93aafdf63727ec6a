//! What moments cost: a session of 12 h and 10^6 presses.

use std::hint::black_box;

use app::domain::moments::{
    boundaries::Boundaries,
    identity::StoredMoment,
    late_presses::without_late,
    moment::MomentId,
    path, peaks,
    range_edits::SegmentEdits,
    session_moments::{PressRow, SessionMoments},
    weight::Weight,
};

use rustix::time::{ClockId, clock_gettime};
use uuid::Uuid;

use super::{generator::Press, methods::row, random::Random};
use crate::{report::Report, stats::Sample};

/// How many visitors there are: as many as the generated streams have, and so many that they don't fit into a core's cache.
const FEW: usize = 1_500;
const MANY: usize = 50_000;
/// 12 h.
const LENGTH: u32 = 43_200;
const PRESSES: usize = 1_000_000;
/// How many edits of ranges a session may have.
const EDITS: u32 = 1_000;
/// How often each is measured.
const RUNS: usize = 7;

/// Half of the presses anywhere, and half at one of 500 events, in the order of time but for one of 33.
fn rows(visitors: usize) -> Vec<PressRow> {
    let mut random = Random::new(12);
    let events: Vec<f64> = (0..500).map(|_| random.between(0.0, 43_000.0)).collect();
    let mut presses: Vec<Press> = (0..PRESSES)
        .map(|number| {
            let at = match number % 2 {
                0 => random.between(0.0, f64::from(LENGTH)),
                _ => events[random.below(events.len())] + random.log_normal(10.0, 0.5),
            };
            Press {
                offset: (at as u32).min(LENGTH - 1),
                visitor: random.below(visitors) as u32,
                is_dropper: false,
            }
        })
        .collect();
    presses.sort_unstable();
    for at in (0..presses.len()).step_by(33) {
        let other = (at + 1_000).min(presses.len() - 1);
        presses.swap(at, other);
    }
    let rows = presses.iter().enumerate();
    rows.map(|(number, press)| row(number, press, Weight::WHOLE))
        .collect()
}

/// The CPU time of this thread: what others do on the machine doesn't count.
struct CpuTime(f64);

impl CpuTime {
    fn now() -> Self {
        let time = clock_gettime(ClockId::ThreadCPUTime);
        Self(time.tv_sec as f64 * 1e3 + time.tv_nsec as f64 / 1e6)
    }

    /// Milliseconds since then.
    fn elapsed(&self) -> f64 {
        Self::now().0 - self.0
    }
}

/// Counts presses one by one, and groups them: how many milliseconds it takes.
fn counted_and_grouped(rows: &[PressRow]) -> (f64, SessionMoments) {
    let began = CpuTime::now();
    let mut session = SessionMoments::default();
    for row in rows {
        session.apply(row);
    }
    if let Some(segment) = session.segment(1) {
        let prompt = without_late(segment.curve().cells(), []);
        black_box(peaks::groups_by(
            &prompt,
            segment.curve().cells(),
            &Boundaries::default(),
        ));
    }
    (began.elapsed(), session)
}

/// Makes a moment of a range, the so manieth in its segment.
fn make(segment: &mut SegmentEdits, number: u32) {
    let id = Uuid::from_u128(u128::from(number) + 1);
    let start = number * 40;
    let made = segment.make(id, MomentId(id), (start, start + 30), start + 9);
    assert_eq!(made, Ok(()));
}

/// Measures and prints.
pub(crate) fn print() {
    let (few, rows) = (rows(FEW), rows(MANY));
    let mut edited_most = SegmentEdits::default();
    for number in 0..EDITS {
        make(&mut edited_most, number);
    }
    let mut samples: [Sample; 9] = Default::default();
    let [
        grouped_few,
        grouped,
        peaks_alone,
        press,
        frame,
        buckets,
        drawn,
        sharpened,
        edit,
    ] = &mut samples;
    let (mut bytes, mut moments) = (0, 0);
    for run in 0..RUNS {
        grouped_few.push(counted_and_grouped(&few).0);
        let (milliseconds, mut session) = counted_and_grouped(&rows);
        grouped.push(milliseconds);
        let curve = session
            .segment(1)
            .map(|segment| segment.curve().cells().to_vec());
        let cells = curve.unwrap_or_default();

        let began = CpuTime::now();
        let prompt = without_late(black_box(&cells), []);
        black_box(peaks::groups_by(&prompt, &cells, &Boundaries::default()));
        peaks_alone.push(began.elapsed());

        let stored: Vec<StoredMoment> = session
            .moments(1, &[], &[], MANY as u32)
            .moments
            .iter()
            .map(|moment| StoredMoment {
                id: MomentId(Uuid::from_u128(moment.found.anchor.into())),
                anchor: moment.found.anchor,
                is_pinned: moment.found.anchor % 10 == 0,
                is_shown: true,
            })
            .collect();
        moments = stored.len();
        let mut random = Random::new(run as u64);
        let more: Vec<PressRow> = (0..10_000)
            .map(|number| {
                let press = Press {
                    offset: LENGTH - 1 - random.below(20) as u32,
                    visitor: random.below(MANY) as u32,
                    is_dropper: false,
                };
                row(PRESSES + number, &press, Weight::WHOLE)
            })
            .collect();
        let began = CpuTime::now();
        for row in &more {
            session.apply(row);
        }
        press.push(began.elapsed() * 1e3 / more.len() as f64);

        let began = CpuTime::now();
        black_box(session.moments(1, &stored, &[], MANY as u32));
        frame.push(began.elapsed());

        let began = CpuTime::now();
        let (_, values) = session.buckets(1);
        buckets.push(began.elapsed());
        let began = CpuTime::now();
        let full = values.iter().copied().fold(1, u32::max);
        bytes = black_box(path::path(black_box(&values), full)).len();
        drawn.push(began.elapsed());
        let mut edited = edited_most.clone();
        let began = CpuTime::now();
        make(black_box(&mut edited), EDITS);
        edit.push(began.elapsed());
        if run < 2 {
            let began = CpuTime::now();
            black_box(session.sharpened(|_| true, usize::MAX));
            sharpened.push(began.elapsed());
        }
    }
    let mut report = Report::new(
        "moments: CPU time, 10^6 presses in 12 h",
        &["what", "wanted", "seen"],
    );
    for (what, wanted, sample) in [
        (
            "all counted and grouped, ms, 1,500 visitors",
            "200",
            &*grouped_few,
        ),
        ("all counted and grouped, ms, 50,000 visitors", "-", grouped),
        ("one press more, us", "1", press),
        ("the peaks of 12 h, ms", "0.5", peaks_alone),
        (
            "moments with ids, ranks and counts after 10^4 presses, ms",
            "-",
            frame,
        ),
        ("all buckets, ms", "-", buckets),
        ("the path of 12 h, ms", "2", drawn),
        ("delays learnt and all grouped anew, ms", "-", sharpened),
        ("an edit at 1,000 edits, ms", "5", edit),
    ] {
        report.row(&[what.into(), wanted.into(), sample.to_string()]);
    }
    report.note(&format!(
        "the path has {bytes} bytes; there are {moments} moments, every tenth of them pinned"
    ));
    report.print();
}
