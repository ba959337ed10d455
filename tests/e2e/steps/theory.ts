/** The theory exam: from the ticket to the receipt. */

import { type APIRequestContext, expect } from '@playwright/test';

import { expectAccessible } from '../accessible.ts';
import { Candidate } from '../candidate.ts';
import { candidateScreen } from '../demo.ts';
import { canonical } from '../canonical.ts';
import { expectNoKeys } from '../leaks.ts';
import { picture, staff } from '../people.ts';
import { invigilatorOf, type Site, type Walk } from '../walk.ts';

const ITEMS = 100;
const FLAGGED = 3;
/** 100 items of 1 mark: two are answered wrong, one is left out. */
const WRONG = [5, 10] as const;
export const LEFT_OUT = 100;
const MARK = '97.00';

/** The ticket, the code, three checks, and the candidate’s own data. */
export async function checkIn(walk: Walk, { browser, demo }: Site): Promise<void> {
  const { entry } = walk;
  const candidate = await Candidate.at(browser, demo);
  const { page, wire } = candidate;
  await expect(page.getByLabel('准考证号'), 'whoever sits down types at once').toBeFocused();
  await page.getByLabel('准考证号').fill('2611225 019999');
  await expect(page.getByText('已输入 13 位（一共 13 位）：2611 2250 19999')).toBeVisible();
  await page.getByLabel('准考证号').fill('2611225019999');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert')).toContainText('准考证');
  expect(wire.of('POST', '/seat/enrolments').at(-1)?.status).toBe(404);
  await expectAccessible(page);
  await picture(page, 'candidate-unknown-ticket');

  const code = await candidate.enrol(entry.ticket);
  await expectAccessible(page);
  await picture(page, 'candidate-waiting');

  const room = await staff(browser, demo, invigilatorOf(entry.room));
  await expect(room.getByRole('heading', { name: '我的考场' })).toBeVisible();
  await expectAccessible(room);
  await picture(room, 'invigilator-rooms');
  await room.getByRole('link', { name: /^进入考场/ }).click();
  const bind = room.getByRole('button', { name: `绑定 ${code}` });
  for (const check of ['准考证', '照片', '证件']) {
    await expect(bind, 'nobody is bound before three checks').toBeDisabled();
    await room.getByRole('checkbox', { name: check, exact: true }).check();
  }
  await expectAccessible(room);
  await picture(room, 'invigilator-binding');
  await bind.click();
  await expect(room.getByRole('button', { name: /已绑定/ })).toContainText(String(entry.number));

  await expect(page.getByRole('heading', { name: '请核对您的信息' })).toBeVisible();
  await expect(page.getByText(entry.ticket)).toBeVisible();
  await expect(page.getByText(entry.name), 'the room sees masked names').toHaveCount(0);
  await expectAccessible(page);
  await picture(page, 'candidate-ready');
  walk.candidate = candidate;
  walk.room = room;
}

/** Three questions that do not count. */
export async function warmUp(walk: Walk): Promise<void> {
  const { page } = walk.candidate;
  await page.getByRole('button', { name: '做三道练习题' }).click();
  await page.getByRole('radio', { name: '杯子' }).click();
  await expectAccessible(page);
  await picture(page, 'candidate-warm-up');
  await page.getByRole('button', { name: '下一个练习' }).click();
  await page.getByRole('radio', { name: '晚上' }).click();
  await page.getByRole('button', { name: '下一个练习' }).click();
  await page.getByRole('button', { name: '交卷' }).click();
  await page.getByRole('dialog').getByRole('button', { name: '交卷', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: '确定交卷' }).click();
  await page.getByRole('button', { name: '练习完成' }).click();
  await expect(page.getByText('请等监考员宣布开考')).toBeVisible();
}

/** The room opens; answers survive a reload and a lost network. */
export async function sit(walk: Walk): Promise<void> {
  const { candidate, room } = walk;
  const { page, wire } = candidate;
  await room.getByRole('button', { name: '开考', exact: true }).click();
  await expect(room.getByRole('dialog')).toContainText('90 分钟');
  await room.getByRole('dialog').getByRole('button', { name: '开考', exact: true }).click();
  await expect(room.getByText('正在考试')).toBeVisible();
  await expect(candidate.question(1)).toBeVisible();
  expect(candidate.paper.items).toHaveLength(ITEMS);
  await expectAccessible(page);
  await picture(page, 'candidate-question');

  // By keyboard alone: the second option, then the next question.
  await page.keyboard.press('ArrowDown');
  await expect(candidate.option(0)).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Space');
  await expect(candidate.option(1)).toBeChecked();
  await page.keyboard.press('ArrowRight');
  await expect(candidate.question(2)).toBeFocused();

  await candidate.option(2).click();
  await page.getByRole('button', { name: '下一题' }).click();
  await page.getByRole('button', { name: '标记', exact: true }).click();
  await candidate.saved();
  await page.reload();
  await expect(candidate.question(FLAGGED)).toBeVisible();
  for (const number of [1, 2]) await expect(candidate.cell(number, '已答')).toBeVisible();
  await expect(candidate.cell(FLAGGED, '未答, 标记')).toBeVisible();
  await page.getByRole('button', { name: '上一题' }).click();
  await expect(candidate.option(2)).toBeChecked();

  wire.disconnect();
  await candidate.option(1).click();
  await expect(page.getByText('网络断了，答案存在本机，请继续作答').first()).toBeVisible();
  await expectAccessible(page);
  await picture(page, 'candidate-offline');
  // Reload is impossible without a network; to answer is not.
  await page.getByRole('button', { name: '下一题' }).click();
  await candidate.option(0).click();
  wire.connect();
  await candidate.saved();
  await expect(room.getByRole('button', { name: /答题中/ })).toContainText(`3/${ITEMS}`);
}

/** The service cannot reach its data for a while, or does not know the PC: nobody is thrown out, and the page says so. */
export async function outage({ candidate }: Walk): Promise<void> {
  const { page, wire } = candidate;
  wire.refuse(503, 'unavailable');
  await page.getByRole('button', { name: '取消标记', exact: true }).click();
  await expect(page.getByText('网络断了，答案存在本机，请继续作答').first()).toBeVisible();
  await page.reload();
  await expect(page.getByText('连不上考场的服务器，正在一次次重试')).toBeVisible();
  await expectAccessible(page);
  await picture(page, 'candidate-outage');
  wire.serve();
  await expect(candidate.question(FLAGGED)).toBeVisible();
  await candidate.saved();

  wire.refuse(401, 'not_enrolled');
  await expect(page.getByRole('heading', { name: '服务器现在不认这台电脑' })).toBeVisible();
  await expectAccessible(page);
  await picture(page, 'candidate-unbound');
  wire.serve();
  await expect(candidate.question(FLAGGED)).toBeVisible();
  await page.getByRole('button', { name: '标记', exact: true }).click();
  await candidate.saved();
}

/** The room is paused with a reason, and a candidate gets extra time meanwhile. */
export async function pause({ candidate, room }: Walk): Promise<void> {
  const { page } = candidate;
  await room.getByRole('button', { name: '暂停考试' }).click();
  await room.getByRole('dialog').getByLabel('原因').fill('全楼停电');
  await room.getByRole('dialog').getByRole('button', { name: '暂停考试' }).click();
  await expect(page.getByText('原因：全楼停电')).toBeVisible({ timeout: 20_000 });
  await expectAccessible(page);
  await picture(page, 'candidate-paused');

  await room.getByRole('button', { name: /答题中/ }).click();
  await room.getByRole('dialog').getByRole('button', { name: '延长时间' }).click();
  await room.getByRole('dialog').getByLabel('原因').fill('座位漏电，换了座位');
  await room.getByRole('dialog').getByRole('button', { name: '延长', exact: true }).click();
  await expect(room.getByRole('dialog')).toBeHidden();
  await room.getByRole('button', { name: '继续考试' }).click();
  await room.getByRole('dialog').getByLabel('原因').fill('来电');
  await room.getByRole('dialog').getByRole('button', { name: '继续考试' }).click();

  const told = page.getByText('监考员给您延长了 10 分钟。');
  await expect(told).toBeVisible({ timeout: 20_000 });
  const options = page.getByRole('radiogroup', { name: '答案选项' });
  const before = await options.boundingBox();
  await expectAccessible(page);
  await picture(page, 'candidate-extended');
  await page.getByRole('button', { name: '知道了' }).click();
  await expect(told).toBeHidden();
  expect(await options.boundingBox(), 'no option moves').toEqual(before);

  // English words are longer: nothing is cut off on the smallest screen.
  await page.getByRole('button', { name: '字号和显示' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'English' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  await page.setViewportSize({ width: 360, height: 800 });
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(width, 'the page is as wide as the screen').toBe(360);
  for (const button of await page.locator('footer, header').getByRole('button').all()) {
    const cut = await button.evaluate((known) => known.scrollWidth - known.clientWidth);
    expect(cut, await button.innerText()).toBeLessThanOrEqual(0);
  }
  await picture(page, 'candidate-english-360');
  await page.getByRole('button', { name: 'Text and display' }).click();
  await page.getByRole('dialog').getByRole('button', { name: '中文' }).click();
  await page.getByRole('dialog').getByRole('button', { name: '关闭' }).click();
  await page.setViewportSize(candidateScreen.viewport);
}

/** A second PC goes on where the first one was. */
export async function changePc(walk: Walk, { browser, demo }: Site): Promise<void> {
  const { candidate, entry, room } = walk;
  const second = await Candidate.at(browser, demo);
  const code = await second.enrol(entry.ticket);
  await expect(room.getByRole('button', { name: `绑定 ${code}` })).toBeVisible();
  await expect(room.getByRole('button', { name: /答题中/ }), 'who works stays in sight').toHaveCount(1);
  await picture(room, 'invigilator-second-pc');
  // From the seat's own dialog.
  await room.getByRole('button', { name: /答题中/ }).click();
  const dialog = room.getByRole('dialog');
  const bind = dialog.getByRole('button', { name: `绑定 ${code}` });
  for (const check of ['准考证', '照片', '证件'])
    await dialog.getByRole('checkbox', { name: check, exact: true }).check();
  await expect(bind, 'a second PC needs a reason').toBeDisabled();
  await dialog.getByLabel('换机原因').fill('电脑死机，换到备用机');
  await expectAccessible(room);
  await picture(room, 'invigilator-seat-binding');
  await bind.click();
  await expect(bind).toBeHidden();
  await dialog.getByRole('button', { name: '关闭' }).click();

  await expect(second.question(1)).toBeVisible();
  await expect(second.option(1)).toBeChecked();
  for (const number of [1, 2]) await expect(second.cell(number, '已答')).toBeVisible();
  await expect(second.cell(FLAGGED, '已答, 标记')).toBeVisible();
  expect(second.paper.items, 'the seat takes its paper along').toEqual(candidate.paper.items);
  await expect(candidate.page.getByRole('heading', { name: '考试已经换到另一台电脑' })).toBeVisible();
  await expectAccessible(candidate.page);
  await picture(candidate.page, 'candidate-moved');
  expectNoKeys(candidate.wire.exchanges);
  await candidate.page.getByRole('button', { name: '给下一位考生使用' }).click();
  await expect(candidate.page.getByRole('heading', { name: '请输入准考证号' })).toBeVisible();
  await candidate.page.context().close();
  walk.candidate = second;
}

/** A paper that was taken by mistake comes back, once two people agree, and the candidate goes on. */
export async function giveBack(walk: Walk, { browser, demo }: Site): Promise<void> {
  const { candidate, entry, room } = walk;
  const { page } = candidate;
  await candidate.saved();
  await room.getByRole('button', { name: /答题中/ }).click();
  await room.getByRole('dialog').getByRole('button', { name: '强制收卷' }).click();
  await room.getByRole('dialog').getByLabel('原因').fill('认错座位');
  await room.getByRole('dialog').getByRole('button', { name: '收卷', exact: true }).click();
  await expect(page.getByText('回执码', { exact: true })).toBeVisible({ timeout: 20_000 });

  await room.getByRole('button', { name: /已交卷/ }).click();
  await expect(room.getByRole('dialog')).toContainText('监考员收卷');
  await room.getByRole('dialog').getByRole('button', { name: '退回试卷' }).click();
  await room.getByRole('dialog').getByLabel('另外再给几分钟').fill('2');
  await room.getByRole('dialog').getByLabel('原因').fill('认错座位，收错了卷');
  await room.getByRole('dialog').getByRole('button', { name: '申请退回' }).click();
  await expect(room.getByText('有试卷申请退回，等批准')).toBeVisible();

  const second = await staff(browser, demo, invigilatorOf(entry.room, 'second'));
  await second.getByRole('link', { name: /^进入考场/ }).click();
  await second.getByRole('button', { name: `${entry.number} 号座位` }).click();
  await expectAccessible(second);
  await picture(second, 'invigilator-reopening');
  await second.getByRole('dialog').getByRole('button', { name: '批准退回' }).click();
  await expect(second.getByRole('dialog')).toContainText('认错座位，收错了卷');
  await second.getByRole('dialog').getByRole('button', { name: '批准', exact: true }).click();
  await expect(second.getByText('有试卷申请退回，等批准')).toBeHidden();
  await second.context().close();
  // The page notices by itself, and has every answer.
  await expect(candidate.cell(FLAGGED, '已答, 标记')).toBeVisible({ timeout: 30_000 });
  for (const number of [1, 2]) await expect(candidate.cell(number, '已答')).toBeVisible();
}

/** Both invigilators end the session; nothing of it changes afterwards. */
export async function endSession(walk: Walk, { browser, demo }: Site): Promise<void> {
  const { entry, room } = walk;
  const second = await staff(browser, demo, invigilatorOf(entry.room, 'second'));
  await second.getByRole('link', { name: /^进入考场/ }).click();
  for (const page of [room, second]) {
    await page.getByRole('button', { name: '结束本场' }).click();
    const dialog = page.getByRole('dialog');
    await expect(dialog).toContainText('退回试卷，继续作答：认错座位，收错了卷');
    if (page === second) await expect(dialog).toContainText('已经确认');
    await expectAccessible(page);
    await picture(page, page === room ? 'invigilator-end-first' : 'invigilator-end-second');
    await dialog.getByRole('button', { name: '确认结束' }).click();
    await expect(dialog).toBeHidden();
  }
  for (const page of [room, second]) {
    await expect(page.getByText('两位监考员已确认本场结束')).toBeVisible();
    await expect(page.getByRole('button', { name: '记录情况' })).toHaveCount(0);
  }
  await expectAccessible(second);
  await picture(second, 'invigilator-closed');
  await second.context().close();
}

/** Handed in by two confirmations, with a receipt, and only once. */
export async function handIn(walk: Walk, { demo }: Site, request: APIRequestContext): Promise<void> {
  const { candidate, entry, room } = walk;
  const { page } = candidate;
  await candidate.answerAll(WRONG, LEFT_OUT);
  walk.theory = MARK;
  await picture(page, 'candidate-last-question');
  const handedIn = await candidate.handIn();
  await expect(page.getByText(`共 ${ITEMS} 题，您答了 ${ITEMS - 1} 题`)).toBeVisible();
  await expect(page.getByText('本机已核对：回执签名有效')).toBeVisible();
  await expect(page.getByText('这份回执代替先前的回执')).toBeVisible();
  await expectAccessible(page);
  await picture(page, 'candidate-receipt');
  await expect(room.getByRole('button', { name: /已交卷/ })).toContainText(String(entry.number));
  await expectAccessible(room);
  await picture(room, 'invigilator-board');

  const post = (events: string[]) =>
    request.post(`${demo.http}/api/v1/seat/events`, {
      headers: { authorization: handedIn.authorization },
      data: { events },
    });
  // A page that never heard the answer sends again: the same receipt, and nothing new.
  const again = await post(handedIn.events);
  expect(await again.json()).toMatchObject({ acknowledged: handedIn.head, receipt: handedIn.receipt });
  // Whatever follows the hand-in is refused.
  const last = JSON.parse(handedIn.events.at(-1) ?? '') as Record<string, unknown> & { seq: number };
  const more = await post([canonical({ ...last, seq: last.seq + 1, prev: handedIn.head })]);
  expect(more.status()).toBe(409);
  const { error } = (await more.json()) as { error: { code: string; cure: { zh: string } } };
  expect(error).toMatchObject({ code: 'already_handed_in' });
  expect(error.cure.zh).toContain('监考员');
}
