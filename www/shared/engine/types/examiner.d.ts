/* tslint:disable */
/* eslint-disable */

/**
 * An examiner's sheet. Every call answers JSON text; those that change something answer `{outputs, view}`.
 */
export class Examiner {
    free(): void;
    [Symbol.dispose](): void;
    /**
     * Opens the sheet: its first event.
     */
    begin(now_ms: number): string;
    /**
     * The stream as it stands, signed by the tablet's key: `{message}`, the signed message's text.
     */
    checkpoint(seed: string): string;
    /**
     * Takes an item's award back.
     */
    clear(now_ms: number, item: string): string;
    /**
     * The service holds the event with this identity, and all before it.
     */
    confirm(now_ms: number, identity: string): string;
    /**
     * Hands in with the total that the examiner saw, in half-marks.
     */
    handIn(now_ms: number, total_half_marks: number): string;
    /**
     * Marks a veto with a note.
     */
    mark(now_ms: number, veto: string, note: string): string;
    /**
     * A sheet that is not started.
     */
    constructor();
    /**
     * Gives every unscored item its last award, which earns nothing: for a task that ended early.
     */
    notDone(now_ms: number): string;
    /**
     * Asks again to send what the service has not confirmed.
     */
    resend(now_ms: number): string;
    /**
     * Gives an item an award.
     */
    score(now_ms: number, item: string, award: string): string;
    /**
     * Reads sheet and events: `{sheet, assignment, journal, stored}`. The answer also says what the tablet's journal must
     * become: its first `kept` events stay, then come `missing`; `aside` events of it went another way and no longer count.
     */
    start(now_ms: number, text: string): string;
    /**
     * How it stands now, for timers that run.
     */
    tick(now_ms: number): string;
    /**
     * Starts or stops a timer: `{"type":"prepare"}`, `{"type":"task"}` or `{"type":"item","item":…}`.
     */
    timer(now_ms: number, timer: string, running: boolean): string;
    /**
     * Undoes the last award or veto.
     */
    undo(now_ms: number): string;
    /**
     * Takes a veto back.
     */
    withdraw(now_ms: number, veto: string): string;
}

/**
 * A new key of this tablet: `{seed, key}`.
 */
export function newTabletKey(): string;

export type InitInput = RequestInfo | URL | Response | BufferSource | WebAssembly.Module;

export interface InitOutput {
    readonly memory: WebAssembly.Memory;
    readonly __wbg_examiner_free: (a: number, b: number) => void;
    readonly examiner_begin: (a: number, b: number) => [number, number];
    readonly examiner_checkpoint: (a: number, b: number, c: number) => [number, number];
    readonly examiner_clear: (a: number, b: number, c: number, d: number) => [number, number];
    readonly examiner_confirm: (a: number, b: number, c: number, d: number) => [number, number];
    readonly examiner_handIn: (a: number, b: number, c: number) => [number, number];
    readonly examiner_mark: (a: number, b: number, c: number, d: number, e: number, f: number) => [number, number];
    readonly examiner_new: () => number;
    readonly examiner_notDone: (a: number, b: number) => [number, number];
    readonly examiner_resend: (a: number, b: number) => [number, number];
    readonly examiner_score: (a: number, b: number, c: number, d: number, e: number, f: number) => [number, number];
    readonly examiner_start: (a: number, b: number, c: number, d: number) => [number, number];
    readonly examiner_tick: (a: number, b: number) => [number, number];
    readonly examiner_timer: (a: number, b: number, c: number, d: number, e: number) => [number, number];
    readonly examiner_undo: (a: number, b: number) => [number, number];
    readonly examiner_withdraw: (a: number, b: number, c: number, d: number) => [number, number];
    readonly newTabletKey: () => [number, number];
    readonly __wbindgen_exn_store: (a: number) => void;
    readonly __externref_table_alloc: () => number;
    readonly __wbindgen_externrefs: WebAssembly.Table;
    readonly __wbindgen_free: (a: number, b: number, c: number) => void;
    readonly __wbindgen_malloc: (a: number, b: number) => number;
    readonly __wbindgen_realloc: (a: number, b: number, c: number, d: number) => number;
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
