import type { Readable, Writable } from "node:stream";
import type { ChildProgram } from "../child-program.ts";
import type { Language } from "../run-options.ts";

/**
 * How strongly a run is kept apart from the machine. `process`: an isolate in a process of its own, under the host's
 * user. `bubblewrap`: the same with namespaces of its own, no network, a read-only and nearly empty file system, another
 * user and a system call filter. `container`: the same program in a container of an engine.
 */
export type Isolation = "process" | "bubblewrap" | "container";

/** What a {@link SandboxBackend} is asked to start: our child program, for one run. */
export interface SandboxSpawnOptions {
  /** What to run: `node`, its options and the program's file and arguments, and the paths that these need to read. */
  readonly program: ChildProgram;
  /** What the process is meant for; decides what it must be able to read. */
  readonly language: Language;
  /** Resident memory of everything in the sandbox, in bytes. A backend with a better tool than polling enforces it. */
  readonly rssBytes: number;
  /** CPU seconds after which the kernel ends the process: a second line behind the host's own count. */
  readonly cpuSeconds: number;
}

/** What a sandbox has used so far, as the host sees it from outside. */
export interface SandboxUsage {
  /** CPU time of everything in the sandbox since it was started, in milliseconds. */
  readonly cpuMs: number;
  /** Resident memory of everything in the sandbox, in bytes. */
  readonly rssBytes: number;
}

/** How a sandbox ended. */
export interface SandboxExit {
  readonly code: number | null;
  readonly signal: string | null;
  /** Set when the backend knows that the kernel or the engine ended it for its memory. */
  readonly outOfMemory?: boolean;
  /** The last of what it wrote to stderr, bounded. For logs and for telling causes apart; never shown to a client. */
  readonly diagnostics?: string;
}

/**
 * A started sandbox: the child program's stdin and stdout, and the means to end it. Frames, limits, capabilities and the
 * watch over it are the executor's; whatever comes out of `output` is treated as hostile.
 */
export interface SandboxProcess {
  /** The child's stdin. Its end makes the child exit. Errors after the child's end are expected and must not throw. */
  readonly input: Writable;
  /** The child's stdout. */
  readonly output: Readable;
  /** Settles when everything in the sandbox is gone; never rejects. */
  readonly exited: Promise<SandboxExit>;
  /** Ends everything in the sandbox at once, whatever it is doing. May be called more than once; must not throw. */
  kill(): void;
  /**
   * Called every 25 ms or so while a run is on; must take microseconds. `undefined` where the backend has no cheap way:
   * then the child watches itself, and the backend must enforce `rssBytes` by its own means.
   */
  usage?(): SandboxUsage | undefined;
  /**
   * Called when a run that is not the only one turns out to need much CPU, so that it gives way to the others; and again,
   * with more, when it needs still more.
   *
   * @param niceness As Unix has it: 0 is the usual, 19 gives way the most.
   */
  yieldCpu?(niceness: number): void;
  /** Whether it keeps the host's event loop alive; called with `false` while it waits in the pool. */
  keepAlive?(alive: boolean): void;
}

/**
 * A way to start sandboxes. The executor calls `spawn` ahead of time to fill its pool, so a sandbox may wait for its run
 * for long; each serves one run and is killed afterwards.
 */
export interface SandboxBackend {
  readonly isolation: Isolation;
  /** What it may run. Python has no isolation of its own, so only a backend that contains a whole process may list it. */
  readonly languages: readonly Language[];
  /**
   * Starts the child program with pipes on stdin and stdout, an empty environment, and an empty working directory.
   * @throws CodeExecutorError `unavailable` with a remedy when it cannot
   */
  spawn(options: SandboxSpawnOptions): SandboxProcess | Promise<SandboxProcess>;
  /** Called when the executor closes, after its last sandbox has ended. */
  close?(): Promise<void>;
}
