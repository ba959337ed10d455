/** What the people of one walk along the line share, from step to step. */

import type { Browser, Page } from '@playwright/test';

import type { Candidate } from './candidate.ts';
import type { Demo } from './demo.ts';

/** The demo's batch. */
export const TITLE = '2026 年示例批次（五级）';

/** Where the walk takes place. */
export interface Site {
  browser: Browser;
  demo: Demo;
  /** For files that people carry about. */
  folder: string;
}

export interface RosterEntry {
  ticket: string;
  name: string;
  room: string;
  number: number;
  theory: string;
  practical: string;
}

/** Each step fills in what the next ones need. */
export class Walk {
  office!: Page;
  /** Another officer, who approves. */
  second!: Page;
  /** The candidate who walks, and everyone else of the batch. */
  entry!: RosterEntry;
  others!: RosterEntry[];
  candidate!: Candidate;
  /** The invigilator's board. */
  room!: Page;
  /** The lead examiner's login. */
  lead!: string;
  /** The candidate's marks, worked out from what was answered and given. */
  theory!: string;
  practical!: string;
  /** The file that the office hands out. */
  result!: string;
}

/** One of a room's two invigilators: the first, unless the second is asked for. */
export function invigilatorOf(name: string, which: 'first' | 'second' = 'first'): string {
  return `invigilator-${Number(/\d+/.exec(name)?.[0]) * 2 - (which === 'first' ? 1 : 0)}`;
}
