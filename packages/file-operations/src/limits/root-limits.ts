import { quote } from "../errors/quote.ts";

/** What one operation may use. Bytes and counts. */
export interface RootLimits {
  /** Bytes that `read` and `readText` give at most. @default 64 MiB */
  readonly readBytes: number;
  /** Bytes that a stream gives at most, and the size of a file that `search` looks into. @default 1 GiB */
  readonly streamBytes: number;
  /** Bytes that a file has at most after `write`, `append` or `copy`. @default 64 MiB */
  readonly writeBytes: number;
  /** Entries that one list, walk, glob, search or recursive removal looks at. @default 1,000,000 */
  readonly entries: number;
  /** Names in a path, and directories that a walk goes down. @default 64 */
  readonly depth: number;
  /**
   * Operations at the same time; others wait for their turn. Each has one thread of Node's pool at a time, for
   * microseconds where the disk is local. Where it may stall, as over a network, set it below the size of the pool.
   * @default 16
   */
  readonly concurrency: number;
  /** Operations that wait at the same time; one more fails with `busy`. @default 1,000 */
  readonly waiting: number;
  /** Streams and walks that are open at the same time; one more fails with `busy`. @default 64 */
  readonly handles: number;
}

/** What the whole root may hold. */
export interface RootQuota {
  /** Files and directories. @default 100,000 */
  readonly files: number;
  /** Bytes of all files, each by its size or by what it takes on the disk, whichever is more. @default 1 GiB */
  readonly bytes: number;
}

const mebibyte = 1024 * 1024;

/**
 * How many may wait for the disk itself (`fsync`) at the same time: that takes milliseconds, and one thread of Node's pool
 * always has to be left for others, such as DNS. By libuv's rule there are four unless the variable says more.
 */
export function mostSynchronizing(): number {
  const set = Number(process.env.UV_THREADPOOL_SIZE);
  return Math.max(1, (Number.isInteger(set) && set > 0 ? set : 4) - 1);
}

/** @throws TypeError quoting a limit that is not a positive whole number or `Infinity`, or that does not exist */
export function resolveLimits(given: Partial<RootLimits> = {}): RootLimits {
  const defaults: RootLimits = {
    readBytes: 64 * mebibyte,
    streamBytes: 1024 * mebibyte,
    writeBytes: 64 * mebibyte,
    entries: 1_000_000,
    depth: 64,
    concurrency: 16,
    waiting: 1000,
    handles: 64,
  };
  const limits = resolve("limits", given, defaults);
  // A walk holds two descriptors for each level, and a path of 4,096 bytes has no more names than this.
  if (limits.depth > 2048) throw new TypeError(`limits.depth is ${limits.depth}; it must be at most 2048`);
  return limits;
}

/** @throws TypeError quoting a quota that is not a positive whole number or `Infinity`, or that does not exist */
export function resolveQuota(given: Partial<RootQuota> = {}): RootQuota {
  return resolve("quota", given, { files: 100_000, bytes: 1024 * mebibyte });
}

function resolve<Numbers extends RootLimits | RootQuota>(
  option: string,
  given: Partial<Numbers>,
  defaults: Numbers,
): Numbers {
  if (typeof given !== "object" || given === null) {
    throw new TypeError(`${option} is ${quote(given)}; give an object of numbers`);
  }
  const resolved: Record<string, number> = { ...defaults };
  for (const [name, value] of Object.entries<unknown>(given)) {
    if (!Object.hasOwn(defaults, name)) {
      throw new TypeError(`${option}.${name} does not exist; use ${Object.keys(defaults).join(", ")}`);
    }
    if (value === undefined) continue;
    if (typeof value !== "number" || !((Number.isSafeInteger(value) && value > 0) || value === Infinity)) {
      throw new TypeError(`${option}.${name} is ${quote(value)}; it must be a positive whole number or Infinity`);
    }
    resolved[name] = value;
  }
  return Object.freeze(resolved) as unknown as Numbers;
}
