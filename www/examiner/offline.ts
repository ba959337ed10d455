/** Lets the browser keep this page, so that a reload without a network finds it again. */

/** Call it once all is loaded. Without service workers, or without a trusted certificate, a reload needs the network. */
export async function keepPage(): Promise<void> {
  try {
    await navigator.serviceWorker.register('/examiner/worker.js', { scope: '/examiner/' });
    const { active } = await navigator.serviceWorker.ready;
    const files = performance
      .getEntriesByType('resource')
      .map((entry) => new URL(entry.name))
      .filter(({ origin, pathname }) => origin === location.origin && pathname.startsWith('/assets/'))
      .map(({ pathname }) => pathname);
    active?.postMessage(files);
  } catch (error) {
    console.info('the page is not kept for a reload without a network', error);
  }
}
