/* tslint:disable */
/* eslint-disable */

/**
 * Checks a manifest's file before a secret is opened, and answers a `CheckedOpening`, which holds
 * the secret only when every check holds.
 */
export function checkOpening(file: string, manifest: string, now_ms: number): string;

/**
 * The commitment to the secret of a file: `{commitment}`.
 */
export function commitment(file: string): string;

/**
 * A new secret of 32 random bytes. `place` is a `SecretPlace`, and `trust` the trust list whose log
 * and witnesses are pinned. Answers a `NewSecret`.
 */
export function newSecret(place: string, trust: string): string;

export type InitInput = RequestInfo | URL | Response | BufferSource | WebAssembly.Module;

export interface InitOutput {
    readonly memory: WebAssembly.Memory;
    readonly checkOpening: (a: number, b: number, c: number, d: number, e: number) => [number, number];
    readonly commitment: (a: number, b: number) => [number, number];
    readonly newSecret: (a: number, b: number, c: number, d: number) => [number, number];
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
