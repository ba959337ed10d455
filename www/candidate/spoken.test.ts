import { expect, test, vi } from 'vitest';
import zh from '../shared/texts/zh-CN/candidate.ts';
import { spoken } from './spoken.ts';

// The pages' own `t` asks the browser for the language.
vi.mock('./texts.ts', () => ({
  t: (key: keyof typeof zh, values: Record<string, string>) =>
    zh[key].replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? ''),
}));

const item = {
  item: 'a',
  type: 'single_choice' as const,
  stem: '图中的读数说明什么？',
  options: [
    { id: '1', text: '发热' },
    { id: '2', text: '不发热' },
  ],
};

// Catches a question whose picture those who listen do not learn of.
test('a picture is told by its alternative text, between stem and options', () => {
  const image = { picture: '00', alt: '体温计显示38.2℃' };
  const words = ['图中的读数说明什么？', '图：体温计显示38.2℃。', '选项 A。发热。', '选项 B。不发热。'];
  expect(spoken({ ...item, case: '张先生发冷。', image }).split('\n')).toEqual(['张先生发冷。', ...words]);
  expect(spoken({ ...item, image: null })).not.toContain('图：');
});
