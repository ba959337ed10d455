/** The verify page as one file: opened from a disk, without a network, it finds what the program finds. */

import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import type { Page } from '@playwright/test';

import { expectAccessible } from './accessible.ts';
import { expect, test } from './demo.ts';
import { picture } from './people.ts';
import {
  besideText,
  bundleText,
  bundleTrust,
  caseText,
  choose,
  finding,
  put,
  signedBatch,
  statusText,
  trustText,
} from './verify-cases.ts';

const BUILT = resolve(import.meta.dirname, '../../www/dist/verify/kaoping-verify.html');
const DESK = { width: 1024, height: 768 };
/** Leaves enough to be on the way for seconds. */
const LARGE_LEAVES = 300_000;
const SCREENS = {
  phone: { width: 360, height: 800 },
  tablet: { width: 800, height: 1280 },
  wide: { width: 1280, height: 800 },
  desk: DESK,
};

test('one file from a disk checks files of every kind and asks for nothing', async ({ browser, folder, simulated }) => {
  const stick = join(folder, 'U 盘 100%');
  await mkdir(stick);
  const file = join(stick, 'kaoping-verify.html');
  await copyFile(BUILT, file);
  const html = await readFile(file);
  // The fingerprint beside it is of just this file.
  expect((await readFile(`${BUILT}.sha256`, 'utf8')).split(' ')[0]).toBe(
    createHash('sha256').update(html).digest('hex'),
  );
  expect(html.length).toBeLessThan(4_000_000);

  const context = await browser.newContext({ viewport: DESK, offline: true });
  const asked: string[] = [];
  const refused: string[] = [];
  await context.route('**/*', (route) => (ours(route.request().url()) ? route.continue() : route.abort()));
  context.on('request', (request) => asked.push(request.url()));
  const page = await context.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error') refused.push(message.text());
  });
  page.on('pageerror', (error) => refused.push(error.message));
  await page.goto(pathToFileURL(file).href);
  await expect(page.getByText(/^本页是一个独立的文件/)).toBeVisible();
  await expectAccessible(page);

  // Without a trust list nothing is said of a file; with it, the file that waited is checked.
  await choose(page, '选择文件', await put(folder, 'genuine.json', caseText('genuine')));
  await expect(finding(page, 'genuine.json').article).toContainText('请先选择信任清单');
  await look(page, 'alone-no-trust');
  await choose(page, '选择信任清单文件', await put(folder, 'trust.json', trustText()));
  const { article, verdict } = finding(page, 'genuine.json');
  await expect(verdict).toContainText('真实');
  await expect(article.getByRole('table', { name: '没有核对什么' })).toContainText('外部见证');
  await look(page, 'alone-genuine');
  for (const button of ['特大', '高对比度', 'English']) await page.getByRole('button', { name: button }).click();
  await look(page, 'alone-genuine-largest-english');
  for (const button of ['Normal', 'High contrast', '中文']) await page.getByRole('button', { name: button }).click();
  await page.getByRole('button', { name: '全部清除' }).click();

  const genuine = caseText('genuine');
  const { jws } = JSON.parse(genuine) as { jws: string };
  // One character of the signature is another.
  const forged = genuine.replace(jws, `${jws.slice(0, -20)}${jws.at(-20) === 'A' ? 'B' : 'A'}${jws.slice(-19)}`);
  for (const [name, text, seal] of [
    ['forged.json', forged, '无效'],
    ['other-mark.json', caseText('bit-in-payload'), '无效'],
    ['stranger.json', caseText('unknown-issuer'), '机构不明'],
    ['receipt.json', caseText('receipt-kept'), '真实'],
    ['certificate.json', caseText('certificate'), '真实'],
    ['checkpoint.txt', caseText('checkpoint'), '真实'],
    ['no-file-of-ours.docx', 'PK\u0003\u0004 …', '认不出'],
    ['whole.jsonl', bundleText('batches', 'whole'), '完整'],
    ['dropped.jsonl', bundleText('batches', 'dropped-result'), '不完整'],
  ] as const) {
    await choose(page, '选择文件', await put(folder, name, text));
    const { article, verdict } = finding(page, name);
    await expect(verdict).toContainText(seal);
    if (name === 'dropped.jsonl') await expect(article).toContainText('p1 (p1-theory, p1-practical)');
    await look(page, `alone-${name}`);
    await page.getByRole('button', { name: '全部清除' }).click();
  }

  // Corrections and revocations count once their list is chosen.
  for (const [name, seal] of [
    ['superseded', '已更正'],
    ['revoked', '已撤销'],
  ] as const) {
    await choose(page, '选择文件', await put(folder, `${name}.json`, caseText(name)));
    await choose(page, '选择名单文件', await put(folder, `${name}-status.json`, statusText(name)));
    await expect(finding(page, `${name}.json`).verdict).toContainText(seal);
    await look(page, `alone-${name}`);
    await page.getByRole('button', { name: '全部清除' }).click();
  }

  // So they do for a whole batch, which stays whole.
  const revoked = signedBatch('revoked-later');
  await choose(page, '选择文件', await put(folder, 'revoked.jsonl', revoked.text));
  await choose(page, '选择名单文件', await put(folder, 'revoked-status.json', revoked.status));
  const withdrawn = finding(page, 'revoked.jsonl');
  await expect(withdrawn.verdict).toContainText('部分失效');
  await expect(withdrawn.verdict).toContainText('但有 1 份成绩后来被更正或撤销');
  await expect(withdrawn.article.getByRole('region', { name: '后来被更正或撤销的成绩' })).toContainText(
    'p1：已被撤销：查实申报材料造假。',
  );
  await look(page, 'alone-batch-withdrawn');
  await page.getByRole('button', { name: '全部清除' }).click();
  const stolen = signedBatch('key-compromised');
  await choose(page, '选择文件', await put(folder, 'stolen.jsonl', stolen.text));
  await expect(finding(page, 'stolen.jsonl').verdict).toContainText('批次完整');
  const list = await put(folder, 'stolen-status.json', stolen.status);
  await choose(page, '选择名单文件', list);
  await expect(finding(page, 'stolen.jsonl').verdict).toContainText('不完整');
  await page.getByRole('button', { name: '不用名单' }).click();
  await expect(finding(page, 'stolen.jsonl').verdict).toContainText('批次完整');
  await page.getByRole('button', { name: '全部清除' }).click();

  // A proof of the log says what it lacks, and is checked when that comes.
  for (const [proof, lacks, holds, alone] of [
    // The credential itself holds no proof: it is the proof's file that shows where it is logged.
    ['tlog-proof', '没有给出它所证明的文件', '这份记录确实登记在日志中', '未登记'],
    ['grown', '没有给出以前的检查点', '日志只增加过', '真实'],
  ] as const) {
    await choose(page, '选择文件', await put(folder, `${proof}.txt`, caseText(proof)));
    const { article, verdict } = finding(page, `${proof}.txt`);
    await expect(verdict).toContainText('无法核实');
    await expect(article.getByRole('table', { name: '没有核对什么' })).toContainText(lacks);
    await look(page, `alone-${proof}-lacking`);
    const about = await put(folder, `${proof}-about.txt`, besideText(proof));
    await choose(page, '选择文件', about, await put(folder, 'beside.json', caseText('certificate')));
    await expect(verdict).toContainText(holds);
    await expect(article).toContainText(`一起核对的文件： ${proof}-about.txt`);
    await expect(finding(page, `${proof}-about.txt`).verdict).toContainText(alone);
    await look(page, `alone-${proof}`);
    await page.getByRole('button', { name: '全部清除' }).click();
  }
  await choose(
    page,
    '选择文件',
    await put(folder, 'grown-altered.txt', caseText('grown-altered')),
    await put(folder, 'older.txt', besideText('grown-altered')),
  );
  await expect(finding(page, 'grown-altered.txt').verdict).toContainText('无效');
  await expect(finding(page, 'grown-altered.txt').article).toContainText('以前的条目被改动过');
  await look(page, 'alone-grown-altered');
  await page.getByRole('button', { name: '全部清除' }).click();

  // A custodian checks the manifest with the secret before it is opened.
  for (const [name, seal, finds] of [
    ['manifest', '真实', '可以开启'],
    ['secret-other', '无效', '清单写明的不是这个秘密数的封存值'],
    ['manifest-no-proof', '未登记', '不要开启秘密数'],
  ] as const) {
    await choose(page, '选择文件', await put(folder, `${name}.json`, caseText(name)));
    await choose(page, '选择文件', await put(folder, `${name}-secret.json`, besideText(name)));
    const { article, verdict } = finding(page, `${name}.json`);
    await expect(verdict).toContainText(seal);
    await expect(article).toContainText(finds);
    await expect(article).toContainText(`${name}-secret.json`);
    await expect(finding(page, `${name}-secret.json`).verdict).toContainText('无法核实');
    await expectAccessible(page);
    await look(page, `alone-${name}`);
    await page.getByRole('button', { name: '全部清除' }).click();
  }

  await choose(page, '换用信任清单文件', await put(folder, 'audit-trust.json', bundleTrust('audits')));
  await choose(page, '选择文件', await put(folder, 'agrees.jsonl', bundleText('audits', 'agrees')));
  await expect(finding(page, 'agrees.jsonl').verdict).toContainText('一致');
  await page.getByRole('button', { name: '全部清除' }).click();

  // A list that the next trust list does not bear out is left out.
  await choose(page, '选择名单文件', list);
  await expect(page.getByText('使用名单“stolen-status.json”')).toBeVisible();
  await choose(page, '换用信任清单文件', join(simulated.folder, 'trust.json'));
  await expect(page.getByText('按现在的信任清单，名单“stolen-status.json”不能采信。')).toBeVisible();
  await choose(page, '选择文件', join(simulated.folder, 'draw.json'));
  await expect(finding(page, 'draw.json').verdict).toContainText('相符');
  await look(page, 'alone-draw');

  await page.getByRole('button', { name: '全部清除' }).click();

  // What the same simulated batch hands out to those who look after it.
  const whole = page.getByRole('region', { name: '整批的结论' });
  await choose(page, '选择文件', join(simulated.folder, 'audit.jsonl'), join(simulated.folder, 'batch.json'));
  await expect(finding(page, 'batch.json').verdict).toContainText('完整');
  await expect(finding(page, 'audit.jsonl').verdict).toContainText('一致');
  await expect(whole).toContainText('全部一致');
  await expect(whole).toContainText('没有给出抽题公开包');
  await choose(page, '选择文件', join(simulated.folder, 'draw.json'));
  await expect(finding(page, 'draw.json').article).toContainText('所写的试卷就是抽给本人的试卷');
  await expect(whole).not.toContainText('没有给出');
  await look(page, 'alone-bundles');
  await page.getByRole('button', { name: '全部清除' }).click();

  // Whoever leaves a person out of the audit is found by the log, once the batch is there.
  const [head, , ...others] = (await readFile(join(simulated.folder, 'audit.jsonl'), 'utf8')).split('\n');
  await choose(page, '选择文件', await put(folder, 'without-one.jsonl', [head, ...others].join('\n')));
  await expect(finding(page, 'without-one.jsonl').verdict).toContainText('一致');
  await choose(page, '选择文件', join(simulated.folder, 'batch.json'));
  await expect(finding(page, 'without-one.jsonl').verdict).toContainText('不一致');
  await expect(whole).toContainText('不能采信');
  await page.getByRole('button', { name: '全部清除' }).click();

  // A large bundle is read by slices: the page says how far it is, and can be stopped.
  // Its leaves are another batch's: faults of the own batch would end the reading early.
  const [header, roster, seating, leaf] = bundleText('batches', 'whole').split('\n');
  const large = await put(
    folder,
    'large.jsonl',
    `${header}\n${roster}\n${seating}\n${`${leaf}\n`.repeat(LARGE_LEAVES)}`,
  );
  await choose(page, '选择文件', large);
  const { article: reading } = finding(page, 'large.jsonl');
  await expect(reading.getByText(/^正在核对：已读 (?!0\.0)\d+\.\d MB，共 \d+\.\d MB$/)).toBeVisible();
  await reading.getByRole('button', { name: '停止' }).click();
  await expect(finding(page, 'large.jsonl').verdict).toContainText('没有得出结论');
  await page.getByRole('button', { name: '全部清除' }).click();
  await choose(page, '选择文件', large);
  await look(page, 'alone-progress');

  expect(asked.filter((url) => !ours(url))).toEqual([]);
  expect(refused).toEqual([]);
  await context.close();
});

function ours(url: string): boolean {
  return /^(file|blob|data):/.test(url);
}

/** Nothing is cut off on any screen, and everyone can read it. */
async function look(page: Page, name: string): Promise<void> {
  for (const [screen, viewport] of Object.entries(SCREENS)) {
    await page.setViewportSize(viewport);
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect.soft(over, `${name} is as wide as the ${screen}`).toBeLessThanOrEqual(0);
    await picture(page, `${name}-${screen}`);
  }
  await expectAccessible(page);
}
