import { createReadStream } from "node:fs";
import { assertAuditKey, fromAuditLine, genesis, type AuditHead, type AuditKey } from "./audit-chain.ts";
import { rotatedFiles } from "./file-audit-sink.ts";

/** Options for {@link verifyAuditLog}. */
export interface VerifyAuditLogOptions {
  /** The key that the log was made with. @default none, plain SHA-256 */
  readonly key?: AuditKey;
  /** The line before the first one that is given, where the older ones are kept elsewhere. @default the beginning */
  readonly after?: AuditHead;
  /** A line that was there once, such as the last `log.head` that was noted elsewhere: it must still be there. */
  readonly head?: AuditHead;
}

/** What {@link verifyAuditLog} found. */
export type AuditVerdict =
  | { readonly ok: true; readonly lines: number; readonly head: AuditHead }
  /** The first line, counted from 1, that is not as it was written where it was written. */
  | { readonly ok: false; readonly line: number; readonly problem: string };

/**
 * Checks a chain of audit records: no line was changed, taken out, put in or moved; with `head`, none is missing at the
 * end; with `key`, nobody without it has made the chain anew.
 *
 * @param log the path of a file, with those that were put aside before it; or the lines, without line breaks
 * @throws KitError `MISUSE` for a key that is too short; whatever reading throws
 */
export async function verifyAuditLog(
  log: string | Iterable<string> | AsyncIterable<string>,
  { key, after = genesis, head }: VerifyAuditLogOptions = {},
): Promise<AuditVerdict> {
  assertAuditKey(key);
  let last = after;
  let lines = 0;
  let sawHead = head === undefined || isSame(head, after);
  for await (const line of typeof log === "string" ? linesOf(log) : log) {
    lines += 1;
    const read = fromAuditLine(line, key);
    const problem =
      read === undefined
        ? "is no audit record"
        : !read.isWhole
          ? "was changed, or written with another key"
          : read.seq !== last.seq + 1
            ? `has the number ${read.seq} where ${last.seq + 1} belongs`
            : read.prev !== last.hash
              ? "does not follow the line before"
              : undefined;
    if (read === undefined || problem !== undefined) return { ok: false, line: lines, problem: `The line ${problem}` };
    last = { seq: read.seq, hash: read.hash };
    sawHead ||= head !== undefined && isSame(head, last);
  }
  if (!sawHead) return { ok: false, line: lines + 1, problem: `The line with the number ${head?.seq} is missing` };
  return { ok: true, lines, head: last };
}

function isSame(a: AuditHead, b: AuditHead): boolean {
  return a.seq === b.seq && a.hash === b.hash;
}

/** Split at line feeds alone: `readline` also splits at characters that stand inside texts. */
async function* linesOf(path: string): AsyncGenerator<string> {
  for (const file of [...(await rotatedFiles(path)).map(({ path: older }) => older), path]) {
    let rest = "";
    for await (const chunk of createReadStream(file, "utf8")) {
      const parts = `${rest}${chunk as string}`.split("\n");
      rest = parts.pop() ?? "";
      yield* parts;
    }
    if (rest !== "") yield rest;
  }
}
