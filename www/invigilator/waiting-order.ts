/** Which waiting PCs the invigilator sees, and in which order. */

interface WaitingPc {
  code: string;
  /** The candidate works at another PC already: time runs. */
  replaces: boolean;
}

/** Who changes the PC stands first, because time runs; of the others those whose code begins with these digits. */
export function waitingOrder<Pc extends WaitingPc>(waiting: readonly Pc[], digits: string): Pc[] {
  const moved = waiting.filter(({ replaces }) => replaces);
  const others = waiting.filter(({ replaces, code }) => !replaces && code.startsWith(digits.trim()));
  return [...moved, ...others];
}
