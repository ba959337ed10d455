// Chromium, Firefox and WebKit, one way for all: the WebDriver protocol (W3C) over each project's own driver.

import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** A driver or page that has not answered after this time, on a busy machine, will not. */
const PATIENCE_MS = 240_000;

export const BROWSERS = {
  Chromium: {
    needs: { driver: 'chromedriver', browser: 'chromium' },
    capabilities: (binary) => ({
      'goog:chromeOptions': {
        binary,
        args: ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
      },
    }),
  },
  Firefox: {
    needs: { driver: 'geckodriver', browser: 'firefox-esr' },
    capabilities: (binary) => ({ 'moz:firefoxOptions': { binary, args: ['-headless'] } }),
  },
  WebKit: {
    // It has no mode without a display.
    needs: { driver: 'WebKitWebDriver', browser: 'MiniBrowser', display: 'Xvfb' },
    capabilities: (binary) => ({ 'webkitgtk:browserOptions': { binary, args: ['--automation'] } }),
  },
};

/** Opens `address` in a browser, waits for what the page sends (`sent`), and leaves no process behind. */
export async function visit(browser, address, sent) {
  const programs = Object.fromEntries(Object.entries(browser.needs).map(([use, name]) => [use, find(name)]));
  const started = [];
  try {
    const environment = { ...process.env };
    if (programs.display) environment.DISPLAY = await display(programs.display, started);
    const port = await freePort();
    started.push(spawn(programs.driver, [`--port=${port}`], { env: environment, stdio: 'ignore' }));
    const driver = `http://127.0.0.1:${port}`;
    await ready(driver);
    const capabilities = { alwaysMatch: browser.capabilities(programs.browser) };
    const { sessionId } = await post(`${driver}/session`, { capabilities });
    try {
      await post(`${driver}/session/${sessionId}/url`, { url: address });
      return await Promise.race([sent, late('the page sent nothing')]);
    } finally {
      await fetch(`${driver}/session/${sessionId}`, { method: 'DELETE' });
    }
  } finally {
    for (const child of started.toReversed()) child.kill();
  }
}

/** The path of a program; a missing one fails with its cure. */
function find(name) {
  const webkit = readdirSync('/usr/lib').map((folder) => join('/usr/lib', folder, 'webkit2gtk-4.1'));
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...webkit];
  const found = folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
  if (found === undefined) throw new Error(`${name} is not on this machine: run \`cargo xtask setup --for test\``);
  return found;
}

/** Starts a display of its own and returns its name. */
async function display(program, started) {
  const server = spawn(program, ['-displayfd', '1', '-screen', '0', '1024x768x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  started.push(server);
  const number = new Promise((resolve) => server.stdout.once('data', (text) => resolve(String(text).trim())));
  return `:${await Promise.race([number, late('the display did not start')])}`;
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function ready(driver) {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const answer = await fetch(`${driver}/status`).catch(() => null);
    if (answer?.ok) return;
    if (Date.now() > end) throw new Error('the driver did not start');
    await pause(50);
  }
}

async function post(address, body) {
  const headers = { 'content-type': 'application/json; charset=utf-8' };
  const answer = await fetch(address, { method: 'POST', headers, body: JSON.stringify(body) });
  const { value } = await answer.json();
  if (!answer.ok) throw new Error(`${value.error}: ${value.message}`);
  return value;
}

async function late(what) {
  await pause(PATIENCE_MS, undefined, { ref: false });
  throw new Error(`${what} within ${PATIENCE_MS / 1000} s`);
}
