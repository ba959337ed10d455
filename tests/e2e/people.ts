/** People at their screens: each in a browser context of their own, so that nobody shares a cookie or a journal. */

import { join } from 'node:path';

import { type Browser, type BrowserContextOptions, expect, type Page } from '@playwright/test';

import { type Demo, officeScreen } from './demo.ts';

/** Opens the page of a member of staff, logged in. */
export async function staff(
  browser: Browser,
  demo: Demo,
  login: string,
  screen: BrowserContextOptions = officeScreen,
): Promise<Page> {
  const context = await browser.newContext(screen);
  const page = await context.newPage();
  const { password, page: path } = demo.login(login);
  await page.goto(demo.tls + path);
  await page.getByLabel('登录名').fill(login);
  await page.getByLabel('密码').fill(password);
  await page.getByRole('button', { name: '登录', exact: true }).click();
  await expect(page.getByRole('button', { name: '退出登录' })).toBeVisible();
  return page;
}

/** The first login of somebody whom the office has just entered: nothing opens before a password of one's own. */
export async function firstLogin(page: Page, oneTime: string, chosen: string, pin?: string): Promise<void> {
  await page.getByLabel('密码').fill(oneTime);
  await page.getByRole('button', { name: '登录', exact: true }).click();
  await expect(page.getByRole('heading', { name: '请先设置自己的密码' })).toBeVisible();
  await expect(page.getByLabel('现在的密码')).toHaveValue(oneTime);
  await page.getByLabel('新密码', { exact: true }).fill(chosen);
  await page.getByLabel('再输入一次新密码').fill(chosen);
  if (pin !== undefined) {
    await page.getByLabel('新评分密码', { exact: true }).fill(pin);
    await page.getByLabel('再输入一次新评分密码').fill(pin);
  }
  await page.getByRole('button', { name: '保存并进入' }).click();
  await expect(page.getByRole('button', { name: '我的账号' })).toBeVisible();
}

/** Opens a tab of the demo's batch on the organization's desk. */
export async function openTab(page: Page, title: string, tab: string): Promise<void> {
  const link = page.getByRole('navigation', { name: title }).getByRole('link', { name: tab, exact: true });
  const batch = page.getByRole('link', { name: title });
  await link.or(batch).first().waitFor();
  if (!(await link.isVisible())) await batch.click();
  await link.click();
}

/** A request of the page's own person, as their pages make it. */
export async function call<Answer>(page: Page, method: 'GET' | 'POST', path: string, data?: unknown): Promise<Answer> {
  const origin = new URL(page.url()).origin;
  const options = { method, headers: { 'x-kaoping': '1' }, ...(data === undefined ? {} : { data }) };
  const answer = await page.request.fetch(`${origin}/api/v1${path}`, options);
  if (!answer.ok()) throw new Error(`${method} ${path}: ${answer.status()} ${await answer.text()}`);
  return (answer.status() === 204 ? null : await answer.json()) as Answer;
}

/** Keeps a picture for people to look at; nothing is compared with it. */
export async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(import.meta.dirname, 'screenshots', `${name}.png`), animations: 'disabled' });
}
