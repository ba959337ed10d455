/** What happens after a result was signed: it is corrected, its certificate is revoked, files go to verifiers. */

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { expect, type Locator, type Page } from '@playwright/test';

import { expectAccessible } from '../accessible.ts';
import { officeScreen, program } from '../demo.ts';
import { call, firstLogin, openTab, picture, staff } from '../people.ts';
import { type Site, TITLE, type Walk } from '../walk.ts';

/** A name that nobody of the demo bears, and a valid number of nobody. */
const RIGHT = { name: '更正之', number: '11010119900307299X' };

/** The exit code of `kaoping verify` (README). */
async function verified(folder: string, file: string, ...more: string[]): Promise<number> {
  const call = ['verify', '--trust', join(folder, 'trust.json'), ...more, file];
  return promisify(execFile)(program, call).then(
    () => 0,
    (failed: { code: number }) => failed.code,
  );
}

async function save(page: Page, button: Locator, path: string): Promise<void> {
  const [file] = await Promise.all([page.waitForEvent('download'), button.click()]);
  await file.saveAs(path);
}

/** Opens the candidate's result on an officer's desk. */
async function open(page: Page, ticket: string): Promise<Locator> {
  await openTab(page, TITLE, '成绩与证书');
  await page.getByRole('row').filter({ hasText: ticket }).getByRole('button', { name: /^查看/ }).click();
  return page.getByRole('dialog');
}

export async function correct(walk: Walk, { browser, demo, folder }: Site): Promise<void> {
  const { entry, office } = walk;
  const made = await call<{ one_time_password: string }>(office, 'POST', '/staff', {
    login: 'office-2',
    name: '考务二号',
    roles: ['officer'],
    employer: null,
    request: 'account-of-the-second-officer',
  });
  const context = await browser.newContext(officeScreen);
  walk.second = await context.newPage();
  await walk.second.goto(`${demo.tls}/organization/`);
  await walk.second.getByLabel('登录名').fill('office-2');
  await firstLogin(walk.second, made.one_time_password, '考务二号自己的密码-7');

  const dialog = await open(office, entry.ticket);
  await dialog.getByRole('button', { name: '更正姓名或证件号码' }).click();
  await dialog.getByLabel('正确的姓名').fill(RIGHT.name);
  await dialog.getByLabel('正确的证件号码').fill(RIGHT.number);
  await dialog.getByRole('button', { name: '提出申请' }).click();
  await expect(dialog.getByText('请填写原因')).toBeVisible();
  await dialog.getByLabel('原因').fill('报名时姓名和号码录错');
  await expectAccessible(office);
  await picture(office, 'change-asked');
  await dialog.getByRole('button', { name: '提出申请' }).click();
  await expect(dialog.getByText('等待另一位考务人员批准。')).toBeVisible();
  await dialog.getByRole('button', { name: '关闭', exact: true }).click();
  await expect(office.getByRole('row').filter({ hasText: entry.ticket })).toContainText('有申请等待批准');

  const approving = await open(walk.second, entry.ticket);
  await approving.getByLabel('正确的姓名').fill('更正芝');
  await approving.getByLabel('正确的证件号码').fill(RIGHT.number);
  await approving.getByRole('button', { name: '批准' }).click();
  await expect(approving.getByText('两人填写的不一样，没有更正。')).toBeVisible();
  await expectAccessible(walk.second);
  await picture(walk.second, 'change-differs');
  await approving.getByLabel('正确的姓名').fill(RIGHT.name);
  await approving.getByRole('button', { name: '批准' }).click();
  await expect(approving.getByText('已更正')).toBeVisible();
  await save(walk.second, approving.getByRole('button', { name: '下载成绩文件' }), join(folder, 'corrected.json'));
  await save(walk.second, approving.getByRole('button', { name: '下载证书文件' }), join(folder, 'certificate.json'));
  await picture(walk.second, 'change-corrected');
  await approving.getByRole('button', { name: '关闭', exact: true }).click();
  await expect(walk.second.getByRole('row').filter({ hasText: entry.ticket })).toContainText(RIGHT.name);
}

export async function revoke(walk: Walk, { folder }: Site): Promise<void> {
  const { entry, office, second } = walk;
  const dialog = await open(second, entry.ticket);
  await dialog.getByRole('button', { name: '撤销证书' }).click();
  await dialog.getByLabel('类别').selectOption({ label: '主管部门决定' });
  await dialog.getByLabel('原因').fill('上级复核决定');
  await dialog.getByRole('button', { name: '提出申请' }).click();
  await expect(dialog.getByText('等待另一位考务人员批准。')).toBeVisible();
  await expect(dialog.getByRole('button', { name: '批准' }), 'who asks does not approve').toBeHidden();

  await office.reload();
  const approving = await open(office, entry.ticket);
  await expect(approving.getByText('上级复核决定')).toBeVisible();
  await approving.getByRole('button', { name: '批准' }).click();
  await expect(approving.getByText('已更正 · 证书已撤销')).toBeVisible();
  await expectAccessible(office);
  await picture(office, 'change-revoked');
  await approving.getByRole('button', { name: '关闭', exact: true }).click();

  const files = office.getByRole('region', { name: '交给核验方的文件' });
  await save(office, files.getByRole('button', { name: '更正与撤销名单' }), join(folder, 'status.json'));
  await save(office, files.getByRole('button', { name: '信任清单' }), join(folder, 'trust.json'));
  const status = ['--status', join(folder, 'status.json')];
  expect(await verified(folder, walk.result), 'without the status list').toBe(0);
  expect(await verified(folder, walk.result, ...status), 'superseded').toBe(4);
  expect(await verified(folder, join(folder, 'corrected.json'), ...status)).toBe(0);
  expect(await verified(folder, join(folder, 'certificate.json')), 'without the status list').toBe(0);
  expect(await verified(folder, join(folder, 'certificate.json'), ...status), 'revoked').toBe(4);
}

export async function handOver({ office, second }: Walk, { browser, demo, folder }: Site): Promise<void> {
  const files = office.getByRole('region', { name: '交给核验方的文件' });
  await expect(files.getByRole('button', { name: '下载审计包' }), 'not for the office').toBeHidden();
  await save(office, files.getByRole('button', { name: '批次核验包' }), join(folder, 'batch.jsonl'));
  expect(await verified(folder, join(folder, 'batch.jsonl')), 'the batch is whole').toBe(0);
  await files.scrollIntoViewIfNeeded();
  await picture(office, 'hand-over');
  await second.context().close();

  const supervisor = await staff(browser, demo, 'supervisor');
  await openTab(supervisor, TITLE, '成绩与证书');
  await supervisor.getByRole('button', { name: '下载审计包' }).click();
  const asking = supervisor.getByRole('dialog');
  await asking.getByLabel('原因').fill('例行抽查');
  await save(supervisor, asking.getByRole('button', { name: '下载审计包' }), join(folder, 'audit.jsonl'));
  const trust = join(folder, 'trust.json');
  await promisify(execFile)(program, ['verify', '--trust', trust, '--audit', join(folder, 'audit.jsonl')]);
  await supervisor.context().close();
}
