/** Text size and contrast, kept on this device. */

export const textSizes = ['normal', 'large', 'huge'] as const;
export type TextSize = (typeof textSizes)[number];

const SIZE = 'kaoping.text';
const CONTRAST = 'kaoping.contrast';

let size = $state<TextSize>('normal');
let high = $state(false);

export const display = {
  get size(): TextSize {
    return size;
  },
  set size(next: TextSize) {
    size = next;
    document.documentElement.dataset['text'] = next;
    keep(SIZE, next);
  },
  get high(): boolean {
    return high;
  },
  set high(next: boolean) {
    high = next;
    document.documentElement.dataset['contrast'] = next ? 'high' : 'normal';
    keep(CONTRAST, next ? 'high' : 'normal');
  },
};

/** Called once by an app's `main.ts`, with the size for people who have not chosen one. */
export function startDisplay(first: TextSize): void {
  const stored = kept(SIZE);
  display.size = textSizes.find((known) => known === stored) ?? first;
  display.high = (kept(CONTRAST) ?? (matchMedia('(prefers-contrast: more)').matches ? 'high' : 'normal')) === 'high';
}

function kept(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function keep(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // The choice lasts until the page closes.
  }
}
