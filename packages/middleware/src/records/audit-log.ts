import { assertWholeNumber, longestTimerMs } from "@plinth/core";
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
  /** Writes what it can, and closes the sink. */
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
    onSink = () => undefined,
  } = options;
  assertAuditKey(key);
  assertWholeNumber("maxPending", maxPending, { least: 1 });
  assertWholeNumber("maxPendingLength", maxPendingLength, { least: 1 });
  assertWholeNumber("retryMs", retryMs, { least: 1, most: longestTimerMs });
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
      if (!isOpen) begin((await sink.open()) ?? { lastLine: undefined, torn: undefined });
      isOpen = true;
      while (lines.length > 0 || pending.length > 0) {
        if (lines.length === 0) {
          if (dropped > 0) pending.push(toAuditRecord({ event: "dropped", records: dropped }));
          dropped = 0;
          lines = pending.splice(0, batch).map(chain);
          if (pending.length === 0) pendingLength = 0;
        }
        const end = last;
        await sink.write(lines);
        lines = [];
        head = end;
      }
      if (problem !== undefined) onSink("recovered");
      problem = undefined;
    } catch (error) {
      if (problem === undefined) onSink("failed", error);
      problem = error ?? new Error("The audit sink failed");
      timer = setTimeout(() => void flush(), retryMs).unref();
    }
  }

  function flush(): Promise<void> {
    draining ??= drain().finally(() => {
      draining = undefined;
    });
    return draining;
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
      await sink.close?.();
    },
  };
}
