/** The program with its demo batch, started for the tests of a file and stopped after them. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

import { test as base } from '@playwright/test';

const root = resolve(import.meta.dirname, '../..');
const program = process.env['KAOPING_PROGRAM'] ?? resolve(root, 'target/debug/kaoping');

/** A candidate's screen: the smallest that the exam room may have. */
export const candidateScreen = { viewport: { width: 1024, height: 768 } };
/** An examiner's tablet, held upright. */
export const tabletScreen = { viewport: { width: 800, height: 1280 }, hasTouch: true };

const address = 'http://127.0.0.1:8080';

async function isServed(): Promise<boolean> {
  return fetch(address).then(
    () => true,
    () => false,
  );
}

export class Demo {
  /** Candidates and practice. */
  readonly http = address;
  /** Staff and tablets. */
  readonly tls = 'https://127.0.0.1:8443';

  private printed = '';
  private readonly child: ChildProcess;

  constructor() {
    this.child = spawn(program, ['demo'], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.printed += text;
    });
  }

  /** Waits until the program has printed what `pattern` matches, such as an address or a login. */
  async says(pattern: RegExp): Promise<RegExpMatchArray> {
    for (;;) {
      const match = this.printed.match(pattern);
      if (match !== null) return match;
      if (this.child.exitCode !== null)
        throw new Error(`the program ended before it said ${pattern}:\n${this.printed}`);
      await Promise.race([once(this.child.stdout!, 'data'), once(this.child, 'exit')]);
    }
  }

  /** Waits until pages are served. */
  async answers(): Promise<void> {
    while (this.child.exitCode === null) {
      if (await isServed()) return;
      await new Promise((wake) => setTimeout(wake, 50));
    }
    throw new Error(`the program ended at once:\n${this.printed}`);
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGINT');
    const patience = setTimeout(() => this.child.kill('SIGKILL'), 5_000);
    await ended;
    clearTimeout(patience);
  }
}

export const test = base.extend<object, { demo: Demo }>({
  demo: [
    async ({}, use) => {
      if (await isServed()) throw new Error(`another program serves ${address}: stop it first`);
      const demo = new Demo();
      try {
        await demo.answers();
        await use(demo);
      } finally {
        await demo.stop();
      }
    },
    { scope: 'worker', timeout: 60_000 },
  ],
});

export { expect } from '@playwright/test';
