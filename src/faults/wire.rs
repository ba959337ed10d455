//! A proxy between the program and PostgreSQL that a test can cut.

use kaoping_demo::client::Failure;
use std::net::SocketAddr;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// Carries connections to a server of PostgreSQL.
pub(crate) struct Wire {
    server: String,
    listens: SocketAddr,
    carries: JoinHandle<()>,
}

impl Wire {
    /// A wire to the server of an address `postgres://USER@HOST:PORT/DATABASE`, and the address
    /// that leads through it.
    pub(crate) async fn to(address: &str) -> Result<(Self, String), Failure> {
        let after_user = address.split_once('@').ok_or("the address of PostgreSQL names no user")?.1;
        let server = after_user.split('/').next().unwrap_or(after_user).to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let listens = listener.local_addr()?;
        let through = address.replace(&server, &listens.to_string());
        let carries = tokio::spawn(carry(listener, server.clone()));
        Ok((Self { server, listens, carries }, through))
    }

    /// Breaks all connections and takes no more.
    pub(crate) async fn cut(&mut self) {
        self.carries.abort();
        // It was cancelled, which is what was asked for.
        drop((&mut self.carries).await);
    }

    /// Carries again.
    pub(crate) async fn mend(&mut self) -> Result<(), Failure> {
        let listener = TcpListener::bind(self.listens).await?;
        self.carries = tokio::spawn(carry(listener, self.server.clone()));
        Ok(())
    }
}

async fn carry(listener: TcpListener, server: String) {
    // The tasks end with this set, when the wire is cut.
    let mut connections = JoinSet::new();
    while let Ok((mut from, _)) = listener.accept().await {
        let server = server.clone();
        connections.spawn(async move {
            let mut to = TcpStream::connect(server).await?;
            tokio::io::copy_bidirectional(&mut from, &mut to).await
        });
    }
}
