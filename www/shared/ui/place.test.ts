import { expect, test } from 'vitest';

import { shownPlace } from './place.ts';

test('rows, fields and files are shown', () => {
  for (const place of ['第 12 行「证件号码」', '2026120100007', 'papers.jsonl 第 7 行', '5-1-a / 第 3 项']) {
    expect(shownPlace(place)).toBe(place);
  }
});

test('members and pointers are not shown', () => {
  for (const place of ['', 'password', 'filing.levels', 'theory.rooms[0].name', '/papers/0', '/items/0/options/']) {
    expect(shownPlace(place)).toBe('');
  }
});
