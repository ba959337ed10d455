//! All routes of the service, as a table of contents. Who may use them stands in [`crate::access::ROUTES`].

use crate::access::guard;
use crate::app::App;
use crate::describe;
use crate::pages;
use crate::resources::{
    banks, batches, bundles, certificates, changes, closing, draw, endings, examiner, late, log, login, organization,
    panels, receipts, results, rooms, roster, scoring, seat, sittings, staff, trust,
};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::{from_fn_with_state, map_response};
use axum::response::Response;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The largest request, which a roster needs.
const MAX_REQUEST_BYTES: usize = 10 * 1024 * 1024;

#[derive(OpenApi)]
#[openapi(info(
    title = "Kaoping 考评",
    description = "Level certification of long-term carers (长期照护师). Staff routes need TLS, the session cookie and, to change anything, the header `x-kaoping: 1`."
))]
struct Description;

/// The service's routes and pages.
pub fn router(app: App) -> Router {
    let (api, _) = api().split_for_parts();
    api.route_layer(from_fn_with_state(app.clone(), guard))
        .merge(pages::router())
        .layer(DefaultBodyLimit::max(MAX_REQUEST_BYTES))
        .layer(map_response(secure))
        .with_state(app)
}

/// The OpenAPI description of [`router`].
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    describe::complete(api().split_for_parts().1)
}

fn api() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(login::login))
        .routes(routes!(login::logout))
        .routes(routes!(login::me))
        .routes(routes!(organization::public))
        .routes(routes!(trust::read))
        .routes(routes!(changes::status::read))
        .routes(routes!(log::reading::checkpoint))
        .routes(routes!(log::reading::entries))
        .routes(routes!(log::reading::proof))
        .routes(routes!(log::reading::consistency))
        .routes(routes!(log::reading::tile))
        .routes(routes!(log::witness::read))
        .routes(routes!(log::witness::request))
        .routes(routes!(log::witness::take))
        .routes(routes!(organization::read, organization::write))
        .routes(routes!(staff::list, staff::create))
        .routes(routes!(banks::list))
        .routes(routes!(batches::blueprints))
        .routes(routes!(batches::sheets))
        .routes(routes!(batches::list, batches::create))
        .routes(routes!(batches::read))
        .routes(routes!(roster::read, roster::upload))
        .routes(routes!(late::add))
        .routes(routes!(draw::read))
        .routes(routes!(draw::secrets::commit))
        .routes(routes!(draw::manifest::fix))
        .routes(routes!(draw::secrets::open))
        .routes(routes!(draw::entropy::give))
        .routes(routes!(draw::void::propose, draw::void::withdraw))
        .routes(routes!(draw::void::approve))
        .routes(routes!(draw::dealing::deal))
        .routes(routes!(draw::publication::papers))
        .routes(routes!(draw::publication::bundle))
        .routes(routes!(rooms::board::list))
        .routes(routes!(rooms::board::board))
        .routes(routes!(rooms::acts::bind))
        .routes(routes!(rooms::acts::refuse))
        .routes(routes!(rooms::acts::open))
        .routes(routes!(rooms::acts::pause))
        .routes(routes!(rooms::acts::resume))
        .routes(routes!(rooms::acts::incident))
        .routes(routes!(sittings::extend))
        .routes(routes!(sittings::absent))
        .routes(routes!(sittings::hand_in))
        .routes(routes!(seat::enrolments::enrol))
        .routes(routes!(seat::enrolments::enrolment))
        .routes(routes!(seat::read))
        .routes(routes!(seat::paper))
        .routes(routes!(seat::events::events))
        .routes(routes!(seat::receipt))
        .routes(routes!(receipts::read))
        .routes(routes!(examiner::list))
        .routes(routes!(examiner::read))
        .routes(routes!(examiner::events))
        .routes(routes!(examiner::hand_in))
        .routes(routes!(panels::list))
        .routes(routes!(panels::decisions::decide))
        .routes(routes!(panels::absence::mark, panels::absence::withdraw))
        .routes(routes!(scoring::score))
        .routes(routes!(closing::close))
        .routes(routes!(bundles::batch::read))
        .routes(routes!(bundles::audit::read))
        .routes(routes!(results::list))
        .routes(routes!(results::read))
        .routes(routes!(results::bundle))
        .routes(routes!(results::certificate))
        .routes(routes!(changes::withdraw))
        .routes(routes!(changes::correction::propose))
        .routes(routes!(changes::correction::approve))
        .routes(routes!(changes::revocation::propose))
        .routes(routes!(changes::revocation::approve))
        .routes(routes!(endings::end))
        .routes(routes!(certificates::list))
}

/// Headers of every answer: nothing from elsewhere, nothing kept by caches.
async fn secure(mut response: Response) -> Response {
    let headers = response.headers_mut();
    let policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
                  object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(HeaderName::from_static("x-frame-options"), HeaderValue::from_static("DENY"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::ROUTES;
    use std::collections::BTreeSet;

    #[test]
    fn every_route_has_its_line_in_the_table_of_roles() {
        let mut described = BTreeSet::new();
        for (path, item) in openapi().paths.paths {
            let methods = [("GET", &item.get), ("POST", &item.post), ("PUT", &item.put), ("DELETE", &item.delete)];
            for (method, operation) in methods {
                if operation.is_some() {
                    described.insert((method.to_owned(), path.clone()));
                }
            }
        }
        let table: BTreeSet<_> =
            ROUTES.iter().map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned())).collect();
        assert_eq!(table.len(), ROUTES.len(), "a line stands twice");
        assert_eq!(described, table);
    }
}
