/** Who is logged in. The session itself is a cookie that scripts cannot read. */

import { api, ApiError, ask, isTemporary } from '../api/client.ts';
import type { Account, Role, Schema } from '../api/client.ts';

type Me = Schema<'MeView'>;

const REMEMBERED = 'kaoping.staff';

let account = $state<Account | null>(null);
/** Without an answer from the service: the account of the last login, for pages that work offline. */
let remembered = $state(false);
/** What must be chosen before the page opens. */
let toChoose = $state.raw<Me['to_choose']>([]);
let secondFactor = $state(false);
/** The password of this login, until one of one's own is chosen: nobody types the one-time password twice. */
let entered = '';

export const staffAccount = {
  get current(): Account | null {
    return account;
  },
  get remembered(): boolean {
    return remembered;
  },
  get toChoose(): Me['to_choose'] {
    return toChoose;
  },
  /** Whether logins ask for a one-time code. */
  get secondFactor(): boolean {
    return secondFactor;
  },
  get enteredPassword(): string {
    return entered;
  },
  has(...roles: Role[]): boolean {
    return account !== null && account.roles.some((role) => roles.includes(role));
  },
};

/** Asks who is logged in. With `offline` the last account counts while the service or its data cannot be reached. */
export async function recall(offline: boolean): Promise<void> {
  try {
    known(await ask(api.GET('/me')));
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) {
      left();
      return;
    }
    const last = offline && isTemporary(error) ? lastAccount() : null;
    if (last === null) throw error;
    account = last;
    remembered = true;
    toChoose = [];
  }
}

/** Logs in; `code` is that of the phone, when the service has asked for one. */
export async function login(name: string, password: string, code: string | null): Promise<void> {
  const me = await ask(api.POST('/login', { body: { login: name, password, one_time_code: code } }));
  if (me.to_choose.length > 0) entered = password;
  known(me);
}

/** Chooses a password. The other devices of the account are logged out. */
export async function choosePassword(current: string, chosen: string): Promise<void> {
  const me = await ask(api.POST('/me/password', { body: { current, new: chosen } }));
  entered = me.to_choose.length > 0 ? chosen : '';
  known(me);
}

/** Chooses the PIN for hand-ins. */
export async function choosePin(password: string, pin: string): Promise<void> {
  const me = await ask(api.POST('/me/pin', { body: { password, pin } }));
  entered = '';
  known(me);
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

function known(me: Me): void {
  account = me.account;
  toChoose = me.to_choose;
  secondFactor = me.second_factor;
  remembered = false;
  store(JSON.stringify(me.account));
}

function left(): void {
  account = null;
  toChoose = [];
  entered = '';
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
