/** Accessibility checks by axe, colours included. */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { expect, type Page } from '@playwright/test';
import type { AxeResults } from 'axe-core';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** A page can have the same fault a hundred times. */
const EXAMPLES = 3;

/** Fails when the page as it stands has a serious or critical violation of WCAG 2.2, level AA, or of best practice. */
export async function expectAccessible(page: Page): Promise<void> {
  // The devtools' evaluation is not subject to the page's CSP, as an added script would be.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(source);
  const { violations } = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(options: object): Promise<AxeResults> } };
    return axe.run({ resultTypes: ['violations'] });
  });
  const found = violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, help, nodes }) => ({
      rule: `${id}: ${help}`,
      nodes: nodes.length,
      examples: nodes.slice(0, EXAMPLES).map(({ html }) => html),
    }));
  // The walk goes on: one run shows all that is wrong.
  expect.soft(found, `accessibility of ${page.url()}`).toEqual([]);
}
