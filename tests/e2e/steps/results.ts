/** Results: scored, signed, logged, listed and verified. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from '@playwright/test';

import { expectAccessible } from '../accessible.ts';
import { candidateScreen } from '../demo.ts';
import { call, openTab, picture, staff } from '../people.ts';
import { invigilatorOf, type Site, TITLE, type Walk } from '../walk.ts';

/** 证书清单, as the authorities take it. */
const CERTIFICATE_HEADERS = [
  '姓名',
  '证件类型',
  '证件号码',
  '所在单位',
  '职业名称',
  '工种名称',
  '职业技能等级',
  '证书编号',
  '发证日期',
  '评价机构',
  '发证机构',
];

/** Scoring says of everyone what is still missing. */
export async function pending(walk: Walk): Promise<void> {
  const { entry, office } = walk;
  await openTab(office, TITLE, '成绩与证书');
  await office.getByRole('button', { name: '评分并签发' }).click();
  await expect(office.getByText('本次评分 1 份，签发 0 份')).toBeVisible();
  const pending = office.getByRole('table', { name: '还不能签发（40）' });
  await expect(pending.getByRole('row', { name: entry.ticket })).toContainText('操作');
  await expectAccessible(office);
  await picture(office, 'office-pending');
}

/** Results signed, the batch closed, passers listed. */
export async function sign(walk: Walk, { browser, demo, folder }: Site): Promise<void> {
  const { entry, office, others, practical, theory } = walk;
  // Nobody else came.
  // In the candidate's own room the end of the session has marked them absent.
  for (const name of new Set(others.map((other) => other.room).filter((room) => room !== entry.room))) {
    const page = await staff(browser, demo, invigilatorOf(name));
    const absent = others.filter((other) => other.room === name);
    for (const { theory } of absent) {
      const body = { reason: '未到场', request: `absent-of-${theory}` };
      await call(page, 'POST', `/sittings/${theory}/absent`, body);
    }
    await page.context().close();
  }
  // Nor to the practical exam, as their lead examiners say.
  const absentees = new Set(others.map((other) => other.practical));
  for (const lead of ['lead-1', 'lead-2', 'lead-3']) {
    const page = await staff(browser, demo, lead);
    const { panels } = await call<{ panels: { sitting: string }[] }>(page, 'GET', `/panels?batch=${demo.batch}`);
    for (const sitting of new Set(panels.map((panel) => panel.sitting))) {
      const body = { reason: '未到场', request: `absent-of-${sitting}` };
      if (absentees.has(sitting)) await call(page, 'POST', `/panels/${sitting}/absent`, body);
    }
    await page.context().close();
  }
  await office.getByRole('button', { name: '评分并签发' }).click();
  await expect(office.getByText('签发 1 份，登记缺考 39 人')).toBeVisible();
  const line = office.getByRole('row').filter({ hasText: entry.ticket });
  await expect(line).toContainText(theory);
  await expect(line).toContainText(practical);
  await expect(line).toContainText('合格');

  await line.getByRole('button', { name: `查看 ${entry.name}` }).click();
  const dialog = office.getByRole('dialog');
  const [bundle] = await Promise.all([
    office.waitForEvent('download'),
    dialog.getByRole('button', { name: '下载成绩文件' }).click(),
  ]);
  walk.result = join(folder, 'result.json');
  await bundle.saveAs(walk.result);
  await expectAccessible(office);
  await picture(office, 'office-result');
  await dialog.getByRole('button', { name: '关闭' }).click();

  await office.getByRole('button', { name: '关闭批次' }).click();
  await office.getByRole('dialog').getByRole('button', { name: '关闭批次' }).click();
  await expect(office.getByText('批次已关闭：40 名考生有结论')).toBeVisible();

  await office.getByRole('button', { name: '签发证书' }).click();
  await office.getByRole('dialog').getByRole('button', { name: '签发证书' }).click();
  await office.getByText('份有效证书').waitFor();
  await office.getByRole('button', { name: '下载证书清单' }).click();
  await office.getByLabel('格式').selectOption('csv');
  await office.getByLabel('原因').fill('报送评价工作网');
  const [list] = await Promise.all([
    office.waitForEvent('download'),
    office.getByRole('dialog').getByRole('button', { name: '下载证书清单' }).click(),
  ]);
  const lines = (await readFile(await list.path(), 'utf8')).trim().split(/\r?\n/);
  expect(lines).toHaveLength(2);
  expect(lines[0]?.replaceAll(/[\ufeff"]/g, '').split(',')).toEqual(CERTIFICATE_HEADERS);
  expect(lines[1]).toContain(entry.name);
  // S, organization 0000, province 22, site 000001, year, level 5, serial 000001.
  await expect(line).toContainText(/S000022000001\d{2}5000001/);
  await expectAccessible(office);
  await picture(office, 'office-results');

  await openTab(office, TITLE, '存证日志');
  await expect(office.getByRole('table', { name: '存证日志' }).or(office.getByRole('table')).first()).toBeVisible();
  await expectAccessible(office);
  await picture(office, 'office-log');
}

/** The result that the office handed out, checked in a browser without a network. */
export async function verify(walk: Walk, { browser, demo }: Site): Promise<void> {
  const { practical, theory } = walk;
  const page = await (await browser.newContext(candidateScreen)).newPage();
  await page.goto(`${demo.http}/verify/`);
  await expect(page.getByText(/使用本服务器的信任清单：示例长期照护评价中心/)).toBeVisible();
  await page.waitForLoadState('networkidle');
  await page.context().setOffline(true);
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.getByRole('button', { name: '选择文件' }).click(),
  ]);
  await chooser.setFiles(walk.result);
  await expect(page.getByRole('table', { name: '核对了什么' })).not.toContainText('不通过');
  await expect(page.getByText(new RegExp(`^${theory} · 合格$`))).toBeVisible();
  await expect(page.getByText(new RegExp(`^${practical} · 合格$`))).toBeVisible();
  await expectAccessible(page);
  await picture(page, 'verify-valid');
}
