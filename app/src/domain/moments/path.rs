//! The picture of a curve: the `d` of one SVG path. The browser draws it anew with this function, so that it is small, and
//! writes no number but whole ones.

/// The height of the path's `viewBox`.
pub const HEIGHT: u32 = 1000;

/// What each bucket is wide in the path's `viewBox`.
pub const BUCKET: u32 = 3;

/// At most so many buckets are drawn.
pub const MOST: usize = 400;

/// How many of the buckets become one, so that there are at most [`MOST`]; at least 1.
pub fn merged(buckets: usize) -> usize {
    buckets.div_ceil(MOST).max(1)
}

/// How wide the path's `viewBox` is for so many buckets.
pub fn width(buckets: usize) -> u32 {
    let drawn = buckets.div_ceil(merged(buckets));
    BUCKET * u32::try_from(drawn).unwrap_or(0)
}

/// The `d` of the path in a `viewBox` of `0 0 width(buckets.len()) HEIGHT`, which may be stretched: from the base line over
/// the middle of each bucket back to the base line, so that it can be filled. The value `full` is drawn at the top, and higher
/// ones, too. At most 6 kB.
///
/// Between two buckets it never leaves their heights: a monotone cubic (Fritsch and Carlson, SIAM J. Numer. Anal. 1980), whose
/// tangents are at most three times the smaller slope beside them, and level at a peak. Neighbouring pieces share a tangent,
/// so that SVG's `s` needs only the second half of each.
pub fn path(buckets: &[u32], full: u32) -> String {
    let heights: Vec<i32> = buckets
        .chunks(merged(buckets.len()))
        .map(|chunk| depth(chunk.iter().copied().fold(0, u32::max), full))
        .collect();
    let mut d = String::new();
    let Some(&first) = heights.first() else {
        return d;
    };
    d.push_str("M0 1000V");
    push_number(&mut d, first);
    d.push_str("h1.5");
    for (at, pair) in heights.windows(2).enumerate() {
        let &[from, to] = pair else { continue };
        let slope = to - from;
        let after = heights.get(at + 2).map_or(0, |next| next - to);
        d.push_str(if at == 0 { "s2" } else { " 2" });
        push_separated(&mut d, slope - third_of_tangent(slope, after));
        d.push_str(" 3");
        push_separated(&mut d, slope);
    }
    d.push_str("h1.5V1000");
    d
}

/// How far under the top a value is drawn.
fn depth(value: u32, full: u32) -> i32 {
    let value = u64::from(value.min(full)) * u64::from(HEIGHT);
    let height = value.checked_div(u64::from(full)).unwrap_or(0);
    i32::try_from(u64::from(HEIGHT) - height).unwrap_or(0)
}

/// A third of the tangent between two slopes: of their mean, at most the smaller one, and 0 where they differ in sign.
fn third_of_tangent(before: i32, after: i32) -> i32 {
    if (before > 0) != (after > 0) || before == 0 || after == 0 {
        return 0;
    }
    let third = ((before + after) / 6).abs();
    third.min(before.abs()).min(after.abs()) * before.signum()
}

/// Writes a number behind another one: a sign parts them, too.
fn push_separated(d: &mut String, number: i32) {
    if number >= 0 {
        d.push(' ');
    }
    push_number(d, number);
}

/// Writes a number without what `format!` brings along.
fn push_number(d: &mut String, number: i32) {
    if number < 0 {
        d.push('-');
    }
    let mut rest = number.unsigned_abs();
    let mut unit = 1;
    while rest / unit >= 10 {
        unit *= 10;
    }
    while unit > 0 {
        d.push(char::from(b'0' + (rest / unit) as u8));
        rest %= unit;
        unit /= 10;
    }
}

#[cfg(test)]
mod tests;
