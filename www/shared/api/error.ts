/** Why a request did not do what it was asked. */

import type { Text } from '../texts/language.svelte.ts';
import type { components } from './schema.d.ts';

export type Fault = components['schemas']['Fault'];

/** The members that an answer which refuses may have. */
type Body = Partial<Record<'error' | 'faults' | 'code' | 'place' | 'cause' | 'cure' | 'zh' | 'en' | 'head', unknown>>;

/** The service refused; nothing has changed there. */
export class ApiError extends Error {
  readonly status: number;
  readonly fault: Fault;
  /** The single defects of a list, such as the rows of a roster. */
  readonly faults: readonly Fault[];
  /** The whole answer: some codes carry more, such as `chain` its `head`. */
  readonly answer: Readonly<Body>;

  constructor(status: number, fault: Fault, faults: readonly Fault[], answer: Readonly<Body>) {
    super(`${status} ${fault.code}: ${fault.cause.en}`);
    this.name = 'ApiError';
    this.status = status;
    this.fault = fault;
    this.faults = faults;
    this.answer = answer;
  }

  get code(): string {
    return this.fault.code;
  }
}

/** No answer came: no network, no service, or too slow. Whether anything changed there is unknown. */
export class NetworkError extends Error {
  constructor(cause: unknown) {
    super('no answer from the service', { cause });
    this.name = 'NetworkError';
  }
}

/** What the service refuses for now: somebody else was faster, its clock has to catch up, or its data cannot be reached. */
const PASSING: ReadonlySet<string> = new Set(['race', 'ahead', 'unavailable']);

/** Whether the same request may succeed later without anybody's doing. It says nothing about who asks. */
export function isTemporary(error: unknown): boolean {
  if (error instanceof NetworkError) return true;
  if (!(error instanceof ApiError)) return false;
  return error.status >= 500 || error.status === 408 || error.status === 429 || PASSING.has(error.code);
}

/** The error that an answer's body holds. */
export function refusal(status: number, body: unknown): ApiError {
  const answer: Body = isRecord(body) ? body : {};
  const fault = isFault(answer.error) ? answer.error : unknownFault(status);
  const faults = Array.isArray(answer.faults) ? answer.faults.filter(isFault) : [];
  return new ApiError(status, fault, faults, answer);
}

function unknownFault(status: number): Fault {
  return {
    code: `http_${status}`,
    place: '',
    cause: { zh: `服务器没有完成这个请求（${status}）。`, en: `The service did not complete the request (${status}).` },
    cure: { zh: '请再试一次；还不行，请告诉管理员。', en: 'Try again; if that does not help, tell the administrator.' },
  };
}

function isFault(value: unknown): value is Fault {
  return isRecord(value) && typeof value.code === 'string' && isText(value.cause) && isText(value.cure);
}

function isText(value: unknown): value is Text {
  return isRecord(value) && typeof value.zh === 'string' && typeof value.en === 'string';
}

function isRecord(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
