import { afterEach, expect, it, vi } from 'vitest';

afterEach(() => vi.unstubAllGlobals());

// Catches a page that opens the paper with the first events alone, and loses what was answered after them.
it('fetches every page of events, in order', async () => {
  const rest = { paper: '{}', paper_digest: 'd', several: [], sections: [], items: [], pictures: [], opened_at_ms: 1 };
  const answers: Record<string, unknown> = {
    '/api/v1/seat/paper': { ...rest, before: ['a', 'b'], journal: [], next: { pc: 0, seq: 2 } },
    '/api/v1/seat/paper/history?pc=0&seq=2': { before: ['c'], journal: ['d'], next: { pc: 1, seq: 1 } },
    '/api/v1/seat/paper/history?pc=1&seq=1': { before: [], journal: ['e'], next: null },
  };
  const asked: string[] = [];
  // A page's requests begin at its own address.
  vi.stubGlobal(
    'Request',
    class extends Request {
      constructor(path: string, init?: RequestInit) {
        super(new URL(path, 'http://room.example'), init);
      }
    },
  );
  vi.stubGlobal('fetch', (request: Request) => {
    const { pathname, search } = new URL(request.url);
    asked.push(request.headers.get('authorization') ?? '');
    return Promise.resolve(Response.json(answers[pathname + search]));
  });
  const { fetchPaper } = await import('./paper.ts');
  const paper = await fetchPaper({ authorization: 'Bearer e.s' });
  expect(paper).toEqual({ ...rest, before: ['a', 'b', 'c'], journal: ['d', 'e'] });
  expect(asked).toEqual(['Bearer e.s', 'Bearer e.s', 'Bearer e.s']);
});
