//! Rate limits: what the operator can configure.

use std::num::NonZeroU32;

use clap::{ArgAction, Args};

/// Rate limits. Each process counts on its own.
#[derive(Clone, Copy, Debug, Args)]
pub struct Settings {
    /// Whether the following limits apply at all.
    #[arg(long = "limits", env = "LIMITS", global = true, default_value_t = true, action = ArgAction::Set)]
    pub limited: bool,
    /// How many presses one visitor can make at once. The limits of presses also apply to joining moments, which is counted
    /// separately.
    #[arg(long, env = "PRESS_BURST", global = true, default_value = "5")]
    pub press_burst: NonZeroU32,
    /// After how many seconds that visitor may press once more.
    #[arg(long, env = "PRESS_SECONDS", global = true, default_value = "10")]
    pub press_seconds: NonZeroU32,
    /// How many presses of one client network are accepted per minute: a school or a mobile network may share one.
    #[arg(long, env = "ADDRESS_PRESSES", global = true, default_value = "600")]
    pub address_presses: NonZeroU32,
    // 10,000 viewers who each press as often as a visitor may.
    /// How many presses in one session are accepted per minute.
    #[arg(long, env = "SESSION_PRESSES", global = true, default_value = "60000")]
    pub session_presses: NonZeroU32,
    /// How many live pages one client network may have open at the same time.
    #[arg(long, env = "ADDRESS_STREAMS", global = true, default_value = "5000")]
    pub address_streams: NonZeroU32,
    /// How many connections one client network may have open at the same time, at most three quarters of all; those of a
    /// trusted proxy are not counted.
    #[arg(
        long,
        env = "ADDRESS_CONNECTIONS",
        global = true,
        default_value = "12000"
    )]
    pub address_connections: NonZeroU32,
    /// How many sessions one client network may open per hour.
    #[arg(long, env = "ADDRESS_SESSIONS", global = true, default_value = "20")]
    pub address_sessions: NonZeroU32,
    /// How many control and moderator links one client network may redeem per minute, including wrong ones.
    #[arg(long, env = "ADDRESS_REDEMPTIONS", global = true, default_value = "10")]
    pub address_redemptions: NonZeroU32,
    // Each locks its session for a moment, and on SQLite every session.
    /// How many moderation actions one client network may do per minute; hiding or restoring very many rows at once counts
    /// as several.
    #[arg(
        long,
        env = "ADDRESS_MODERATIONS",
        global = true,
        default_value = "300"
    )]
    pub address_moderations: NonZeroU32,
    // An open page announces itself four times a minute, and whenever an editor is opened or closed; each time it is looked
    // up who it belongs to.
    /// How often the moderators' and streamers' pages of one client network may announce per minute that they are open.
    #[arg(
        long,
        env = "ADDRESS_ANNOUNCEMENTS",
        global = true,
        default_value = "1200"
    )]
    pub address_announcements: NonZeroU32,
    // A streamer clicks a few buttons; a script that alternates two of them creates a segment with each.
    /// How often one client network may use the streamer's buttons, edit a session or its settings, or change its links per
    /// minute.
    #[arg(long, env = "ADDRESS_CONTROLS", global = true, default_value = "120")]
    pub address_controls: NonZeroU32,
    // Each may read a million rows.
    /// How many exports one client network may start per minute.
    #[arg(long, env = "ADDRESS_EXPORTS", global = true, default_value = "60")]
    pub address_exports: NonZeroU32,
    // Each locks every session that its visitor pressed in.
    /// How many visitors of one client network may have their presses erased per minute.
    #[arg(long, env = "ADDRESS_ERASURES", global = true, default_value = "60")]
    pub address_erasures: NonZeroU32,
    // A crowd with a wrong link asks for one code; there are a billion of them.
    /// How many codes that no session has one client network may request per minute.
    #[arg(long, env = "ADDRESS_LOOKUPS", global = true, default_value = "600")]
    pub address_lookups: NonZeroU32,
    // A school or a mobile network whose people all open a link within the same minute, each with a page and its live
    // stream.
    /// How many pages, snapshots and live streams one client network may open, and how often it may request their content,
    /// per minute.
    #[arg(long, env = "ADDRESS_LOADS", global = true, default_value = "20000")]
    pub address_loads: NonZeroU32,
    // Each costs some 9 ms of one core, forty times a page from memory, so this is a fifth of a core. Each plain press or
    // join is answered with such a page: these are all that a school or a mobile network may submit. Beyond that the page
    // reloads itself, with what the form returned still in its address.
    /// How many pages that are rendered for one caller one client network may load per minute: those after plain forms, those
    /// of moderators and streamers, and the home page with own sessions.
    #[arg(long, env = "ADDRESS_RENDERS", global = true, default_value = "1200")]
    pub address_renders: NonZeroU32,
}
