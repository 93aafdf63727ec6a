//! The peer of the live streams: nginx with nchan, one worker, which sends ids too.

use std::{path::Path, process::Command};

use crate::{
    Outcome,
    process::{Folder, Process, free_port},
    sse::Stream,
};

/// Where Debian's `libnginx-mod-nchan` puts it.
const MODULE: &str = "/usr/lib/nginx/modules/ngx_nchan_module.so";

/// Starts it on one core.
pub(crate) async fn start(folder: &Folder, core: u32) -> Outcome<Process> {
    start_with(folder, core, "").await
}

/// The same, where it serves other things too: `also` stands in its server block.
pub(crate) async fn start_with(folder: &Folder, core: u32, also: &str) -> Outcome<Process> {
    if !Path::new(MODULE).exists() {
        return Err("nchan is missing: apt-get install nginx-light libnginx-mod-nchan".into());
    }
    let port = free_port()?;
    let home = folder.file("nchan");
    std::fs::create_dir_all(&home)?;
    let home = home.display();
    let file = folder.file("nchan.conf");
    // The buffer holds all that one run sends: what a slow subscriber misses must not be a matter of settings.
    let configuration = format!(
        "load_module {MODULE};
user root;
worker_processes 1;
worker_rlimit_nofile 20000;
daemon off;
pid {home}/pid;
error_log {home}/error.log warn;
events {{ worker_connections 19500; }}
http {{
  access_log off;
  client_body_temp_path {home}/body; proxy_temp_path {home}/proxy; fastcgi_temp_path {home}/fastcgi;
  uwsgi_temp_path {home}/uwsgi; scgi_temp_path {home}/scgi;
  keepalive_requests 1000000;
  keepalive_timeout 1h;
  nchan_shared_memory_size 256m;
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location = /ready {{ return 200; }}
    location = /live {{
      nchan_subscriber eventsource;
      nchan_channel_id all;
      nchan_subscriber_first_message newest;
    }}
    location = /publish {{
      nchan_publisher;
      nchan_channel_id all;
      nchan_message_buffer_length 2000;
      nchan_message_timeout 1m;
    }}
{also}  }}
}}
"
    );
    std::fs::write(&file, configuration)?;
    let mut command = Command::new("taskset");
    command.args(["-c", &core.to_string(), "nginx", "-e"]);
    command
        .arg(folder.file("nchan-start.log"))
        .arg("-c")
        .arg(file);
    Process::start(command, port, "/ready", &folder.file("nchan.log")).await
}

/// Where its one channel is subscribed to.
pub(crate) fn stream(process: &Process) -> Stream {
    Stream {
        port: process.port(),
        path: "/live".into(),
        headers: String::new(),
    }
}
