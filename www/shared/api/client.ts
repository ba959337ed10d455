/** Requests to the service, typed by its OpenAPI document (`schema.d.ts` is generated from it). */

import createClient from 'openapi-fetch';
import { roomClock } from './clock.ts';
import { NetworkError, refusal } from './error.ts';
import type { Text } from '../texts/language.svelte.ts';
import type { components, paths as described } from './schema.d.ts';

export { ApiError, isTemporary, NetworkError, type Fault } from './error.ts';
export { roomClock } from './clock.ts';
export type { Text };

const BASE = '/api/v1';

/** The service's routes, without the part that all of them begin with. */
export type paths = {
  [Path in keyof described as Path extends `${typeof BASE}${infer Rest}` ? Rest : never]: described[Path];
};

type Schemas = components['schemas'];
/** A shape of the service's description by its name: `Schema<'Plan'>`. */
export type Schema<Name extends keyof Schemas> = Schemas[Name];
export type Account = Schemas['AccountView'];
export type Role = Schemas['Role'];
export type Organization = Schemas['Organization'];
export type BatchStage = Schemas['Stage'];
export type Jwk = Schemas['Jwk'];

const PATIENCE_MS = 15_000;

/** `ask(api.GET('/rooms/{batch}/{session}/{room}', { params: { path: { batch, session, room } } }))` */
export const api = createClient<paths>({
  baseUrl: BASE,
  // A page of another origin cannot set it, so it guards the cookie's requests.
  headers: { 'x-kaoping': '1' },
  fetch: (request) => fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) }),
});

type Method = 'get' | 'post' | 'put' | 'delete';
type Json<Operation> = Operation extends { responses: infer Responses }
  ? Responses[Extract<keyof Responses, 200 | 201>] extends { content: { 'application/json': infer Body } }
    ? Body
    : never
  : never;

/** What a route answers: `Answer<'/rooms', 'get'>`. */
export type Answer<Path extends keyof paths, Verb extends Method & keyof paths[Path]> = Json<paths[Path][Verb]>;

interface Settled<Data> {
  data?: Data;
  error?: unknown;
  response: Response;
}

/**
 * The data of an answer. An answer's `now_ms` sets the room's clock.
 *
 * @throws ApiError when the service refuses, NetworkError when no answer comes.
 */
export async function ask<Data>(request: Promise<Settled<Data>>): Promise<NonNullable<Data>> {
  let settled: Settled<Data>;
  try {
    settled = await request;
  } catch (cause) {
    throw new NetworkError(cause);
  }
  const { data, error, response } = settled;
  if (!response.ok) throw refusal(response.status, error);
  const said: unknown = data;
  if (typeof said === 'object' && said !== null && 'now_ms' in said && typeof said.now_ms === 'number') {
    roomClock.heard(said.now_ms);
  }
  return (data ?? {}) as NonNullable<Data>;
}

/** The header of a seat's requests. */
export function bearer(token: string): { authorization: string } {
  return { authorization: `Bearer ${token}` };
}

/** Sends a file's bytes. The path begins after `/api/v1`. */
export async function upload<Data>(path: string, bytes: BodyInit): Promise<Data> {
  const response = await plain(path, {
    method: 'POST',
    body: bytes,
    headers: { 'content-type': 'application/octet-stream', 'x-kaoping': '1' },
  });
  return (await response.json()) as Data;
}

/** Fetches a file and hands it to the person, under the service's name for it, or this one where it has none. */
export async function download(path: string, body?: unknown, name = 'kaoping'): Promise<void> {
  const response = await plain(
    path,
    body === undefined
      ? {}
      : {
          method: 'POST',
          body: JSON.stringify(body),
          headers: { 'content-type': 'application/json', 'x-kaoping': '1' },
        },
  );
  const url = URL.createObjectURL(await response.blob());
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName(response.headers.get('content-disposition')) ?? name;
  link.click();
  // The browser reads the blob after the click; it needs it a while longer.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

async function plain(path: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(`${BASE}${path}`, init);
  } catch (cause) {
    throw new NetworkError(cause);
  }
  if (response.ok) return response;
  throw refusal(response.status, await response.json().catch(() => null));
}

function fileName(disposition: string | null): string | null {
  const extended = disposition?.match(/filename\*=UTF-8''([^;]+)/i)?.[1];
  if (extended !== undefined) return decodeURIComponent(extended);
  return disposition?.match(/filename="([^"]+)"/i)?.[1] ?? null;
}
