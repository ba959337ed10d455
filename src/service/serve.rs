//! The two listeners, and the background tasks: one keeps the rooms' times and collects papers
//! whose time is up, one sums up who failed to get in.

use crate::app::App;
use crate::edge::connections::{Connections, Limits};
use crate::edge::throttle::Failures;
use crate::http::guard::Channel;
use crate::http::router::router;
use crate::http::socket::Admission;
use crate::operations::sittings::collect_overdue;
use crate::tls::ServerTls;
use axum::Extension;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use axum_server::{Handle, Server};
use hyper_util::rt::TokioTimer;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

/// How often the rooms' times are kept and papers whose time is up are looked for.
const WATCH: Duration = Duration::from_secs(10);
/// How long requests under way may take when the service stops.
const GRACE: Duration = Duration::from_secs(10);

/// How often the log sums up failed tries and connections, when there are any.
const SUMMARY: Duration = Duration::from_secs(60);
/// How long a client may take for the TLS handshake.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// The largest header, and how much of a body is read ahead.
const BUFFER: usize = 64 * 1024;
/// How many connections may wait to be accepted; the system may allow fewer.
const WAITING: i32 = 4096;

/// A running service.
pub struct Serving {
    /// Where candidates reach it.
    pub http: SocketAddr,
    /// Where staff reach it.
    pub tls: SocketAddr,
    /// Who is connected.
    pub connections: Connections,
    handles: [Handle<SocketAddr>; 2],
    tasks: Vec<tokio::task::JoinHandle<std::io::Result<()>>>,
    background: [tokio::task::JoinHandle<()>; 2],
}

/// Starts both listeners on sockets that are bound already. Strangers may hold as many connections
/// as `limits` says.
///
/// # Errors
/// When a socket or the certificate cannot be used.
pub async fn serve(
    app: App,
    http: TcpListener,
    tls: TcpListener,
    server: &ServerTls,
    limits: Limits,
) -> std::io::Result<Serving> {
    let config = RustlsConfig::from_config(server.config().map_err(std::io::Error::other)?);
    let (http_address, tls_address) = (http.local_addr()?, tls.local_addr()?);
    for listener in [&http, &tls] {
        listener.set_nonblocking(true)?;
        let_many_wait(listener)?;
    }
    let handles = [Handle::new(), Handle::new()];
    let [plain_handle, tls_handle] = handles.clone();
    let connections = Connections::new(limits);
    let plain = router(app.clone()).layer(Extension(Channel::Plain)).into_make_service();
    let secure = router(app.clone()).layer(Extension(Channel::Tls)).into_make_service();
    // Before anybody asks: after a restart of the machine the rooms' times must be anchored anew.
    watch_rooms(&app).await;
    let plain_acceptor = Admission(connections.clone());
    let secure_acceptor =
        RustlsAcceptor::new(config).handshake_timeout(HANDSHAKE).acceptor(Admission(connections.clone()));
    let plain =
        bounded(axum_server::from_tcp(http)?.acceptor(plain_acceptor), limits).handle(plain_handle).serve(plain);
    let secure =
        bounded(axum_server::from_tcp(tls)?.acceptor(secure_acceptor), limits).handle(tls_handle).serve(secure);
    let background = [tokio::spawn(watch(app.clone())), tokio::spawn(sum_up(app, connections.clone()))];
    let tasks = vec![tokio::spawn(plain), tokio::spawn(secure)];
    Ok(Serving { http: http_address, tls: tls_address, connections, handles, tasks, background })
}

/// Bounds what a client may take: time for headers and between requests, and memory. HTTP/1.1
/// alone, so that a connection has one request at a time. (The server forgets the version when it
/// is given an acceptor, so that comes first.)
fn bounded<A>(server: Server<SocketAddr, A>, limits: Limits) -> Server<SocketAddr, A> {
    let mut server = server.http1_only();
    server.http_builder().http1().timer(TokioTimer::new()).header_read_timeout(limits.idle).max_buf_size(BUFFER);
    server
}

/// Lets a rush of connections wait to be accepted: 600 seats hand in at one moment, and the
/// standard library lets 128 wait. A client without a place tries again after a second.
fn let_many_wait(listener: &TcpListener) -> std::io::Result<()> {
    Ok(rustix::net::listen(listener, WAITING)?)
}

/// Watches the rooms again and again.
async fn watch(app: App) {
    loop {
        tokio::time::sleep(WATCH).await;
        watch_rooms(&app).await;
    }
}

/// Writes how many tries failed and how many connections were closed since the last summary.
async fn sum_up(app: App, connections: Connections) {
    let mut before = Failures::default();
    loop {
        tokio::time::sleep(SUMMARY).await;
        let (now, closed) = (app.throttle.failures(), connections.take_closed());
        if now == before && closed == 0 {
            continue;
        }
        let since = |now: u64, before: u64| now.saturating_sub(before);
        let [password, pin, ticket, seat] = now.failed;
        let [old_password, old_pin, old_ticket, old_seat] = before.failed;
        let (strangers, known) = connections.counts();
        tracing::warn!(
            password = since(password, old_password),
            pin = since(pin, old_pin),
            ticket = since(ticket, old_ticket),
            seat_secret = since(seat, old_seat),
            refused = since(now.refused, before.refused),
            delayed = since(now.delayed, before.delayed),
            connections_closed = closed,
            connections_of_strangers = strangers,
            connections_of_seats_and_staff = known,
            "failed tries of the last minute"
        );
        before = now;
    }
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
        self.background.iter().for_each(tokio::task::JoinHandle::abort);
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpStream;

    #[test]
    fn hundreds_of_connections_wait_to_be_accepted() -> std::io::Result<()> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let_many_wait(&listener)?;
        let address = listener.local_addr()?;
        let waiting: Vec<TcpStream> = (0..600)
            .map(|_| TcpStream::connect_timeout(&address, std::time::Duration::from_millis(500)))
            .collect::<Result<_, _>>()?;
        assert_eq!(waiting.len(), 600);
        Ok(())
    }
}
