/** The sample bank with its keys: what nobody on the candidate's side may ever receive. */

import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export interface BankItem {
  id: string;
  stem: string;
  options: { id: string; text: string }[];
  key: string[];
  rationale: string;
}

const folder = resolve(import.meta.dirname, '../../question-bank/national/5/items');

export const bank: ReadonlyMap<string, BankItem> = new Map(
  readdirSync(folder)
    .flatMap((file) => (JSON.parse(readFileSync(join(folder, file), 'utf8')) as { items: BankItem[] }).items)
    .map((item) => [item.id, item]),
);

/** The part of a delivered paper that the tests read. */
export interface ShownPaper {
  items: {
    item: string;
    stem: string;
    image: { picture: string; alt: string } | null;
    options: { id: string; text: string }[];
  }[];
  pictures: { digest: string; type: string; base64: string }[];
}

/** Where the right option of an item stands on the candidate's screen, from 0. */
export function rightPlace(paper: ShownPaper, place: number): number {
  const shown = paper.items[place];
  const item = shown && bank.get(shown.item);
  if (item === undefined) throw new Error(`the bank does not know item ${place + 1} of the paper`);
  return shown!.options.findIndex(({ id }) => item.key.includes(id));
}
