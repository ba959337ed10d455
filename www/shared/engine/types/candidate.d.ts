/* tslint:disable */
/* eslint-disable */

/**
 * A theory session at one PC. Before [`Candidate::start`] every other call answers an error.
 */
export class Candidate {
    free(): void;
    [Symbol.dispose](): void;
    /**
     * Chooses options, a JSON list of ids; an empty list takes the answer back.
     */
    answer(now_ms: number, item: string, options: string): string;
    /**
     * The stream as it stands, signed with the PC's key: the message's canonical text.
     */
    checkpoint(): string;
    /**
     * The service has the event of this identity and all before it. Answers whether it was waited for.
     */
    confirm(id: string): string;
    /**
     * Takes the room's word on the time: the deadline as the service sends it.
     */
    deadline(now_ms: number, deadline: string): string;
    /**
     * Flags an item, or takes the flag away.
     */
    flag(now_ms: number, item: string, on: boolean): string;
    /**
     * Hands the paper in.
     */
    handIn(now_ms: number): string;
    /**
     * A face without a session.
     */
    constructor();
    /**
     * Writes that this PC shows this paper, unless it is written already.
     */
    open(now_ms: number, paper_digest: string, continues?: string | null): string;
    /**
     * Every event that is not confirmed, as `send` outputs.
     */
    resend(): string;
    /**
     * Builds the session from the paper and from all events of the sitting, the service's and this PC's.
     *
     * Besides outputs and view it answers `kept`: how many of the PC's stored events belong to the stream. The page sets
     * aside those after them, then stores the events that the outputs name.
     */
    start(now_ms: number, start: string): string;
    /**
     * The time of a `wake_at` has come, or the page wants a fresh view: a paper whose time is over is handed in.
     */
    tick(now_ms: number): string;
    /**
     * Checks a receipt of a sitting against the service's key, and against the session where one is started:
     * `{code, at_ms, answered, items, logged_by_ms, complete}`. `code` is the start of the receipt's identity, for people;
     * `complete` says whether it covers every event of the session, and is null without one.
     */
    verifyReceipt(sitting: string, receipt: string, salt: string, key: string): string;
}

/**
 * A new key of a PC: `{seed, key}`, the seed in hexadecimal, the public key as a JWK.
 */
export function newSeatKey(): string;

export type InitInput = RequestInfo | URL | Response | BufferSource | WebAssembly.Module;

export interface InitOutput {
    readonly memory: WebAssembly.Memory;
    readonly __wbg_candidate_free: (a: number, b: number) => void;
    readonly candidate_answer: (a: number, b: number, c: number, d: number, e: number, f: number) => [number, number];
    readonly candidate_checkpoint: (a: number) => [number, number];
    readonly candidate_confirm: (a: number, b: number, c: number) => [number, number];
    readonly candidate_deadline: (a: number, b: number, c: number, d: number) => [number, number];
    readonly candidate_flag: (a: number, b: number, c: number, d: number, e: number) => [number, number];
    readonly candidate_handIn: (a: number, b: number) => [number, number];
    readonly candidate_new: () => number;
    readonly candidate_open: (a: number, b: number, c: number, d: number, e: number, f: number) => [number, number];
    readonly candidate_resend: (a: number) => [number, number];
    readonly candidate_start: (a: number, b: number, c: number, d: number) => [number, number];
    readonly candidate_tick: (a: number, b: number) => [number, number];
    readonly candidate_verifyReceipt: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number) => [number, number];
    readonly newSeatKey: () => [number, number];
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
