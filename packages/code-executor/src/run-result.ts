import type { JsonValue } from "./protocol/json-value.ts";

/**
 * Why a run has no value.
 * - `timeout`: CPU or wall time is used up, or the program waits for something that can never happen
 * - `out-of-memory`: `memoryBytes` or `rssBytes` is used up
 * - `thrown`: the program threw, or its result is no JSON
 * - `syntax`: it does not parse
 * - `output-limit`: output, result, artifacts or number of calls beyond their limit
 * - `capability-denied`: it used a capability that it was not given, and did not catch the error
 * - `cancelled`: `signal` was aborted, or the executor closed
 * - `crashed`: the sandbox ended in a way that none of the others explains
 */
export type RunFailure =
  | "timeout"
  | "out-of-memory"
  | "thrown"
  | "syntax"
  | "output-limit"
  | "capability-denied"
  | "cancelled"
  | "crashed";

/** What a run has used. */
export interface RunUsage {
  /** CPU time of the sandbox, in milliseconds. */
  readonly cpuMs: number;
  /** From the sandbox taking the program to the result, in milliseconds; time in the queue does not count. */
  readonly wallMs: number;
  /** Highest resident memory seen, in bytes, the engine's own 45 MB included; 0 where it cannot be seen. */
  readonly peakMemoryBytes: number;
  /** Calls of capabilities. */
  readonly calls: number;
  /** Bytes of stdout and stderr. */
  readonly outputBytes: number;
}

/** A file that the program made. */
export interface Artifact {
  /** A plain file name: no separators, no control characters, no leading dot. Chosen by the program all the same. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

interface RunOutput {
  /** What the program logged, control characters other than newline and tab removed. */
  readonly stdout: string;
  readonly stderr: string;
  readonly artifacts: readonly Artifact[];
  readonly usage: RunUsage;
}

/** A run that came to its end. */
export interface RunSuccess extends RunOutput {
  readonly ok: true;
  /** What the program returned, through JSON, without keys that reach prototypes. `undefined` when it returned nothing. */
  readonly value: JsonValue | undefined;
}

/** A run that did not. */
export interface RunFailed extends RunOutput {
  readonly ok: false;
  readonly failure: RunFailure;
  /** A sentence for whoever wrote the program. Written by the sandbox or by the program itself: untrusted text. */
  readonly message: string;
  /** Line of the program that failed, from 1, where it is known. Untrusted as well. */
  readonly line?: number;
}

/** How a run ended; see {@link RunFailure} for the ways it can fail. */
export type RunResult = RunSuccess | RunFailed;
