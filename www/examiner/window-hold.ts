/** One window holds a sheet at a time: two would write one stream. Another one may take it over. */

/** How long a window that has just been left may take to let go. */
const PATIENCE_MS = 1_000;

/** What this module needs of the browser's Web Locks. */
export type Locks = Pick<LockManager, 'request'>;

/**
 * Takes hold of a sheet. Answers how to let go, or null while another window holds it; `takeOver` takes it from there.
 * `lost` is called when another window takes it over. A browser without locks relies on the journal, which keeps what
 * two windows write to one place.
 */
export function holdSheet(
  sheet: string,
  takeOver: boolean,
  lost: () => void,
  locks: Locks | undefined = globalThis.navigator?.locks,
): Promise<(() => void) | null> {
  if (locks === undefined) return Promise.resolve(() => {});
  return new Promise((resolve) => {
    let held = false;
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
    const options: LockOptions = takeOver ? { steal: true } : { signal: patience.signal };
    locks
      .request(`kaoping-sheet-${sheet}`, options, () => {
        held = true;
        clearTimeout(timer);
        return new Promise<void>((release) => resolve(release));
      })
      .catch(() => {
        clearTimeout(timer);
        if (held) lost();
        else resolve(null);
      });
  });
}
