/** The verify page before files of all kinds: it trusts whom the list names, and finds what was altered. */

import { readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Page } from '@playwright/test';

import { expectAccessible } from './accessible.ts';
import { expect, test } from './demo.ts';
import { picture } from './people.ts';

async function choose(page: Page, button: string, file: string): Promise<void> {
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.getByRole('button', { name: button }).click(),
  ]);
  await chooser.setFiles(file);
}

test('valid, altered, of an unknown issuer, and no result at all', async ({ page, demo, simulated, folder }) => {
  await page.goto(`${demo.http}/verify/`);
  await expect(page.getByText(/使用本服务器的信任清单/)).toBeVisible();
  const name = readdirSync(simulated.folder).find((file) => file.startsWith('result-')) ?? '';
  const bundle = join(simulated.folder, name);
  const text = await readFile(bundle, 'utf8');
  const verdict = page.getByRole('status').filter({ has: page.getByText(/^(真实|样题|未知|存疑|无效|不是)$/) });
  const check = page.getByRole('button', { name: /^(开始|重新)核对$/ });
  const row = (which: string) =>
    page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: which, exact: true }) });

  // The simulated batch is of another organization than the one that serves this page.
  await choose(page, '选择文件', bundle);
  await check.click();
  await expect(verdict).toContainText('未知');
  await expect(row('发证机构')).toContainText('不通过');
  await expectAccessible(page);
  await picture(page, 'verify-unknown-issuer');

  await choose(page, '换用信任清单文件', join(simulated.folder, 'trust.json'));
  await expect(page.getByText(/使用文件“trust.json”/)).toBeVisible();
  await check.click();
  await expect(verdict).toContainText('样题');
  await expect(page.getByRole('table', { name: '核对了什么' })).not.toContainText('不通过');
  await expect(page.getByRole('table', { name: '没有核对什么' })).toContainText('外部见证');
  await expectAccessible(page);
  await picture(page, 'verify-sample');

  const altered = join(folder, 'altered.json');
  await writeFile(altered, withOtherMarks(text));
  await page.getByRole('button', { name: '核对另一份' }).click();
  await choose(page, '选择文件', altered);
  await check.click();
  await expect(verdict).toContainText('无效');
  await expect(row('签名')).toContainText('不通过');
  await expectAccessible(page);
  await picture(page, 'verify-altered');

  await page.getByRole('button', { name: '核对另一份' }).click();
  await page.getByLabel(/^成绩文件的内容/).fill('{"kind":"receipt"}');
  await check.click();
  await expect(verdict).toContainText('不是');
  await expectAccessible(page);
});

test('a published draw is drawn again without a network; an altered one is named', async ({
  page,
  demo,
  simulated,
  folder,
}) => {
  await page.goto(`${demo.http}/verify/`);
  await expect(page.getByText(/使用本服务器的信任清单/)).toBeVisible();
  await page.getByRole('link', { name: '抽题核验' }).click();
  await expect(page.getByText(/断网也能用。$/)).toBeVisible();
  await page.context().setOffline(true);
  const verdict = page.getByRole('status').filter({ has: page.getByText(/^(相符|未核|不符)$/) });
  const bundle = join(simulated.folder, 'draw.json');

  // The simulated batch is of another organization than the one that serves this page.
  await choose(page, '选择文件', bundle);
  await expect(verdict).toContainText('未核');
  await choose(page, '换用信任清单文件', join(simulated.folder, 'trust.json'));
  await expect(verdict).toContainText('相符');
  await expect(page.getByRole('region', { name: '证明了什么' })).toContainText('逐字节相同');
  await expect(page.getByRole('region', { name: '没有证明什么' })).toContainText('日志');
  await expectAccessible(page);
  await picture(page, 'verify-draw');
  await page.setViewportSize({ width: 360, height: 800 });
  await picture(page, 'verify-draw-phone');
  await page.setViewportSize({ width: 1024, height: 768 });

  const altered = join(folder, 'altered-draw.json');
  const draw = JSON.parse(await readFile(bundle, 'utf8')) as { papers: { paper: string; digest: string }[] };
  const [first] = draw.papers;
  if (first === undefined) throw new Error('the batch has no paper');
  first.digest = first.digest.replace(/^./, (digit) => (digit === '0' ? '1' : '0'));
  await writeFile(altered, JSON.stringify(draw));
  await choose(page, '选择文件', altered);
  await expect(verdict).toContainText('不符');
  await expect(page.getByRole('table', { name: '哪里不同' }).getByRole('row')).toHaveCount(2);
  await expect(page.getByRole('table', { name: '哪里不同' })).toContainText(first.paper);
  await expectAccessible(page);
  await picture(page, 'verify-draw-altered');
  await page.context().setOffline(false);
});

/** The bundle with the theory mark of its payload raised, under the old signature. */
function withOtherMarks(text: string): string {
  const bundle = JSON.parse(text) as { jws: string };
  const [header, payload, signature] = bundle.jws.split('.');
  const credential = JSON.parse(Buffer.from(payload ?? '', 'base64url').toString()) as {
    credentialSubject: { theory: { shown: string } };
  };
  credential.credentialSubject.theory.shown = '100.00';
  const raised = Buffer.from(JSON.stringify(credential)).toString('base64url');
  return JSON.stringify({ ...bundle, jws: [header, raised, signature].join('.') });
}
