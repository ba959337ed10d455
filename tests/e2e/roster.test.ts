/** A clerk's faulty roster: every fault is named with row, cause and cure, and nothing changes. */

import { resolve } from 'node:path';

import { expectAccessible } from './accessible.ts';
import { expect, test } from './demo.ts';
import { call, openTab, picture, staff } from './people.ts';

const rosters = resolve(import.meta.dirname, '../suite/roster');
const TITLE = '名册测试批次';

test('a roster with a wrong ID checksum is refused whole', async ({ browser, demo }) => {
  const page = await staff(browser, demo, 'office');
  await page.getByRole('link', { name: '新建批次' }).click();
  await page.getByLabel('批次名称').fill(TITLE);
  await expectAccessible(page);
  await picture(page, 'office-plan');
  await page.getByRole('button', { name: '提交计划' }).click();
  await expect(page.getByText('已有计划，待导入名册')).toBeVisible();
  await openTab(page, TITLE, '考生名册');

  const upload = async (file: string): Promise<void> => {
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'),
      page.getByRole('button', { name: '选择名册文件' }).click(),
    ]);
    await chooser.setFiles(resolve(rosters, file));
  };
  await upload('checksum.xlsx');
  await expect(page.getByText('名册没有导入。请按下表改正后重新导入。')).toBeVisible();
  const faults = page.getByRole('table', { name: /^有 \d+ 处需要改正$/ });
  const fault = faults
    .getByRole('row')
    .filter({ hasText: /第 \d+ 行/ })
    .first();
  await expect(fault).toContainText('证件号码');
  for (const cell of await fault.getByRole('cell').all()) await expect(cell).not.toBeEmpty();
  await expectAccessible(page);
  await picture(page, 'office-roster-faults');

  const batch = /#\/?batch\/([^/]+)/.exec(page.url())?.[1];
  const { entries } = await call<{ entries: object[] }>(page, 'GET', `/batches/${batch}/roster`);
  expect(entries, 'nothing is half-imported').toEqual([]);
  await expect(page.getByText('已有计划，待导入名册')).toBeVisible();

  await upload('good.xlsx');
  await expect(page.getByText('读到 3 名考生，还没有导入')).toBeVisible();
  await expect(page.getByRole('table', { name: '各考场人数' }).getByRole('row')).toHaveCount(2);
  await expectAccessible(page);
  await picture(page, 'office-roster-preview');
  await page.getByRole('button', { name: '不导入' }).click();
  expect((await call<{ entries: object[] }>(page, 'GET', `/batches/${batch}/roster`)).entries).toEqual([]);
  await upload('good.xlsx');
  await page.getByRole('button', { name: '确认导入' }).click();
  await expect(page.getByText('已导入 3 名考生，座位已排好。')).toBeVisible();
  await expect(page.getByRole('row', { name: '𠮷春梅' })).toBeVisible();
  await expect(page.getByRole('table', { name: '提醒（不影响导入）' })).toBeVisible();
  await expectAccessible(page);
  await picture(page, 'office-roster');
  await page.context().close();
});
