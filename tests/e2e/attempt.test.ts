/** An attempt that ends in a void, the one after it, who comes late, and an outside witness: in a demo of its own. */

import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

import { type Browser, expect, type Page } from '@playwright/test';

import { expectAccessible } from './accessible.ts';
import { Candidate } from './candidate.ts';
import { Demo, program, tabletScreen, test } from './demo.ts';
import { call, openTab, picture, staff } from './people.ts';
import { showsPicture, withPicture } from './pictures.ts';
import { invigilatorOf, type RosterEntry, TITLE } from './walk.ts';

const root = resolve(import.meta.dirname, '../..');
const LOTTERY = '中国福利彩票双色球 第2099135期 + 中国体育彩票超级大乐透 第99135期';

test.describe.configure({ mode: 'serial' });

let demo: Demo;
let office: Page;

test.beforeAll(async ({ browser, folder }) => {
  demo = await Demo.start(folder);
  office = await staff(browser, demo, 'office');
  await openTab(office, TITLE, '抽题');
});
test.afterAll(async () => {
  await demo.stop();
});

async function custodian(browser: Browser, login: string): Promise<Page> {
  const page = await staff(browser, demo, login);
  await openTab(page, TITLE, '抽题');
  return page;
}

async function commit(page: Page): Promise<void> {
  await page.getByRole('button', { name: '产生秘密数' }).click();
  await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: '保存秘密数文件' }).click()]);
  await page.getByRole('button', { name: '封存', exact: true }).click();
  await expect(page.getByText('您已封存。')).toBeVisible();
}

test('a lost secret ends the attempt, with approval from outside', async ({ browser }) => {
  await office.getByRole('button', { name: '固定依据' }).click();
  const fixing = office.getByRole('dialog');
  await fixing.getByLabel('公开随机数').selectOption({ label: '彩票开奖号码' });
  await fixing.getByRole('button', { name: '固定依据' }).click();
  await expect(fixing.getByText('请写明来源和时间。')).toBeVisible();
  await fixing.getByLabel('彩票和期号').fill(LOTTERY);
  await fixing.getByLabel('不早于（产生时间）').fill('2099-01-01T21:15');
  await expectAccessible(office);
  await picture(office, 'attempt-fix');
  await fixing.getByRole('button', { name: '固定依据' }).click();
  await expect(office.getByRole('heading', { name: '公开随机数' })).toBeVisible();
  await expect(office.getByText(LOTTERY).first()).toBeVisible();

  const first = await custodian(browser, 'custodian-1');
  const second = await custodian(browser, 'custodian-2');
  await commit(first);
  await commit(second);
  await office.getByRole('button', { name: '固定清单' }).click();
  await office.getByRole('dialog').getByRole('button', { name: '固定清单' }).click();
  await first.getByRole('button', { name: '开启我的秘密数' }).click();
  await expect(first.getByText('您已开启。')).toBeVisible();

  await office.getByText('作废这次抽题').click();
  await office.getByRole('button', { name: '申请作废' }).click();
  const asking = office.getByRole('dialog');
  await asking.getByLabel('原因').fill('二号保管人的 U 盘损坏，信封里的备份也打不开');
  await expectAccessible(office);
  await picture(office, 'attempt-void');
  await asking.getByRole('button', { name: '申请作废' }).click();
  await expect(office.getByText('等待机构以外的保管人登录批准。')).toBeVisible();

  await expect(first.getByText('等待机构以外的保管人登录批准。')).toBeVisible();
  await expect(first.getByRole('button', { name: '批准作废' }), 'who is inside does not approve').toBeHidden();
  await second.getByRole('button', { name: '批准作废' }).click();
  await picture(second, 'attempt-approve');
  await second.getByRole('dialog').getByRole('button', { name: '批准作废' }).click();
  await expect(second.getByText('第 1 次抽题已作废')).toBeVisible();

  // The next attempt.
  await office.getByRole('button', { name: '固定依据' }).click();
  await office.getByRole('dialog').getByRole('button', { name: '固定依据' }).click();
  await commit(first);
  await commit(second);
  await office.getByRole('button', { name: '固定清单' }).click();
  await office.getByRole('dialog').getByRole('button', { name: '固定清单' }).click();
  for (const page of [first, second]) {
    await page.getByRole('button', { name: '开启我的秘密数' }).click();
    await expect(page.getByText('您已开启。')).toBeVisible();
    await page.context().close();
  }
  await office.getByRole('button', { name: '发卷与抽签' }).click();
  await office.getByRole('dialog').getByRole('button', { name: '发卷与抽签' }).click();
  await expect(office.getByRole('heading', { name: '等值证明' })).toBeVisible();
  await expect(office.getByText('第 2 次抽题')).toBeVisible();
  await expectAccessible(office);
  await picture(office, 'attempt-dealt');
});

test('late additions get spare papers', async () => {
  await openTab(office, TITLE, '考生名册');
  const late = office.getByRole('region', { name: '补录考生' });
  await late.getByRole('button', { name: '选择补录名单' }).click();
  await expect(late.getByText('请先写明补录原因。')).toBeVisible();
  await late.getByLabel('补录原因').fill('报名系统漏传');
  const [chooser] = await Promise.all([
    office.waitForEvent('filechooser'),
    late.getByRole('button', { name: '选择补录名单' }).click(),
  ]);
  // Everybody of the file is on the roster already: each is named before anything is imported.
  await chooser.setFiles(join(root, 'tests/suite/roster/roster-40.xlsx'));
  await expect(late.getByText('名册没有导入。请按下表改正后重新导入。')).toBeVisible();
  await expect(late.getByText('这名考生已在本批次名册中。')).toHaveCount(40);
  await expectAccessible(office);
  await picture(office, 'late');
  const { entries } = await call<{ entries: unknown[] }>(office, 'GET', `/batches/${demo.batch}/roster`);
  expect(entries).toHaveLength(40);
});

test('the lead examiner records who did not come', async ({ browser }) => {
  const lead = await staff(browser, demo, 'lead-1', tabletScreen);
  await openTab(lead, TITLE, '考评组裁决');
  const absences = lead.getByRole('region', { name: '操作考核没有来的考生' });
  await absences.getByLabel('抽签号').selectOption({ index: 1 });
  await absences.getByRole('button', { name: '记缺考' }).click();
  await lead.getByRole('dialog').getByLabel('原因').fill('未到');
  await lead.getByRole('dialog').getByRole('button', { name: '记缺考' }).click();
  await expect(absences.getByRole('button', { name: '撤销缺考' })).toBeVisible();
  await expectAccessible(lead);
  await picture(lead, 'lead-absences');
  await absences.getByRole('button', { name: '撤销缺考' }).click();
  await expect(absences.getByRole('button', { name: '撤销缺考' })).toBeHidden();
  await lead.context().close();
});

test('the office ends an exam without a result', async () => {
  await openTab(office, TITLE, '成绩与证书');
  await office
    .getByRole('button', { name: /^另作处理 / })
    .first()
    .click();
  const dialog = office.getByRole('dialog');
  await dialog.getByLabel('处理').selectOption({ label: '缓考' });
  await dialog.getByLabel('原因').fill('考前发热，本人申请');
  await expectAccessible(office);
  await picture(office, 'end-dialog');
  await dialog.getByRole('button', { name: '另作处理' }).click();
  await expect(office.getByRole('cell', { name: '缓考' })).toBeVisible();
});

// Catches a taken paper that reads like a hand-in, and a lost answer that a reload no longer mentions.
test('a candidate sees a picture, and whose paper is taken reads by whom, why, and what is missing', async ({
  browser,
}) => {
  const { entries } = await call<{ entries: RosterEntry[] }>(office, 'GET', `/batches/${demo.batch}/roster`);
  const entry = entries.at(-1)!;
  const candidate = await Candidate.at(browser, demo);
  const { page, wire } = candidate;
  wire.change('/seat/paper', withPicture);
  const code = await candidate.enrol(entry.ticket);
  const room = await staff(browser, demo, invigilatorOf(entry.room));
  await room.getByRole('link', { name: /^进入考场/ }).click();
  for (const check of ['准考证', '照片', '证件'])
    await room.getByRole('checkbox', { name: check, exact: true }).check();
  await room.getByRole('button', { name: `绑定 ${code}` }).click();
  await expect(page.getByRole('heading', { name: '请核对您的信息' })).toBeVisible();
  await room.getByRole('button', { name: '开考', exact: true }).click();
  await room.getByRole('dialog').getByRole('button', { name: '开考', exact: true }).click();
  await expect(candidate.question(1)).toBeVisible();
  await showsPicture(candidate);

  // The keypad without NumLock: `Numpad2` types an arrow.
  await page.keyboard.press('Numpad2');
  await expect(candidate.option(1)).toBeChecked();
  await page.keyboard.press('Numpad1');
  await expect(candidate.option(0)).toBeChecked();
  await candidate.saved();

  wire.disconnect();
  await candidate.option(1).click();
  await expect(page.getByText('网络断了，答案存在本机，请继续作答').first()).toBeVisible();
  await call(room, 'POST', `/sittings/${entry.theory}/hand-in`, {
    reason: '把手机带进考场',
    request: 'taken-with-a-telephone',
  });
  wire.connect();
  const told = async (): Promise<void> => {
    await expect(page.getByRole('heading', { name: '监考员已收卷' })).toBeVisible();
    await expect(page.getByText('原因：把手机带进考场')).toBeVisible();
    await expect(page.getByText('这台电脑上有 1 步作答没有送到考场，没有计入')).toBeVisible();
    await expect(page.getByText('交卷成功')).toHaveCount(0);
  };
  await told();
  await expectAccessible(page);
  await picture(page, 'candidate-taken');
  await page.reload();
  await told();
  await page.context().close();
  await room.context().close();
});

test('an outside witness cosigns the log', async ({ folder }) => {
  await openTab(office, TITLE, '存证日志');
  const witness = office.getByRole('region', { name: '外部见证' });
  await expect(witness.getByText('未经外部见证')).toBeVisible();
  const [request] = await Promise.all([
    office.waitForEvent('download'),
    witness.getByRole('button', { name: '下载见证请求' }).click(),
  ]);
  const asked = join(folder, 'witness-request.txt');
  await request.saveAs(asked);
  const trust = await call<{ log: { verifier_key: string } }>(office, 'GET', '/trust');
  const run = async (...args: string[]): Promise<string> => {
    const env = { ...process.env, KAOPING_PASSPHRASE: 'a passphrase of the test' };
    return (await promisify(execFile)(program, ['witness', ...args], { env })).stdout.trim();
  };
  const own = ['--name', 'witness.example', '--key', join(folder, 'witness.key')];
  const key = await run('key', ...own);
  const cosigned = join(folder, 'cosigned.txt');
  const files = ['--state', join(folder, 'witness.json'), '--request', asked, '--out', cosigned];
  await run('cosign', ...own, '--log-key', trust.log.verifier_key, ...files);

  await witness.getByLabel('见证方公钥').fill(key);
  const [chooser] = await Promise.all([
    office.waitForEvent('filechooser'),
    witness.getByRole('button', { name: '上传见证结果' }).click(),
  ]);
  await chooser.setFiles(cosigned);
  await expect(witness.getByText('witness.example 已见证')).toBeVisible();
  await expectAccessible(office);
  await picture(office, 'log-witness');
});
