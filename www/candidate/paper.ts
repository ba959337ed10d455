/** The paper with all events of the sitting, which the service gives page by page. */

import { api, ask, type Answer } from '../shared/api/client.ts';

export type Paper = Omit<Answer<'/seat/paper', 'get'>, 'next'>;

/** Fetches the paper and every page of its events. @throws ApiError, NetworkError */
export async function fetchPaper(headers: { authorization: string }): Promise<Paper> {
  const { next: second, ...paper } = await ask(api.GET('/seat/paper', { headers }));
  const before = [...paper.before];
  const journal = [...paper.journal];
  let next = second ?? null;
  while (next !== null) {
    const page = await ask(api.GET('/seat/paper/history', { headers, params: { query: next } }));
    before.push(...page.before);
    journal.push(...page.journal);
    next = page.next ?? null;
  }
  return { ...paper, before, journal };
}
