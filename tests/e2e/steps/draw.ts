/** The draw: from the custodians' secrets to dealt papers. */

import { join } from 'node:path';

import { expect } from '@playwright/test';

import { expectAccessible } from '../accessible.ts';
import { call, openTab, picture, staff } from '../people.ts';
import { type RosterEntry, type Site, TITLE, type Walk } from '../walk.ts';

/** 40 seats, 2 spares in each of 2 rooms, 2 reserve papers. */
const PAPERS = 46;
/** The file by which a custodian sees that the manifest is fixed. */
interface ManifestBundle {
  manifest: { payload: { commitments: { commitment: string }[] } };
  proof: unknown;
}
/** Who of the demo's roster walks the line. */
const PLACE = 2;

/** The office fixes the basis, custodians commit, the office fixes the manifest, custodians open, the office deals. */
export async function draw(walk: Walk, { browser, demo, folder }: Site): Promise<void> {
  const office = await staff(browser, demo, 'office');
  await openTab(office, TITLE, '概况');
  await expect(office.getByRole('link', { name: '现在做这一步' })).toBeVisible();
  await expectAccessible(office);
  await picture(office, 'office-overview');

  await openTab(office, TITLE, '抽题');
  await office.getByRole('button', { name: '固定依据' }).click();
  await office.getByRole('dialog').getByRole('button', { name: '固定依据' }).click();
  await expect(office.getByRole('heading', { name: '抽题依据' })).toBeVisible();
  await expectAccessible(office);
  await picture(office, 'office-basis');

  const first = await staff(browser, demo, 'custodian-1');
  await openTab(first, TITLE, '抽题');
  await first.getByRole('button', { name: '产生秘密数' }).click();
  const commit = first.getByRole('button', { name: '封存', exact: true });
  await expect(commit, 'nobody commits without the file').toBeDisabled();
  await expectAccessible(first);
  await picture(first, 'custodian-secret');
  await Promise.all([first.waitForEvent('download'), first.getByRole('button', { name: '保存秘密数文件' }).click()]);
  await commit.click();
  await expect(first.getByText('您已封存。')).toBeVisible();

  const second = await staff(browser, demo, 'custodian-2');
  await openTab(second, TITLE, '抽题');
  await second.getByRole('button', { name: '产生秘密数' }).click();
  const [file] = await Promise.all([
    second.waitForEvent('download'),
    second.getByRole('button', { name: '保存秘密数文件' }).click(),
  ]);
  const secret = join(folder, 'sealed-secret.json');
  await file.saveAs(secret);
  await second.getByRole('button', { name: '封存', exact: true }).click();
  await expect(second.getByText('您已封存。')).toBeVisible();
  await second.context().close();

  await openTab(office, TITLE, '抽题');
  await office.getByRole('button', { name: '固定清单' }).click();
  await office.getByRole('dialog').getByRole('button', { name: '固定清单' }).click();
  await expect(office.getByRole('heading', { name: '抽题清单' })).toBeVisible();

  // Catches a page that believes a service whose manifest nothing shows to be logged, or which names another commitment.
  const MANIFEST = '**/draw/manifest';
  const sent: string[] = [];
  first.on('request', (request) => sent.push(new URL(request.url()).pathname.split('/').at(-1) ?? ''));
  const open = first.getByRole('button', { name: '开启我的秘密数' });
  for (const [change, reason] of [
    [(bundle: ManifestBundle) => (bundle.proof = null), '没有存证'],
    [(bundle: ManifestBundle) => (bundle.manifest.payload.commitments[0]!.commitment = '0'.repeat(64)), '签名不成立'],
  ] as const) {
    await first.route(MANIFEST, async (route) => {
      const response = await route.fetch();
      const bundle = (await response.json()) as ManifestBundle;
      change(bundle);
      await route.fulfill({ response, json: bundle });
    });
    await open.click();
    await expect(first.getByText('没有开启，秘密数没有离开这台电脑。')).toBeVisible();
    await expect(first.getByText(reason).first()).toBeVisible();
    await expectAccessible(first);
    await picture(first, 'custodian-refused');
    await first.unroute(MANIFEST);
  }
  expect(sent).toContain('manifest');
  expect(sent).not.toContain('openings');
  await open.click();
  await expect(first.getByText('您已开启。')).toBeVisible();
  await first.context().close();

  // The other one comes back at another computer, with the sealed file.
  const elsewhere = await staff(browser, demo, 'custodian-2');
  await openTab(elsewhere, TITLE, '抽题');
  await expect(elsewhere.getByText('这台电脑上没有您的秘密数')).toBeVisible();
  const [chooser] = await Promise.all([
    elsewhere.waitForEvent('filechooser'),
    elsewhere.getByRole('button', { name: '选择秘密数文件' }).click(),
  ]);
  await chooser.setFiles(secret);
  await expect(elsewhere.getByText('您已开启。')).toBeVisible();
  await elsewhere.context().close();

  await office.getByRole('button', { name: '发卷与抽签' }).click();
  await office.getByRole('dialog').getByRole('button', { name: '发卷与抽签' }).click();
  await expect(office.getByRole('heading', { name: '等值证明' })).toBeVisible();
  await expectAccessible(office);
  await picture(office, 'office-draw');

  await openTab(office, TITLE, '试卷');
  const papers = office.getByRole('table', { name: '试卷' }).locator('tbody').getByRole('row');
  await expect(papers).toHaveCount(PAPERS);
  await papers.first().getByText('详细内容').click();
  await expect(
    papers
      .first()
      .getByText(/职业道德.*：\d/)
      .first(),
  ).toBeVisible();
  await expectAccessible(office);
  await picture(office, 'office-papers');

  const { entries } = await call<{ entries: RosterEntry[] }>(office, 'GET', `/batches/${demo.batch}/roster`);
  const found = entries.find(({ ticket }) => ticket === demo.tickets[PLACE]);
  if (found === undefined) throw new Error('the roster lacks the ticket');
  walk.office = office;
  walk.entry = found;
  walk.others = entries.filter((entry) => entry !== found);
}
