//! All routes of the service, as a table of contents: each is declared once, in the group of those
//! who may use it.
//!
//! There is no other way to add a route to the API, so that a route without its group does not
//! exist.

use super::compression::compress;
use super::description::{complete, mark};
use super::guard::Access::{self, AnyStaff, FirstLogin, Login, Public, Seat, Staff};
use super::guard::{guard, watch};
use super::{examiner, office, own, pages, public, room, seat};
use crate::aggregates::account::Role::{Custodian, Examiner, Invigilator, Lead, Officer, Supervisor};
use crate::app::App;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::{from_fn, from_fn_with_state, map_response};
use axum::response::Response;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Kaoping 考评",
        description = "Level certification of long-term carers (长期照护师). Staff routes need TLS, the session cookie and, to change anything, the header `x-kaoping: 1`. `x-access` names who may use a route."
    ),
    components(schemas(super::refusal::RefusalView))
)]
struct Description;

/// The routes by who may use them.
fn groups() -> Vec<(Access, OpenApiRouter<App>)> {
    vec![
        (
            Public,
            OpenApiRouter::new()
                .routes(routes!(public::organization::show_public))
                .routes(routes!(public::trust::show_trust_list))
                .routes(routes!(public::status::show_status_set))
                .routes(routes!(public::log::show_checkpoint))
                .routes(routes!(public::log::list_entries))
                .routes(routes!(public::log::prove_inclusion))
                .routes(routes!(public::log::prove_consistency))
                .routes(routes!(public::log::show_tile))
                .routes(routes!(public::witness::show_witnesses))
                .routes(routes!(public::witness::request_cosignature))
                .routes(routes!(public::receipts::show_receipt))
                .routes(routes!(seat::enrolments::enrol_pc)),
        ),
        (Login, OpenApiRouter::new().routes(routes!(public::login::log_in)).routes(routes!(public::login::log_out))),
        (
            Seat,
            OpenApiRouter::new()
                .routes(routes!(seat::enrolments::show_enrolment))
                .routes(routes!(seat::sitting::show_sitting))
                .routes(routes!(seat::paper::show_paper))
                .routes(routes!(seat::paper::show_history))
                .routes(routes!(seat::sitting::show_receipt))
                .routes(routes!(seat::events::append_seat_events)),
        ),
        (
            FirstLogin,
            OpenApiRouter::new()
                .routes(routes!(own::account::show_me))
                .routes(routes!(own::account::choose_password))
                .routes(routes!(own::account::choose_pin)),
        ),
        (
            AnyStaff,
            OpenApiRouter::new()
                .routes(routes!(own::logins::list_own_logins))
                .routes(routes!(own::logins::end_own_login))
                .routes(routes!(own::second_factor::propose_second_factor))
                .routes(routes!(own::second_factor::confirm_second_factor))
                .routes(routes!(own::second_factor::remove_second_factor))
                .routes(routes!(office::batches::list_batches)),
        ),
        (
            Staff(&[Officer]),
            OpenApiRouter::new()
                .routes(routes!(office::organization::file_organization))
                .routes(routes!(office::staff::create_account))
                .routes(routes!(office::staff::request_reset, office::staff::withdraw_reset))
                .routes(routes!(office::staff::approve_reset))
                .routes(routes!(office::staff::close_account))
                .routes(routes!(office::staff::list_logins, office::staff::end_logins))
                .routes(routes!(office::batches::create_batch))
                .routes(routes!(office::roster::preview_upload))
                .routes(routes!(office::roster::upload_roster))
                .routes(routes!(office::roster::upload_late_additions))
                .routes(routes!(office::draw::basis::fix_basis))
                .routes(routes!(office::draw::manifest::fix_manifest))
                .routes(routes!(office::draw::entropy::enter_outcome))
                .routes(routes!(office::draw::void::propose_void, office::draw::void::withdraw_void))
                .routes(routes!(office::draw::dealing::deal_batch))
                .routes(routes!(office::scoring::score_batch))
                .routes(routes!(office::closing::close_batch))
                .routes(routes!(office::results::end_exam))
                .routes(routes!(office::amendments::withdraw_change))
                .routes(routes!(office::amendments::propose_correction))
                .routes(routes!(office::amendments::approve_correction))
                .routes(routes!(office::amendments::propose_revocation))
                .routes(routes!(office::amendments::approve_revocation))
                .routes(routes!(
                    office::key_corrections::list_key_corrections,
                    office::key_corrections::propose_key_correction
                ))
                .routes(routes!(office::key_corrections::find_items))
                .routes(routes!(office::key_corrections::show_item))
                .routes(routes!(office::key_corrections::preview_key_correction))
                .routes(routes!(office::key_corrections::withdraw_key_correction))
                .routes(routes!(office::key_corrections::approve_key_correction))
                .routes(routes!(office::key_corrections::settle_key_correction))
                .routes(routes!(office::certificates::issue_certificates))
                .routes(routes!(office::certificates::export_certificates))
                .routes(routes!(office::certificate_pages::show_template, office::certificate_pages::keep_template))
                .routes(routes!(office::certificate_pages::preview_template))
                .routes(routes!(office::certificate_pages::print_certificate))
                .routes(routes!(office::certificate_pages::print_certificates))
                .routes(routes!(public::witness::add_cosignatures)),
        ),
        (
            Staff(&[Officer, Supervisor]),
            OpenApiRouter::new()
                .routes(routes!(office::organization::show_organization))
                .routes(routes!(office::staff::list_accounts))
                .routes(routes!(office::banks::list_banks))
                .routes(routes!(office::banks::list_blueprints))
                .routes(routes!(office::banks::list_sheets))
                .routes(routes!(office::batches::show_batch))
                .routes(routes!(office::roster::show_roster))
                .routes(routes!(office::draw::publication::download_draw_bundle))
                .routes(routes!(office::bundles::download_batch_bundle))
                .routes(routes!(office::results::list_results))
                .routes(routes!(office::results::show_result))
                .routes(routes!(office::results::download_result))
                .routes(routes!(office::results::download_certificate)),
        ),
        (Staff(&[Supervisor]), OpenApiRouter::new().routes(routes!(office::bundles::download_audit_bundle))),
        (
            Staff(&[Custodian]),
            OpenApiRouter::new()
                .routes(routes!(office::draw::secrets::commit_secret))
                .routes(routes!(office::draw::secrets::open_secret))
                .routes(routes!(office::draw::void::approve_void)),
        ),
        (
            Staff(&[Officer, Custodian, Supervisor]),
            OpenApiRouter::new()
                .routes(routes!(office::draw::show_draw))
                .routes(routes!(office::draw::manifest::show_manifest))
                .routes(routes!(office::draw::publication::list_papers)),
        ),
        (
            Staff(&[Invigilator]),
            OpenApiRouter::new()
                .routes(routes!(room::invigilation::bind_pc))
                .routes(routes!(room::invigilation::refuse_pc))
                .routes(routes!(room::invigilation::open_room))
                .routes(routes!(room::invigilation::pause_room))
                .routes(routes!(room::invigilation::resume_room))
                .routes(routes!(room::invigilation::note_incident))
                .routes(routes!(room::sittings::give_extra_time))
                .routes(routes!(room::sittings::mark_absent))
                .routes(routes!(room::sittings::collect_paper))
                .routes(routes!(room::invigilation::decide_gap))
                .routes(routes!(room::invigilation::confirm_end))
                .routes(routes!(room::sittings::ask_reopening)),
        ),
        (Staff(&[Invigilator, Officer]), OpenApiRouter::new().routes(routes!(room::sittings::approve_reopening))),
        (
            Staff(&[Invigilator, Officer, Supervisor]),
            OpenApiRouter::new()
                .routes(routes!(room::list::list_rooms))
                .routes(routes!(room::board::show_room))
                .routes(routes!(room::waiting::find_waiting)),
        ),
        (
            Staff(&[Examiner]),
            OpenApiRouter::new()
                .routes(routes!(examiner::sheets::list_assignments))
                .routes(routes!(examiner::sheets::show_assignment))
                .routes(routes!(examiner::sheets::append_sheet_events))
                .routes(routes!(examiner::sheets::check_hand_in))
                .routes(routes!(examiner::sheets::hand_in)),
        ),
        (
            Staff(&[Lead]),
            OpenApiRouter::new()
                .routes(routes!(examiner::comparison::compare_sheets))
                .routes(routes!(examiner::panels::decide_panel))
                .routes(routes!(examiner::panels::mark_absent, examiner::panels::withdraw_absence)),
        ),
        (Staff(&[Lead, Officer, Supervisor]), OpenApiRouter::new().routes(routes!(examiner::panels::list_panels))),
    ]
}

/// The service's routes and pages.
pub fn router(app: App) -> Router {
    let mut api = Router::new();
    for (access, group) in groups() {
        let (routes, _) = group.split_for_parts();
        api = api.merge(routes.route_layer(from_fn_with_state((app.clone(), access), guard)));
    }
    // The guard bounds bodies, by route.
    api.merge(pages::router())
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn(compress))
        .layer(map_response(secure))
        .layer(from_fn(watch))
        .with_state(app)
}

/// The OpenAPI description of [`router`].
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    let mut api = Description::openapi();
    for (access, group) in groups() {
        let (_, mut described) = group.split_for_parts();
        mark(&mut described, access);
        api.merge(described);
    }
    complete(api)
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
