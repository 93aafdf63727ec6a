//! Icons as inline pictures. They are hidden from screen readers: the button around one carries the words.

/// An icon, by what it stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Icon {
    /// A pencil: change the words.
    Edit,
    /// An eye that is struck through: hide.
    Hide,
    /// An eye: show.
    Show,
    /// A person: who made it.
    Viewer,
}

impl Icon {
    /// Its markup. The stylesheet gives it size and colour.
    pub(crate) fn markup(self) -> String {
        [
            "<svg class=\"icon\" viewBox=\"0 0 16 16\" aria-hidden=\"true\"><path d=\"",
            self.path(),
            "\"/></svg>",
        ]
        .concat()
    }

    fn path(self) -> &'static str {
        match self {
            Self::Edit => {
                "M3 13l.6-2.9L10.8 2.9a1.2 1.2 0 0 1 1.7 0l.6.6a1.2 1.2 0 0 1 0 1.7L5.9 12.4zM9.4 4.3l2.3 2.3"
            }
            Self::Hide => {
                "M2 2l12 12M6.4 3.8A6.6 6.6 0 0 1 8 3.6c3.4 0 5.6 2.6 6.4 4.4a8.6 8.6 0 0 1-1.8 2.5M4 4.9A8.6 8.6 0 0 0 1.6 8c.8 1.8 3 4.4 6.4 4.4a6.6 6.6 0 0 0 3-.7M6.7 6.7a1.9 1.9 0 0 0 2.6 2.6"
            }
            Self::Show => {
                "M1.6 8C2.4 6.2 4.6 3.6 8 3.6s5.6 2.6 6.4 4.4c-.8 1.8-3 4.4-6.4 4.4S2.4 9.8 1.6 8zM8 6.1a1.9 1.9 0 1 1 0 3.8 1.9 1.9 0 0 1 0-3.8"
            }
            Self::Viewer => {
                "M8 2.5a2.7 2.7 0 1 1 0 5.4 2.7 2.7 0 0 1 0-5.4M2.7 13.5c.5-2.7 2.6-4 5.3-4s4.8 1.3 5.3 4"
            }
        }
    }
}
