/** An examiner with a tablet. */

import { type Browser, expect, type Locator, type Page } from '@playwright/test';

import { type Demo, tabletScreen } from './demo.ts';
import { staff } from './people.ts';

/** Weights of level 5's functions in percent (national standard, 2024). */
const WEIGHTS: Readonly<Record<string, number>> = { 生活照护: 50, 基础护理: 25, 应急处置: 10, 功能维护: 15 };

/** A sheet that the examiner is to score. */
export interface Task {
  title: string;
  /** Of the sheet's function, in percent. */
  weight: number;
}

export class Examiner {
  private constructor(
    readonly page: Page,
    private readonly pin: string,
  ) {}

  static async at(browser: Browser, demo: Demo, login: string): Promise<Examiner> {
    return new Examiner(await staff(browser, demo, login, tabletScreen), demo.login(login).pin ?? '');
  }

  /** The sheets of a drawn number, in their order. */
  async tasks(number: number): Promise<Task[]> {
    await this.choose(number);
    const lines = this.page.getByRole('listitem').filter({ hasText: `${number} 号` });
    const titles = await lines.getByRole('strong').allInnerTexts();
    const texts = await lines.allInnerTexts();
    return titles.map((title, place) => {
      const name = Object.keys(WEIGHTS).find((known) => texts[place]?.includes(known)) ?? '';
      return { title, weight: WEIGHTS[name] ?? 0 };
    });
  }

  /** Opens a sheet from the list and begins. */
  async begin(number: number, task: Task): Promise<void> {
    await this.choose(number);
    await this.page.getByRole('link', { name: `打开评分表 ${number} 号 ${task.title}` }).click();
    await this.page.getByRole('button', { name: '开始评分' }).click();
    await expect(this.awards.first()).toBeVisible();
  }

  private async choose(number: number): Promise<void> {
    const numbers = this.page.getByRole('group', { name: '抽签号' });
    await numbers.getByRole('button', { name: new RegExp(`^${number} 号`) }).click();
  }

  /** The groups of award buttons, item by item. */
  get awards(): Locator {
    return this.page.getByRole('group', { name: /：评分$/ });
  }
  award(item: number, place: number): Locator {
    return this.awards.nth(item).getByRole('button').nth(place);
  }
  get total(): Locator {
    return this.page.getByText(/^[\d.]+ \/ 100 分$/);
  }

  /** Gives every item that has no award yet the first one, which is full marks: quicker than one could tap. */
  async scoreRest(): Promise<void> {
    await this.awards.evaluateAll((groups) => {
      for (const group of groups) {
        if (group.querySelector('[aria-pressed=true]') === null) group.querySelector('button')?.click();
      }
    });
    await expect(this.page.getByText('全部已评')).toBeVisible();
  }

  /** Hands in with the PIN and goes back to the list. */
  async handIn(): Promise<void> {
    const dialog = await this.askToHandIn();
    await this.enterPin(dialog);
    await dialog.getByRole('button', { name: '确认提交' }).click();
    await expect(dialog.getByRole('heading', { name: '已提交' })).toBeVisible();
    await dialog.getByRole('button', { name: '回到列表' }).click();
    await expect(this.page.getByRole('heading', { name: '我的评分任务' })).toBeVisible();
  }

  async askToHandIn(): Promise<Locator> {
    await this.page.getByRole('button', { name: '提交评分' }).first().click();
    return this.page.getByRole('dialog');
  }

  async enterPin(dialog: Locator, pin = this.pin): Promise<void> {
    for (const digit of pin) await dialog.getByRole('button', { name: digit, exact: true }).click();
  }

  /** Enters a PIN that is not this examiner's, and is told so. */
  async enterWrongPin(dialog: Locator): Promise<void> {
    await this.enterPin(dialog, this.pin === '000000' ? '111111' : '000000');
    await dialog.getByRole('button', { name: '确认提交' }).click();
    await expect(dialog.getByText('评分密码不对，还没有交')).toBeVisible();
  }

  /** A whole sheet: all items full, but the first item's second award when `deduct`. */
  async scoreSheet(number: number, task: Task, deduct: boolean): Promise<void> {
    await this.begin(number, task);
    if (deduct) await this.award(0, 1).click();
    await this.scoreRest();
    await this.handIn();
  }
}
