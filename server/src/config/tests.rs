//! Which flags are refused, and what follows from the others.

use super::*;

fn parse(arguments: &[&str]) -> Result<Config, clap::Error> {
    Config::try_parse_from([&["server"], arguments].concat())
}

#[test]
fn the_public_url_loses_its_last_slash() {
    let config = parse(&["--public-url", "https://clips.example/"]).unwrap();
    assert_eq!(config.public_url(), "https://clips.example");
}

#[test]
fn the_public_url_is_written_as_browsers_write_an_origin() {
    for (typed, origin) in [
        ("HTTPS://Clips.Example:443/", "https://clips.example"),
        ("http://clips.example:80", "http://clips.example"),
        ("https://clips.example:80", "https://clips.example:80"),
        ("http://[2001:DB8::1]:3000", "http://[2001:db8::1]:3000"),
        (" http://127.0.0.1:3000 ", "http://127.0.0.1:3000"),
    ] {
        let config = parse(&["--public-url", typed]).unwrap();
        assert_eq!(config.public_url(), origin, "{typed}");
    }
}

#[test]
fn plain_http_to_another_machine_is_told_from_the_rest() {
    for url in [
        "http://192.168.1.20:3000",
        "http://0.0.0.0:3000",
        "http://clips.example/x",
        "http://[2001:db8::1]:80",
        "http://localhost.example",
    ] {
        assert!(is_plain_http_to_others(url), "{url}");
    }
    for url in [
        "https://clips.example",
        "http://127.0.0.1:3000",
        "http://[::1]:3000",
        "http://localhost:3000",
        "http://clips.localhost",
    ] {
        assert!(!is_plain_http_to_others(url), "{url}");
    }
}

#[test]
fn a_server_that_others_reach_without_encryption_is_exposed_whatever_its_links_say() {
    let localhost = "http://localhost:3000";
    for (listen, public_url, exposed_at) in [
        ("127.0.0.1:3000", None, None),
        ("[::1]:3000", Some(localhost), None),
        ("0.0.0.0:3000", None, Some("http://0.0.0.0:3000")),
        ("0.0.0.0:3000", Some(localhost), Some("http://0.0.0.0:3000")),
        ("[::]:3000", Some(localhost), Some("http://[::]:3000")),
        (
            "192.168.1.20:80",
            Some(localhost),
            Some("http://192.168.1.20:80"),
        ),
        (
            "127.0.0.1:3000",
            Some("http://clips.example"),
            Some("http://clips.example"),
        ),
        ("0.0.0.0:3000", Some("https://clips.example"), None),
    ] {
        let public_url = public_url.map(|url| ["--public-url", url]);
        let flags = [
            &["--listen", listen][..],
            public_url.as_ref().map_or(&[], |flags| &flags[..]),
        ];
        let config = parse(&flags.concat()).unwrap();
        assert_eq!(config.exposed_at().as_deref(), exposed_at, "{flags:?}");
    }
}

#[test]
fn where_to_listen_is_an_address_and_a_port() {
    for flag in ["--listen", "--metrics-listen"] {
        for address in ["127.0.0.1:3000", "[::1]:3000", " 0.0.0.0:80 "] {
            assert!(parse(&[flag, address]).is_ok(), "{flag} {address}");
        }
        for wrong in ["localhost:3000", "3000", ":3000", "127.0.0.1", "::1:3000"] {
            let refused = parse(&[flag, wrong]).unwrap_err().to_string();
            assert!(refused.contains("like 127.0.0.1:3000"), "{refused}");
        }
    }
}

#[test]
fn proxies_are_networks_or_addresses() {
    let config = parse(&["--trusted-proxies", "10.0.0.0/8, 127.0.0.1,fd00::/8"]).unwrap();
    let told: Vec<_> = config
        .trusted_proxies
        .iter()
        .map(IpNet::to_string)
        .collect();
    assert_eq!(told, ["10.0.0.0/8", "127.0.0.1/32", "fd00::/8"]);
    assert!(parse(&["--trusted-proxies", "nginx"]).is_err());
}

#[test]
fn a_limit_of_nothing_is_refused() {
    for flag in [
        "--press-burst",
        "--address-connections",
        "--max-connections",
        "--max-streams",
        "--max-session-streams",
        "--max-visitor-streams",
    ] {
        assert!(parse(&[flag, "0"]).is_err(), "{flag}");
    }
    assert!(!parse(&["--limits", "false"]).unwrap().limits.limited);
}

#[test]
fn listening_is_turned_off_by_its_name_and_by_its_former_one() {
    for (flags, listens) in [
        (&[][..], true),
        (&["--listen-notify", "false"], false),
        (&["--hints", "false"], false),
        (&["--hints", "true"], true),
    ] {
        let live = parse(flags).unwrap().live();
        assert_eq!(live.listen_notify, listens, "{flags:?}");
    }
}

#[test]
fn one_network_never_has_all_connections() {
    for (flags, most) in [
        (&["--max-connections", "100"][..], 75),
        (&["--max-connections", "1"], 1),
        (&["--address-connections", "50"], 50),
        (&["--limits", "false"], usize::MAX),
        (&[], 12_000),
    ] {
        let settings = parse(flags).unwrap().connections();
        assert_eq!(settings.network_connections, most, "{flags:?}");
    }
}

#[test]
fn a_public_url_that_no_browser_opens_is_refused() {
    for url in [
        "clips.example",
        "ftp://clips.example",
        "https://",
        "https:///",
        "https://:443",
        "https://clips.example/clips",
        "https://clips.example/clips/",
        "https://clips.example?x=1",
        "https://clips.example/#x",
        "https://me@clips.example",
        "https://clips.example:",
        "https://clips.example:https",
        "https://clips.example:99999",
        "https://[::1]:x",
        "https://clips example",
        "http://0.0.0.0:3000",
        "http://[::]:3000",
        "http://[::ffff:0.0.0.0]",
        "",
    ] {
        assert!(parse(&["--public-url", url]).is_err(), "{url}");
    }
}
