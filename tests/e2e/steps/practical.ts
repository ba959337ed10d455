/** The practical: three examiners, one of them offline for a while, and a lead's decision. */

import { expect, type Page } from '@playwright/test';

import { expectAccessible } from '../accessible.ts';
import { tabletAcross, tabletScreen } from '../demo.ts';
import { Examiner, type Task } from '../examiner.ts';
import { call, openTab, picture, staff } from '../people.ts';
import { type Site, TITLE, type Walk } from '../walk.ts';

interface PanelLine {
  sitting: string;
  number: number;
  panel: string;
}

/** Three examiners score the candidate’s sheets. */
export async function score(walk: Walk, { browser, demo }: Site): Promise<void> {
  const { entry, office } = walk;
  const { panels } = await call<{ panels: PanelLine[] }>(office, 'GET', `/panels?batch=${demo.batch}`);
  const own = panels.filter(({ sitting }) => sitting === entry.practical);
  expect(own, 'a sheet for each of four functions').toHaveLength(4);
  const { number, panel } = own[0]!;
  walk.lead = `lead-${panel.slice(1)}`;
  const logins = [1, 2, 3].map((place) => `examiner-${(Number(panel.slice(1)) - 1) * 3 + place}`);
  const examiners = await Promise.all(logins.map((login) => Examiner.at(browser, demo, login)));
  const [first, ...others] = examiners as [Examiner, ...Examiner[]];
  const { page } = first;

  const tasks = await first.tasks(number);
  expect(tasks).toHaveLength(4);
  await expect(page.getByText(entry.name), 'examiners see a drawn number alone').toHaveCount(0);
  await expectAccessible(page);
  await picture(page, 'examiner-tasks');

  const [task, ...rest] = tasks as [Task, ...Task[]];
  await first.begin(number, task);
  await first.award(0, 1).tap();
  await expect(first.award(0, 1)).toHaveAttribute('aria-pressed', 'true');
  const once = await first.total.innerText();
  await first.award(1, 0).tap();
  await expect(first.total).not.toHaveText(once);
  // Each undo goes back one step further.
  const undo = page.getByRole('button', { name: '撤销', exact: true });
  await undo.tap();
  await expect(first.total).toHaveText(once);
  await expect(first.award(1, 0)).toHaveAttribute('aria-pressed', 'false');
  await undo.tap();
  await expect(first.award(0, 1)).toHaveAttribute('aria-pressed', 'false');
  await expect(undo).toBeDisabled();
  await first.award(0, 1).tap();
  await expect(first.total).toHaveText(once);
  await expectStill(page, async () => {
    await page.getByRole('button', { name: '开始准备' }).tap();
    await page.getByRole('button', { name: '开始操作' }).tap();
  });
  await scoreInTwoWindows(first);
  await expectAccessible(page);
  await picture(page, 'examiner-sheet');
  await page.setViewportSize(tabletAcross);
  await expectAccessible(page);
  await picture(page, 'examiner-sheet-across');
  await page.setViewportSize(tabletScreen.viewport);

  const keptFiles = () => page.evaluate(async () => (await (await caches.open('kaoping-examiner')).keys()).length);
  await expect.poll(keptFiles, 'the tablet keeps the page').toBeGreaterThan(0);
  await page.context().setOffline(true);
  await first.award(1, 0).tap();
  await expect(page.getByText(/没有网络，存在本机：\d+ 步/)).toBeVisible();
  await first.scoreRest();
  await markVeto(page);
  await expectAccessible(page);
  await picture(page, 'examiner-offline');
  await page.reload();
  await expect(page.getByText('全部已评'), 'a reload without a network loses nothing').toBeVisible();
  await expect(page.getByText('已标记：')).toBeVisible();
  await page.context().setOffline(false);
  await expect(page.getByText('已保存到服务器')).toBeVisible();

  const deducted = 2 * (100 - Number((await first.total.innerText()).split(' ')[0]));
  expect(deducted).toBeGreaterThan(0);
  walk.practical = shown(200 * 100 - task.weight * deducted);
  const dialog = await first.askToHandIn();
  await expectAccessible(page);
  await picture(page, 'examiner-pin');
  await first.enterWrongPin(dialog);
  await picture(page, 'examiner-wrong-pin');
  await dialog.getByRole('button', { name: '取消' }).click();
  await expect(page.getByText('已保存到服务器')).toBeVisible();
  await expect(first.award(0, 0), 'a wrong PIN seals nothing').toBeEnabled();
  await first.handIn();

  const [second, third] = others as [Examiner, Examiner];
  await second.scoreSheet(number, task, true);
  await handInLater(third, number, task);
  const scoreRest = async (examiner: Examiner): Promise<void> => {
    for (const next of rest) await examiner.scoreSheet(number, next, false);
  };
  await Promise.all(examiners.map(scoreRest));
  await picture(others[0]!.page, 'examiner-done');
  for (const examiner of examiners) await examiner.page.context().close();
}

/** The lead examiner decides on the marked veto. */
export async function decide(walk: Walk, { browser, demo }: Site): Promise<void> {
  const page = await staff(browser, demo, walk.lead);
  await openTab(page, TITLE, '考评组裁决');
  await expect(page.getByRole('heading', { name: '需要裁决（1）' })).toBeVisible();
  await expectAccessible(page);
  await picture(page, 'lead-panels');
  await page.getByRole('button', { name: '裁决', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: '提交裁决' }).click();
  await expect(dialog.getByText('每一项都要选择并写明理由。')).toBeVisible();
  const items = dialog.getByRole('table', { name: /^给分不同的项目|^标记的否定项/ });
  await expect(items.first(), 'the lead sees what each examiner gave').toBeVisible();
  await expect(dialog.getByRole('columnheader', { name: '考评员 C' }).first()).toBeVisible();
  await expect(dialog.getByRole('radio', { name: /^成立：/ }), 'what a decision does is said').toBeVisible();
  await picture(page, 'lead-comparison');
  await dialog.getByRole('radio', { name: '不成立' }).check();
  await dialog.getByLabel('理由').fill('回看录像，动作规范，未见该情形。');
  await expectAccessible(page);
  await picture(page, 'lead-decision');
  await dialog.getByRole('button', { name: '提交裁决' }).click();
  await expect(page.getByText('裁决已记录。')).toBeVisible();
  await page.context().close();
}

/** The buttons that are tapped again and again stay where they are while `act` changes what the bar says. */
async function expectStill(page: Page, act: () => Promise<void>): Promise<void> {
  const places = async (): Promise<unknown> => {
    const buttons = [
      page.getByRole('button', { name: '提交评分' }).first(),
      page.getByRole('button', { name: '看题目' }),
    ];
    return Promise.all(buttons.map((button) => button.boundingBox()));
  };
  const before = await places();
  await act();
  await page.context().setOffline(true);
  await page
    .getByRole('group', { name: /：评分$/ })
    .nth(1)
    .getByRole('button')
    .first()
    .tap();
  await expect(page.getByText(/没有网络，存在本机：\d+ 步/)).toBeVisible();
  expect(await places()).toEqual(before);
  await page.context().setOffline(false);
  await expect(page.getByText('已保存到服务器')).toBeVisible();
  await page.getByRole('button', { name: '撤销', exact: true }).tap();
}

/** One sheet in two windows: one holds it, the other says so and may take it over; nothing that was entered vanishes. */
async function scoreInTwoWindows({ page }: Examiner): Promise<void> {
  const other = await page.context().newPage();
  await other.goto(page.url());
  await expect(other.getByText('这张评分表已在另一个窗口打开')).toBeVisible();
  await expectAccessible(other);
  await picture(other, 'examiner-elsewhere');
  await other.getByRole('button', { name: '在这里接着评' }).click();
  const awards = other.getByRole('group', { name: /：评分$/ });
  await expect(awards.nth(0).getByRole('button').nth(1), 'the first window’s award').toHaveAttribute(
    'aria-pressed',
    'true',
  );
  await expect(page.getByText('另一个窗口接着评这张评分表了')).toBeVisible();
  await awards.nth(1).getByRole('button').first().click();
  await page.getByRole('button', { name: '在这里接着评' }).click();
  await expect(
    page
      .getByRole('group', { name: /：评分$/ })
      .nth(1)
      .getByRole('button')
      .first(),
  ).toHaveAttribute('aria-pressed', 'true');
  await other.close();
  await page.getByRole('button', { name: '撤销', exact: true }).tap();
}

/** Seals a sheet without a network, and hands it in from the list once there is one again. */
async function handInLater(examiner: Examiner, number: number, task: Task): Promise<void> {
  const { page } = examiner;
  await examiner.begin(number, task);
  await examiner.award(0, 1).click();
  await page.context().setOffline(true);
  await examiner.scoreRest();
  await expect(page.getByText(/没有网络，存在本机：\d+ 步/)).toBeVisible();
  const dialog = await examiner.askToHandIn();
  await expect(dialog.getByRole('heading', { name: '还没有交' })).toBeVisible();
  await picture(page, 'examiner-unreachable');
  await dialog.getByRole('button', { name: '封存在本机' }).click();
  await dialog.getByRole('button', { name: '回到列表' }).click();
  await expect(page.getByText('1 张评分表封存在本机，还没有交')).toBeVisible();
  await picture(page, 'examiner-sealed-list');
  await page.context().setOffline(false);
  await page.getByRole('button', { name: '输入评分密码全部送出' }).click();
  const sending = page.getByRole('dialog');
  await examiner.enterWrongPin(sending);
  await examiner.enterPin(sending);
  await sending.getByRole('button', { name: '确认提交' }).click();
  await expect(page.getByText('封存在本机，还没有交')).toHaveCount(0);
}

/** Holds a veto for its two seconds and names what was seen. */
async function markVeto(page: Page): Promise<void> {
  const veto = page.getByRole('button', { name: /^按住 2 秒标记/ }).first();
  await veto.scrollIntoViewIfNeeded();
  await veto.hover();
  await page.mouse.down();
  await expect(page.getByRole('heading', { name: '看到了什么？' })).toBeVisible();
  await page.mouse.up();
  await picture(page, 'examiner-veto');
  await page.getByRole('dialog').getByRole('button').first().click();
  await expect(page.getByText('已标记：')).toBeVisible();
}

/** A mark in two-hundredths, as it is shown: half-up to two decimals. */
function shown(part: number): string {
  const hundredths = Math.floor((part + 1) / 2);
  return `${Math.floor(hundredths / 100)}.${String(hundredths % 100).padStart(2, '0')}`;
}
