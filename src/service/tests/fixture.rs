//! A service in memory, and people who ask it.

pub(crate) use super::machine::{Hands, MORNING, Space};
pub(crate) use super::organization::Batch;
use super::secrets::Secrets;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use axum::{Extension, Router};
use http_body_util::BodyExt as _;
use kaoping_keys::ring::OrganizationKey;
use kaoping_record::digest::from_hex;
use kaoping_record::time::Time;
use kaoping_service::aggregates::account::Role;
use kaoping_service::app::{App, Parts, Settings};
use kaoping_service::http::guard::Channel;
use kaoping_service::http::router::router;
use kaoping_service::last_checkpoint::LastCheckpoint;
use kaoping_service::operations::accounts::{NewAccount, create_at_machine};
use kaoping_service::operations::banks;
use kaoping_service::operations::logins::member_of;
use kaoping_service::operations::member::Member;
use kaoping_store::identity::{self, MemoryIdentities};
use kaoping_store::{Expected, InstallationId, Link, Memory, Opening, Store};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use tokio::sync::OnceCell;
use tower::ServiceExt as _;

pub(crate) const ALL_ROLES: [Role; 6] =
    [Role::Officer, Role::Custodian, Role::Invigilator, Role::Examiner, Role::Lead, Role::Supervisor];

/// Somebody with an account.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) cookie: String,
    pub(crate) password: String,
    pub(crate) pin: String,
}

impl Person {
    /// Somebody who is not logged in, with the header of this system's pages.
    pub(crate) fn nobody() -> Self {
        Self { id: String::new(), cookie: String::new(), password: String::new(), pin: String::new() }
    }
}

/// Who asks.
pub(crate) enum Caller<'a> {
    Anyone,
    Seat(&'a str),
    Staff(&'a Person),
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Value,
    pub(crate) text: String,
    /// The header `Retry-After`.
    pub(crate) retry_after: Option<String>,
}

impl Answer {
    pub(crate) fn code(&self) -> &str {
        self.body["error"]["code"].as_str().unwrap_or_default()
    }

    pub(crate) fn ok(self) -> Value {
        assert!(self.status.is_success(), "{} {}", self.status, self.text);
        self.body
    }
}

/// A new schema of the test server, which any number of services may open.
pub(crate) struct Schema {
    /// The server of `KAOPING_TEST_POSTGRES`.
    pub(crate) url: String,
    name: String,
}

impl Schema {
    pub(crate) fn new() -> Self {
        let missing = |_| "KAOPING_TEST_POSTGRES names a server, as in CONTRIBUTING.md";
        let url = std::env::var("KAOPING_TEST_POSTGRES").map_err(missing).unwrap();
        let mut random = [0; 8];
        getrandom::fill(&mut random).unwrap();
        Self { url, name: format!("test_{:016x}", u64::from_le_bytes(random)) }
    }

    /// A store of the schema, on the way that an address names.
    pub(crate) async fn open(&self, url: &str) -> Store {
        let expected = Expected::Empty(InstallationId([1; 16]));
        let opening = Opening { key: &[7; 32], expected, next: Link([2; 16]), alone: false };
        Store::postgres(url, &self.name, &opening).await.unwrap()
    }
}

pub(crate) struct Service {
    pub(crate) app: App,
    pub(crate) clock: Arc<Hands>,
    pub(crate) disk: Arc<Space>,
    /// How many request keys were made.
    requests: AtomicI64,
    /// Made at the first request.
    router: OnceLock<Router>,
    secrets: Secrets,
    store: Memory,
    identities: MemoryIdentities,
}

impl Service {
    /// With the sample banks.
    pub(crate) async fn new() -> Self {
        static SEALED: OnceCell<Service> = OnceCell::const_new();
        SEALED.get_or_init(|| Self::at(MORNING)).await.copied().await
    }

    /// With the sample banks, on a machine whose clock shows a time.
    pub(crate) async fn at(wall_ms: Time) -> Self {
        let service = Self::without_banks(wall_ms).await;
        banks::seal_embedded(&service.app).await.unwrap();
        service
    }

    pub(crate) async fn without_banks(wall_ms: Time) -> Self {
        let new = Expected::Empty(InstallationId([0; 16]));
        Self::over(Memory::default(), MemoryIdentities::default(), &new, Secrets::random(), Hands::new(wall_ms)).await
    }

    /// The same data and keys in another service, which shares nothing with this one.
    pub(crate) async fn copied(&self) -> Self {
        let (store, identities) = (self.store.copied(), self.identities.copied());
        let clock = self.clock.copied();
        let copied = Self::over(store, identities, &Expected::Founded, self.secrets, clock).await;
        copied.requests.store(self.requests.load(Ordering::SeqCst), Ordering::SeqCst);
        copied
    }

    async fn over(
        store: Memory,
        identities: MemoryIdentities,
        expected: &Expected<'_>,
        secrets: Secrets,
        clock: Hands,
    ) -> Self {
        let keys = secrets.ring(None);
        let clock = Arc::new(clock);
        let disk = Arc::new(Space(AtomicU64::new(u64::MAX)));
        let settings = Settings {
            http_port: 80,
            tls_port: 443,
            host: "localhost".into(),
            log_origin: "test.example/log".into(),
            fonts: Vec::new(),
        };
        let identity = identity::memory(identities.clone(), &keys.identity, expected).await.unwrap();
        let app = App::new(Parts {
            store: Store::memory(store.clone()),
            identity,
            keys,
            last_checkpoint: LastCheckpoint::in_memory(),
            clock: clock.clone(),
            disk: disk.clone(),
            settings,
        });
        Self { app, clock, disk, requests: AtomicI64::new(0), router: OnceLock::new(), secrets, store, identities }
    }

    /// A new service whose events lie in another store, with the sample banks.
    pub(crate) async fn on(store: Store) -> Self {
        let mut service = Self::without_banks(MORNING).await;
        service.app = service.again(store, None);
        banks::seal_embedded(&service.app).await.unwrap();
        service
    }

    /// The service of the same data with another key of the organization.
    pub(crate) fn reopened(&self, organization: OrganizationKey) -> App {
        self.again(self.app.store.clone(), Some(organization))
    }

    /// A service that starts again on the same machine.
    pub(crate) fn restarted(&self) -> App {
        self.again(self.app.store.clone(), None)
    }

    /// A second service of the same organization on the same machine, which knows the other one only
    /// by what both have stored.
    pub(crate) fn replica(&self, store: Store) -> Self {
        Self {
            app: self.again(store, None),
            clock: self.clock.clone(),
            disk: self.disk.clone(),
            requests: AtomicI64::new(1_000_000),
            router: OnceLock::new(),
            secrets: self.secrets,
            store: self.store.clone(),
            identities: self.identities.clone(),
        }
    }

    fn again(&self, store: Store, organization: Option<OrganizationKey>) -> App {
        App::new(Parts {
            store,
            identity: self.app.identity.clone(),
            keys: self.secrets.ring(organization),
            last_checkpoint: LastCheckpoint::in_memory(),
            clock: self.clock.clone(),
            disk: self.disk.clone(),
            settings: self.app.settings.clone(),
        })
    }

    fn router(&self) -> Router {
        self.router.get_or_init(|| router(self.app.clone())).clone()
    }

    pub(crate) async fn request(
        &self,
        channel: Channel,
        caller: &Caller<'_>,
        method: &str,
        path: &str,
        body: Option<Vec<u8>>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        match caller {
            Caller::Anyone => {}
            Caller::Seat(token) => request = request.header(header::AUTHORIZATION, format!("Bearer {token}")),
            Caller::Staff(person) => {
                request = request.header(header::COOKIE, &person.cookie).header("x-kaoping", "1");
            }
        }
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let request = request.body(Body::from(body.unwrap_or_default())).unwrap();
        self.answer(channel, request).await
    }

    /// The answer to a request; it does not borrow the service, so that it can be under way beside
    /// others.
    pub(crate) fn answer(
        &self,
        channel: Channel,
        request: Request<Body>,
    ) -> impl Future<Output = Answer> + Send + use<> {
        let router = self.router().layer(Extension(channel));
        async move {
            let response = router.oneshot(request).await.unwrap();
            let status = response.status();
            let cookie = response.headers().get(header::SET_COOKIE).map(|value| value.to_str().unwrap().to_owned());
            let retry_after =
                response.headers().get(header::RETRY_AFTER).map(|value| value.to_str().unwrap().to_owned());
            let bytes = response.into_body().collect().await.unwrap().to_bytes();
            let mut body: Value = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
            if let (Some(cookie), Some(object)) = (cookie, body.as_object_mut()) {
                object.insert("cookie".into(), cookie.split(';').next().unwrap().into());
            }
            Answer { status, body, text: String::from_utf8_lossy(&bytes).into_owned(), retry_after }
        }
    }

    /// Somebody as the guard admits a request with the login.
    pub(crate) async fn member(&self, person: &Person) -> Member {
        let token = person.cookie.strip_prefix("kaoping_session=").and_then(from_hex).unwrap();
        member_of(&self.app, &token).await.unwrap().unwrap()
    }

    /// What everyone may fetch, as it is.
    pub(crate) async fn bytes(&self, path: &str) -> Vec<u8> {
        let request = Request::builder().uri(path).body(Body::empty()).unwrap();
        let response = self.router().layer(Extension(Channel::Tls)).oneshot(request).await.unwrap();
        assert!(response.status().is_success(), "{path}");
        response.into_body().collect().await.unwrap().to_bytes().to_vec()
    }

    pub(crate) async fn get(&self, caller: &Caller<'_>, path: &str) -> Answer {
        self.request(Channel::Tls, caller, "GET", path, None).await
    }

    /// A request key that no other request has.
    pub(crate) fn request_key(&self) -> String {
        format!("request-number-{}", self.requests.fetch_add(1, Ordering::SeqCst))
    }

    /// Decisions get a request key of their own, unless the body has one.
    pub(crate) async fn post(&self, caller: &Caller<'_>, path: &str, mut body: Value) -> Answer {
        let named = ["/rooms/", "/sittings/", "/panels/", "/staff", "/results/", "/draw/void", "/key-corrections"];
        let decides = named.iter().any(|part| path.contains(part)) || path.ends_with("/batches");
        if let (true, Some(members)) = (decides, body.as_object_mut()) {
            members.entry("request").or_insert_with(|| self.request_key().into());
        }
        self.request(Channel::Tls, caller, "POST", path, Some(body.to_string().into_bytes())).await
    }

    /// Makes an account, logs in, and chooses password and PIN.
    pub(crate) async fn person(&self, login: &str, role: Role) -> Person {
        let mut person = self.newcomer(login, role).await;
        let password = format!("passphrase of {}", person.id);
        let body = json!({ "current": person.password, "new": password });
        let answer = self.post(&Caller::Staff(&person), "/api/v1/me/password", body).await.ok();
        person.cookie = answer["cookie"].as_str().unwrap().to_owned();
        person.password = password;
        if role == Role::Examiner {
            person.pin = "280719".to_owned();
            let body = json!({ "password": person.password, "pin": person.pin });
            self.post(&Caller::Staff(&person), "/api/v1/me/pin", body).await.ok();
        }
        person
    }

    /// Makes an account and logs in with its one-time password.
    pub(crate) async fn newcomer(&self, login: &str, role: Role) -> Person {
        let new = NewAccount { login: login.into(), name: login.into(), roles: vec![role], employer: None };
        let made = create_at_machine(&self.app, &new).await.unwrap();
        let answer = self.log_in(login, &made.one_time_password, None).await.ok();
        Person {
            id: made.account.id.to_string(),
            cookie: answer["cookie"].as_str().unwrap().to_owned(),
            password: made.one_time_password,
            pin: String::new(),
        }
    }

    pub(crate) async fn log_in(&self, login: &str, password: &str, one_time_code: Option<&str>) -> Answer {
        let body = json!({ "login": login, "password": password, "one_time_code": one_time_code });
        self.post(&Caller::Staff(&Person::nobody()), "/api/v1/login", body).await
    }

    pub(crate) async fn organization(&self, office: &Person) {
        let organization = json!({
            "name": "示例评价中心", "credit_code": "91000000MA00000000", "province": "22", "category": "S",
            "organization_code": "0000", "site_code": "000001",
            "filing": { "number": "示备1", "occupation": "4-14-01-03", "levels": [5], "expires": "2027-06-30" },
            "complaint_contact": "000",
        });
        let body = Some(organization.to_string().into_bytes());
        self.request(Channel::Tls, &Caller::Staff(office), "PUT", "/api/v1/organization", body).await.ok();
    }
}
