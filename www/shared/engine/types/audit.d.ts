/* tslint:disable */
/* eslint-disable */

/**
 * Draws again what a service published (`bundle`, kind `draw-bundle`) and compares each paper: `{report}`. With a trust list
 * it also checks who signed the manifest. It returns when all is done, so that a page calls it in a worker.
 */
export function audit(bundle: Uint8Array, trust: string | null | undefined, progress: { papers(done: number, all: number): void }): string;

/**
 * Tells what a file calls itself, and checks it when it is a batch bundle, an audit bundle or a published draw:
 * `{kind, report}`. `kind` is null for what is no JSON with a kind, `report` for what this face does not check; such files are
 * the verify face's. `status` is a status set, against which a batch is held; it may be absent. It returns when all is done, so
 * that a page calls it in a worker.
 */
export function check(source: { line(): Uint8Array | undefined; whole(): Uint8Array }, trust: string, status: string | null | undefined, progress: { papers(done: number, all: number): void }): string;

export type InitInput = RequestInfo | URL | Response | BufferSource | WebAssembly.Module;

export interface InitOutput {
    readonly memory: WebAssembly.Memory;
    readonly audit: (a: number, b: number, c: number, d: number, e: any) => [number, number];
    readonly check: (a: any, b: number, c: number, d: number, e: number, f: any) => [number, number];
    readonly __wbindgen_malloc: (a: number, b: number) => number;
    readonly __wbindgen_externrefs: WebAssembly.Table;
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
