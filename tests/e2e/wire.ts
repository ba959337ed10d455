/** Everything that passes between a browser and the service: recorded whole, and cut when a test says so. */

import type { BrowserContext } from '@playwright/test';

export interface Exchange {
  method: string;
  path: string;
  /** What the page sent; empty when nothing. */
  sent: string;
  /** The header that authorizes a seat. */
  authorization: string;
  status: number;
  body: Buffer;
}

export class Wire {
  readonly exchanges: Exchange[] = [];
  private cut = false;
  private refusal: { status: number; code: string } | null = null;
  private readonly changes = new Map<string, (answer: unknown) => unknown>();

  private constructor() {}

  /** Before the first page is opened; so no answer is missed. */
  static async tap(context: BrowserContext): Promise<Wire> {
    const wire = new Wire();
    await context.route('**/*', async (route) => {
      if (wire.cut) return route.abort('internetdisconnected');
      const request = route.request();
      if (wire.refusal !== null && new URL(request.url()).pathname.startsWith('/api/')) {
        const { status, code } = wire.refusal;
        const text = { zh: '暂时不行。', en: 'not now' };
        return route.fulfill({ status, json: { error: { code, place: '', cause: text, cure: text } } });
      }
      const answer = await route.fetch({ maxRedirects: 0 });
      const path = new URL(request.url()).pathname;
      const change = answer.ok() && request.method() === 'GET' ? wire.changes.get(path) : undefined;
      const sent = await answer.body();
      const body = change === undefined ? sent : Buffer.from(JSON.stringify(change(JSON.parse(sent.toString()))));
      wire.exchanges.push({
        method: request.method(),
        path,
        sent: request.postData() ?? '',
        authorization: request.headers()['authorization'] ?? '',
        status: answer.status(),
        body,
      });
      // The page may be gone by now: reloaded, or closed at the end.
      await route.fulfill({ response: answer, body }).catch(() => undefined);
    });
    return wire;
  }

  disconnect(): void {
    this.cut = true;
  }
  connect(): void {
    this.cut = false;
  }
  /** The service answers every request so, as while its database is away. */
  refuse(status: number, code: string): void {
    this.refusal = { status, code };
  }
  serve(): void {
    this.refusal = null;
  }

  /** Changes what the service answers to a GET of a resource of the API. */
  change<Answer>(path: string, change: (answer: Answer) => Answer): void {
    this.changes.set(`/api/v1${path}`, change as (answer: unknown) => unknown);
  }

  /** The exchanges with a resource of the API, oldest first. */
  of(method: string, path: string): Exchange[] {
    return this.exchanges.filter((one) => one.method === method && one.path === `/api/v1${path}`);
  }

  /** The last answer of a resource that was given. */
  answer<Answer>(method: string, path: string): Answer {
    const last = this.of(method, path).findLast(({ status }) => status < 300);
    if (last === undefined) throw new Error(`nothing answered ${method} ${path}`);
    return JSON.parse(last.body.toString('utf8')) as Answer;
  }
}
