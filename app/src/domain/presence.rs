//! Who is here now: how many viewers, and who of the staff, with what they have an editor open for. Kept in memory only.

use std::time::Duration;

use litemap::LiteMap;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{moments::moment::MomentId, text::Label, timestamp::TimestampId};

/// How often an open staff page announces itself.
pub const ANNOUNCE_EVERY: Duration = Duration::from_secs(15);

/// How long an announcement lasts: two that get lost, or come late on a bad connection, take nobody off the list.
pub const ANNOUNCEMENT_LASTS: Duration = Duration::from_secs(40);

/// Identifies an open staff page: a random UUID, made by the browser when the page starts. Other pages are not told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TabId(pub Uuid);

/// Identifies a browser of the staff within one session. It is the same for all of the browser's pages, and tells nothing
/// outside of the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonId(pub Uuid);

/// What an editor is open for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Edited {
    /// The note of a timestamp.
    Timestamp(TimestampId),
    /// A moment.
    Moment(MomentId),
}

/// What a staff page says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announcement {
    /// The page.
    pub tab: TabId,
    /// How many announcements the page has made before. Of several, the one with the highest number counts, in whichever
    /// order they arrive.
    pub number: u32,
    /// What it has an editor open for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub editing: Option<Edited>,
    /// Whether the page is being left.
    #[serde(default)]
    pub leaves: bool,
}

/// The answer to an announcement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announced {
    /// Which of the staff this browser is.
    pub person: PersonId,
    /// Who is here.
    pub presence: Presence,
}

/// Who is here. Absolute: the newest one replaces all others.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presence {
    /// How many viewers' pages are open; the tabs of a browser that share a live stream count once.
    pub viewers: u32,
    /// The open staff pages, in an order that only depends on what they are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub staff: Vec<StaffPage>,
}

/// An open staff page.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct StaffPage {
    /// The label of the moderator's link; `None` if it is the streamer's page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Label>,
    /// Whose it is.
    pub person: PersonId,
    /// What it has an editor open for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub editing: Option<Edited>,
}

/// Others of the staff who have the same name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Colleague {
    /// The label of the moderator's link; `None` if it is the streamer.
    pub name: Option<Label>,
    /// How many pages they have open.
    pub pages: usize,
    /// What they have editors open for.
    pub editing: Vec<Edited>,
}

/// What others have editors open for, with their names: `None` is the streamer.
pub type Editors = LiteMap<Edited, Vec<Option<Label>>>;

impl Presence {
    /// The others of the staff, from one of them: by name, the streamer first.
    pub fn others(&self, own: PersonId) -> Vec<Colleague> {
        let mut others = Vec::<Colleague>::new();
        for page in self.pages_of_others(own) {
            let mut known = others.iter_mut();
            match known.find(|colleague| colleague.name == page.name) {
                Some(colleague) => {
                    colleague.pages += 1;
                    colleague.editing.extend(page.editing);
                }
                None => others.push(Colleague {
                    name: page.name.clone(),
                    pages: 1,
                    editing: page.editing.into_iter().collect(),
                }),
            }
        }
        others.sort_by(|one, other| one.name.cmp(&other.name));
        others
    }

    /// What others have editors open for, from one of the staff. Each name is listed once.
    pub fn editors(&self, own: PersonId) -> Editors {
        let mut editors = Editors::new();
        for page in self.pages_of_others(own) {
            let Some(edited) = page.editing else { continue };
            match editors.get_mut(&edited) {
                Some(names) if names.contains(&page.name) => {}
                Some(names) => names.push(page.name.clone()),
                None => drop(editors.insert(edited, vec![page.name.clone()])),
            }
        }
        editors
    }

    fn pages_of_others(&self, own: PersonId) -> impl Iterator<Item = &StaffPage> {
        self.staff.iter().filter(move |page| page.person != own)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::text::Text;

    fn timestamp(number: u128) -> Edited {
        Edited::Timestamp(TimestampId(Uuid::from_u128(number)))
    }

    fn page(person: u128, name: &str, editing: Option<Edited>) -> StaffPage {
        StaffPage {
            name: Text::parse(name).ok(),
            person: PersonId(Uuid::from_u128(person)),
            editing,
        }
    }

    #[test]
    fn what_travels_stays_as_it_is() {
        let presence = Presence {
            viewers: 12,
            staff: vec![page(1, "", None), page(2, "Anna", Some(timestamp(3)))],
        };
        let json = serde_json::to_string(&presence).unwrap();
        insta::assert_snapshot!(json, @r#"{"viewers":12,"staff":[{"person":"00000000-0000-0000-0000-000000000001"},{"name":"Anna","person":"00000000-0000-0000-0000-000000000002","editing":{"timestamp":"00000000-0000-0000-0000-000000000003"}}]}"#);
        assert_eq!(serde_json::from_str::<Presence>(&json).unwrap(), presence);
        let announcement = Announcement {
            tab: TabId(Uuid::nil()),
            number: 7,
            editing: None,
            leaves: false,
        };
        let json = serde_json::to_string(&announcement).unwrap();
        insta::assert_snapshot!(json, @r#"{"tab":"00000000-0000-0000-0000-000000000000","number":7,"leaves":false}"#);
    }

    #[test]
    fn pages_of_the_same_name_are_one_colleague_and_the_streamer_comes_first() {
        let presence = Presence {
            viewers: 0,
            staff: vec![
                page(1, "Bert", None),
                page(2, "Anna", Some(timestamp(7))),
                page(2, "Anna", None),
                page(3, "", None),
                page(4, "Me", Some(timestamp(7))),
            ],
        };
        let others = presence.others(PersonId(Uuid::from_u128(4)));
        let told: Vec<_> = others
            .iter()
            .map(|other| (other.name.as_ref().map(Label::as_str), other.pages))
            .collect();
        assert_eq!(told, [(None, 1), (Some("Anna"), 2), (Some("Bert"), 1)]);
        let editors = presence.editors(PersonId(Uuid::from_u128(4)));
        assert_eq!(editors.len(), 1);
        assert_eq!(editors[&timestamp(7)], [Text::parse("Anna").ok()]);
    }

    proptest! {
        #[test]
        fn nobody_is_told_of_themselves_and_everybody_else_is_counted(
            pages in proptest::collection::vec((0..5u128, "[AB]?", proptest::option::of(0..3u128)), 0..20),
            own in 0..5u128,
        ) {
            let staff: Vec<_> = pages
                .iter()
                .map(|(person, name, edited)| page(*person, name, edited.map(timestamp)))
                .collect();
            let presence = Presence { viewers: 0, staff };
            let others = presence.others(PersonId(Uuid::from_u128(own)));
            let of_others = || pages.iter().filter(|(person, ..)| *person != own);
            let counted: usize = others.iter().map(|other| other.pages).sum();
            prop_assert_eq!(counted, of_others().count());
            let edited = others.iter().map(|other| other.editing.len()).sum::<usize>();
            prop_assert_eq!(edited, of_others().filter(|(_, _, edited)| edited.is_some()).count());
            for names in presence.editors(PersonId(Uuid::from_u128(own))).values() {
                let mut once = names.clone();
                once.sort();
                once.dedup();
                prop_assert_eq!(once.len(), names.len());
            }
        }
    }
}
