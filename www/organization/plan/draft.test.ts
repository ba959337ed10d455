import type { Account, Role, Schema } from '../../shared/api/client.ts';
import { expect, test } from 'vitest';
import { capacity, defaults, planOf, sparesFor } from './draft.ts';

const NAMES = { title: (year: number) => `${year}`, room: (n: number) => `r${n}`, panel: (n: number) => `p${n}` };
/** 2026-11-22T17:00:00Z, which is the 23rd in China. */
const NOW = 1_795_366_800_000;

function staff(role: Role, count: number): Account[] {
  return Array.from({ length: count }, (_, place) => ({
    id: `${role}-${place}`,
    login: `${role}-${place}`,
    name: `${role} ${place}`,
    roles: [role],
  }));
}
const sheet = (id: string, name: Schema<'Function'>): Schema<'SheetLine'> => ({
  id,
  title: id,
  function: name,
  level: 5,
  minutes_prepare: 5,
  minutes: 10,
});
const ACCOUNTS = [
  ...staff('custodian', 3),
  ...staff('invigilator', 4),
  ...staff('examiner', 7),
  ...staff('lead', 2),
  ...staff('supervisor', 1),
];
const SHEETS = [
  sheet('feeding', 'daily_care'),
  sheet('bathing', 'daily_care'),
  sheet('vital', 'basic_nursing'),
  sheet('choking', 'emergency'),
  sheet('transfer', 'function_maintenance'),
];
const draft = () => defaults(NOW, ACCOUNTS, SHEETS, [{ id: 'level-5', level: 5, minutes: 90 }], NAMES);

test('the weights are those of the standard, and every function is examined', () => {
  const { functions } = planOf(draft()).practical;
  expect(functions.map(({ weight }) => weight)).toEqual([50, 25, 10, 15]);
  expect(functions.every(({ required, by_lot, draw }) => required.length + Math.min(draw, by_lot.length) >= 1)).toBe(
    true,
  );
});

test('each person gets one duty, panels are odd, and a custodian is from outside', () => {
  const plan = planOf(draft());
  const people = [
    ...plan.theory.rooms.flatMap((room) => room.invigilators),
    ...plan.practical.panels.flatMap((panel) => [...panel.examiners, panel.lead]),
    ...plan.custodians.map(({ account }) => account),
    plan.supervisor,
  ];
  expect(new Set(people).size).toBe(people.length);
  expect(plan.practical.panels.map((panel) => panel.examiners.length)).toEqual([3, 3]);
  expect(plan.custodians.map(({ outside }) => outside)).toEqual([false, true]);
});

test('rooms hold no more than their invigilators may watch, with spares enough', () => {
  const [room] = planOf(draft()).theory.rooms;
  expect([room?.invigilators.length, room?.seats, room?.spares]).toEqual([3, 45, 3]);
  expect([sparesFor(1), sparesFor(40), sparesFor(41), sparesFor(200)]).toEqual([2, 2, 3, 10]);
});

test('a session begins at its time in China, on the day of the exam', () => {
  const plan = planOf(draft());
  expect(plan.exam_day).toBe('2026-11-30');
  // 2026-11-30T09:00+08:00
  expect(plan.theory.sessions).toEqual([{ number: 1, starts_at_ms: Date.UTC(2026, 10, 30, 1) }]);
});

test('examiners bound the candidates as seats do: six score thirty', () => {
  expect(capacity(draft())).toEqual({ seats: 45, examiners: 6, max: 30 });
});
