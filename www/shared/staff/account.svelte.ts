/** Who is logged in. The session itself is a cookie that scripts cannot read. */

import { api, ApiError, ask, isTemporary } from '../api/client.ts';
import type { Account, Role } from '../api/client.ts';

const REMEMBERED = 'kaoping.staff';

let account = $state<Account | null>(null);
/** Without an answer from the service: the account of the last login, for pages that work offline. */
let remembered = $state(false);

export const staffAccount = {
  get current(): Account | null {
    return account;
  },
  get remembered(): boolean {
    return remembered;
  },
  has(...roles: Role[]): boolean {
    return account !== null && account.roles.some((role) => roles.includes(role));
  },
};

/** Asks who is logged in. With `offline` the last account counts while the service or its data cannot be reached. */
export async function recall(offline: boolean): Promise<void> {
  try {
    entered((await ask(api.GET('/me'))).account);
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) {
      left();
      return;
    }
    const last = offline && isTemporary(error) ? lastAccount() : null;
    if (last === null) throw error;
    account = last;
    remembered = true;
  }
}

export async function login(name: string, password: string): Promise<void> {
  entered((await ask(api.POST('/login', { body: { login: name, password } }))).account);
}

export async function logout(): Promise<void> {
  await ask(api.POST('/logout'));
  left();
}

/** The session ended: whatever request found out. True when that was the reason. */
export function ended(error: unknown): boolean {
  const unauthorized = error instanceof ApiError && error.status === 401;
  if (unauthorized) left();
  return unauthorized;
}

function entered(who: Account): void {
  account = who;
  remembered = false;
  store(JSON.stringify(who));
}

function left(): void {
  account = null;
  remembered = false;
  store(null);
}

function lastAccount(): Account | null {
  try {
    const text = localStorage.getItem(REMEMBERED);
    return text === null ? null : (JSON.parse(text) as Account);
  } catch {
    return null;
  }
}

function store(text: string | null): void {
  try {
    if (text === null) localStorage.removeItem(REMEMBERED);
    else localStorage.setItem(REMEMBERED, text);
  } catch {
    // Then the page asks again after a reload.
  }
}
