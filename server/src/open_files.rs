//! How many files, and thus connections, the process may have open.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// How many files a process that is started like this one may open, once it has raised its limit; `None` if there is no limit.
#[must_use]
pub fn most() -> Option<u64> {
    getrlimit(Resource::Nofile).maximum
}

/// Raises the limit as far as it may be raised. Login shells and systemd start processes with a low one, for the sake of old
/// programs that can't handle descriptors above 1,023.
pub fn raise_limit() {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current == maximum {
        return;
    }
    let raised = Rlimit {
        current: maximum,
        maximum,
    };
    if let Err(error) = setrlimit(Resource::Nofile, raised) {
        tracing::warn!(%error, "the limit of open files stays at {current:?}");
    }
}
