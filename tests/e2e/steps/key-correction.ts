/** An item's key is found to be wrong after the closing: one officer tries out, another approves, and the mark follows. */

import { expect } from '@playwright/test';

import { expectAccessible } from '../accessible.ts';
import { openTab, picture } from '../people.ts';
import { TITLE, type Walk } from '../walk.ts';
import { LEFT_OUT } from './theory.ts';

export async function correctKey({ candidate, entry, office, second, theory }: Walk): Promise<void> {
  const struck = candidate.paper.items[LEFT_OUT - 1];
  if (struck === undefined) throw new Error('the paper has no such item');
  const corrected = (Number(theory) + 1).toFixed(2);

  await office.reload();
  await openTab(office, TITLE, '成绩与证书');
  const desk = office.getByRole('region', { name: '更正标准答案' });
  await desk.getByRole('button', { name: '更正标准答案' }).click();
  const dialog = office.getByRole('dialog');
  await dialog.getByLabel('查找试题').fill(struck.stem.slice(0, 12));
  await dialog.getByRole('button', { name: '查找', exact: true }).click();
  await expectAccessible(office);
  await picture(office, 'key-search');
  await dialog.getByRole('button', { name: `选这道题 ${struck.item}` }).click();
  await expect(dialog.getByRole('button', { name: '试算' }), 'no answer is chosen yet').toBeDisabled();
  await expectAccessible(office);
  await picture(office, 'key-rule');
  await dialog.getByLabel('本题不计，都得满分').check();
  await dialog.getByRole('button', { name: '试算' }).click();
  await expect(dialog.getByText('1 名考生的理论分数改变：0 人转为合格，0 人转为不合格。')).toBeVisible();
  await expect(dialog.getByRole('row').filter({ hasText: entry.ticket })).toContainText(`${theory} → ${corrected}`);
  await dialog.getByRole('button', { name: '提出更正' }).click();
  await expect(dialog.getByText('请填写原因')).toBeVisible();
  await dialog.getByLabel('原因').fill('题干有误，本题不计');
  await expectAccessible(office);
  await picture(office, 'key-preview');
  await dialog.getByRole('button', { name: '提出更正' }).click();
  await expect(desk.getByText('等待另一位考务人员批准。')).toBeVisible();
  await expect(desk.getByRole('button', { name: '批准' }), 'who asks does not approve').toBeHidden();

  await second.reload();
  await openTab(second, TITLE, '成绩与证书');
  const approving = second.getByRole('region', { name: '更正标准答案' });
  await expect(approving.getByText('题干有误，本题不计')).toBeVisible();
  await expect(approving.getByRole('row').filter({ hasText: entry.ticket })).toContainText(corrected);
  await expectAccessible(second);
  await picture(second, 'key-waits');
  await second.setViewportSize({ width: 1024, height: 768 });
  await picture(second, 'key-waits-small');
  await second.setViewportSize({ width: 1366, height: 768 });
  await approving.getByRole('button', { name: '批准' }).click();
  await second.getByRole('dialog').getByRole('button', { name: '批准' }).click();
  await expect(approving.getByText(/日志第 \d+ 条/)).toBeVisible();
  await expect(approving.getByRole('button', { name: '继续办理' })).toBeHidden();
  await expect(
    second.getByRole('table', { name: '成绩' }).getByRole('row').filter({ hasText: entry.ticket }),
  ).toContainText(corrected);
  await picture(second, 'key-done');
}
