//! The organization and its filing.

use super::doer::transact;
use super::keys;
use super::member::Member;
use crate::aggregates::organization::{KEY, OrganizationEvent, OrganizationState};
use crate::app::App;
use crate::refusal::Refusal;
use kaoping_engine::plan::certificate_template::CertificateTemplate;
use kaoping_engine::plan::organization::Organization;

/// Enters or corrects the organization.
///
/// # Errors
/// `faults` with every defect of its data.
pub async fn file_organization(app: &App, member: &Member, organization: &Organization) -> Result<(), Refusal> {
    let faults = organization.faults();
    if !faults.is_empty() {
        return Err(Refusal::faulty(("机构信息", "the organization"), faults));
    }
    transact!(app, member, |work| {
        let event = OrganizationEvent::Filed { organization: organization.clone() };
        work.append::<OrganizationState>(KEY, event).await?;
        keys::enrol(app, work).await
    })
}

/// Keeps the layout of printed certificates.
///
/// # Errors
/// `faults` with everything that is wrong with it.
pub async fn keep_template(app: &App, member: &Member, template: &CertificateTemplate) -> Result<(), Refusal> {
    faultless(template)?;
    transact!(app, member, |work| {
        let event = OrganizationEvent::TemplateKept { template: template.clone() };
        work.append::<OrganizationState>(KEY, event).await
    })
}

/// That a layout can be printed.
///
/// # Errors
/// `faults` with everything that is wrong with it.
pub fn faultless(template: &CertificateTemplate) -> Result<(), Refusal> {
    let faults = template.faults();
    if faults.is_empty() { Ok(()) } else { Err(Refusal::faulty(("证书模板", "the certificate template"), faults)) }
}

/// The organization with its keys; without any before it is entered.
///
/// # Errors
/// [`Refusal::internal`] when the store fails.
pub async fn state(app: &App) -> Result<OrganizationState, Refusal> {
    Ok(app.read(KEY).await?.unwrap_or_default())
}

/// The organization, which must be entered by now.
///
/// # Errors
/// `organization_missing` when it is not.
pub async fn needed(app: &App) -> Result<Organization, Refusal> {
    entered(state(app).await?)
}

/// The organization of this state, which must be entered by now.
///
/// # Errors
/// `organization_missing` when it is not.
pub fn entered(state: OrganizationState) -> Result<Organization, Refusal> {
    state.organization.ok_or_else(|| {
        Refusal::conflict(
            "organization_missing",
            "organization",
            ("还没有填写评价组织和备案信息。", "the organization and its filing are not entered"),
            ("先在“机构与备案”页填写并保存。", "enter and save them on the organization page first"),
        )
    })
}
