//! The peer of arrivals: nginx, one worker, that serves what we answered from memory, at the same addresses, and with
//! nchan's streams where ours are.

use std::fmt::Write;

use super::browser::Load;
use crate::{
    Outcome,
    http::{Answer, Connection},
    nchan,
    process::{Folder, Process},
};

/// Header lines that nginx writes itself, or that belong to one connection.
const OWN: [&str; 7] = [
    "accept-ranges",
    "connection",
    "content-length",
    "content-type",
    "date",
    "last-modified",
    "transfer-encoding",
];
/// What the channel's one message says: as much as our first event.
const MESSAGE: &str = r#"{"now":"2026-11-27T09:00:00.123456789Z"}"#;

/// An answer of ours, to be served again.
pub(crate) struct Kept {
    path: String,
    answer: Answer,
}

impl Kept {
    /// Asks for it until it is answered as it should be, a few times.
    pub(crate) async fn ask(port: u16, load: &Load) -> Outcome<Self> {
        let mut failure = None;
        for _ in 0..8 {
            let mut connection = Connection::open(port).await?;
            match load.over(&mut connection).await {
                Ok(answer) => {
                    let path = load.path().into();
                    return Ok(Self { path, answer });
                }
                Err(why) => failure = Some(why),
            }
        }
        let why = failure.map(|why| why.to_string()).unwrap_or_default();
        Err(format!("{}: {why}", load.path()).into())
    }

    /// Its body.
    pub(crate) fn body(&self) -> &[u8] {
        &self.answer.body
    }

    /// Its head.
    pub(crate) fn head(&self) -> &str {
        &self.answer.head
    }
}

/// Starts it on one core, with these answers, and nchan's streams at `stream`; one message waits there.
pub(crate) async fn start(
    folder: &Folder,
    memory: &Folder,
    core: u32,
    kept: &[Kept],
    stream: &str,
) -> Outcome<Process> {
    let mut also = format!(
        "    sendfile on; tcp_nopush on; etag off;
    open_file_cache max=100 inactive=1h; open_file_cache_valid 1h;
    location = {stream} {{
      nchan_subscriber eventsource;
      nchan_channel_id arrivals;
      nchan_subscriber_first_message -1;
    }}
    location = /arrivals {{
      nchan_publisher;
      nchan_channel_id arrivals;
      nchan_message_timeout 1h;
    }}
"
    );
    for (number, kept) in kept.iter().enumerate() {
        let file = memory.file(&number.to_string());
        std::fs::write(&file, kept.body())?;
        let (file, folder) = (file.display(), memory.file(""));
        let folder = folder.display();
        let headers = headers(kept.head());
        let (path, status) = (&kept.path, kept.answer.status);
        match (status, path.ends_with('/')) {
            (200, false) => writeln!(
                also,
                "    location = {path} {{ alias {file};\n{headers}    }}"
            )?,
            // nginx looks for the index of a folder there.
            (200, true) => writeln!(
                also,
                "    location = {path} {{ root {folder}; try_files /{number} =500;\n{headers}    }}"
            )?,
            // A file is answered with 200 and nothing else, but where it tells of an error.
            _ => writeln!(
                also,
                "    location = {path} {{ error_page {status} /kept/{number}; return {status}; }}
    location = /kept/{number} {{ internal; alias {file};\n{headers}    }}"
            )?,
        }
    }
    let nginx = nchan::start_with(folder, core, &also).await?;
    let mut connection = Connection::open(nginx.port()).await?;
    let told = "Content-Type: text/plain\r\n";
    let answer = connection.post("/arrivals", told, MESSAGE).await?;
    if !(200..300).contains(&answer.status) {
        return Err(format!("nchan takes no message: {}", answer.status).into());
    }
    Ok(nginx)
}

/// Our header lines as directives of nginx.
fn headers(head: &str) -> String {
    let mut directives = String::new();
    for (name, value) in head.lines().skip(1).filter_map(|line| line.split_once(':')) {
        let value = value.trim();
        // What can't be quoted there is left out.
        if value.contains(['"', '$', '\\']) {
            continue;
        }
        if name.eq_ignore_ascii_case("content-type") {
            directives += &format!("      types {{ }} default_type \"{value}\";\n");
        } else if !OWN.iter().any(|own| name.eq_ignore_ascii_case(own)) {
            directives += &format!("      add_header {name} \"{value}\" always;\n");
        }
    }
    directives
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_headers_are_served_again_but_those_of_one_connection() {
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/html; charset=utf-8\r\nContent-Length: 3\r\n\
                    content-encoding: br\r\ndate: now\r\netag: \"a\"\r\n\r\n";
        let wanted = "      types { } default_type \"text/html; charset=utf-8\";\n      \
                      add_header content-encoding \"br\" always;\n";
        assert_eq!(headers(head), wanted);
    }
}
