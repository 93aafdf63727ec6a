//! Text of the privacy page: what is stored, for how long, and how to have it erased.

/// The heading, and the title of its tab.
pub(crate) const TITLE: &str = "What is stored about you";

/// The browser was just forgotten.
pub(crate) const FORGOTTEN: &str = "You are forgotten: what you pressed is gone from every list, no moment counts you any more, and the server takes this browser for a new one.";

/// The browser was to be forgotten, and sent no cookie to know it by.
pub(crate) const NOBODY_FORGOTTEN: &str = "What this browser kept is cleared. It sent no cookie, so nothing tells the server what it pressed. Unless you were forgotten a moment ago, your presses are still in the lists: a moderator can hide them.";

/// The heading of what a press leaves.
pub(crate) const PRESS_HEADING: &str = "When you press";
/// What a press leaves.
pub(crate) const STORED: [&str; 6] = [
    "The time, in seconds since the stream’s segment began, and when the press arrived.",
    "The note, the name and the label, if you gave them. A name is only what you type.",
    "A check value of the note, the name and the label that you first sent, so that a press that arrives twice counts once. It stays the same when a note is changed or removed.",
    "How much the press counts in a moment: less if your browser was one of many new ones from one network address. The address itself is not stored.",
    "If you join a moment with “Me too”: at which second of the segment, and when that arrived. It is in no list; the moment counts one more viewer.",
    "A number that stands for your browser. It is made from a random cookie, which itself is not stored; nobody is shown it. It keeps your own presses on your page, and lets moderators hide or block a browser that spoils the list.",
];
/// What is not stored.
pub(crate) const ADDRESS: &str = "Your network address is used only while the server runs, to keep single visitors from flooding a list. It is not stored. How late your browser usually presses, compared with others, is worked out from your presses while the server runs, so that moments lie where they happened; it is not stored, and nobody is shown it. How many viewers have the page of a session open is counted for its streamer and moderators; who they are is not known. Nothing is loaded from other sites, and nobody tracks what you do here.";
/// For how long.
pub(crate) const KEPT: &str = "What you press or join is kept as long as its session is, and so is the log of what moderators did to it. Whoever runs this server can delete sessions, and have those deleted that nobody has used for some days.";

/// The heading of what the browser keeps.
pub(crate) const BROWSER_HEADING: &str = "In this browser";
/// What the browser keeps.
pub(crate) const IN_BROWSER: [&str; 4] = [
    "One cookie with a random number, for 400 days after you last pressed, changed something or opened a page of your own; your name, if you typed one, so that you needn’t type it again; presses that could not be sent yet; and, until the tab is closed, what you have typed and not sent. Whoever opened a session or used a moderator link in this browser is known by the same cookie.",
    "What you pressed, with your notes and the name you gave, so that your page can tell which timestamps are yours: the newest 500 of each session, for 30 days. Likewise the newest 100 moments of each session that you joined. And for each session that you pressed in, one small cookie that says so, also for 30 days.",
    "A page for when there is no connection, which is the same for every session and for everybody. It shows the presses that could not be sent yet, and contains nothing else of what you did or saw.",
    "On a shared computer, whoever uses the same browser profile after you sees which presses were made in it. “Forget me” below clears all of this.",
];

/// The heading and the button.
pub(crate) const FORGET_ME: &str = "Forget me";
/// What being forgotten means.
pub(crate) const FORGET_EXPLANATION: &str = "Takes all that this browser pressed out of every list, with notes, names and labels, and this browser out of the moments that it joined, deletes its cookie, and clears what this browser keeps. This can’t be undone. If this browser controls or moderates a session, it loses that: keep the link.";
/// The box that has to be ticked stands before it.
pub(crate) const SURE: &str = " I want to be forgotten";

/// The way to the licences of what this program is made of.
pub(crate) const NOTICES: &str = "Third-party software and licences";
