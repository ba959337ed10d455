import { expect, test } from 'vitest';

import chinese from '../../shared/texts/zh-CN/organization.ts';
import { paperName } from './paper-name.ts';

const rooms = { 'room-1': '第 1 考场' };
const named = (paper: string): string =>
  paperName((key, values) => chinese[key].replace(/\{(\w+)\}/g, (_, name) => String(values[name])), paper, rooms);

test('a person reads session, door and seat, never an identifier', () => {
  expect(named('s2-room-1-07')).toBe('第 2 场 第 1 考场 7 号座位');
  expect(named('s1-room-1-x2')).toBe('第 1 场 第 1 考场 备用卷 2');
  expect(named('r-001')).toBe('密封卷 1');
});
