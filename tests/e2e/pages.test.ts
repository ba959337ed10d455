/** Pages that nobody's walk passes: the first page, the login, the office's lists, and the switches of display. */

import { expectAccessible } from './accessible.ts';
import { candidateScreen, expect, test } from './demo.ts';
import { picture, staff } from './people.ts';

test('the first page leads everyone to theirs', async ({ browser, demo }) => {
  const context = await browser.newContext(candidateScreen);
  const page = await context.newPage();
  await page.goto(demo.http);
  await expect(page.getByText('示例长期照护评价中心')).toBeVisible();
  await expectAccessible(page);
  await picture(page, 'landing');

  await page.getByRole('button', { name: '高对比度' }).click();
  await page.getByRole('button', { name: '特大' }).click();
  await expectAccessible(page);
  await picture(page, 'landing-high-contrast');
  await page.getByRole('button', { name: 'English' }).click();
  await expect(page.getByRole('link', { name: /candidate/i })).toBeVisible();
  await page.getByRole('button', { name: '中文' }).click();

  // Staff pages answer on TLS alone.
  await page.getByRole('link', { name: /^监考员/ }).click();
  await expect(page.getByRole('heading', { name: '工作人员登录' })).toBeVisible();
  expect(new URL(page.url()).protocol).toBe('https:');
  await expectAccessible(page);
  await page.getByLabel('登录名').fill('invigilator-1');
  await page.getByLabel('密码').fill('wrong');
  await page.getByRole('button', { name: '登录', exact: true }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await expectAccessible(page);
  await picture(page, 'login-refused');
  await context.close();
});

test('the office sees organization, staff and banks; a supervisor only looks', async ({ browser, demo }) => {
  const office = await staff(browser, demo, 'office');
  for (const [link, heading, name] of [
    ['机构与备案', '机构与备案', 'office-organization'],
    ['工作人员', '工作人员账号', 'office-staff'],
  ] as const) {
    await office.getByRole('link', { name: link, exact: true }).click();
    await expect(office.getByRole('heading', { name: heading })).toBeVisible();
    await expectAccessible(office);
    await picture(office, name);
  }
  await office.getByRole('link', { name: '题库与评分表' }).click();
  await expect(office.getByRole('table', { name: '操作评分表' })).toBeVisible();
  await expectAccessible(office);
  await picture(office, 'office-banks');
  await office.context().close();

  const supervisor = await staff(browser, demo, 'supervisor');
  await supervisor.getByRole('link', { name: '机构与备案' }).click();
  await expect(supervisor.getByText('您只能查看，不能修改。')).toBeVisible();
  await expect(supervisor.getByRole('button', { name: '保存' })).toHaveCount(0);
  await supervisor.context().close();
});
