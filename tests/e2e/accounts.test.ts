/** Accounts as people keep them: the first login, one's own account, a reset by two officers, and the closing. */

import { type BrowserContextOptions, type Page } from '@playwright/test';

import { expectAccessible } from './accessible.ts';
import { expect, officeScreen, tabletScreen, test } from './demo.ts';
import { call, firstLogin, picture, staff } from './people.ts';

const phoneScreen: BrowserContextOptions = { viewport: { width: 360, height: 800 }, hasTouch: true };
const CHOSEN = '考评员自己的密码-7';

/** Enters an account. With `lost` the first answer does not come, and the same button is pressed again. */
async function makeAccount(page: Page, name: string, login: string, role: string, lost = false): Promise<string> {
  await page.getByRole('button', { name: '新建账号' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('姓名').fill(name);
  await dialog.getByLabel('登录名').fill(login);
  await dialog.getByLabel(role, { exact: true }).check();
  if (lost) {
    await loseAnswer(page, '**/api/v1/staff');
    await dialog.getByRole('button', { name: '新建账号' }).click();
    await expect(dialog.getByRole('alert')).toBeVisible();
  }
  await dialog.getByRole('button', { name: '新建账号' }).click();
  await expect(page.getByText('只显示这一次')).toBeVisible();
  const password = await page.getByRole('definition').last().innerText();
  await page.getByRole('button', { name: '我已记下' }).click();
  return password;
}

/** The next POST to this address is carried out, and its answer is lost. */
async function loseAnswer(page: Page, address: string): Promise<void> {
  await page.route(
    address,
    async (route) => {
      if (route.request().method() !== 'POST') return route.fallback();
      await route.fetch();
      return route.abort();
    },
    { times: 1 },
  );
}

function row(page: Page, login: string) {
  return page.getByRole('row').filter({ has: page.getByText(login, { exact: true }) });
}

test('an examiner chooses password and PIN, is reset by two officers, and closed', async ({ browser, demo }) => {
  const office = await staff(browser, demo, 'office');
  await office.getByRole('link', { name: '工作人员', exact: true }).click();
  const oneTime = await makeAccount(office, '考评员新', 'examiner-new', '考评员');
  await expect(row(office, 'examiner-new')).toContainText('未启用');
  await expectAccessible(office);
  await picture(office, 'staff');
  // Made once, although its first answer was lost, and with a password that opens it.
  await makeAccount(office, '考务三号', 'office-3', '考务人员', true).then(async (password) => {
    const second = await (await browser.newContext(officeScreen)).newPage();
    await second.goto(`${demo.tls}/organization/`);
    await second.getByLabel('登录名').fill('office-3');
    await firstLogin(second, password, '考务三号自己的密码-7');
    await second.context().close();
  });

  const context = await browser.newContext(tabletScreen);
  const tablet = await context.newPage();
  await tablet.goto(`${demo.tls}/examiner/`);
  await tablet.getByLabel('登录名').fill('examiner-new');
  await tablet.getByLabel('密码').fill(oneTime);
  await tablet.getByRole('button', { name: '登录', exact: true }).click();
  await expect(tablet.getByRole('heading', { name: '请先设置自己的密码' })).toBeVisible();
  await expectAccessible(tablet);
  await picture(tablet, 'first-login');
  // After a reload too, and the refused choice says why.
  await tablet.reload();
  await tablet.getByLabel('现在的密码').fill(oneTime);
  await tablet.getByLabel('新密码', { exact: true }).fill(CHOSEN);
  await tablet.getByLabel('再输入一次新密码').fill(`${CHOSEN}x`);
  await tablet.getByLabel('新评分密码', { exact: true }).fill('123456');
  await tablet.getByLabel('再输入一次新评分密码').fill('123456');
  await tablet.getByRole('button', { name: '保存并进入' }).click();
  await expect(tablet.getByText('两次输入的不一样。')).toBeVisible();
  await tablet.getByLabel('再输入一次新密码').fill(CHOSEN);
  await tablet.getByRole('button', { name: '保存并进入' }).click();
  await expect(tablet.getByText('评分密码太容易猜')).toBeVisible();
  await expect(tablet.getByRole('heading', { name: '请先设置自己的评分密码' })).toBeVisible();
  await tablet.getByLabel('新评分密码', { exact: true }).fill('280719');
  await tablet.getByLabel('再输入一次新评分密码').fill('280719');
  await tablet.getByRole('button', { name: '保存并进入' }).click();
  await expect(tablet.getByRole('heading', { name: '我的评分任务' })).toBeVisible();

  // The own account, on a phone.
  await tablet.setViewportSize({ width: 360, height: 800 });
  await tablet.getByRole('button', { name: '我的账号' }).click();
  const own = tablet.getByRole('dialog');
  await expect(own.getByText('这台设备')).toBeVisible();
  await own.getByText('修改评分密码').click();
  await own.getByLabel('现在的密码').filter({ visible: true }).fill('wrong');
  await own.getByLabel('新评分密码', { exact: true }).fill('730512');
  await own.getByLabel('再输入一次新评分密码').fill('730512');
  await own.getByRole('button', { name: '保存' }).click();
  await expect(own.getByText('现在的密码不对')).toBeVisible();
  await own.getByLabel('现在的密码').filter({ visible: true }).fill(CHOSEN);
  await own.getByRole('button', { name: '保存' }).click();
  await expect(own.getByText('已保存。')).toBeVisible();
  await expectAccessible(tablet);
  await picture(tablet, 'own-account-phone');
  await own.getByRole('button', { name: '关闭', exact: true }).click();

  // One officer asks, another approves; the tablet is out at once.
  await row(office, 'examiner-new').getByRole('button', { name: '重置密码' }).click();
  await office.getByRole('dialog').getByLabel('原因').fill('忘记密码');
  await office.getByRole('dialog').getByRole('button', { name: '重置密码' }).click();
  await expect(row(office, 'examiner-new')).toContainText('申请重置：忘记密码');
  await expect(row(office, 'examiner-new').getByRole('button', { name: '批准重置' })).toHaveCount(0);
  const second = await (await browser.newContext(officeScreen)).newPage();
  await second.goto(`${demo.tls}/organization/#/staff`);
  await second.getByLabel('登录名').fill('office-3');
  await second.getByLabel('密码').fill('考务三号自己的密码-7');
  await second.getByRole('button', { name: '登录', exact: true }).click();
  await row(second, 'examiner-new').getByRole('button', { name: '批准重置' }).click();
  await second.getByRole('dialog').getByRole('button', { name: '批准重置' }).click();
  await expect(second.getByText('已重置。')).toBeVisible();
  await expectAccessible(second);
  await picture(second, 'staff-reset');
  await second.getByRole('button', { name: '我已记下' }).click();
  await tablet.reload();
  await expect(tablet.getByRole('heading', { name: '工作人员登录' })).toBeVisible();
  await tablet.context().close();

  await row(second, 'examiner-new').getByRole('button', { name: '停用账号' }).click();
  await second.getByRole('dialog').getByLabel('原因').fill('已离职');
  await second.getByRole('dialog').getByRole('button', { name: '停用账号' }).click();
  await expect(row(second, 'examiner-new')).toContainText('已停用');
  await second.context().close();
  await office.context().close();
});

test('a wrong page leads to the right one, and one-time codes are set up', async ({ browser, demo }) => {
  const page = await (await browser.newContext(phoneScreen)).newPage();
  await page.goto(`${demo.tls}/organization/`);
  const { password } = demo.login('invigilator-2');
  await page.getByLabel('登录名').fill('invigilator-2');
  await page.getByLabel('密码').fill(password);
  await page.getByRole('button', { name: '登录', exact: true }).click();
  await expect(page.getByText('您的账号不能使用这个页面。')).toBeVisible();
  await expectAccessible(page);
  await picture(page, 'wrong-page-phone');
  await page.getByRole('link', { name: '去监考员页面' }).click();
  await expect(page.getByRole('button', { name: '我的账号' })).toBeVisible();

  await page.getByRole('button', { name: '我的账号' }).click();
  const own = page.getByRole('dialog');
  await own.getByText('动态口令').first().click();
  await own.getByLabel('现在的密码').filter({ visible: true }).fill(password);
  await own.getByRole('button', { name: '开启动态口令' }).click();
  await expect(own.getByRole('img', { name: '动态口令的二维码' })).toBeVisible();
  await expectAccessible(page);
  await picture(page, 'second-factor-phone');
  await own.getByLabel('动态口令', { exact: true }).fill('000000');
  await own.getByRole('button', { name: '确认开启' }).click();
  await expect(own.getByText('动态口令不对')).toBeVisible();
  const me = await call<{ second_factor: boolean }>(page, 'GET', '/me');
  expect(me.second_factor, 'a wrong code confirms nothing').toBe(false);
  await page.context().close();
});
