//! Moments: several viewers pressed because of the same thing. Pure, and in integers throughout, so that processes agree to
//! the bit.
//!
//! The way of a press: [`session_moments::SessionMoments::apply`] counts it in its segment's [`crowd_curve`], with the
//! [`weight`] that [`fresh_visitors`] gave its visitor; [`peaks`] groups the curve's seconds, once [`late_presses`] are taken
//! off, parted and joined by what people did ([`range_edits`], [`boundaries`]); [`crowd`] tells which seconds a moment has on
//! the lists; [`rank`] tells how far a peak exceeds the background, and [`identity`] which stored moment it is. [`buckets`] and
//! [`path`] draw the curve, [`notes`] merges what was said, [`label_index`] counts labels, and [`delays`] learns how late
//! visitors press. Visitors who join a moment from the list ([`join`]) are counted with those who pressed in its range, and are
//! not in the curve: it would grow by being looked at.
//!
//! Browsers know [`moment`], [`join`] and [`path`] alone: they never get visitors' ids.
//!
//! Units: times are whole seconds since the segment's start; heights are 1/65,536 of a visitor inside
//! ([`kernel::ONE_VISITOR`]), and tenths of a visitor where they travel; a visitor's weight is in 1/256.
//!
//! Sources: F. Chazal, L. Guibas, S. Oudot, P. Skraba, *Persistence-Based Clustering in Riemannian Manifolds*, J. ACM 60
//! (2013), for the grouping; D. Cohen-Steiner, H. Edelsbrunner, J. Harer, *Stability of Persistence Diagrams*, Discrete &
//! Comput. Geom. 37 (2007), for why one press, which moves the curve by at most one visitor, can't part or join what is
//! farther apart; F. Fritsch, R. Carlson, *Monotone Piecewise Cubic Interpolation*, SIAM J. Numer. Anal. 17 (1980), for the
//! picture.
//!
//! A server holds one [`session_moments::SessionMoments`] for each session that is open, fills it from the rows and hands it
//! each row that changes:
//!
//! ```
//! # use app::domain::{timestamp::TimestampId, moments::{identity::StoredMoment, moment::MomentId, path::path,
//! #     session_moments::{PressRow, SessionMoments}, weight::Weight}};
//! # use uuid::Uuid;
//! let mut session = SessionMoments::default();
//! for n in 0..6_u32 {
//!     let (id, visitor) = (TimestampId(Uuid::from_u128(n.into())), Uuid::from_u128(n.into()));
//!     let (offset, weight) = (100 + n, Weight::WHOLE);
//!     session.apply(&PressRow { id, segment_index: 1, offset, visitor, weight, label: None, counts: true });
//! }
//! let shown = session.moments(1, &[], &[], session.audience()).moments;
//! assert_eq!((shown[0].found.id, shown[0].found.peak, shown[0].evidence.visitors), (None, 102, 6));
//! // It is new: the caller writes a row with an id and this anchor, and from then on hands it in.
//! let id = MomentId(Uuid::from_u128(7));
//! let stored = [StoredMoment { id, anchor: 102, is_pinned: false, is_shown: true }];
//! let known = session.moments(1, &stored, &[], session.audience()).moments;
//! assert_eq!(known[0].found.id, Some(id));
//! let moment = known[0].moment(id, 1, Vec::new()); // as it travels, with its best notes
//! assert_eq!((moment.presses, moment.excess), (6, 56));
//! let (_width, values) = session.buckets(1);
//! assert!(path(&values, 60).starts_with("M0 1000V"));
//! ```

#[cfg(feature = "ssr")]
pub mod boundaries;
#[cfg(feature = "ssr")]
pub mod buckets;
#[cfg(feature = "ssr")]
pub mod crowd;
#[cfg(feature = "ssr")]
pub mod crowd_curve;
#[cfg(feature = "ssr")]
pub mod curation;
#[cfg(feature = "ssr")]
pub mod delays;
#[cfg(feature = "ssr")]
pub mod fresh_visitors;
#[cfg(feature = "ssr")]
pub mod heap_bytes;
#[cfg(feature = "ssr")]
pub mod identity;
pub mod join;
#[cfg(feature = "ssr")]
pub mod kernel;
#[cfg(feature = "ssr")]
pub mod label_index;
#[cfg(feature = "ssr")]
pub mod late_presses;
pub mod moment;
pub mod moment_edit;
#[cfg(feature = "ssr")]
pub mod notes;
pub mod path;
#[cfg(feature = "ssr")]
pub mod peaks;
#[cfg(feature = "ssr")]
pub mod press_index;
#[cfg(feature = "ssr")]
pub mod range_edits;
pub mod range_rule;
#[cfg(feature = "ssr")]
pub mod rank;
#[cfg(feature = "ssr")]
pub mod segment_curve;
#[cfg(feature = "ssr")]
pub mod session_moments;
pub mod unshown;
#[cfg(feature = "ssr")]
pub mod weight;
