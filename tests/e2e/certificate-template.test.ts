/** The layout of printed certificates: changed, previewed as PDF, refused by name, and kept. */

import { readFile } from 'node:fs/promises';

import { expectAccessible } from './accessible.ts';
import { expect, test } from './demo.ts';
import { picture, staff } from './people.ts';

test('the office lays out its certificates', async ({ browser, demo }) => {
  const page = await staff(browser, demo, 'office');
  await page.getByRole('link', { name: '机构与备案' }).click();
  const form = page.locator('form', { has: page.getByText('每个字段占一行') });
  const first = form.getByRole('row').nth(1);
  await first.getByLabel('前面的文字').fill('长期照护师证书');
  await expectAccessible(page);
  await picture(page, 'office-certificate-template');

  const [preview] = await Promise.all([
    page.waitForEvent('download'),
    form.getByRole('button', { name: '预览（PDF）' }).click(),
  ]);
  expect((await readFile(await preview.path())).subarray(0, 5).toString()).toBe('%PDF-');

  await first.getByLabel('左').fill('4000');
  await form.getByRole('button', { name: '保存' }).click();
  await expect(form.getByRole('table', { name: /^有 \d+ 处需要改正$/ })).toBeVisible();
  await first.getByLabel('左').fill('200');
  await form.getByRole('button', { name: '保存' }).click();
  await expect(form.getByText('已保存')).toBeVisible();
  await page.reload();
  await expect(first.getByLabel('前面的文字')).toHaveValue('长期照护师证书');
  await page.context().close();
});
