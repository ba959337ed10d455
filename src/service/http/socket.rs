//! A socket of a listener: it is closed when the limits ask for it, or when the client takes no
//! answer.

use crate::edge::connections::{Connection, Connections};
use axum::Extension;
use axum::middleware::AddExtension;
use axum_server::accept::Accept;
use std::future::{Future, Ready, ready};
use std::io::{Error, ErrorKind, Result};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::time::{Sleep, sleep};
use tower::Layer as _;

/// How long a client may take no byte of an answer.
const STALLED: Duration = Duration::from_secs(30);

/// Lets connections in as the limits allow, and gives each request its [`Connection`].
#[derive(Clone, Debug)]
pub(crate) struct Admission(pub(crate) Connections);

impl<S> Accept<TcpStream, S> for Admission {
    type Stream = Socket;
    type Service = AddExtension<S, Connection>;
    type Future = Ready<Result<(Self::Stream, Self::Service)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        ready(self.admit(stream, service))
    }
}

impl Admission {
    fn admit<S>(&self, stream: TcpStream, service: S) -> Result<(Socket, AddExtension<S, Connection>)> {
        let (peer, local) = (stream.peer_addr()?, stream.local_addr()?);
        // Answers are short and written at once.
        stream.set_nodelay(true)?;
        let (connection, closed) = self.0.admit(peer, local).ok_or_else(|| Error::from(ErrorKind::QuotaExceeded))?;
        let service = Extension(connection.clone()).layer(service);
        Ok((Socket { stream, closed: Some(closed), stalled: None, _connection: connection }, service))
    }
}

/// The socket of an admitted connection.
pub(crate) struct Socket {
    stream: TcpStream,
    /// Says when it must be closed; `None` once nobody will say it any more.
    closed: Option<oneshot::Receiver<()>>,
    /// Runs while the client takes nothing.
    stalled: Option<Pin<Box<Sleep>>>,
    _connection: Connection,
}

impl Socket {
    fn check_closed(&mut self, context: &mut Context<'_>) -> Result<()> {
        let Some(closed) = &mut self.closed else { return Ok(()) };
        match Pin::new(closed).poll(context) {
            Poll::Pending => Ok(()),
            Poll::Ready(Ok(())) => Err(ErrorKind::ConnectionAborted.into()),
            Poll::Ready(Err(_)) => {
                self.closed = None;
                Ok(())
            }
        }
    }

    /// Passes the outcome of writing on, and ends a write that has made no progress for too long.
    fn watch<T>(&mut self, context: &mut Context<'_>, outcome: Poll<Result<T>>) -> Poll<Result<T>> {
        if outcome.is_ready() {
            self.stalled = None;
            return outcome;
        }
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(sleep(STALLED)));
        stalled.as_mut().poll(context).map(|()| Err(ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Socket {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<Result<()>> {
        self.check_closed(context)?;
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Socket {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.watch(context, outcome)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[std::io::IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write_vectored(context, bytes);
        self.watch(context, outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        let outcome = Pin::new(&mut self.stream).poll_flush(context);
        self.watch(context, outcome)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        let outcome = Pin::new(&mut self.stream).poll_shutdown(context);
        self.watch(context, outcome)
    }
}
