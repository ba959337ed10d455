/** Which question was on the screen, so that a reload shows it again. A window's memory is enough. */

const KEY = 'kaoping.place';

export function keepPlace(place: number): void {
  try {
    sessionStorage.setItem(KEY, String(place));
  } catch {
    // The first question then.
  }
}

export function keptPlace(items: number): number {
  try {
    const place = Number(sessionStorage.getItem(KEY) ?? '0');
    return Number.isInteger(place) && place >= 0 && place < items ? place : 0;
  } catch {
    return 0;
  }
}

export function forgetPlace(): void {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // Nothing was kept.
  }
}
