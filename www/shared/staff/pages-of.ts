/** Which page is whose. */

import type { Role } from '../api/client.ts';

export type StaffPageName = 'organization' | 'invigilator' | 'examiner';

const PAGES: Readonly<Record<Role, StaffPageName>> = {
  officer: 'organization',
  custodian: 'organization',
  lead: 'organization',
  supervisor: 'organization',
  invigilator: 'invigilator',
  examiner: 'examiner',
};

/** The pages of somebody with these roles, each once. */
export function pagesOf(roles: readonly Role[]): StaffPageName[] {
  return [...new Set(roles.map((role) => PAGES[role]))];
}
