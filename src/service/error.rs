//! What a refused request gets: what, where, why, and what to do, in both languages.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use kaoping_engine::fault::{Fault, Text};
use kaoping_store::StoreError;
use serde::Serialize;

/// A refusal.
#[derive(Debug)]
pub struct ApiError(Box<Refusal>);

#[derive(Debug)]
struct Refusal {
    status: StatusCode,
    error: Fault,
    faults: Vec<Fault>,
}

#[derive(Serialize)]
struct Body {
    error: Fault,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    faults: Vec<Fault>,
}

impl ApiError {
    /// A refusal with a status, a stable code, the field and both sentences.
    pub fn new(status: StatusCode, code: &str, place: &str, cause: (&str, &str), cure: (&str, &str)) -> Self {
        let error = Fault::new(code, place, Text::new(cause.0, cause.1), Text::new(cure.0, cure.1));
        Self(Box::new(Refusal { status, error, faults: Vec::new() }))
    }

    /// Adds the single defects.
    #[must_use]
    pub fn with_faults(mut self, faults: Vec<Fault>) -> Self {
        self.0.faults = faults;
        self
    }

    /// 404: nothing of that name.
    pub fn not_found(place: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not_found",
            place,
            ("没有找到。", "there is no such thing"),
            ("请核对编号，或返回上一页刷新。", "check the identifier, or go back and reload"),
        )
    }

    /// 409: it cannot happen as things stand.
    pub fn conflict(code: &str, place: &str, cause: (&str, &str), cure: (&str, &str)) -> Self {
        Self::new(StatusCode::CONFLICT, code, place, cause, cure)
    }

    /// 422: the input has defects.
    pub fn invalid(code: &str, place: &str, cause: (&str, &str), cure: (&str, &str)) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, place, cause, cure)
    }

    /// 422 with a list of defects.
    pub fn faulty(what: (&str, &str), faults: Vec<Fault>) -> Self {
        let zh = format!("{}有 {} 处错误，没有保存任何内容。", what.0, faults.len());
        let en = format!("{} has {} defects; nothing was saved", what.1, faults.len());
        Self::invalid(
            "faults",
            "",
            (&zh, &en),
            ("按下面的列表逐条改正后重新提交。", "mend what the list names and submit again"),
        )
        .with_faults(faults)
    }

    /// 403: the account's role does not allow it.
    pub fn forbidden() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "forbidden",
            "",
            ("您的角色不能做这一步。", "your role does not allow this"),
            ("请由有权限的人员登录后操作。", "have it done by someone whose role allows it"),
        )
    }

    /// 401: nobody is logged in.
    pub fn unauthenticated() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "unauthenticated",
            "",
            ("还没有登录，或登录已过期。", "not logged in, or the login has expired"),
            ("请重新登录。", "log in again"),
        )
    }

    /// 500: our own failure; the details go to the log, not to the page.
    pub fn internal(error: impl std::fmt::Display) -> Self {
        tracing::error!(%error, "internal error");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "",
            ("程序内部出错，没有保存任何内容。", "the program failed; nothing was saved"),
            ("请再试一次；仍不行请联系管理员查看日志。", "try again; if it fails again, have the log looked at"),
        )
    }

    /// Whether somebody else changed the same stream at the same time, so that trying again helps.
    pub fn is_race(&self) -> bool {
        self.0.error.code == "race"
    }

    /// The stable code.
    pub fn code(&self) -> &str {
        &self.0.error.code
    }
}

/// Single defects that a terminal shows; a page shows all.
const SHOWN: usize = 20;

impl std::fmt::Display for ApiError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} {}", self.0.error.cause.zh, self.0.error.cause.en)?;
        for fault in self.0.faults.iter().take(SHOWN) {
            write!(formatter, "\n  {}: {} {}", fault.place, fault.cause.zh, fault.cure.zh)?;
        }
        let more = self.0.faults.len().saturating_sub(SHOWN);
        if more > 0 { write!(formatter, "\n  (+{more})") } else { Ok(()) }
    }
}

impl std::error::Error for ApiError {}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        if matches!(error, StoreError::Conflict { .. }) {
            return Self::conflict(
                "race",
                "",
                ("别人刚刚改动了同一内容。", "somebody else has just changed the same thing"),
                ("刷新后再试一次。", "reload and try again"),
            );
        }
        Self::internal(error)
    }
}

macro_rules! internal {
    ($($error:ty),+ $(,)?) => {$(
        impl From<$error> for ApiError {
            fn from(error: $error) -> Self {
                Self::internal(error)
            }
        }
    )+};
}

internal!(
    kaoping_record::canonical::CanonicalError,
    kaoping_record::event::EventError,
    kaoping_record::id::IdError,
    kaoping_record::message::MessageError,
    kaoping_record::jws::JwsError,
    kaoping_record::log::checkpoint::CheckpointError,
    getrandom::Error,
);

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let Refusal { status, error, faults } = *self.0;
        (status, Json(Body { error, faults })).into_response()
    }
}
