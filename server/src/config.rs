//! Configuration: flags, and environment variables of the same names.

use std::{
    net::{IpAddr, SocketAddr},
    num::NonZeroUsize,
    path::PathBuf,
};

use axum::http::{Uri, uri::Scheme};

use chrono::TimeDelta;
use clap::{Parser, ValueEnum};
use ipnet::IpNet;

use crate::{
    hub, listener,
    security::{client_network::Proxies, limits},
    store::OpenOptions,
};

/// Collects the timestamps of moments worth clipping, from the people watching.
#[derive(Clone, Debug, Parser)]
#[command(version)]
pub struct Config {
    /// The address to listen on.
    #[arg(long, env = "LISTEN", global = true, default_value = "127.0.0.1:3000", value_parser = socket_address)]
    pub listen: SocketAddr,
    /// The address on which Prometheus reads `/metrics`; off if not set. Anyone who can reach it can read it, so use a
    /// trusted network.
    #[arg(long, env = "METRICS_LISTEN", global = true, value_parser = socket_address)]
    pub metrics_listen: Option<SocketAddr>,
    /// The database: `sqlite://` and a file, which is created if it doesn't exist, or `postgres://…`.
    // Clap's help shows the values of environment variables, and this one may contain a password.
    #[arg(
        long,
        env = "DATABASE_URL",
        global = true,
        hide_env_values = true,
        default_value = "sqlite://data/clips.sqlite"
    )]
    pub database_url: String,
    /// Start even if the database's settings could lose acknowledged presses (`fsync=off` and the like).
    #[arg(long, env = "ALLOW_UNSAFE_DATABASE", global = true)]
    pub allow_unsafe_database: bool,
    /// Delete sessions, with all their data, that have not changed for this many days, whether or not they were ended. For
    /// one more day, they can be restored.
    #[arg(long, env = "DELETE_ENDED_AFTER_DAYS", global = true, value_parser = clap::value_parser!(u32).range(1..=36_500))]
    pub delete_ended_after_days: Option<u32>,
    /// The public address of the server, like `https://clips.example`; defaults to the listening address.
    #[arg(long, env = "PUBLIC_URL", global = true, value_parser = origin)]
    pub public_url: Option<String>,
    /// Serve other machines over plain HTTP: anyone on the path can read links and cookies. Only for a network that you
    /// trust.
    #[arg(long, env = "ALLOW_PLAIN_HTTP", global = true)]
    pub allow_plain_http: bool,
    /// The format of the log.
    #[arg(long, env = "LOG_FORMAT", global = true, value_enum, default_value_t = LogFormat::Text)]
    pub log_format: LogFormat,
    /// The most connections that are served at the same time; more wait.
    #[arg(long, env = "MAX_CONNECTIONS", global = true, default_value = "16000")]
    pub max_connections: NonZeroUsize,
    /// The most live streams in total.
    #[arg(long, env = "MAX_STREAMS", global = true, default_value = "10000")]
    pub max_streams: NonZeroUsize,
    /// The most live streams of one session.
    #[arg(
        long,
        env = "MAX_SESSION_STREAMS",
        global = true,
        default_value = "10000"
    )]
    pub max_session_streams: NonZeroUsize,
    /// The most live streams of one visitor; the tabs of a browser share them.
    #[arg(long, env = "MAX_VISITOR_STREAMS", global = true, default_value = "8")]
    pub max_visitor_streams: NonZeroUsize,
    /// Whether servers over one Postgres database notify each other of commits (LISTEN and NOTIFY); they poll once a second
    /// anyway.
    #[arg(long, env = "LISTEN_NOTIFY", global = true, default_value_t = true, action = clap::ArgAction::Set)]
    pub listen_notify: bool,
    /// The former name of `listen_notify`, kept for deployments that set it.
    #[arg(long, env = "HINTS", global = true, hide = true, default_value_t = true, action = clap::ArgAction::Set)]
    pub hints: bool,
    /// Rate limits.
    #[command(flatten)]
    pub limits: limits::Settings,
    /// The networks of reverse proxies, like `10.0.0.0/8`: these are trusted to say where a request comes from
    /// (`X-Forwarded-For`).
    #[arg(long, env = "TRUSTED_PROXIES", global = true, value_delimiter = ',', value_parser = network)]
    pub trusted_proxies: Vec<IpNet>,
    /// Whether viewers' browsers keep a page for when there is no connection (a service worker). If not, browsers that have
    /// it remove it at their next visit.
    #[arg(long, env = "OFFLINE_PAGE", global = true, default_value_t = true, action = clap::ArgAction::Set)]
    pub offline_page: bool,
    /// The folder with the built pages: `pkg/` and the public files.
    #[arg(long, env = "SITE", global = true, default_value = "target/site")]
    pub site: PathBuf,
}

/// The format of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object per line.
    Json,
}

impl Config {
    /// The start of links to this server, without a trailing slash.
    pub fn public_url(&self) -> String {
        match &self.public_url {
            Some(url) => url.clone(),
            None => format!("http://{}", self.listen),
        }
    }

    /// The address at which other machines can reach the server without encryption, if they can. With a public address that
    /// is `https`, a proxy is in front, and who else reaches the server's own port is up to the network.
    pub fn exposed_at(&self) -> Option<String> {
        let url = self.public_url();
        if is_plain_http_to_others(&url) {
            return Some(url);
        }
        let is_encrypted = url.starts_with("https:");
        let is_open = !is_encrypted && !self.listen.ip().to_canonical().is_loopback();
        is_open.then(|| format!("http://{}", self.listen))
    }

    /// Whether links begin with an address that others may be able to open: `0.0.0.0` and `::` are those of no machine.
    pub fn links_can_be_opened(&self) -> bool {
        self.public_url.is_some() || !is_unspecified(self.listen.ip())
    }

    /// How to open this database for serving.
    pub fn open_options(&self) -> OpenOptions {
        OpenOptions {
            allows_unsafe: self.allow_unsafe_database,
            ..OpenOptions::default()
        }
    }

    /// How long a session is kept after the last write to it; `None` keeps it forever.
    pub fn session_age(&self) -> Option<TimeDelta> {
        let days = self.delete_ended_after_days?;
        Some(TimeDelta::days(i64::from(days)))
    }

    /// The settings of the live streams.
    pub fn live(&self) -> hub::Settings {
        let network_streams = match self.limits.limited {
            true => self.limits.address_streams.get() as usize,
            false => usize::MAX,
        };
        hub::Settings {
            network_streams,
            listen_notify: self.listen_notify && self.hints,
            streams: self.max_streams.get(),
            session_streams: self.max_session_streams.get(),
            visitor_streams: self.max_visitor_streams.get(),
            ..hub::Settings::default()
        }
    }

    /// The proxies that are trusted to say where a request comes from.
    pub fn proxies(&self) -> Proxies {
        self.trusted_proxies.clone().into()
    }

    /// The limits on connections.
    pub fn connections(&self) -> listener::Settings {
        let connections = self.max_connections.get();
        let network_connections = match self.limits.limited {
            // However few there are, leave some for others.
            true => {
                (self.limits.address_connections.get() as usize).min(connections - connections / 4)
            }
            false => usize::MAX,
        };
        listener::Settings {
            connections,
            network_connections,
            proxies: self.proxies(),
            ..listener::Settings::default()
        }
    }
}

/// Whether this address is plain HTTP to a host other than this machine.
pub fn is_plain_http_to_others(url: &str) -> bool {
    let Ok(url) = url.parse::<Uri>() else {
        return false;
    };
    let host = url.host().unwrap_or_default();
    let is_loopback = match address(host) {
        Some(address) => address.is_loopback(),
        None => host == "localhost" || host.ends_with(".localhost"),
    };
    url.scheme() == Some(&Scheme::HTTP) && !is_loopback
}

/// The address that the host of a URL is, if it is no name; an IPv6 address is in brackets there.
fn address(host: &str) -> Option<IpAddr> {
    host.trim_matches(['[', ']']).parse().ok()
}

/// Whether this is the address of no machine, which stands for all of this one's own where it listens.
fn is_unspecified(address: IpAddr) -> bool {
    address.to_canonical().is_unspecified()
}

/// Parses where to listen. A name may stand for several addresses, so it is refused.
fn socket_address(raw: &str) -> Result<SocketAddr, String> {
    let address = raw.trim().parse();
    address.map_err(|_| {
        "it must be an address and a port, like 127.0.0.1:3000 or [::1]:3000, not a name".into()
    })
}

/// Parses a network; a single address is a network of one.
fn network(raw: &str) -> Result<IpNet, String> {
    let raw = raw.trim();
    let address = raw.parse::<IpAddr>().map(IpNet::from);
    let network = address.or_else(|_| raw.parse());
    network.map_err(|_| "it must be a network like 10.0.0.0/8, or an address".into())
}

/// The origin of public links, as browsers write it: in lower case, and without the default port.
///
/// # Errors
/// A message for the operator, if browsers can't open it or it has a path.
pub fn origin(raw: &str) -> Result<String, String> {
    let bare = raw.trim().trim_end_matches('/');
    let parsed = bare.parse::<Uri>().map_err(|error| error.to_string())?;
    let parts = parsed.scheme_str().zip(parsed.authority());
    let (scheme, authority, usual_port) = match parts {
        Some((scheme @ "http", authority)) => (scheme, authority, ":80"),
        Some((scheme @ "https", authority)) => (scheme, authority, ":443"),
        Some(_) | None => return Err("it must begin with http:// or https://".into()),
    };
    let (origin, given) = (format!("{scheme}://{authority}"), bare.len());
    if authority.host().is_empty() || authority.as_str().contains('@') {
        return Err("it must name a host, and nobody who logs in there".into());
    }
    if address(authority.host()).is_some_and(is_unspecified) {
        return Err(format!(
            "it must name an address that others can open, and {} is that of no machine",
            authority.host()
        ));
    }
    let port = authority.as_str().strip_prefix(authority.host());
    if port.is_some_and(|port| !port.is_empty()) && authority.port_u16().is_none() {
        return Err("what follows the host must be a port, like :8443".into());
    }
    // Pages are served at the root of a host, so links below a path would lead nowhere.
    if origin.len() != given {
        return Err(format!(
            "it must be a host alone, like {origin}: pages can't be served below a path"
        ));
    }
    let origin = origin.to_ascii_lowercase();
    Ok(origin.strip_suffix(usual_port).unwrap_or(&origin).into())
}

#[cfg(test)]
mod tests;
