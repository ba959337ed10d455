//! A small HTTP client for simulated people: one connection a request, JSON in and out.

use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::{Method, Request, StatusCode, header};
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use serde_json::Value;
use std::error::Error;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

pub type Failure = Box<dyn Error + Send + Sync>;

/// Reaches both listeners of the demo's service.
#[derive(Clone)]
pub struct Client {
    http: SocketAddr,
    tls: SocketAddr,
    connector: TlsConnector,
}

/// Who asks.
#[derive(Clone, Debug)]
pub enum Caller {
    /// Nobody in particular, over plain http.
    Anyone,
    /// A seat with its token, over plain http.
    Seat(String),
    /// A member of staff with a session cookie, over TLS.
    Staff(String),
}

/// An answer.
pub struct Answer {
    pub status: StatusCode,
    /// It names a time to come back, as what passes by itself does.
    pub come_back: bool,
    pub cookie: Option<String>,
    pub body: Bytes,
}

impl Client {
    pub fn new(http: SocketAddr, tls: SocketAddr, authority: &Path) -> Result<Self, Box<dyn Error + Send + Sync>> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(authority)?)?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self { http, tls, connector: TlsConnector::from(Arc::new(config)) })
    }

    /// Logs in and returns the caller.
    pub async fn login(&self, login: &str, password: &str) -> Result<Caller, Failure> {
        Ok(self.log_in(login, password).await?.0)
    }

    /// Logs in and returns the caller, and what the service says of the account.
    pub async fn log_in(&self, login: &str, password: &str) -> Result<(Caller, Value), Failure> {
        let body = serde_json::json!({ "login": login, "password": password });
        let staff = Caller::Staff(String::new());
        let answer = self.send(&staff, Method::POST, "/api/v1/login", Some(body.to_string().into())).await?;
        let cookie = answer.cookie.ok_or_else(|| format!("login of {login} failed: {}", answer.status))?;
        Ok((Caller::Staff(cookie), serde_json::from_slice(&answer.body)?))
    }

    /// Asks for something that answers with a new login in the place of the caller's.
    pub async fn renewed(&self, caller: &Caller, path: &str, body: &Value) -> Result<Caller, Failure> {
        let answer = self.send(caller, Method::POST, path, Some(body.to_string().into())).await?;
        let refused = || format!("POST {path}: {} {}", answer.status, String::from_utf8_lossy(&answer.body));
        answer.cookie.clone().map(Caller::Staff).ok_or_else(|| refused().into())
    }

    pub async fn get(&self, caller: &Caller, path: &str) -> Result<Value, Failure> {
        self.json(caller, Method::GET, path, None).await
    }

    pub async fn post(&self, caller: &Caller, path: &str, body: &Value) -> Result<Value, Failure> {
        self.json(caller, Method::POST, path, Some(body.to_string().into())).await
    }

    pub async fn put(&self, caller: &Caller, path: &str, body: &Value) -> Result<Value, Failure> {
        self.json(caller, Method::PUT, path, Some(body.to_string().into())).await
    }

    /// Sends bytes, and reads bytes.
    pub async fn bytes(
        &self,
        caller: &Caller,
        method: Method,
        path: &str,
        body: Option<Bytes>,
    ) -> Result<Bytes, Failure> {
        let answer = self.send(caller, method.clone(), path, body).await?;
        if answer.status.is_success() {
            return Ok(answer.body);
        }
        Err(format!("{method} {path}: {} {}", answer.status, String::from_utf8_lossy(&answer.body)).into())
    }

    /// Bytes that may be missing.
    pub async fn found(&self, caller: &Caller, path: &str) -> Result<Option<Bytes>, Failure> {
        let answer = self.send(caller, Method::GET, path, None).await?;
        match answer.status {
            StatusCode::NOT_FOUND => Ok(None),
            status if status.is_success() => Ok(Some(answer.body)),
            status => Err(format!("GET {path}: {status}").into()),
        }
    }

    async fn json(&self, caller: &Caller, method: Method, path: &str, body: Option<Bytes>) -> Result<Value, Failure> {
        let bytes = self.bytes(caller, method, path, body).await?;
        Ok(if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes)? })
    }

    /// Asks, and gives the answer whatever it is.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn send(
        &self,
        caller: &Caller,
        method: Method,
        path: &str,
        body: Option<Bytes>,
    ) -> Result<Answer, Failure> {
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, "localhost");
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        match caller {
            Caller::Anyone => {}
            Caller::Seat(token) => request = request.header(header::AUTHORIZATION, format!("Bearer {token}")),
            Caller::Staff(cookie) => request = request.header(header::COOKIE, cookie).header("x-kaoping", "1"),
        }
        let request = request.body(Full::new(body.unwrap_or_default()))?;
        if matches!(caller, Caller::Staff(_)) {
            let stream = TcpStream::connect(self.tls).await?;
            exchange(self.connector.connect(ServerName::try_from("localhost")?, stream).await?, request).await
        } else {
            exchange(TcpStream::connect(self.http).await?, request).await
        }
    }
}

async fn exchange<S>(stream: S, request: Request<Full<Bytes>>) -> Result<Answer, Failure>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let driver = tokio::spawn(connection);
    let response = sender.send_request(request).await?;
    let status = response.status();
    let cookie = response.headers().get(header::SET_COOKIE).and_then(|value| value.to_str().ok());
    let cookie = cookie.and_then(|value| value.split(';').next()).map(str::to_owned);
    let come_back = response.headers().contains_key(header::RETRY_AFTER);
    let body = response.into_body().collect().await?.to_bytes();
    driver.abort();
    Ok(Answer { status, come_back, cookie, body })
}
