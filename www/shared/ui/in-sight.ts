/** Brings what appears in an open dialog into sight: a dialog may be longer than its screen. */
export function inSight(node: HTMLElement): void {
  if (node.closest('dialog[open]') !== null) node.scrollIntoView({ block: 'nearest' });
}
