// @ts-check
/**
 * Keeps the examiner's page on the tablet, so that a reload without a network finds it again. It keeps what the page
 * names, and answers with it when the service cannot be reached; requests to the service itself pass by.
 *
 * Browsers take a service worker over TLS with a certificate they trust: the local authority must be installed.
 */

const KEPT = 'kaoping-examiner';
const PAGE = '/examiner/';
const worker = /** @type {any} */ (self);

worker.addEventListener('install', () => worker.skipWaiting());
worker.addEventListener('activate', (event) => event.waitUntil(worker.clients.claim()));

// The page says what it is made of; files of an older version go.
worker.addEventListener('message', (event) => {
  const files = new Set([PAGE, ...event.data]);
  event.waitUntil(
    caches.open(KEPT).then(async (kept) => {
      await kept.addAll([...files]);
      for (const request of await kept.keys()) {
        if (!files.has(new URL(request.url).pathname)) await kept.delete(request);
      }
    }),
  );
});

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== worker.location.origin || pathname.startsWith('/api/')) return;
  event.respondWith(request.mode === 'navigate' ? newest(request) : stored(request));
});

/** The page as the service has it, else as it was kept. */
async function newest(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await caches.match(PAGE);
    if (kept === undefined) throw error;
    return kept;
  }
}

/** A file as it was kept, else from the service. Names of files change with their content. */
async function stored(request) {
  return (await caches.match(request, { ignoreSearch: true })) ?? fetch(request);
}
