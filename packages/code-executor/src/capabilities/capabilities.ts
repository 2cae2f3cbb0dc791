import type { JsonValue } from "../protocol/json-value.ts";

/** What a capability's function is told about the call. */
export interface CallContext {
  /** Aborted when the run ends, whatever the reason. */
  readonly signal: AbortSignal;
}

/** The part of an answer that the `fetch` capability reads: a WHATWG `Response` is one. */
export interface FetchedResponse {
  readonly status: number;
  readonly statusText?: string;
  readonly url?: string;
  readonly headers: Iterable<readonly [string, string]>;
  readonly body?: AsyncIterable<Uint8Array> | null;
  text(): Promise<string>;
}

/** What the `fetch` capability calls; a `UrlFetcher` of `@plinth/url-fetcher` is one. Checking addresses is its work. */
export interface Fetcher {
  fetch(
    url: string,
    init: {
      readonly method?: string;
      readonly headers?: Record<string, string>;
      readonly body?: string;
      readonly signal?: AbortSignal;
      /** The run's `principal`. */
      readonly principal?: string;
    },
  ): Promise<FetchedResponse>;
}

/**
 * What the `files` capability calls; a `FileRoot` of `@plinth/file-operations` is one. Checking paths is its work. The
 * program gets those of these methods that the object has, with one path argument each (and a text for `write` and
 * `append`); listings arrive as arrays.
 */
export interface FileAccess {
  readText?(path: string, options: CallContext): Promise<string>;
  write?(path: string, text: string, options: CallContext): Promise<unknown>;
  append?(path: string, text: string, options: CallContext): Promise<unknown>;
  list?(path: string, options: CallContext): Promise<unknown> | AsyncIterable<unknown>;
  glob?(pattern: string, options: CallContext): Promise<unknown> | AsyncIterable<unknown>;
  stat?(path: string, options: CallContext): Promise<unknown>;
  exists?(path: string, options: CallContext): Promise<boolean>;
  mkdir?(path: string, options: CallContext): Promise<unknown>;
  remove?(path: string, options: CallContext): Promise<unknown>;
}

/** One tool: takes what the program passed, gives what JSON can hold. */
export type ToolFunction = (args: JsonValue, context: CallContext) => unknown;

/** Tools that are found by name, for catalogs that are large or differ by caller. */
export interface ToolCaller {
  /** The names that may be called; the program can list no others, and calls of others are refused. */
  readonly names: readonly string[];
  call(name: string, args: JsonValue, context: CallContext): unknown;
}

/** What the `tools` capability calls: functions by name, or one that is given the name. */
export type Tools = Readonly<Record<string, ToolFunction>> | ToolCaller;

/** A function of the embedder: gets the arguments as an array, however many the program chose to pass. */
export type HostFunction = (args: readonly JsonValue[], context: CallContext) => unknown;

/**
 * What programs may reach outside their sandbox. Every call is asynchronous in the program; its arguments and its answer
 * are JSON of bounded size. **Security:** the functions run in the host with the host's rights: they must check what
 * they are given, as for a request from the internet. Errors they throw are replaced, unless they are a
 * {@link GuestError} or have `expose: true`.
 */
export interface Capabilities {
  /** `fetch(url, { method, headers, body })` in the program, with `status`, `ok`, `headers`, `text()` and `json()`. */
  readonly fetch?: Fetcher;
  /** `files.readText(path)` and so on in the program. */
  readonly files?: FileAccess;
  /** `tools.name(args)` in the program, and `tools["a.b/c"](args)` for names that are no identifiers. */
  readonly tools?: Tools;
  /** `namespace.name(...args)` in the program. */
  readonly functions?: Readonly<Record<string, Readonly<Record<string, HostFunction>>>>;
}

/** The name of a kind of capability. */
export type CapabilityName = keyof Capabilities;

/**
 * The executor's: an implementation is given to every run that does not say which it wants, `true` lets each run bring its
 * own. What is not named is closed to every run.
 */
export type ExecutorCapabilities = { readonly [Name in CapabilityName]?: Capabilities[Name] | true };

/** A run's: `true` stands for the executor's implementation. What is not named is not given; `{}` gives nothing. */
export type RunCapabilities = ExecutorCapabilities;
