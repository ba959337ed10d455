/** What the page asks the service for, where it comes from one. */

import { api, ask } from '../shared/api/client.ts';
import { useTrust } from './trust.svelte.ts';

/** Asks the service for its trust list. Silent when it cannot be reached: then the person chooses a file. */
export async function fetchTrust(): Promise<void> {
  try {
    await useTrust(JSON.stringify(await ask(api.GET('/trust')), null, 2), null);
  } catch (error) {
    console.info('no trust list from the service', error);
  }
}
