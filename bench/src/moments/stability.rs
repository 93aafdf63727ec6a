//! How often a moment vanishes or gets another id while presses come in, some of them late.

use std::collections::BTreeMap;

use app::domain::moments::{
    identity::StoredMoment, moment::MomentId, session_moments::SessionMoments, weight::Weight,
};
use uuid::Uuid;

use super::{
    generator::Press,
    methods::{Baseline, row},
    random::Random,
};

/// The share of the presses that arrive late, and by how many seconds at most.
const LATE: f64 = 0.03;
const LATEST: f64 = 60.0;
/// How near a moment with another id has to be where one vanished, in seconds, to be the same one renumbered.
const SAME: u32 = 12;

/// From how many distinct visitors on a moment of a baseline is shown: as those of the crowd curve in a large audience.
const SHOWN: usize = 5;

/// What happened over some presses.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Stability {
    presses: usize,
    vanished: usize,
    renumbered: usize,
    /// The same id, with a peak more than twice as far away.
    jumped: usize,
    /// Moments that would have got another number, were they numbered in order of time.
    shifted: usize,
}

impl Stability {
    /// Presses one after the other, as a server sees them: what is found is stored before the next one comes.
    pub(crate) fn replay(&mut self, seed: u64, presses: &[Press]) {
        let arrivals = arrivals(seed, presses);
        let mut session = SessionMoments::default();
        let mut stored: Vec<StoredMoment> = Vec::new();
        let mut shown: BTreeMap<MomentId, u32> = BTreeMap::new();
        let mut last_id = 0;
        for (number, press) in arrivals.iter().enumerate() {
            session.apply(&row(number, press, Weight::WHOLE));
            let audience = session.audience();
            let found = session.moments(1, &stored, &[], audience);
            stored.retain(|moment| {
                found
                    .absorbed
                    .iter()
                    .all(|absorbed| absorbed.id != moment.id)
            });
            let mut now = BTreeMap::new();
            let mut kept = Vec::new();
            for moment in found.moments {
                let found = moment.found;
                let id = found.id.unwrap_or_else(|| {
                    last_id += 1;
                    MomentId(Uuid::from_u128(last_id))
                });
                kept.push(StoredMoment {
                    id,
                    anchor: found.anchor,
                    is_pinned: false,
                    is_shown: found.is_shown,
                });
                if found.is_shown {
                    now.insert(id, found.peak);
                }
            }
            let known = |id: MomentId| kept.iter().any(|moment| moment.id == id);
            let gone = stored.iter().filter(|moment| !known(moment.id));
            let gone = gone.map(|moment| StoredMoment {
                is_shown: false,
                ..*moment
            });
            let gone: Vec<_> = gone.collect();
            kept.extend(gone);
            stored = kept;
            self.compare(&shown, &now);
            shown = now;
        }
        self.presses += arrivals.len();
    }

    /// The same for a baseline. It has no ids: its moments are numbered in the order of time.
    pub(crate) fn replay_baseline(&mut self, seed: u64, presses: &[Press], find: Baseline) {
        let arrivals = arrivals(seed, presses);
        let mut known: Vec<Press> = Vec::new();
        let mut before: Vec<f64> = Vec::new();
        for press in &arrivals {
            let at = known.partition_point(|other| other <= press);
            known.insert(at, *press);
            let found = find(&known).into_iter();
            let shown = found.filter(|(visitors, _)| *visitors >= SHOWN);
            let now: Vec<f64> = shown.map(|(_, at)| at).collect();
            for (number, at) in before.iter().enumerate() {
                let is_within =
                    |other: &f64, seconds: u32| (other - at).abs() <= f64::from(seconds);
                let is_same = |other: &f64| is_within(other, SAME);
                if now.get(number).is_some_and(|own| is_within(own, 2 * SAME)) {
                    continue;
                }
                match now.iter().any(is_same) {
                    true => self.renumbered += 1,
                    false => self.vanished += 1,
                }
            }
            before = now;
        }
        self.presses += arrivals.len();
    }

    fn compare(&mut self, before: &BTreeMap<MomentId, u32>, now: &BTreeMap<MomentId, u32>) {
        for (id, peak) in before {
            match now.get(id) {
                Some(moved) if moved.abs_diff(*peak) <= 2 * SAME => {}
                Some(_) => self.jumped += 1,
                None => {
                    let fresh = now.iter().filter(|(id, _)| !before.contains_key(id));
                    let mut near = fresh.filter(|(_, other)| other.abs_diff(*peak) <= SAME);
                    match near.next() {
                        Some(_) => self.renumbered += 1,
                        None => self.vanished += 1,
                    }
                }
            }
        }
        let places = |moments: &BTreeMap<MomentId, u32>| {
            let mut ids: Vec<_> = moments.iter().map(|(id, peak)| (*peak, *id)).collect();
            ids.sort_unstable();
            let ids = ids.into_iter().enumerate();
            ids.map(|(place, (_, id))| (id, place))
                .collect::<BTreeMap<_, _>>()
        };
        let (before, now) = (places(before), places(now));
        let moved = before
            .iter()
            .filter(|(id, place)| now.get(id).is_some_and(|now| now != *place));
        self.shifted += moved.count();
    }

    fn a_thousand(&self, count: usize) -> f64 {
        1_000.0 * count as f64 / self.presses.max(1) as f64
    }

    /// Vanishings per 1,000 presses.
    pub(crate) fn vanished(&self) -> f64 {
        self.a_thousand(self.vanished)
    }

    /// Renumberings per 1,000 presses.
    pub(crate) fn renumbered(&self) -> f64 {
        self.a_thousand(self.renumbered)
    }

    /// Peaks of one id that jumped, per 1,000 presses.
    pub(crate) fn jumped(&self) -> f64 {
        self.a_thousand(self.jumped)
    }

    /// What they would be, were moments numbered in order of time.
    pub(crate) fn shifted(&self) -> f64 {
        self.a_thousand(self.shifted)
    }
}

/// The presses as they arrive: some of them late.
fn arrivals(seed: u64, presses: &[Press]) -> Vec<Press> {
    let mut random = Random::new(seed ^ 0x1a7e);
    let mut arrivals: Vec<(f64, Press)> = Vec::new();
    for press in presses {
        let late = match random.share() < LATE {
            true => random.between(1.0, LATEST),
            false => 0.0,
        };
        arrivals.push((f64::from(press.offset) + late, *press));
    }
    arrivals.sort_by(|one, other| one.0.total_cmp(&other.0));
    arrivals.into_iter().map(|(_, press)| press).collect()
}
