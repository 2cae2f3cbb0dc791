import { CodeExecutorError } from "./code-executor-error.ts";

/** What one run may use. */
export interface Limits {
  /** CPU time of the sandbox, in milliseconds. @default 5_000; 20_000 for Python */
  readonly cpuMs?: number;
  /** Time until the result, calls of capabilities included, in milliseconds. @default 30_000 */
  readonly wallMs?: number;
  /** Memory of the JavaScript heap, in bytes; engines overshoot it before they notice. @default 64 MiB */
  readonly memoryBytes?: number;
  /** Resident memory of the whole sandbox, in bytes, its engine's 45 MB included. @default 256 MiB; 768 MiB for Python */
  readonly rssBytes?: number;
  /** Size of the program, in bytes of UTF-8. @default 256 KiB */
  readonly sourceBytes?: number;
  /** Size of `input` and of all `files`, in bytes. @default 4 MiB */
  readonly inputBytes?: number;
  /** Size of the result as JSON, in bytes. @default 1 MiB */
  readonly resultBytes?: number;
  /** Size of stdout and stderr together, in bytes. @default 64 KiB */
  readonly outputBytes?: number;
  /** Lines of stdout and stderr together. @default 1_000 */
  readonly outputLines?: number;
  /** Calls of capabilities in all. @default 1_000 */
  readonly calls?: number;
  /** Calls on their way at once; more wait in the sandbox. @default 32 */
  readonly callsInFlight?: number;
  /** Size of one call's arguments as JSON, in bytes. @default 1 MiB */
  readonly argumentBytes?: number;
  /** Size of one call's answer as JSON, in bytes. @default 1 MiB */
  readonly answerBytes?: number;
  /** Files that the program may make. @default 16 */
  readonly artifacts?: number;
  /** Size of all of them, in bytes. @default 4 MiB */
  readonly artifactBytes?: number;
  /** Nesting of results and arguments. @default 100 */
  readonly depth?: number;
}

/** {@link Limits} with nothing left open. */
export type CompleteLimits = Required<Limits>;

const kib = 1024;
const mib = 1024 * kib;

const defaults: CompleteLimits = {
  cpuMs: 5_000,
  wallMs: 30_000,
  memoryBytes: 64 * mib,
  rssBytes: 256 * mib,
  sourceBytes: 256 * kib,
  inputBytes: 4 * mib,
  resultBytes: mib,
  outputBytes: 64 * kib,
  outputLines: 1_000,
  calls: 1_000,
  callsInFlight: 32,
  argumentBytes: mib,
  answerBytes: mib,
  artifacts: 16,
  artifactBytes: 4 * mib,
  depth: 100,
};

/** Loading Pyodide alone takes four seconds of CPU and 160 MB. */
const pythonDefaults: Partial<CompleteLimits> = { cpuMs: 20_000, rssBytes: 768 * mib };

/** The smallest and largest that make sense; the largest keep one run from being asked to break the host. */
const ranges: Readonly<Record<keyof Limits, readonly [number, number]>> = {
  cpuMs: [1, 3_600_000],
  wallMs: [1, 86_400_000],
  memoryBytes: [8 * mib, 8 * kib * mib],
  rssBytes: [64 * mib, 64 * kib * mib],
  sourceBytes: [1, 16 * mib],
  inputBytes: [0, 64 * mib],
  resultBytes: [1, 64 * mib],
  outputBytes: [0, 64 * mib],
  outputLines: [0, 1_000_000],
  calls: [0, 1_000_000],
  callsInFlight: [1, 1_000],
  argumentBytes: [2, 64 * mib],
  answerBytes: [2, 64 * mib],
  artifacts: [0, 10_000],
  artifactBytes: [0, 64 * mib],
  depth: [1, 500],
};

/**
 * Fills in what `limits` leave open.
 *
 * @param limits What the run and then the executor ask for; the first that says something wins.
 * @throws CodeExecutorError `invalid` quoting an unknown name or a value out of its range
 */
export function completeLimits(python: boolean, ...limits: readonly (Limits | undefined)[]): CompleteLimits {
  const complete: Record<string, number> = { ...defaults, ...(python ? pythonDefaults : {}) };
  for (const each of limits.toReversed()) {
    for (const [name, value] of Object.entries(each ?? {}) as [string, unknown][]) {
      if (value !== undefined) complete[name] = checked(name, value);
    }
  }
  return complete as unknown as CompleteLimits;
}

function checked(name: string, value: unknown): number {
  const range = Object.hasOwn(ranges, name) ? ranges[name as keyof Limits] : undefined;
  if (range === undefined) {
    throw new CodeExecutorError("invalid", `There is no limit "${name}"; there are ${Object.keys(ranges).join(", ")}.`);
  }
  const [least, most] = range;
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= least && value <= most) return value;
  throw new CodeExecutorError(
    "invalid",
    `The limit ${name} is ${String(value)}; it must be a whole number from ${least} to ${most}.`,
  );
}
