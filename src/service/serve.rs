//! The two listeners, and the background task that keeps the rooms' times and collects papers whose time is up.

use crate::app::App;
use crate::http::guard::Channel;
use crate::http::router::router;
use crate::operations::sittings::collect_overdue;
use crate::tls::ServerTls;
use axum::Extension;
use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

/// How often the rooms' times are kept and papers whose time is up are looked for.
const WATCH: Duration = Duration::from_secs(10);
/// How long requests under way may take when the service stops.
const GRACE: Duration = Duration::from_secs(10);

/// A running service.
pub struct Serving {
    /// Where candidates reach it.
    pub http: SocketAddr,
    /// Where staff reach it.
    pub tls: SocketAddr,
    handles: [Handle<SocketAddr>; 2],
    tasks: Vec<tokio::task::JoinHandle<std::io::Result<()>>>,
    watch: tokio::task::JoinHandle<()>,
}

/// Starts both listeners on sockets that are bound already.
///
/// # Errors
/// When a socket or the certificate cannot be used.
pub async fn serve(app: App, http: TcpListener, tls: TcpListener, server: &ServerTls) -> std::io::Result<Serving> {
    // The process may have set a provider before; either is ring.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let config =
        RustlsConfig::from_pem(server.certificate.clone().into_bytes(), server.key.clone().into_bytes()).await?;
    let (http_address, tls_address) = (http.local_addr()?, tls.local_addr()?);
    for listener in [&http, &tls] {
        listener.set_nonblocking(true)?;
    }
    let handles = [Handle::new(), Handle::new()];
    let [plain_handle, tls_handle] = handles.clone();
    let plain = router(app.clone()).layer(Extension(Channel::Plain)).into_make_service();
    let secure = router(app.clone()).layer(Extension(Channel::Tls)).into_make_service();
    let plain = axum_server::from_tcp(http)?.handle(plain_handle).serve(plain);
    let secure = axum_server::from_tcp_rustls(tls, config)?.handle(tls_handle).serve(secure);
    // Before anybody asks: after a restart of the machine the rooms' times must be anchored anew.
    watch_rooms(&app).await;
    let watch = tokio::spawn(async move {
        loop {
            tokio::time::sleep(WATCH).await;
            watch_rooms(&app).await;
        }
    });
    let tasks = vec![tokio::spawn(plain), tokio::spawn(secure)];
    Ok(Serving { http: http_address, tls: tls_address, handles, tasks, watch })
}

/// Keeps the times of the open rooms, and takes the papers whose time is up.
async fn watch_rooms(app: &App) {
    match collect_overdue(app).await {
        Ok(0) => {}
        Ok(taken) => tracing::info!(taken, "papers taken at the end of their time"),
        Err(error) => tracing::error!(code = error.code(), "papers could not be taken"),
    }
}

impl Serving {
    /// Stops taking requests, and returns when those under way are answered.
    pub async fn stop(self) {
        self.watch.abort();
        for handle in &self.handles {
            handle.graceful_shutdown(Some(GRACE));
        }
        for task in self.tasks {
            if let Ok(Err(error)) = task.await {
                tracing::error!(%error, "listener ended");
            }
        }
    }
}
