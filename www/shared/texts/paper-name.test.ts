import { expect, test } from 'vitest';

import { namePapers, paperName } from './paper-name.ts';
import chinese from './zh-CN/common.ts';

const rooms = { 'room-1': '第 1 考场' };
const t = (key: keyof typeof chinese, values: Record<string, string | number>): string =>
  chinese[key].replace(/\{(\w+)\}/g, (_, name) => String(values[name]));

test('a person reads session, door and seat, never an identifier', () => {
  expect(paperName(t, 's2-room-1-07', rooms)).toBe('第 2 场 第 1 考场 7 号座位');
  expect(paperName(t, 's1-room-1-x2', rooms)).toBe('第 1 场 第 1 考场 备用卷 2');
  expect(paperName(t, 'r-001', rooms)).toBe('密封卷 1');
});

test('without the names on the doors, a room has its number', () => {
  expect(paperName(t, 's1-r2-07')).toBe('第 1 场 第 2 考场 7 号座位');
  expect(paperName(t, 's1-hall-07')).toBe('第 1 场 hall 7 号座位');
});

test('identifiers in a sentence are put in words, other names stay', () => {
  expect(namePapers(t, '缺少试卷 s1-room-1-01', rooms)).toBe('缺少试卷 第 1 场 第 1 考场 1 号座位');
  expect(namePapers(t, '第 7 行，试卷 r-012')).toBe('第 7 行，试卷 密封卷 12');
  expect(namePapers(t, 'papers.jsonl，题 bs1-a-01、r-1a')).toBe('papers.jsonl，题 bs1-a-01、r-1a');
});
