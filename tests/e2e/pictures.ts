/** A question with a picture, whatever the draw dealt: the paper's first item gets one on its way to the candidate. */

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { expect, type Locator } from '@playwright/test';

import { expectAccessible } from './accessible.ts';
import type { ShownPaper } from './bank.ts';
import type { Candidate } from './candidate.ts';
import { picture } from './people.ts';

const FILE = readFileSync(resolve(import.meta.dirname, '../suite/pictures/thermometer.svg'));
const ALT = '电子体温计，显示屏上是38.2℃';
const OPTIONS = ['正在发热，要报告', '没有发热，照常照护', '体温偏低，要保暖', '读数不准，要换电池'];
/** The width that the file names. */
const WIDTH = 480;
/** Screens on which the whole question must be seen at once. */
const ROOM_SCREENS = [
  { width: 1024, height: 768 },
  { width: 1366, height: 768 },
];
const PHONE = { width: 360, height: 800 };

/** Puts a picture below the first question's stem, with options of an ordinary length. */
export function withPicture(paper: ShownPaper): ShownPaper {
  const digest = createHash('sha256').update(FILE).digest('hex');
  const [first, ...others] = paper.items;
  if (first === undefined) throw new Error('the paper has no items');
  const options = first.options.map((option, at) => ({ ...option, text: OPTIONS[at] ?? option.text }));
  const asked = { ...first, stem: '图中体温计的读数说明什么？', image: { picture: digest, alt: ALT }, options };
  const shown = { digest, type: 'image/svg+xml', base64: FILE.toString('base64') };
  return { ...paper, items: [asked, ...others], pictures: [...paper.pictures, shown] };
}

/** The picture is there and drawn, not its alternative text alone. */
async function drawn(image: Locator): Promise<void> {
  await expect(image).toBeInViewport({ ratio: 1 });
  await expect(image).toHaveJSProperty('naturalWidth', WIDTH);
}

/** The first question shows its picture: on each screen, enlarged, by keyboard, without a network and after a reload. */
export async function showsPicture(candidate: Candidate): Promise<void> {
  const { page, wire } = candidate;
  const small = page.getByRole('button', { name: `${ALT} 点图放大` });
  for (const screen of ROOM_SCREENS) {
    await page.setViewportSize(screen);
    await drawn(small.locator('img'));
    for (const option of await page.getByRole('radiogroup').getByRole('radio').all())
      await expect(option).toBeInViewport({ ratio: 1 });
    await picture(page, `candidate-picture-${screen.width}`);
  }
  await page.setViewportSize(PHONE);
  await drawn(small.locator('img'));
  await expect(candidate.option(0)).toBeInViewport({ ratio: 1 });
  await picture(page, 'candidate-picture-phone');
  await page.setViewportSize(ROOM_SCREENS[0]!);

  // By keyboard: Enter enlarges, keys choose nothing meanwhile, and the focus comes back.
  await small.focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: '图' });
  await drawn(dialog.getByRole('img', { name: ALT }));
  await page.keyboard.press('2');
  await expectAccessible(page);
  await picture(page, 'candidate-picture-large');
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(small).toBeFocused();
  await expect(candidate.option(1)).not.toBeChecked();
  await expectAccessible(page);

  // Nothing is fetched for a picture: it comes back without a network.
  wire.disconnect();
  await page.keyboard.press('ArrowRight');
  await expect(candidate.question(2)).toBeVisible();
  await expect(small).toHaveCount(0);
  await page.keyboard.press('ArrowLeft');
  await drawn(small.locator('img'));
  wire.connect();
  await page.reload();
  await drawn(small.locator('img'));
}
