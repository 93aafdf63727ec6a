//! Text that several pages of a session share: navigation, sharing, and exports.

/// The viewers' page.
pub(crate) const VIEWERS_PAGE: &str = "Viewers’ page";
/// The moderators' page.
pub(crate) const MODERATE: &str = "Moderate";
/// The streamer's page.
pub(crate) const CONTROL_PANEL: &str = "Control panel";
/// The links between them, for those who hear the page.
pub(crate) const PAGES: &str = "Pages of this session";

/// The heading of what the streamer shows to viewers.
pub(crate) const SHARE_HEADING: &str = "For your viewers";
/// Stands before the code, for those who hear the page.
pub(crate) const CODE: &str = "Code: ";
/// The link for viewers, for those who hear the page.
pub(crate) const VIEWER_LINK: &str = "Viewer link";
/// Copies it.
pub(crate) const COPY_LINK: &str = "Copy link";
/// What the picture of the link is.
pub(crate) const QR_CODE: &str = "QR code of the viewer link";
/// It was copied.
pub(crate) const COPIED: &str = "Copied";
/// It can't be copied.
pub(crate) const COPY_BY_HAND: &str = "Copy it by hand";
/// Leaves things as they are.
pub(crate) const CANCEL: &str = "Cancel";

/// The heading of the exports of moments.
pub(crate) const MOMENT_EXPORTS_HEADING: &str = "Export the moments";
/// The formats of moments as in an address, the labels of their links, and what each is for.
pub(crate) const MOMENT_EXPORTS: [Export; 3] = [
    (
        "moments_text",
        "Moments as text",
        "to read, grouped by segment",
    ),
    (
        "moments_excel",
        "Moments as CSV for Excel",
        "with commas between columns",
    ),
    (
        "moments_excel_semicolon",
        "Moments as CSV for Excel with ;",
        "if Excel shows all of it in one column",
    ),
];
/// What the files with moments contain.
pub(crate) const MOMENT_EXPORTS_CONTAIN: &str = "Each moment starts where a clip of it would. Hidden moments are left out; the text also leaves out rejected ones.";
/// The heading of the exports of the list.
pub(crate) const EXPORTS_HEADING: &str = "Export the list";
/// The formats of the list in the same way.
pub(crate) const EXPORTS: [Export; 4] = [
    ("text", "Text", "to read, grouped by segment"),
    ("csv", "CSV", "for tools"),
    ("excel", "CSV for Excel", "with commas between columns"),
    (
        "excel_semicolon",
        "CSV for Excel with ;",
        "if Excel shows all of it in one column",
    ),
];
/// What the files with the list contain.
pub(crate) const EXPORTS_CONTAIN: &str = "Times are when viewers pressed. Hidden rows are left out. Labels are in the text file, but not in the CSV files.";

/// A format as in an address, the label of its link, and what it is for.
pub(crate) type Export = (&'static str, &'static str, &'static str);

/// The app did not start, or stopped.
pub(crate) const NOT_LIVE: &str = "This page is not live: its program did not start, or it stopped. You can still press and send forms; reload the page to see what is new.";
/// Reloads it.
pub(crate) const RELOAD: &str = "Reload the page";

/// What works on the moderators' page without scripts.
pub(crate) const MODERATE_WITHOUT_SCRIPTS: &str = "Without scripts this page shows the newest rows as they are now: reload it to see what is new. Filtering, hiding and editing need scripts; the exports below don’t.";
/// What works on the control panel without scripts.
pub(crate) const CONTROL_WITHOUT_SCRIPTS: &str = "Without scripts this page does not update: reload it to see what is new. Start, Pause, Resume and End work; links and the editing of titles don’t.";
/// What of the control panel is not there without scripts.
pub(crate) const MISSING_WITHOUT_SCRIPTS: &str = "Rehearsal, moderator links, the moderation log, rules, another title or game and a new control link need scripts in this browser.";
/// The address holds the control link, which nothing else shows without scripts: the heading.
pub(crate) const SAVE_ADDRESS: &str = "Save the address of this page now: it is your control link";
/// The same: why.
pub(crate) const SAVE_ADDRESS_EXPLANATION: &str = "The part after the # belongs to it, and is gone after the next step. Whoever has it controls this session. It is your way back if this browser loses its cookies. In a browser without scripts, paste it on this page.";
