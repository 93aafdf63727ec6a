//! What one's own presses add to a moment whose public labels and notes leave them out, as `fate.rs` does for its visitors: whoever's
//! presses are hidden must not notice. Pure.

use std::cmp::Reverse;

use crate::{
    domain::{
        labels::LabelId,
        moments::moment::{LabelCount, MOST_NOTES, MergedNote, Moment},
        text::Note,
        timestamp::Timestamp,
    },
    live::list::timestamps::List,
};

/// The moment with what the visitor's own presses say in it; `None` if its public labels and notes contain all of that.
pub fn with_own(moment: &Moment, list: &List) -> Option<Moment> {
    let inside = || {
        let is_in = |press: &Timestamp| moment.contains(press.segment_index, press.offset_seconds);
        list.own_rows().filter(move |(press, _)| is_in(press))
    };
    let mut seen = None;
    for (press, _) in inside().filter(|(_, is_counted)| !is_counted) {
        // A visitor who says the same again counts once.
        let is_first = |says_it: &dyn Fn(&Timestamp) -> bool| {
            let mut same = inside().filter(|(other, _)| says_it(other));
            same.all(|(other, is_counted)| !is_counted && press.id <= other.id)
        };
        let seen = seen.get_or_insert_with(|| moment.clone());
        if let Some(label) = press.label
            && is_first(&|other| other.label == press.label)
        {
            add_label(&mut seen.labels, label);
        }
        if let Some(note) = &press.note
            && is_first(&|other| other.note == press.note)
        {
            add_note(&mut seen.notes, note);
        }
    }
    seen
}

/// One more gives it this label. The most frequent ones come first.
fn add_label(labels: &mut Vec<LabelCount>, label: LabelId) {
    let known = labels.iter().position(|known| known.label == label);
    let count = known.map_or(0, |at| labels.remove(at).count) + 1;
    let is_before =
        |other: &&LabelCount| (Reverse(other.count), other.label) < (Reverse(count), label);
    let place = labels.iter().take_while(is_before).count();
    labels.insert(place, LabelCount { label, count });
}

/// One more says this. The longest notes come first.
fn add_note(notes: &mut Vec<MergedNote>, note: &Note) {
    if let Some(same) = notes.iter_mut().find(|same| same.note == *note) {
        same.count += 1;
        return;
    }
    let rank = |note: &Note| Reverse(note.as_str().chars().count());
    let is_before = |other: &&MergedNote| {
        (rank(&other.note), other.note.as_str()) < (rank(note), note.as_str())
    };
    let place = notes.iter().take_while(is_before).count();
    notes.insert(
        place,
        MergedNote {
            note: note.clone(),
            count: 1,
        },
    );
    notes.truncate(MOST_NOTES);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::domain::{
        moments::{moment, notes::best_notes},
        offset::Offset,
        revision::Revision,
        snapshot::Page,
        text::Text,
        timestamp::{TimestampId, tests::blank},
    };

    /// What a press says, and its second.
    type Said = (Option<u32>, Option<&'static str>, u32);

    const ME: Uuid = Uuid::max();

    fn said() -> impl Strategy<Value = Said> {
        let note = prop::sample::select(vec!["a", "bb", "ccc", "dddd", "eeeee"]);
        (prop::option::of(1u32..4), prop::option::of(note), 0u32..40)
    }

    fn press(nth: u128, (label, note, second): Said) -> Timestamp {
        Timestamp {
            id: TimestampId(Uuid::from_u128(nth)),
            label: label.map(LabelId),
            note: note.map(|note| Text::parse(note).unwrap()),
            offset_seconds: Offset(second),
            arrival: Revision(i64::try_from(nth).unwrap()),
            ..blank()
        }
    }

    /// The moment from second 10 to 30 of presses that count, each with its visitor.
    fn moment(presses: &[(Uuid, Timestamp)]) -> Moment {
        let empty = moment::tests::blank();
        let is_in = |press: &Timestamp| empty.contains(1, press.offset_seconds);
        let inside: Vec<_> = presses.iter().filter(|(_, press)| is_in(press)).collect();
        let mut labels = Vec::new();
        for label in (1..4).map(LabelId) {
            let mut visitors: Vec<_> = inside
                .iter()
                .filter(|(_, press)| press.label == Some(label))
                .map(|(visitor, _)| *visitor)
                .collect();
            visitors.sort_unstable();
            visitors.dedup();
            (0..visitors.len()).for_each(|_| add_label(&mut labels, label));
        }
        let notes = inside
            .iter()
            .filter_map(|(visitor, press)| Some((press.note.as_ref()?, *visitor)));
        Moment {
            notes: best_notes(notes, MOST_NOTES),
            labels,
            ..empty
        }
    }

    proptest! {
        #[test]
        fn a_moment_does_not_tell_whether_the_own_presses_were_counted(
            others in prop::collection::vec(said(), 0..8),
            own in prop::collection::vec((said(), any::<bool>()), 0..6),
        ) {
            let others = others.into_iter().zip(100_u128..);
            let others: Vec<_> = others.map(|(said, nth)| (Uuid::from_u128(nth), press(nth, said))).collect();
            let own: Vec<_> = own.into_iter().zip(1_u128..)
                .map(|((said, is_counted), nth)| (press(nth, said), is_counted)).collect();
            let counted = own.iter().filter(|(_, is_counted)| *is_counted);
            let counted: Vec<_> = counted.map(|(press, _)| (ME, press.clone())).collect();

            let mut list = List::new(Page {
                timestamps: counted.iter().map(|(_, press)| press.clone()).collect(),
                more: false,
            });
            for (press, _) in &own {
                list.merge_own(press.clone());
            }
            for (press, is_counted) in list.own_rows() {
                prop_assert!(own.iter().any(|(known, counts)| known.id == press.id && *counts == is_counted));
            }

            let public = moment(&[others.clone(), counted].concat());
            let all: Vec<_> = own.iter().map(|(press, _)| (ME, press.clone())).collect();
            let seen = with_own(&public, &list).unwrap_or_else(|| public.clone());
            prop_assert_eq!(seen, moment(&[others, all].concat()));
        }
    }
}
