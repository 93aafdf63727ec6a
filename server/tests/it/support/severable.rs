//! A proxy in front of Postgres that can drop connections without telling either end, as firewalls do.

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// Passes bytes on between whoever connects to it and Postgres, until it is cut.
pub(crate) struct SeverableProxy {
    url: String,
    cut: watch::Sender<()>,
}

impl SeverableProxy {
    /// A proxy in front of the database at this URL.
    pub(crate) async fn to(url: &str) -> Self {
        let (listener, url, target) = in_front_of(url).await;
        let (cut, is_cut) = watch::channel(());
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let (target, mut is_cut) = (target.clone(), is_cut.clone());
                is_cut.mark_unchanged();
                tokio::spawn(async move {
                    let mut far = TcpStream::connect(target).await.unwrap();
                    tokio::select! {
                        _ = copy_bidirectional(&mut near, &mut far) => {}
                        // Both stay open, and nothing passes any more.
                        Ok(()) = is_cut.changed() => std::future::pending().await,
                    }
                });
            }
        });
        Self { url, cut }
    }

    /// The database's URL through the proxy.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Cuts what is connected now. Those who connect later get through.
    pub(crate) fn cut(&self) {
        self.cut.send_replace(());
    }
}

/// Listens in front of the database at this URL; answers the URL there, and the address of the database itself.
pub(super) async fn in_front_of(url: &str) -> (TcpListener, String, String) {
    let (start, rest) = url.split_once('@').unwrap();
    let (target, database) = rest.split_once('/').unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("{start}@{}/{database}", listener.local_addr().unwrap());
    (listener, url, target.to_owned())
}
