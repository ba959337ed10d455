//! What every store must do, run on memory, SQLite and PostgreSQL.

mod crash;
mod documents;
mod durable;
pub(crate) mod fixture;
mod founding;
mod identities;
mod rebuild;
mod replicas;
mod streams;
mod values;

/// Runs each case, a function of [`fixture::Site`], on every backend.
macro_rules! on_every_backend {
    ($($case:ident),+ $(,)?) => {
        mod memory {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $case() -> crate::contract::fixture::TestResult {
                super::$case(&crate::contract::fixture::Site::memory()).await
            })+
        }
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $case() -> crate::contract::fixture::TestResult {
                super::$case(&crate::contract::fixture::Site::sqlite()?).await
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $case() -> crate::contract::fixture::TestResult {
                let site = crate::contract::fixture::Site::postgres()?;
                super::$case(&site).await?;
                site.drop_schema().await
            })+
        }
    };
}
pub(crate) use on_every_backend;
