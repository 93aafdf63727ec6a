//! How much is too much: what the operator sets.

use std::num::NonZeroU32;

use clap::{ArgAction, Args};

/// How much is too much. Each process counts for itself.
#[derive(Clone, Copy, Debug, Args)]
pub struct Settings {
    /// Whether what follows is limited at all.
    #[arg(long = "limits", env = "LIMITS", default_value_t = true, action = ArgAction::Set)]
    pub limited: bool,
    /// How many presses of one visitor are taken at once.
    #[arg(long, env = "PRESS_BURST", default_value = "5")]
    pub press_burst: NonZeroU32,
    /// After how many seconds such a visitor may press once more.
    #[arg(long, env = "PRESS_SECONDS", default_value = "10")]
    pub press_seconds: NonZeroU32,
    /// How many presses of one client network are taken in a minute: a school or a phone network sits behind one.
    #[arg(long, env = "ADDRESS_PRESSES", default_value = "600")]
    pub address_presses: NonZeroU32,
    // 10,000 viewers, of whom each presses as often as a visitor may.
    /// How many presses of one session are taken in a minute.
    #[arg(long, env = "SESSION_PRESSES", default_value = "60000")]
    pub session_presses: NonZeroU32,
    /// How many live pages one client network has open at the same time.
    #[arg(long, env = "ADDRESS_STREAMS", default_value = "5000")]
    pub address_streams: NonZeroU32,
    /// How many connections one client network has open at the same time, at most three quarters of all; those of a trusted
    /// proxy are not counted.
    #[arg(long, env = "ADDRESS_CONNECTIONS", default_value = "12000")]
    pub address_connections: NonZeroU32,
    /// How many sessions one client network opens in an hour.
    #[arg(long, env = "ADDRESS_SESSIONS", default_value = "20")]
    pub address_sessions: NonZeroU32,
    /// How many control and moderator links one client network redeems in a minute, wrong ones too.
    #[arg(long, env = "ADDRESS_REDEMPTIONS", default_value = "10")]
    pub address_redemptions: NonZeroU32,
    // Each holds its session for a moment, and on SQLite every session.
    /// How many acts of moderation one client network does in a minute; hiding or showing very many rows at once is several.
    #[arg(long, env = "ADDRESS_MODERATIONS", default_value = "300")]
    pub address_moderations: NonZeroU32,
    // A streamer clicks some buttons; a script that alternates two of them makes a segment with each.
    /// How often one client network presses the streamer's buttons, names or sets a session, or changes its links in a minute.
    #[arg(long, env = "ADDRESS_CONTROLS", default_value = "120")]
    pub address_controls: NonZeroU32,
    // Each may read a million rows.
    /// How many exports one client network begins in a minute.
    #[arg(long, env = "ADDRESS_EXPORTS", default_value = "60")]
    pub address_exports: NonZeroU32,
    // Each locks every session that its visitor pressed in.
    /// How many visitors of one client network have what they pressed erased in a minute.
    #[arg(long, env = "ADDRESS_ERASURES", default_value = "60")]
    pub address_erasures: NonZeroU32,
    // A crowd with a wrong link asks for one code; there are a thousand million of them.
    /// How many codes that no session has one client network asks for in a minute.
    #[arg(long, env = "ADDRESS_LOOKUPS", default_value = "600")]
    pub address_lookups: NonZeroU32,
    // A school or a phone network whose people all open a link within the same minute, each a page and its live stream.
    /// How many pages, snapshots and live streams one client network opens, and how often it asks for what they show, in a minute.
    #[arg(long, env = "ADDRESS_LOADS", default_value = "20000")]
    pub address_loads: NonZeroU32,
}
