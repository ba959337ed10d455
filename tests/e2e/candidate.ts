/** A candidate's PC: a browser that keeps its journal, with everything that it receives on record. */

import { type Browser, expect, type Locator, type Page } from '@playwright/test';

import { rightPlace, type ShownPaper } from './bank.ts';
import { candidateScreen, type Demo } from './demo.ts';
import { Wire } from './wire.ts';

/** What the candidate gets at the end. */
export interface HandedIn {
  authorization: string;
  /** The texts of the last events that were sent. */
  events: string[];
  /** Identity of the last event. */
  head: string;
  receipt: string;
}

export class Candidate {
  private constructor(
    readonly page: Page,
    readonly wire: Wire,
  ) {}

  static async at(browser: Browser, demo: Demo): Promise<Candidate> {
    const context = await browser.newContext(candidateScreen);
    const wire = await Wire.tap(context);
    const page = await context.newPage();
    await page.goto(`${demo.http}/candidate/`);
    return new Candidate(page, wire);
  }

  /** Asks for the seat of a ticket; gives the code to show to the invigilator. */
  async enrol(ticket: string): Promise<string> {
    await this.page.getByLabel('准考证号').fill(ticket);
    await this.page.keyboard.press('Enter');
    const code = this.page.getByText(/^核对码( \d){4}$/);
    await expect(code).toBeAttached();
    return (await code.innerText()).replace(/\D/g, '');
  }

  get paper(): ShownPaper {
    return this.wire.answer<ShownPaper>('GET', '/seat/paper');
  }

  question(number: number): Locator {
    return this.page.getByRole('heading', { name: new RegExp(`^第 ${number} 题`) });
  }
  option(place: number): Locator {
    return this.page.getByRole('radiogroup', { name: '答案选项' }).getByRole('radio').nth(place);
  }
  /** A cell of the answer grid, which says its state in words. */
  cell(number: number, state: string): Locator {
    return this.page.getByRole('button', { name: `第 ${number} 题，${state}`, exact: true });
  }
  async saved(): Promise<void> {
    await expect(this.page.getByText('已保存', { exact: true })).toBeVisible();
  }

  /** Answers the whole paper by keyboard, right but for `wrong`, without `leftOut`; begins at the first question. */
  async answerAll(wrong: readonly number[], leftOut: number): Promise<void> {
    const { paper, page } = this;
    await expect(this.question(1)).toBeVisible();
    for (const [place, { options }] of paper.items.entries()) {
      const number = place + 1;
      const right = rightPlace(paper, place);
      const chosen = wrong.includes(number) ? (right + 1) % options.length : right;
      if (number !== leftOut) await page.keyboard.press(String(chosen + 1));
      if (number < paper.items.length) await page.keyboard.press('ArrowRight');
    }
    await this.saved();
  }

  /** Hands in, as the page asks: twice. */
  async handIn(): Promise<HandedIn> {
    const { page, wire } = this;
    await page.getByRole('banner').getByRole('button', { name: '交卷' }).click();
    const dialog = page.getByRole('dialog');
    await expect(dialog.getByText('还有 1 题没有做')).toBeVisible();
    await dialog.getByRole('button', { name: '交卷', exact: true }).click();
    await expect(dialog.getByRole('heading', { name: '确定要交卷吗？' })).toBeVisible();
    await dialog.getByRole('button', { name: '确定交卷' }).click();
    await expect(page.getByRole('heading', { name: '交卷成功' })).toBeVisible();
    const last = wire.of('POST', '/seat/events').at(-1);
    if (last === undefined) throw new Error('nothing was handed in');
    const { events } = JSON.parse(last.sent) as { events: string[] };
    const { acknowledged, receipt } = JSON.parse(last.body.toString()) as { acknowledged: string; receipt: string };
    return { authorization: last.authorization, events, head: acknowledged, receipt };
  }
}
