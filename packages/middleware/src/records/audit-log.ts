import { assertWholeNumber, longestTimerMs, type Awaitable } from "@plinth/core";
import {
  assertAuditKey,
  fromAuditLine,
  genesis,
  toAuditLine,
  toAuditRecord,
  type AuditHead,
  type AuditKey,
} from "./audit-chain.ts";
import type { AuditSink, AuditTail } from "./audit-sink.ts";

/** Options for {@link createAuditLog}. */
export interface AuditLogOptions {
  readonly sink: AuditSink;
  /**
   * Makes the chain with HMAC-SHA-256 instead of SHA-256; at least 32 bytes. **Security:** without, whoever can write the
   * file can change a record and make the chain anew, and can guess short arguments from their digest.
   */
  readonly key?: AuditKey;
  /** Records that wait for a sink that fails; beyond, they are dropped, and how many is recorded. @default 10_000 */
  readonly maxPending?: number;
  /** Characters that those records may have in all. @default 32 Mi */
  readonly maxPendingLength?: number;
  /** Milliseconds after which a sink that failed is tried again. @default 1_000 */
  readonly retryMs?: number;
  /**
   * Milliseconds after which a sink that does not answer counts as failed. It is given nothing more until it does.
   * @default 5_000
   */
  readonly sinkTimeoutMs?: number;
  /** Told when the sink begins to fail, and when it works again. */
  readonly onSink?: (state: "failed" | "recovered", error?: unknown) => void;
}

/** Records in a chain: each line has a number and the hash of the one before. */
export interface AuditLog {
  /** The last line that is written. Kept elsewhere, it shows when lines at the end are missing. */
  readonly head: AuditHead;
  /** Why the sink could not take lines the last time; `undefined` when it could. */
  readonly problem: unknown;
  readonly key: AuditKey | undefined;
  /** Gets the sink ready, once. Never rejects; see {@link problem}. */
  open(): Promise<void>;
  /**
   * Takes a record, which gets a `time` unless it has one, and is written as soon as the sink can.
   * @throws KitError `MISUSE` when it has a `seq`, `prev` or `hash`; TypeError when it is no JSON
   */
  record(record: Readonly<Record<string, unknown>>): void;
  /** Resolves when what was recorded is written, or the sink has failed. */
  flush(): Promise<void>;
  /** Writes what it can, and closes the sink unless it does not answer. */
  close(): Promise<void>;
}

/** Lines that are written at once. */
const batch = 500;

/** Makes an audit log. It goes on with the chain that the sink has. @throws KitError `MISUSE` for what cannot be */
export function createAuditLog(options: AuditLogOptions): AuditLog {
  const {
    sink,
    key,
    maxPending = 10_000,
    maxPendingLength = 32 * 1024 * 1024,
    retryMs = 1_000,
    sinkTimeoutMs = 5_000,
    onSink = () => undefined,
  } = options;
  assertAuditKey(key);
  assertWholeNumber("maxPending", maxPending, { least: 1 });
  assertWholeNumber("maxPendingLength", maxPendingLength, { least: 1 });
  assertWholeNumber("retryMs", retryMs, { least: 1, most: longestTimerMs });
  assertWholeNumber("sinkTimeoutMs", sinkTimeoutMs, { least: 1, most: longestTimerMs });
  let pending: string[] = [];
  let pendingLength = 0;
  /** Chained, and not written yet: once a line has its hash, it must be the next. */
  let lines: string[] = [];
  let dropped = 0;
  let isOpen = false;
  let last = genesis;
  let head = genesis;
  let problem: unknown;
  let draining: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  /** Resolves when the sink takes too long, for those who wait for it. */
  let late = Promise.withResolvers<void>();

  const tell = (state: "failed" | "recovered", error?: unknown): void => {
    try {
      const telling: unknown = onSink(state, error);
      if (telling instanceof Promise) telling.catch(() => undefined);
    } catch {
      // Whoever is told has no say in whether records are written.
    }
  };

  const fail = (error: unknown): void => {
    if (problem === undefined) tell("failed", error);
    problem = error ?? new Error("The audit sink failed");
  };

  async function ask<T>(work: () => Awaitable<T>): Promise<T> {
    const slow = setTimeout(() => {
      fail(new Error(`The audit sink has not answered within ${sinkTimeoutMs} ms`));
      late.resolve();
    }, sinkTimeoutMs).unref();
    try {
      return await work();
    } finally {
      clearTimeout(slow);
    }
  }

  const chain = (record: string): string => {
    const next = toAuditLine(record, { after: last, key });
    last = next.head;
    return next.line;
  };

  const begin = ({ lastLine, torn }: AuditTail): void => {
    const known = lastLine === undefined ? undefined : fromAuditLine(lastLine, key);
    if (known !== undefined) last = { seq: known.seq, hash: known.hash };
    const isBroken = lastLine !== undefined && known?.isWhole !== true;
    const record = toAuditRecord({
      event: "opened",
      pid: process.pid,
      ...(torn !== undefined && { torn }),
      // A new chain after what is no line of ours, or a link to a line that was changed: either way it shows.
      ...(isBroken && { problem: "The last line is not as it was written" }),
    });
    pending.unshift(record);
  };

  async function drain(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    try {
      if (!isOpen) begin((await ask(() => sink.open())) ?? { lastLine: undefined, torn: undefined });
      isOpen = true;
      while (lines.length > 0 || pending.length > 0) {
        if (lines.length === 0) {
          if (dropped > 0) pending.push(toAuditRecord({ event: "dropped", records: dropped }));
          dropped = 0;
          lines = pending.splice(0, batch).map(chain);
          if (pending.length === 0) pendingLength = 0;
        }
        const end = last;
        await ask(() => sink.write(lines));
        lines = [];
        head = end;
      }
      if (problem !== undefined) tell("recovered");
      problem = undefined;
    } catch (error) {
      fail(error);
      timer = setTimeout(() => void flush(), retryMs).unref();
    }
  }

  function flush(): Promise<void> {
    if (draining === undefined) {
      late = Promise.withResolvers();
      draining = drain().finally(() => {
        draining = undefined;
      });
    }
    return Promise.race([draining, late.promise]);
  }

  return {
    key,
    get head() {
      return head;
    },
    get problem() {
      return problem;
    },
    // While it fails, the timer tries again: a burst of calls must not become a burst of tries.
    open: () => (isOpen || problem !== undefined ? Promise.resolve() : flush()),
    record(record) {
      const json = toAuditRecord(record);
      if (pending.length >= maxPending || pendingLength + json.length > maxPendingLength) {
        dropped += 1;
        // Where nothing is on its way to the sink, the record is too long by itself, and there is room for others.
        const isBusy = draining !== undefined || timer !== undefined;
        if (isBusy) fail(new Error(`${pending.length} records wait for the audit sink, and there is no room for more`));
        return;
      }
      pendingLength += json.length;
      pending.push(json);
      if (draining === undefined && problem === undefined) void flush();
    },
    flush,
    async close() {
      await flush();
      clearTimeout(timer);
      pending = [];
      if (draining === undefined) await sink.close?.();
    },
  };
}
