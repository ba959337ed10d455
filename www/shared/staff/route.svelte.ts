/** Where the person is in an app: the parts of the address behind `#/`, so that back, reload and bookmarks work. */

let parts = $state<readonly string[]>(read());

globalThis.addEventListener('hashchange', () => {
  parts = read();
});

export const route = {
  get parts(): readonly string[] {
    return parts;
  },
};

/** The address of a place, for links. */
export function address(...to: readonly (string | number)[]): string {
  return `#/${to.map((part) => encodeURIComponent(part)).join('/')}`;
}

/** Goes to a place. */
export function go(...to: readonly (string | number)[]): void {
  location.hash = address(...to);
}

function read(): string[] {
  return location.hash
    .replace(/^#\/?/, '')
    .split('/')
    .filter((part) => part !== '')
    .map((part) => {
      try {
        return decodeURIComponent(part);
      } catch {
        return part;
      }
    });
}
