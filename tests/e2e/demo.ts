/** The program with its demo batch on free ports, started for the tests and stopped after them. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { test as base } from '@playwright/test';

const root = resolve(import.meta.dirname, '../..');
export const program = process.env['KAOPING_PROGRAM'] ?? resolve(root, 'target/debug/kaoping');
/** The demo, which starts the program. */
const demo = process.env['KAOPING_DEMO'] ?? resolve(root, 'target/debug/kaoping-demo');
/** A debug build on a busy machine needs this long at most. */
const START_MS = 60_000;
const SIMULATE_MS = 150_000;

/** A candidate's screen: the smallest that the exam room may have. */
export const candidateScreen = { viewport: { width: 1024, height: 768 } };
/** An examiner's tablet, held upright. */
export const tabletScreen = { viewport: { width: 800, height: 1280 }, hasTouch: true };
/** The same tablet, laid down. */
export const tabletAcross = { width: 1280, height: 800 };
export const officeScreen = { viewport: { width: 1280, height: 800 } };

/** Who may log in, as `kaoping-demo --logins` writes it. */
export interface Login {
  login: string;
  password: string;
  pin: string | null;
  page: string;
}
interface Printed {
  http: string;
  tls: string;
  batch: string;
  tickets: string[];
  logins: Login[];
}

export class Demo {
  private constructor(
    private readonly run: Run,
    private readonly printed: Printed,
  ) {}

  static async start(folder: string): Promise<Demo> {
    const file = join(folder, 'logins.json');
    const started = new Run(['--http-port', '0', '--tls-port', '0', '--logins', file]);
    try {
      await started.says(/Ctrl\+C/);
      return new Demo(started, JSON.parse(await readFile(file, 'utf8')) as Printed);
    } catch (error) {
      await started.stop();
      throw error;
    }
  }

  /** Candidates and practice. */
  get http(): string {
    return this.printed.http;
  }
  /** Staff and tablets. */
  get tls(): string {
    return this.printed.tls;
  }
  get batch(): string {
    return this.printed.batch;
  }
  get tickets(): readonly string[] {
    return this.printed.tickets;
  }
  login(name: string): Login {
    const found = this.printed.logins.find(({ login }) => login === name);
    if (found === undefined) throw new Error(`the demo has no login ${name}`);
    return found;
  }
  stop(): Promise<void> {
    return this.run.stop();
  }
}

/** What a whole simulated batch of another organization hands out. */
export interface Simulated {
  folder: string;
}

/** A run of the demo, with what it prints. */
class Run {
  private printed = '';
  private readonly child: ChildProcess;

  constructor(args: readonly string[]) {
    this.child = spawn(demo, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.printed += text;
    });
  }

  /** Waits until it has printed what `pattern` matches. */
  async says(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.printed)) {
      if (this.child.exitCode !== null) throw new Error(`the demo ended before it said ${pattern}:\n${this.printed}`);
      await Promise.race([once(this.child.stdout!, 'data'), once(this.child, 'exit')]);
    }
  }

  /** Waits until it ends by itself, well. */
  async ends(): Promise<void> {
    if (this.child.exitCode === null) await once(this.child, 'exit');
    if (this.child.exitCode !== 0) throw new Error(`the demo ended with ${this.child.exitCode}:\n${this.printed}`);
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGINT');
    const patience = setTimeout(() => this.child.kill('SIGKILL'), 5_000);
    await ended;
    clearTimeout(patience);
  }
}

interface WorkerFixtures {
  folder: string;
  /** A batch that is planned and seated. */
  demo: Demo;
  simulated: Simulated;
}

export const test = base.extend<object, WorkerFixtures>({
  folder: [
    async ({}, use) => {
      const folder = await mkdtemp(join(tmpdir(), 'kaoping-e2e-'));
      try {
        await use(folder);
      } finally {
        await rm(folder, { recursive: true });
      }
    },
    { scope: 'worker' },
  ],
  demo: [
    async ({ folder }, use) => {
      const demo = await Demo.start(folder);
      try {
        await use(demo);
      } finally {
        await demo.stop();
      }
    },
    { scope: 'worker', timeout: START_MS },
  ],
  simulated: [
    async ({ folder }, use) => {
      const out = join(folder, 'simulated');
      const run = new Run(['--simulate', '5', '--out', out]);
      try {
        await run.ends();
        await use({ folder: out });
      } finally {
        await run.stop();
      }
    },
    { scope: 'worker', timeout: SIMULATE_MS },
  ],
});

export { expect } from '@playwright/test';
