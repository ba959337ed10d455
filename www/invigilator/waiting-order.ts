/** In which order the invigilator sees the waiting PCs. */

interface WaitingPc {
  /** The candidate works at another PC already: time runs. */
  replaces: boolean;
}

/** Who changes the PC stands first, because time runs; apart from that the order stays. */
export function waitingOrder<Pc extends WaitingPc>(waiting: readonly Pc[]): Pc[] {
  return [...waiting.filter(({ replaces }) => replaces), ...waiting.filter(({ replaces }) => !replaces)];
}
