import { existsSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';

import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

const root = import.meta.dirname;
/** A folder whose `pkg` holds the wasm as a release ships it, and which gets the pages with it. */
const released = process.env['KAOPING_RELEASED'];

/** Where the pages are built. */
export const dist = resolve(released ?? root, 'dist');
/** Which wasm goes into them: without a release, what was built last. */
export const wasm = released === undefined ? [] : [{ find: /^\.\/pkg\//, replacement: `${released}/pkg/` }];

/** The oldest browsers on candidates' computers: the last ones for Windows 7. */
export const browsers = ['chrome109', 'firefox115'];

/** One small app a user: the landing page, and every folder that has a page. */
function pages(): Record<string, string> {
  const folders = readdirSync(root).filter((name) => name !== 'dist' && existsSync(resolve(root, name, 'index.html')));
  return Object.fromEntries([
    ['landing', resolve(root, 'index.html')],
    ...folders.map((name) => [name, resolve(root, name, 'index.html')]),
  ]);
}

export default defineConfig({
  root,
  plugins: [svelte()],
  resolve: { alias: wasm },
  build: {
    target: browsers,
    cssTarget: browsers,
    outDir: dist,
    emptyOutDir: true,
    // For sizes.mjs.
    manifest: 'manifest.json',
    // The pages' content security policy knows no data: address and no inline script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: pages() },
  },
  server: {
    proxy: { '/api': 'http://127.0.0.1:8080' },
  },
  test: {
    include: ['**/*.test.ts'],
    exclude: ['node_modules/**', 'dist/**'],
  },
});
