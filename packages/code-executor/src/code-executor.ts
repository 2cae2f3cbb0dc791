import type { Isolation, SandboxBackend } from "./backends/sandbox-backend.ts";
import type { ExecutorCapabilities } from "./capabilities/capabilities.ts";
import type { Limits } from "./limits.ts";
import type { RunOptions } from "./run-options.ts";
import type { RunResult } from "./run-result.ts";

/** Options for {@link createCodeExecutor}. */
export interface CodeExecutorOptions {
  /**
   * Where programs run. `auto`: in bubblewrap where it works, else in plain processes; `executor.isolation` says which.
   * `bubblewrap`: there or not at all. `process`: in plain processes. Or a backend of your own. @default "auto"
   */
  readonly backend?: "auto" | "process" | "bubblewrap" | SandboxBackend;
  /** For runs that do not say otherwise. @default see {@link Limits} */
  readonly limits?: Limits;
  /**
   * **Security:** what runs may be given: an implementation goes to every run that does not say which it wants, `true`
   * lets runs bring their own, and the rest is closed. @default nothing, and a run may bring its own of every kind
   */
  readonly capabilities?: ExecutorCapabilities;
  /** Sandboxes started ahead of time, and how many work at once. */
  readonly pool?: PoolOptions;
  /**
   * Told of what programs and clients do not see: errors of capabilities that were masked, and sandboxes that crashed.
   * @default nobody
   */
  readonly onError?: (error: unknown) => void;
}

/** The pool of a {@link CodeExecutor}. A sandbox waits in about 45 MB of memory, 25 of them shared; one with Python in 200 MB. */
export interface PoolOptions {
  /** Sandboxes that wait for programs in JavaScript, from the first such run (or `ready()`) on. @default 2 */
  readonly javascript?: number;
  /** The same for TypeScript, with the type stripper loaded. @default 1 */
  readonly typescript?: number;
  /** The same for Python, with the interpreter loaded. @default 0 */
  readonly python?: number;
  /** Runs at once. @default 16 */
  readonly concurrency?: number;
  /** Runs that wait for their turn; more are refused with `busy`. @default 128 */
  readonly queue?: number;
}

/** Runs untrusted programs; made by {@link createCodeExecutor}. */
export interface CodeExecutor extends AsyncDisposable {
  /** How strongly programs are kept apart from this machine. */
  readonly isolation: Isolation;
  /**
   * Runs a program in a sandbox of its own.
   *
   * @param code The body of an async function: `return` gives the value, and `await` works. In Python the value is that
   * of the last expression.
   * @returns How it ended. What the program does is never an error.
   * @throws CodeExecutorError `invalid`, `unavailable`, `busy` or `closed`, when it could not be run at all
   */
  run(code: string, options?: RunOptions): Promise<RunResult>;
  /** Fills the pool, so that the first run finds a warm sandbox. @throws CodeExecutorError `unavailable` with a remedy */
  ready(): Promise<void>;
  /** Ends every run with `cancelled`, and every sandbox. May be called more than once. */
  close(): Promise<void>;
}
