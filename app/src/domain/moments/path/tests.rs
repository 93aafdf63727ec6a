//! The path as a browser reads it: every number, and every point of every piece.

use proptest::prelude::*;

use super::*;

/// The corners of each cubic piece: start, both handles, end; as SVG reads `s`.
fn pieces(d: &str) -> Vec<[(f64, f64); 4]> {
    let rest = d.strip_prefix("M0 1000V").unwrap();
    let (first, rest) = rest.split_once("h1.5").unwrap();
    let rest = rest.strip_suffix("h1.5V1000").unwrap();
    let mut at = (1.5, first.parse::<f64>().unwrap());
    let Some(rest) = rest.strip_prefix('s') else {
        return Vec::new();
    };
    let numbers = rest.replace('-', " -");
    let numbers: Vec<f64> = numbers
        .split_whitespace()
        .map(|n| n.parse().unwrap())
        .collect();
    let mut pieces = Vec::new();
    let mut handle = at;
    for piece in numbers.chunks(4) {
        let second = (at.0 + piece[0], at.1 + piece[1]);
        let end = (at.0 + piece[2], at.1 + piece[3]);
        pieces.push([at, handle, second, end]);
        handle = (2.0 * end.0 - second.0, 2.0 * end.1 - second.1);
        at = end;
    }
    pieces
}

#[test]
fn a_curve_is_written_in_whole_numbers() {
    assert_eq!(
        path(&[0, 10, 20, 20, 5], 20),
        "M0 1000V1000h1.5s2-334 3-500 2-500 3-500 2 0 3 0 2 750 3 750h1.5V1000"
    );
    assert_eq!(path(&[7], 7), "M0 1000V0h1.5h1.5V1000");
    assert_eq!(path(&[], 7), "");
    assert_eq!(path(&[0, 0], 0), "M0 1000V1000h1.5s2 0 3 0h1.5V1000");
}

#[test]
fn the_longest_path_fits() {
    let wild: Vec<u32> = (0..400)
        .map(|at| if at % 2 == 0 { 0 } else { 999 })
        .collect();
    assert!(path(&wild, 1000).len() <= 6_000);
}

proptest! {
    #[test]
    fn every_peak_survives_and_nothing_overshoots(
        buckets in prop::collection::vec(0_u32..500, 1..1_500),
        full in 1_u32..500,
    ) {
        let d = path(&buckets, full);
        prop_assert!(d.len() <= 6_000);
        let pieces = pieces(&d);
        let share = merged(buckets.len());
        let tops: Vec<f64> = buckets.chunks(share).map(|chunk| {
            let top = chunk.iter().copied().max().unwrap().min(full);
            f64::from(1000 - top * 1000 / full)
        }).collect();
        prop_assert!(tops.len() <= MOST && pieces.len() + 1 == tops.len());
        prop_assert_eq!(width(buckets.len()) as usize, 3 * tops.len());
        for (piece, ends) in pieces.iter().zip(tops.windows(2)) {
            prop_assert_eq!([piece[0].1, piece[3].1], [ends[0], ends[1]]);
            let (low, high) = (ends[0].min(ends[1]), ends[0].max(ends[1]));
            let mut before = ends[0];
            for step in 0..=20 {
                let t = f64::from(step) / 20.0;
                let u = 1.0 - t;
                let y = u * u * u * piece[0].1
                    + 3.0 * u * u * t * piece[1].1
                    + 3.0 * u * t * t * piece[2].1
                    + t * t * t * piece[3].1;
                prop_assert!(low - 1e-6 <= y && y <= high + 1e-6, "{y} outside of {ends:?}");
                prop_assert!((y - before) * (ends[1] - ends[0]) >= -1e-6, "{ends:?} is not monotone");
                before = y;
            }
        }
    }
}
