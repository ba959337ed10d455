/* tslint:disable */
/* eslint-disable */

/**
 * A theory session at one PC. Before `start` every other call answers an error. Each call answers
 * JSON text.
 */
export class Candidate {
    free(): void;
    [Symbol.dispose](): void;
    /**
     * The present head of the stream, signed with the key of this seed: the message's
     * canonical text.
     */
    checkpoint(seed: string): string;
    /**
     * The service has the event of this identity and all before it: answers the new view,
     * or null when nobody waits for that event.
     */
    confirm(now_ms: number, id: string): string;
    /**
     * Takes the time from the room, a `Deadline` as the service sends it: answers a `Turn`.
     */
    deadline(now_ms: number, deadline: string): string;
    /**
     * Lets a touch happen: answers a `Turn`.
     */
    handle(now_ms: number, touch: string): string;
    /**
     * An entry point whose session is not started.
     */
    constructor();
    /**
     * The service names the last event that it holds, nothing when it holds none: answers
     * the new view, or null when there is nothing to send that was not sent.
     */
    resumeAfter(now_ms: number, id?: string | null): string;
    /**
     * Starts the session with all events that device and service hold: answers a
     * `Started`.
     */
    start(now_ms: number, start: string): string;
    /**
     * Time has passed: answers a `Turn`.
     */
    tick(now_ms: number): string;
    /**
     * Everything that the service is not known to hold, oldest first: a list of `Unsent`.
     */
    unsent(): string;
    /**
     * Checks a receipt of a sitting against the service's key, a JWK, and against the session
     * where one is started: answers a `CheckedReceipt`.
     */
    verifyReceipt(sitting: string, receipt: string, salt: string, key: string): string;
}

/**
 * A new key of this device: a `DeviceKey`.
 */
export function newDeviceKey(): string;

export type InitInput = RequestInfo | URL | Response | BufferSource | WebAssembly.Module;

export interface InitOutput {
    readonly memory: WebAssembly.Memory;
    readonly __wbg_candidate_free: (a: number, b: number) => void;
    readonly candidate_checkpoint: (a: number, b: number, c: number) => [number, number];
    readonly candidate_confirm: (a: number, b: number, c: number, d: number) => [number, number];
    readonly candidate_deadline: (a: number, b: number, c: number, d: number) => [number, number];
    readonly candidate_handle: (a: number, b: number, c: number, d: number) => [number, number];
    readonly candidate_new: () => number;
    readonly candidate_resumeAfter: (a: number, b: number, c: number, d: number) => [number, number];
    readonly candidate_start: (a: number, b: number, c: number, d: number) => [number, number];
    readonly candidate_tick: (a: number, b: number) => [number, number];
    readonly candidate_unsent: (a: number) => [number, number];
    readonly candidate_verifyReceipt: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number) => [number, number];
    readonly newDeviceKey: () => [number, number];
    readonly __wbindgen_exn_store: (a: number) => void;
    readonly __externref_table_alloc: () => number;
    readonly __wbindgen_externrefs: WebAssembly.Table;
    readonly __wbindgen_malloc: (a: number, b: number) => number;
    readonly __wbindgen_realloc: (a: number, b: number, c: number, d: number) => number;
    readonly __wbindgen_free: (a: number, b: number, c: number) => void;
    readonly __wbindgen_start: () => void;
}

export type SyncInitInput = BufferSource | WebAssembly.Module;

/**
 * Instantiates the given `module`, which can either be bytes or
 * a precompiled `WebAssembly.Module`.
 *
 * @param {{ module: SyncInitInput }} module - Passing `SyncInitInput` directly is deprecated.
 *
 * @returns {InitOutput}
 */
export function initSync(module: { module: SyncInitInput } | SyncInitInput): InitOutput;

/**
 * If `module_or_path` is {RequestInfo} or {URL}, makes a request and
 * for everything else, calls `WebAssembly.instantiate` directly.
 *
 * @param {{ module_or_path: InitInput | Promise<InitInput> }} module_or_path - Passing `InitInput` directly is deprecated.
 *
 * @returns {Promise<InitOutput>}
 */
export default function __wbg_init (module_or_path?: { module_or_path: InitInput | Promise<InitInput> } | InitInput | Promise<InitInput>): Promise<InitOutput>;
