// A small site for one page: the face of the engine as it is shipped, the page that runs it, and what it must run.

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';

const here = import.meta.dirname;
/** The engine as a release ships it, or as it was built last. */
const engine = process.env.KAOPING_RELEASED ?? join(here, '../../www/shared/engine');
const KINDS = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};
/** The policy of the service (src/service/router.rs) in what concerns scripts. */
const POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'";

/** Serves `work` to the page. `sent` becomes what the page sends back. */
export async function open(work) {
  let resolve, reject;
  const sent = new Promise((...both) => ([resolve, reject] = both));
  // Whoever waits for it gets the failure; before that it is no unhandled one.
  sent.catch(() => {});
  const server = createServer((request, response) => {
    void answer(request, response, work, resolve, reject);
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    address: `http://127.0.0.1:${server.address().port}/page.html`,
    sent,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function answer(request, response, work, resolve, reject) {
  const { pathname } = new URL(request.url, 'http://site');
  response.setHeader('content-security-policy', POLICY);
  if (request.method === 'POST') {
    const text = Buffer.concat(await request.toArray()).toString();
    response.end();
    if (pathname === '/done') resolve(JSON.parse(text));
    else reject(new Error(`the page failed: ${text}`));
    return;
  }
  if (pathname === '/work') {
    response.end(JSON.stringify(work));
    return;
  }
  const folder = pathname.startsWith('/pkg/') ? engine : here;
  try {
    response.setHeader('content-type', KINDS[extname(pathname)] ?? 'application/octet-stream');
    response.end(await readFile(join(folder, pathname)));
  } catch {
    response.writeHead(404).end();
  }
}
