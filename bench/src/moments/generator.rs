//! A stream that nobody watched: planted events, viewers who press late, spammers, background, and a client that drops its
//! cookie. It can tell a good method from a fair one.

use super::random::Random;

/// How long the stream is, in seconds.
const LENGTH: f64 = 7_200.0;
/// How many events stand alone or first, and how many of those are followed by another 35 to 50 s later.
const LEADING: usize = 15;
const FOLLOWED: usize = 10;
/// The fewest seconds between others.
const APART: f64 = 90.0;
/// How many presses all events have together, shared out as 1/k, and the fewest of one.
const PRESSES: f64 = 1_200.0;
const FEWEST: usize = 6;
const VIEWERS: usize = 1_500;
/// The exponent of the viewers' activity (Pareto).
const TAIL: f64 = 1.2;
const SPAMMERS: usize = 20;
/// Background presses at noise 1x.
const BACKGROUND: usize = 500;

/// How late viewers' streams are: shares of the viewers, and their seconds from and to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delay {
    /// 60 % 3–8 s, 30 % 8–15 s, 10 % 15–30 s.
    Low,
    /// 40 % 8–15 s, 40 % 15–25 s, 20 % 25–40 s.
    Slow,
}

impl Delay {
    fn draw(self, random: &mut Random) -> f64 {
        let kinds = match self {
            Self::Low => [(0.6, 3.0, 8.0), (0.9, 8.0, 15.0), (1.0, 15.0, 30.0)],
            Self::Slow => [(0.4, 8.0, 15.0), (0.8, 15.0, 25.0), (1.0, 25.0, 40.0)],
        };
        let kind = random.share();
        let of = kinds.iter().find(|(up_to, ..)| kind < *up_to);
        let (_, low, high) = of.copied().unwrap_or(kinds[2]);
        random.between(low, high)
    }

    /// How many seconds after an event most presses come: the mode of delay and reaction together, of many draws, seen
    /// through the kernel's width as the curve sees it.
    pub(crate) fn mode(self) -> f64 {
        let mut random = Random::new(0);
        let mut counts = [0.0_f64; 80];
        for _ in 0..200_000 {
            let late = self.draw(&mut random) + reaction(&mut random);
            // A press at 7.9 s is stored as one at 7 s.
            if let Some(count) = counts.get_mut(late as usize) {
                *count += 1.0;
            }
        }
        let density = |at: usize| -> f64 {
            let near = counts.iter().enumerate();
            near.map(|(other, count)| {
                count * (-(at.abs_diff(other) as f64 / 5.0).powi(2) / 2.0).exp()
            })
            .sum()
        };
        let highest =
            (0..counts.len()).max_by(|&one, &other| density(one).total_cmp(&density(other)));
        highest.unwrap_or(0) as f64
    }
}

fn reaction(random: &mut Random) -> f64 {
    random.log_normal(4.0, 0.5)
}

/// One press, in the order of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Press {
    /// Whole seconds since the stream began.
    pub(crate) offset: u32,
    pub(crate) visitor: u32,
    /// Whether it comes from the client that drops its cookie.
    pub(crate) is_dropper: bool,
}

/// A generated stream.
pub(crate) struct Stream {
    /// When the planted events happened.
    pub(crate) events: Vec<f64>,
    pub(crate) presses: Vec<Press>,
}

/// What is generated.
#[derive(Clone, Copy)]
pub(crate) struct Setting {
    pub(crate) delay: Delay,
    /// How many times the background there is.
    pub(crate) noise: usize,
    /// Whether a client drops its cookie before each of 600 presses a minute for ten minutes.
    pub(crate) drops_cookies: bool,
}

impl Stream {
    /// Generates one. The events and viewers of a seed are the same at each noise.
    pub(crate) fn new(seed: u64, setting: Setting) -> Self {
        let mut random = Random::new(seed.wrapping_mul(0x2545_f491_4f6c_dd1d));
        let events = events(&mut random);
        let viewers = Viewers::new(setting.delay, &mut random);
        let mut presses = Vec::new();
        let mut press = |at: f64, visitor: usize, is_dropper| {
            if (0.0..LENGTH).contains(&at) {
                presses.push(Press {
                    offset: at as u32,
                    visitor: visitor as u32,
                    is_dropper,
                });
            }
        };
        let mut ranks: Vec<usize> = (1..=events.len()).collect();
        random.shuffle(&mut ranks);
        let all: f64 = (1..=events.len()).map(|rank| 1.0 / rank as f64).sum();
        for (event, rank) in events.iter().zip(ranks) {
            let crowd = (PRESSES / all / rank as f64).round() as usize;
            for viewer in viewers.some(crowd.max(FEWEST), &mut random) {
                let late = viewers.delays[viewer] + reaction(&mut random);
                press(event + late, viewer, false);
            }
        }
        for spammer in VIEWERS..VIEWERS + SPAMMERS {
            for _ in 0..6 {
                let begin = random.between(0.0, LENGTH - 120.0);
                for _ in 0..5 {
                    press(begin, spammer, false);
                }
                for step in 1..=12 {
                    press(begin + 10.0 * f64::from(step), spammer, false);
                }
            }
        }
        for _ in 0..BACKGROUND * setting.noise {
            press(random.between(0.0, LENGTH), viewers.one(&mut random), false);
        }
        if setting.drops_cookies {
            let begin = random.between(300.0, LENGTH - 900.0);
            for drop in 0..6_000 {
                press(begin + f64::from(drop) / 10.0, 10_000 + drop as usize, true);
            }
        }
        presses.sort_unstable();
        Self { events, presses }
    }
}

fn events(random: &mut Random) -> Vec<f64> {
    let mut spans: Vec<(f64, f64)> = Vec::new();
    while spans.len() < LEADING {
        let first = random.between(60.0, LENGTH - 180.0);
        let last = match spans.len() < FOLLOWED {
            true => first + random.between(35.0, 50.0),
            false => first,
        };
        let is_free = |other: &(f64, f64)| first > other.1 + APART || last < other.0 - APART;
        if spans.iter().all(is_free) {
            spans.push((first, last));
        }
    }
    let followers = spans.iter().take(FOLLOWED).map(|span| span.1);
    spans.iter().map(|span| span.0).chain(followers).collect()
}

/// Viewers with heavy-tailed activity, each with a delay of their own.
struct Viewers {
    /// Activities, summed up from the first on.
    activities: Vec<f64>,
    delays: Vec<f64>,
}

impl Viewers {
    fn new(delay: Delay, random: &mut Random) -> Self {
        let mut sum = 0.0;
        let activities = (0..VIEWERS).map(|_| {
            sum += (1.0 - random.share()).powf(-1.0 / TAIL);
            sum
        });
        Self {
            activities: activities.collect(),
            delays: (0..VIEWERS).map(|_| delay.draw(random)).collect(),
        }
    }

    /// One, more often an active one.
    fn one(&self, random: &mut Random) -> usize {
        let sum = self.activities.last().copied().unwrap_or(0.0);
        let drawn = random.between(0.0, sum);
        let at = self
            .activities
            .partition_point(|activity| *activity <= drawn);
        at.min(VIEWERS - 1)
    }

    /// Several different ones.
    fn some(&self, count: usize, random: &mut Random) -> Vec<usize> {
        let mut some = std::collections::BTreeSet::new();
        while some.len() < count.min(VIEWERS) {
            some.insert(self.one(random));
        }
        some.into_iter().collect()
    }
}
