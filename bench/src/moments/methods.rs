//! What finds moments: the crowd curve, and two baselines that people write first.

use std::collections::{BTreeMap, HashSet};

use app::domain::{
    moments::{
        fresh_visitors::FreshVisitors,
        session_moments::{PressRow, SessionMoments},
        weight::Weight,
    },
    timestamp::TimestampId,
};
use uuid::Uuid;

use super::generator::Press;

/// How moments are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    /// Windows of 30 s, by distinct visitors.
    Windows,
    /// Runs of presses between gaps of more than 15 s, by distinct visitors.
    Gaps,
    /// The crowd curve.
    Curve,
    /// The crowd curve, where every visitor counts whole.
    CurveWithoutWeights,
    /// The crowd curve after delays were learnt.
    CurveWithDelays,
}

impl Method {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Windows => "windows of 30 s",
            Self::Gaps => "gaps over 15 s",
            Self::Curve => "**crowd curve**",
            Self::CurveWithoutWeights => "crowd curve, fresh visitors count whole",
            Self::CurveWithDelays => "**crowd curve, delays learnt**",
        }
    }

    /// When the moments were, best first.
    pub(crate) fn find(self, presses: &[Press]) -> Vec<f64> {
        match self {
            Self::Windows => best(windows(presses)),
            Self::Gaps => best(gaps(presses)),
            Self::Curve => ranked(&mut session(presses, true)),
            Self::CurveWithoutWeights => ranked(&mut session(presses, false)),
            Self::CurveWithDelays => {
                ranked(&mut session(presses, true).sharpened(|_| true, usize::MAX))
            }
        }
    }
}

/// A row of the engine; the number tells ids apart.
pub(crate) fn row(number: usize, press: &Press, weight: Weight) -> PressRow {
    PressRow {
        id: TimestampId(Uuid::from_u128(number as u128)),
        segment_index: 1,
        offset: press.offset,
        visitor: Uuid::from_u128(press.visitor.into()),
        weight,
        counts: true,
        label: None,
    }
}

/// A session with these presses, which are in the order of time. All but the client that drops its cookie come from a network
/// of their own.
pub(crate) fn session(presses: &[Press], weighs: bool) -> SessionMoments {
    let mut session = SessionMoments::default();
    let mut fresh = FreshVisitors::default();
    let mut known = HashSet::new();
    for (number, press) in presses.iter().enumerate() {
        let network = if press.is_dropper {
            u32::MAX
        } else {
            press.visitor
        };
        let is_new = known.insert(press.visitor);
        let weight = match weighs && is_new {
            true => fresh.weigh(network, press.offset.into()),
            false => Weight::WHOLE,
        };
        session.apply(&row(number, press, weight));
    }
    session
}

/// The shown moments of a session's only segment, best first.
fn ranked(session: &mut SessionMoments) -> Vec<f64> {
    let audience = session.audience();
    let mut moments = session.moments(1, &[], &[], audience).moments;
    moments.sort_by_key(|moment| std::cmp::Reverse(moment.found.excess));
    moments
        .iter()
        .map(|moment| f64::from(moment.found.peak))
        .collect()
}

/// How many distinct visitors a baseline finds in each of its moments, and when these were, in the order of time.
pub(crate) type Crowds = Vec<(usize, f64)>;

/// Finds them, given presses in the order of time.
pub(crate) type Baseline = fn(&[Press]) -> Crowds;

pub(crate) fn windows(presses: &[Press]) -> Crowds {
    let mut windows: BTreeMap<u32, HashSet<u32>> = BTreeMap::new();
    for press in presses {
        windows
            .entry(press.offset / 30)
            .or_default()
            .insert(press.visitor);
    }
    let crowds = windows.into_iter();
    crowds
        .map(|(window, visitors)| (visitors.len(), f64::from(window) * 30.0 + 15.0))
        .collect()
}

pub(crate) fn gaps(presses: &[Press]) -> Crowds {
    let runs = presses.chunk_by(|one, next| next.offset - one.offset <= 15);
    let crowds = runs.map(|run| {
        let visitors: HashSet<u32> = run.iter().map(|press| press.visitor).collect();
        (visitors.len(), f64::from(run[run.len() / 2].offset))
    });
    crowds.collect()
}

fn best(mut found: Crowds) -> Vec<f64> {
    found.sort_by_key(|(visitors, _)| std::cmp::Reverse(*visitors));
    found.into_iter().map(|(_, at)| at).collect()
}
