/* tslint:disable */
/* eslint-disable */

/**
 * Draws again what a service published and compares each paper: `{report}`, a `DrawReport`. With a
 * trust list it also checks who signed the manifest.
 */
export function audit(bundle: Uint8Array, trust: string | null | undefined, progress: { papers(done: number, all: number): void }): string;

/**
 * Checks a file when it is a batch bundle, an audit bundle or a published draw, and answers a
 * `CheckedBundle`. `status` is a set of corrections and revocations, and `logged` holds the member
 * `logged` of each batch that was checked before, with which scores and draws are joined; both may
 * be absent. It returns when all is done; a page calls it in a worker.
 */
export function check(source: { line(): Uint8Array | undefined; whole(): Uint8Array }, trust: string, status: string | null | undefined, logged: string[] | null | undefined, progress: { papers(done: number, all: number): void }): string;

export type InitInput = RequestInfo | URL | Response | BufferSource | WebAssembly.Module;

export interface InitOutput {
    readonly memory: WebAssembly.Memory;
    readonly audit: (a: number, b: number, c: number, d: number, e: any) => [number, number];
    readonly check: (a: any, b: number, c: number, d: number, e: number, f: number, g: number, h: any) => [number, number];
    readonly __wbindgen_malloc: (a: number, b: number) => number;
    readonly __wbindgen_realloc: (a: number, b: number, c: number, d: number) => number;
    readonly __wbindgen_externrefs: WebAssembly.Table;
    readonly __wbindgen_free: (a: number, b: number, c: number) => void;
    readonly __externref_table_alloc: () => number;
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
