/** The verify page before files of all kinds: it trusts whom the list names, and finds what was altered. */

import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expectAccessible } from './accessible.ts';
import { expect, test } from './demo.ts';
import { picture } from './people.ts';
import { bundleText, choose, finding, put, statusText, caseText, trustText } from './verify-cases.ts';

test('valid, altered, of an unknown issuer, and no result at all', async ({ page, demo, simulated, folder }) => {
  await page.goto(`${demo.http}/verify/`);
  await expect(page.getByText(/使用本服务器的信任清单/)).toBeVisible();
  const name = readdirSync(simulated.folder).find((file) => file.startsWith('result-')) ?? '';
  const bundle = join(simulated.folder, name);
  const { article, row, verdict } = finding(page, name);

  // The simulated batch is of another organization than the one that serves this page.
  await choose(page, '选择文件', bundle);
  await expect(verdict).toContainText('机构不明');
  await expect(row('发证机构')).toContainText('不通过');
  await expectAccessible(page);
  await picture(page, 'verify-unknown-issuer');

  // Another trust list, and the same file is checked again by itself.
  await choose(page, '换用信任清单文件', join(simulated.folder, 'trust.json'));
  await expect(page.getByText(/使用文件“trust.json”/)).toBeVisible();
  await expect(verdict).toContainText('样题');
  await expect(article.getByRole('table', { name: '核对了什么' })).not.toContainText('不通过');
  await expect(article.getByRole('table', { name: '没有核对什么' })).toContainText('外部见证');
  await expectAccessible(page);
  await picture(page, 'verify-sample');

  const altered = await put(folder, 'altered.json', withOtherMarks(await readFile(bundle, 'utf8')));
  await page.getByRole('button', { name: '全部清除' }).click();
  await choose(page, '选择文件', altered);
  const forged = finding(page, 'altered.json');
  await expect(forged.verdict).toContainText('无效');
  await expect(forged.row('签名')).toContainText('不通过');
  await expectAccessible(page);
  await picture(page, 'verify-altered');

  await page.getByLabel(/^也可以粘贴/).fill('{"kind":"receipt"}');
  await page.getByRole('button', { name: '核对粘贴的内容' }).click();
  await expect(finding(page, '粘贴的内容').verdict).toContainText('认不出');
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
  await expect(page.getByText(/断网也能用。$/)).toBeVisible();
  await page.context().setOffline(true);
  const bundle = join(simulated.folder, 'draw.json');
  const { article, verdict } = finding(page, 'draw.json 抽题公开包');

  // The simulated batch is of another organization than the one that serves this page.
  await choose(page, '选择文件', bundle);
  await expect(verdict).toContainText('没有核实');
  await choose(page, '换用信任清单文件', join(simulated.folder, 'trust.json'));
  await expect(verdict).toContainText('相符');
  await expect(article.getByRole('region', { name: '证明了什么' })).toContainText('逐字节相同');
  await expect(article.getByRole('region', { name: '没有证明什么' })).toContainText('日志');
  await expectAccessible(page);
  await picture(page, 'verify-draw');

  const draw = JSON.parse(await readFile(bundle, 'utf8')) as {
    papers: { paper: string; digest: string }[];
  };
  const [first] = draw.papers;
  if (first === undefined) throw new Error('the batch has no paper');
  first.digest = first.digest.replace(/^./, (digit) => (digit === '0' ? '1' : '0'));
  // Laid out for people, so that its kind stands on a later line.
  await choose(page, '选择文件', await put(folder, 'altered-draw.json', JSON.stringify(draw, null, 2)));
  const altered = finding(page, 'altered-draw.json');
  await expect(altered.verdict).toContainText('不符');
  await expect(altered.article.getByRole('table', { name: '哪里不同' }).getByRole('row')).toHaveCount(2);
  await expect(altered.article.getByRole('table', { name: '哪里不同' })).toContainText('/papers/0，试卷');
  await expectAccessible(page);
  await picture(page, 'verify-draw-altered');
  await page.context().setOffline(false);
});

test('several files at once, each with its own finding; dropped, pasted, and in English', async ({
  page,
  demo,
  folder,
}) => {
  await page.goto(`${demo.http}/verify/`);
  await expect(page.getByText(/使用本服务器的信任清单/)).toBeVisible();
  await choose(page, '换用信任清单文件', await put(folder, 'suite-trust.json', trustText()));
  const names = ['good.json', 'forged.json', 'certificate.json', 'whole.jsonl', 'trust.json'];
  const texts = [
    caseText('genuine'),
    caseText('bit-in-payload'),
    caseText('certificate'),
    bundleText('batches', 'whole'),
    trustText(),
  ];
  await choose(
    page,
    '选择文件',
    ...(await Promise.all(names.map((name, place) => put(folder, name, texts[place] ?? '')))),
  );
  const overview = page.getByRole('table', { name: '一共 5 个文件' });
  for (const [file, kind, seal] of [
    ['good.json', '成绩', '真实'],
    ['forged.json', '成绩', '无效'],
    ['certificate.json', '证书', '真实'],
    ['whole.jsonl', '批次核验包', '完整'],
    // A list that came along with the files is not relied on.
    ['trust.json', '信任清单', '清单'],
  ] as const) {
    const line = overview.getByRole('row').filter({
      has: page.getByRole('rowheader', { name: file, exact: true }),
    });
    await expect(line.getByRole('cell').nth(0)).toHaveText(kind);
    await expect(line.getByRole('cell').nth(1)).toHaveText(seal);
  }
  await expect(page.getByText(/使用文件“suite-trust.json”/)).toBeVisible();
  await expectAccessible(page);
  await picture(page, 'verify-several');
  await page.getByRole('button', { name: '全部清除' }).click();

  // Dropped beside the frame: the page stays, and takes it.
  const dropped = await page.evaluateHandle((text) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([text], 'dropped.json'));
    return transfer;
  }, caseText('genuine'));
  await page.dispatchEvent('header', 'drop', { dataTransfer: dropped });
  await expect(finding(page, 'dropped.json').verdict).toContainText('真实');
  await page.getByRole('button', { name: '全部清除' }).click();

  // As Ctrl+V anywhere, or a reader of QR codes that types. Nothing shows that the signature alone is of a logged result.
  const paste = (text: string): Promise<void> =>
    page.evaluate((text) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', text);
      document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }));
    }, text);
  await paste(caseText('genuine-jws'));
  const pasted = finding(page, '粘贴的内容');
  await expect(pasted.verdict).toContainText('未登记');
  await expect(pasted.article.getByRole('table', { name: '没有核对什么' })).toContainText('存证日志');
  await page.getByRole('button', { name: '全部清除' }).click();
  await paste(caseText('genuine'));
  await expect(pasted.verdict).toContainText('真实');

  await page.getByRole('button', { name: 'English' }).click();
  await choose(page, 'Choose the file', await put(folder, 'revoked.json', statusText('revoked')));
  await expect(finding(page, 'Pasted text').verdict).toContainText('REVOKED');
  // Without the list, it is as before.
  await page.getByRole('button', { name: 'Use no such list' }).click();
  await expect(finding(page, 'Pasted text').verdict).toContainText('GENUINE');
  await expectAccessible(page);
  // What the page itself says is English throughout; names and reasons are the file's own.
  const words = await page
    .locator('h1, h2, h3, label, caption, th, dt, button:not([lang]), .lead, .muted, .verdict p')
    .allInnerTexts();
  expect(words.length).toBeGreaterThan(30);
  expect(words.filter((text) => /\p{Script=Han}/u.test(text))).toEqual([]);
  await picture(page, 'verify-english');
});

test('scores are computed again; the person is asked for beside the finding', async ({ page, demo, folder }) => {
  await page.goto(`${demo.http}/verify/`);
  await expect(page.getByText(/使用本服务器的信任清单/)).toBeVisible();
  await choose(page, '换用信任清单文件', await put(folder, 'suite-trust.json', trustText()));
  const agrees = await put(folder, 'agrees.jsonl', bundleText('audits', 'agrees'));
  const differs = await put(folder, 'differs.jsonl', bundleText('audits', 'item-mark'));
  await choose(page, '选择文件', agrees, differs);
  await expect(finding(page, 'agrees.jsonl').verdict).toContainText('一致');
  const wrong = finding(page, 'differs.jsonl');
  await expect(wrong.verdict).toContainText('不一致');
  await expect(wrong.row('p7')).toContainText('有试题的得分与答案、规则不符');
  await expectAccessible(page);
  await page.getByRole('button', { name: '全部清除' }).click();

  await choose(page, '选择文件', await put(folder, 'good.json', caseText('genuine')));
  const { article, row, verdict } = finding(page, 'good.json');
  await expect(article.getByRole('table', { name: '没有核对什么' })).toContainText('本人');
  await article.getByLabel('姓名').fill('王𠮷');
  await article.getByRole('button', { name: '核对本人', exact: true }).click();
  await expect(article.getByRole('alert')).toContainText('都要填写');
  await article.getByLabel('证件号码').fill('100000196803140025');
  await article.getByRole('button', { name: '核对本人', exact: true }).click();
  await expect(row('本人')).toContainText('通过');
  await expect(verdict).toContainText('真实');
  await article.getByLabel('姓名').fill('王吉');
  await article.getByRole('button', { name: '核对本人', exact: true }).click();
  await expect(row('本人')).toContainText('不通过');
  await expect(verdict).toContainText('无效');
  await expectAccessible(page);
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
  return JSON.stringify({
    ...bundle,
    jws: [header, raised, signature].join('.'),
  });
}
