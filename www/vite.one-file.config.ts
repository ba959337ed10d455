// The verify page as one HTML file, `dist/verify/kaoping-verify.html`: script, style, wasm and worker inside, for a USB
// stick. Runs after the pages' own build. The file's SHA-256 lies beside it.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { deflateRawSync } from 'node:zlib';

import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';

import { browsers, dist, wasm } from './vite.config.ts';

const root = resolve(import.meta.dirname, 'verify');
const NAME = 'kaoping-verify.html';

/** The bytes of a packed text, in a browser; without a blob, which WebKit does not read on a page from a disk. */
const UNPACK = `function unpack(text) {
  const { readable, writable } = new DecompressionStream('deflate-raw');
  const writer = writable.getWriter();
  void writer.write(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)));
  void writer.close();
  return new Response(readable).arrayBuffer();
}`;

/** wasm-bindgen's default address of a module becomes the module itself, packed to a third. */
function wasmInside(): Plugin {
  return {
    name: 'kaoping:wasm-inside',
    enforce: 'pre',
    transform(code, id) {
      if (!/\/pkg\/\w+\/\w+\.js$/.test(id)) return null;
      const address = /new URL\('(\w+\.wasm)', import\.meta\.url\)/;
      const [, file] = address.exec(code) ?? [];
      if (file === undefined) this.error(`${id} loads its wasm in another way than it did`);
      const packed = deflateRawSync(readFileSync(resolve(dirname(id), file)), { level: 9 }).toString('base64');
      return `${UNPACK}\n${code.replace(address, () => `unpack('${packed}')`)}`;
    },
  };
}

/** Workers start from a blob: a page from a disk may load no script by address. */
function workerInside(): Plugin {
  return {
    name: 'kaoping:worker-inside',
    enforce: 'pre',
    resolveId(source, importer) {
      return source.endsWith('?worker') ? this.resolve(`${source}&inline`, importer, { skipSelf: true }) : null;
    },
  };
}

/** Puts the one script and the one style into the page, and forbids it all else. */
function oneFile(): Plugin {
  return {
    name: 'kaoping:one-file',
    enforce: 'post',
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const made = Object.values(bundle);
        const scripts = made.flatMap((file) => (file.type === 'chunk' ? [file.code] : []));
        const text = (ending: string): string[] =>
          made.flatMap((file) =>
            file.type === 'asset' && file.fileName.endsWith(ending) ? [String(file.source)] : [],
          );
        const [[script, ...furtherScripts], [style, ...furtherStyles], [page]] = [scripts, text('.css'), text('.html')];
        if (script === undefined || style === undefined || page === undefined)
          this.error('a page, its script and its style were expected');
        if (furtherScripts.length + furtherStyles.length > 0 || made.length !== 3)
          this.error(`more than one file was made: ${Object.keys(bundle).join(', ')}`);
        for (const name of Object.keys(bundle)) delete bundle[name];
        const html = joined(page, script, style);
        this.emitFile({ type: 'asset', fileName: NAME, source: html });
        const digest = createHash('sha256').update(html).digest('hex');
        this.emitFile({ type: 'asset', fileName: `${NAME}.sha256`, source: `${digest}  ${NAME}\n` });
      },
    },
  };
}

function joined(page: string, script: string, style: string): string {
  // Inside of a script element these would end it, or begin a comment.
  const code = `${script.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--').trimEnd()}\n`;
  const hash = (part: string): string => `'sha256-${createHash('sha256').update(part).digest('base64')}'`;
  const policy = [
    "default-src 'none'",
    `script-src ${hash(code)} 'wasm-unsafe-eval'`,
    `style-src ${hash(style)}`,
    'worker-src blob:',
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const bare = page
    .replace(/\s*<script type="module"[^>]*><\/script>/, '')
    .replace(/\s*<link rel="stylesheet"[^>]*>/, '');
  return bare
    .replace(
      '<meta charset="utf-8" />',
      (charset) => `${charset}\n    <meta http-equiv="Content-Security-Policy" content="${policy}" />`,
    )
    .replace('</head>', () => `  <style>${style}</style>\n  </head>`)
    .replace('</body>', () => `  <script type="module">${code}</script>\n  </body>`);
}

export default defineConfig({
  root,
  base: './',
  publicDir: false,
  resolve: { alias: wasm },
  plugins: [
    wasmInside(),
    workerInside(),
    svelte({ configFile: resolve(import.meta.dirname, 'svelte.config.js') }),
    oneFile(),
  ],
  worker: { plugins: () => [wasmInside()] },
  build: {
    target: browsers,
    cssTarget: browsers,
    outDir: resolve(dist, 'verify'),
    // The pages are there already.
    emptyOutDir: false,
    cssCodeSplit: false,
    modulePreload: false,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 4096,
    rolldownOptions: { input: resolve(root, 'alone.html'), output: { codeSplitting: false } },
  },
});
