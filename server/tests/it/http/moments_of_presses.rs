//! A session that is first looked at when it is over shows the moments that its presses have by the domain's functions alone,
//! in the same order: `bench moments --presses FILE` prints those.

use std::{cmp::Reverse, time::Duration};

use app::{
    domain::{
        highlights::Highlights,
        moments::{
            buckets::tenths,
            moment::{Moment, MomentId},
            session_moments::{PressRow, SessionMoments},
            weight::Weight,
        },
        revision::Revision,
        timestamp::TimestampId,
    },
    live::highlights::LiveHighlights,
};
use chrono::TimeDelta;
use reqwest::StatusCode;
use serde_json::json;
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use crate::support::{database::Kind, test_server::TestServer};

/// So few that all of them count whole, though they are new at the same time and come from one network.
const VISITORS: u32 = 24;

/// How many crowds there are, at least a minute apart.
const EVENTS: u32 = 9;

/// The seconds and visitors of a generated stream, in the order of time: crowds of all sizes in which each visitor is as late as
/// always, and presses for nothing. A seed gives the same ones in every run.
fn generated(seed: u64) -> Vec<(u32, u32)> {
    let mut state = seed;
    // Knuth's linear congruential generator (MMIX).
    let mut below = |count: u32| {
        state = state.wrapping_mul(6_364_136_223_846_793_005);
        state = state.wrapping_add(1_442_695_040_888_963_407);
        u32::try_from((state >> 33) % u64::from(count)).unwrap()
    };
    let delays: Vec<u32> = (0..VISITORS).map(|_| below(18)).collect();
    let mut presses = Vec::new();
    for event in 0..EVENTS {
        let at = 100 * event + below(40);
        let of_ten = 1 + below(9);
        for (visitor, delay) in (0..).zip(&delays) {
            if below(10) < of_ten {
                presses.push((at + delay + below(4), visitor));
            }
        }
    }
    for _ in 0..30 {
        presses.push((below(100 * EVENTS), below(VISITORS)));
    }
    presses.sort_unstable();
    presses
}

/// The moments of these presses, the best first.
fn by_the_domain(presses: &[(u32, u32)], learns_delays: bool) -> Vec<Moment> {
    let mut session = SessionMoments::default();
    for (number, &(offset, visitor)) in (0..).zip(presses) {
        session.apply(&PressRow {
            id: TimestampId(Uuid::from_u128(number)),
            segment_index: 1,
            offset,
            visitor: Uuid::from_u128(visitor.into()),
            weight: Weight::WHOLE,
            label: None,
            counts: true,
        });
    }
    if learns_delays {
        session = session.sharpened(|_| true, usize::MAX);
    }
    let audience = session.audience();
    let mut found = session.moments(1, &[], &[], audience).moments;
    found.sort_by_key(|moment| Reverse(tenths(moment.found.excess)));
    let id = MomentId(Uuid::nil());
    let moments = found.iter().map(|found| found.moment(id, 1, Vec::new()));
    moments.collect()
}

/// What of a moment follows from presses alone.
fn told(moment: &Moment) -> (u32, u32, u32, u32, u32, u32) {
    let [start, peak, end] = [moment.start, moment.peak, moment.end].map(|at| at.seconds());
    let (presses, visitors) = (moment.presses, moment.visitors);
    (start, peak, end, presses, visitors, moment.excess)
}

#[tokio::test]
async fn a_session_shows_the_moments_that_its_presses_have_by_the_domain_alone() {
    for (seed, learns_delays) in [(1, true), (2, true), (3, true), (1, false), (2, false)] {
        let presses = generated(seed);
        let expected = by_the_domain(&presses, learns_delays);
        let expected: Vec<_> = expected.iter().map(told).collect();
        assert!(expected.len() > 3, "{expected:?}");

        let server = TestServer::new(Kind::Sqlite).await;
        let streamer = server.client();
        let code = streamer.opens_session().await;
        let timing = json!({ "lead_seconds": 15, "learns_delays": learns_delays });
        let details = json!({ "code": code, "title": "a", "game": "b", "timing": timing });
        streamer.ask("edit_session", details).await;
        streamer.starts(&code).await;
        let viewers: Vec<_> = (0..VISITORS).map(|_| server.client()).collect();
        let mut now = 0;
        for &(second, visitor) in &presses {
            server
                .clock
                .advance(TimeDelta::seconds((second - now).into()));
            now = second;
            let (status, pressed) = viewers[visitor as usize].presses(&code, "").await;
            assert_eq!(status, StatusCode::OK, "{pressed}");
        }
        let end = json!({ "act": "end", "segment": 1 });
        streamer.acts(&code, end).await;

        let mut shown = Vec::new();
        let is_shown = timeout(Duration::from_secs(20), async {
            while shown != expected {
                sleep(Duration::from_millis(20)).await;
                let asked = json!({ "code": code, "audience": "public" });
                let snapshot = streamer.ask("snapshot", asked).await;
                let highlights = snapshot["highlights"].clone();
                let highlights =
                    serde_json::from_value::<Highlights>(highlights).unwrap_or_default();
                let page = LiveHighlights::new(highlights, Revision(1));
                shown = page.ranked().into_iter().map(told).collect();
            }
        });
        let is_shown = is_shown.await.is_ok();
        assert!(is_shown, "seed {seed}: {shown:?} instead of {expected:?}");
        server.stop().await;
    }
}
