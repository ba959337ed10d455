/** This tablet: its journal, its key, its idea of the time, and the work it has loaded. */

import { api, ask, isTemporary, roomClock, type Answer } from '../shared/api/client.ts';
import { load } from '../shared/engine/examiner.ts';
import type { DeviceKey } from '../shared/engine/generated/types.ts';
import { openJournal, type Journal } from '../shared/journal/journal.ts';

export type Assignment = Answer<'/examiner/assignments', 'get'>['assignments'][number];
export type Opened = Answer<'/examiner/assignments/{assignment}', 'get'>;
/** How a sheet stands on this tablet, where that is further than the service knows. */
export type LocalState = 'started' | 'unsent' | 'handed_in';

const OFFSET = 'clock-offset';
let durable = $state(true);
let opening: Promise<Journal> | null = null;
let offset: number | null = null;

export const device = {
  /** Whether a reload finds again what was scored. */
  get durable(): boolean {
    return durable;
  },
};

/** The tablet's journal, opened once. */
export function journal(): Promise<Journal> {
  opening ??= openJournal('tablet', () => (durable = false)).then(async (opened) => {
    offset = (await opened.note<number>(OFFSET)) ?? null;
    return opened;
  });
  return opening;
}

/**
 * The service's time. A tablet that was reloaded without a network has not heard it yet; then its own clock carries on
 * from when it last did. The engine never dates an event before the one before it.
 */
export function now(): number {
  return roomClock.known ? roomClock.now() : Date.now() + (offset ?? 0);
}

/** Remembers how far the tablet's clock is from the service's. */
async function rememberClock(): Promise<void> {
  if (!roomClock.known) return;
  offset = roomClock.now() - Date.now();
  await (await journal()).keep(OFFSET, offset);
}

/** The key that this tablet signs with, made once. */
export async function tabletKey(): Promise<DeviceKey> {
  const notes = await journal();
  const known = await notes.note<DeviceKey>('key');
  if (known !== undefined) return known;
  const key = (await load()).newDeviceKey();
  await notes.keep('key', key);
  return key;
}

/** The examiner's sheets: from the service, or as they were when it was last reached. */
export async function assignments(account: string): Promise<{ list: Assignment[]; offline: boolean }> {
  const notes = await journal();
  try {
    const list = (await ask(api.GET('/examiner/assignments'))).assignments;
    await notes.keep(`list:${account}`, list);
    return { list, offline: false };
  } catch (error) {
    const list = isTemporary(error) ? await notes.note<Assignment[]>(`list:${account}`) : undefined;
    if (list === undefined) throw error;
    return { list, offline: true };
  }
}

/** A sheet with what the service holds of it: from the service, or as it was when it was last reached. */
export async function opened(assignment: string): Promise<Opened> {
  const notes = await journal();
  try {
    const path = { assignment };
    const answer = await ask(api.GET('/examiner/assignments/{assignment}', { params: { path } }));
    await notes.keep(`sheet:${assignment}`, answer);
    await rememberClock();
    return answer;
  } catch (error) {
    const stored = isTemporary(error) ? await notes.note<Opened>(`sheet:${assignment}`) : undefined;
    if (stored === undefined) throw error;
    return stored;
  }
}

/** Loads the sheets that are still to be scored, so that they open without a network. Tells how many are there. */
export async function prefetch(list: readonly Assignment[], progress: (stored: number) => void): Promise<void> {
  const notes = await journal();
  let stored = 0;
  for (const { assignment, state } of list) {
    if (state === 'handed_in') continue;
    if ((await notes.note(`sheet:${assignment}`)) === undefined) await opened(assignment);
    stored += 1;
    progress(stored);
  }
}

export async function localState(assignment: string): Promise<LocalState | undefined> {
  return (await journal()).note<LocalState>(`state:${assignment}`);
}

export async function keepLocalState(assignment: string, state: LocalState): Promise<void> {
  await (await journal()).keep(`state:${assignment}`, state);
}
