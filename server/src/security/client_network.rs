//! The client network of a request: the socket's address, or what a trusted proxy says.

use std::{
    net::{IpAddr, Ipv6Addr, SocketAddr},
    sync::Arc,
};

use axum::{
    extract::ConnectInfo,
    http::{Extensions, HeaderMap},
};
use ipnet::IpNet;

/// A client network, the unit that limits count by: an IPv4 address, or the /64 that one IPv6 household is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClientNetwork(IpAddr);

impl ClientNetwork {
    /// The network of an address. An IPv4-mapped IPv6 address counts as the IPv4 address.
    pub fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self(address.into()),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                Self(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into())
            }
        }
    }
}

/// The networks of the proxies that are trusted. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Proxies(Arc<[IpNet]>);

impl From<Vec<IpNet>> for Proxies {
    fn from(networks: Vec<IpNet>) -> Self {
        Self(networks.into())
    }
}

impl Proxies {
    /// The client network of a request. Requests without a socket all share one unspecified network.
    pub fn client_network(&self, extensions: &Extensions, headers: &HeaderMap) -> ClientNetwork {
        let socket = extensions.get::<ConnectInfo<SocketAddr>>();
        let peer = socket.map_or(Ipv6Addr::UNSPECIFIED.into(), |socket| socket.0.ip());
        let lines = headers.get_all("x-forwarded-for").iter();
        let lines = lines.map(|line| line.to_str().unwrap_or(UNREADABLE));
        let forwarded: Vec<_> = lines.flat_map(|line| line.split(',')).collect();
        ClientNetwork::of(self.client(peer, &forwarded))
    }

    /// The client's address. Only trusted proxies are believed, and only what they wrote themselves: each appends the
    /// address that it saw on the right. Anybody may have written what is to the left of the first untrusted address, so
    /// that is ignored. If a proxy wrote no address, the proxy's own is used.
    fn client(&self, peer: IpAddr, forwarded: &[&str]) -> IpAddr {
        let mut client = peer.to_canonical();
        for entry in forwarded.iter().rev() {
            if !self.trusts(client) {
                break;
            }
            match address(entry.trim()) {
                Some(address) => client = address,
                None => break,
            }
        }
        client
    }

    /// Whether this is the address of a proxy. An IPv4-mapped IPv6 address counts as the IPv4 address.
    pub fn trusts(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }
}

/// Not an address, like anything else that can't be parsed.
const UNREADABLE: &str = "?";

/// An entry of the header: an address, which some proxies write with its port.
fn address(entry: &str) -> Option<IpAddr> {
    let bare = entry
        .strip_prefix('[')
        .and_then(|entry| entry.strip_suffix(']'))
        .unwrap_or(entry);
    let address = bare.parse().ok();
    let address = address.or_else(|| entry.parse::<SocketAddr>().ok().map(|socket| socket.ip()));
    address.map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn proxies() -> Proxies {
        let networks = ["127.0.0.1/32", "10.0.0.0/8", "fd00::/8"];
        let networks = networks.map(|network| network.parse().unwrap());
        Proxies::from(networks.to_vec())
    }

    fn asked(peer: &str, lines: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        let peer: IpAddr = peer.parse().unwrap();
        let mut extensions = Extensions::new();
        extensions.insert(ConnectInfo(SocketAddr::new(peer, 4711)));
        proxies()
            .client_network(&extensions, &headers)
            .0
            .to_string()
    }

    #[test]
    fn nobody_but_a_trusted_proxy_is_believed() {
        assert_eq!(asked("203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
        assert_eq!(asked("10.1.2.3", &["198.51.100.1"]), "198.51.100.1");
    }

    #[test]
    fn the_right_most_foreign_entry_is_the_client() {
        let spoofed = ["1.2.3.4, 198.51.100.1", "10.9.9.9"];
        assert_eq!(asked("127.0.0.1", &spoofed), "198.51.100.1");
    }

    #[test]
    fn where_an_entry_is_no_address_the_proxy_that_wrote_it_is_taken() {
        assert_eq!(asked("10.1.2.3", &["198.51.100.1, unknown"]), "10.1.2.3");
        assert_eq!(asked("10.1.2.3", &["198.51.100.1, , 10.7.7.7"]), "10.7.7.7");
        assert_eq!(asked("10.1.2.3", &[]), "10.1.2.3");
    }

    #[test]
    fn a_port_and_brackets_are_taken_off() {
        assert_eq!(asked("127.0.0.1", &["198.51.100.1:1234"]), "198.51.100.1");
        assert_eq!(asked("127.0.0.1", &["[2001:db8::7]:1234"]), "2001:db8::");
        assert_eq!(asked("127.0.0.1", &["[2001:db8::7]"]), "2001:db8::");
    }

    #[test]
    fn an_ipv6_household_is_one_network_and_a_mapped_ipv4_address_is_ipv4() {
        let network = |address: &str| ClientNetwork::of(address.parse().unwrap());
        assert_eq!(network("2001:db8:1:2::1"), network("2001:db8:1:2:ffff::9"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_eq!(network("::ffff:192.0.2.1"), network("192.0.2.1"));
        assert_ne!(network("::ffff:192.0.2.1"), network("::ffff:192.0.2.2"));
        assert_eq!(asked("::ffff:10.1.2.3", &["198.51.100.1"]), "198.51.100.1");
    }

    proptest! {
        #[test]
        fn what_a_client_writes_itself_changes_nothing(forged in "[ -~]{0,60}") {
            let line = format!("{forged}, 198.51.100.1");
            prop_assert_eq!(asked("10.1.2.3", &[&line]), "198.51.100.1");
            prop_assert_eq!(asked("203.0.113.9", &[&forged]), "203.0.113.9");
        }
    }
}
