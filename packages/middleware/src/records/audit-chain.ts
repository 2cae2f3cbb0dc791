import { createHmac, hash } from "node:crypto";
import { assertWholeNumber, KitError } from "@plinth/core";

/** A place in a chain: the last line that is known, or the beginning. */
export interface AuditHead {
  /** Its number; 0 before the first line. */
  readonly seq: number;
  /** Its hash, in hexadecimal. */
  readonly hash: string;
}

/** The secret with which a chain is made; see {@link assertAuditKey}. */
export type AuditKey = string | Uint8Array;

/** Before the first line. */
export const genesis: AuditHead = Object.freeze({ seq: 0, hash: "0".repeat(64) });

/** @throws KitError `MISUSE` for a key that can be guessed */
export function assertAuditKey(key: AuditKey | undefined): void {
  if (key === undefined) return;
  assertWholeNumber("The length of the audit key in bytes", Buffer.byteLength(key), { least: 32 });
}

/** What some reader or terminal takes for the end of a line, or for a change of direction. JSON leaves it as it is. */
const misleading = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

const ending = /^(.*),"hash":"([0-9a-f]{64})"\}$/;

/** The next line of a chain: its number, the hash of the line before, the record, then the hash over all that. */
export function toAuditLine(
  record: string,
  { after, key }: { readonly after: AuditHead; readonly key: AuditKey | undefined },
): { readonly line: string; readonly head: AuditHead } {
  const seq = after.seq + 1;
  const body = `{"seq":${seq},"prev":"${after.hash}",${record.slice(1)}`;
  const digest = digestOf(body, key);
  return { line: `${body.slice(0, -1)},"hash":"${digest}"}`, head: { seq, hash: digest } };
}

/** One line, read. */
export interface AuditLine extends AuditHead {
  readonly prev: string;
  /** Whether its hash is that of its words. */
  readonly isWhole: boolean;
}

/** Reads a line; `undefined` for what none of ours looks like. */
export function fromAuditLine(line: string, key: AuditKey | undefined): AuditLine | undefined {
  const [, start, digest] = ending.exec(line) ?? [];
  if (start === undefined || digest === undefined) return undefined;
  const body = `${start}}`;
  try {
    const { seq, prev } = JSON.parse(body) as Readonly<Record<string, unknown>>;
    if (!Number.isSafeInteger(seq) || typeof prev !== "string") return undefined;
    return { seq: seq as number, prev, hash: digest, isWhole: digestOf(body, key) === digest };
  } catch {
    return undefined;
  }
}

function digestOf(body: string, key: AuditKey | undefined): string {
  return key === undefined ? hash("sha256", body) : createHmac("sha256", key).update(body).digest("hex");
}

/** A digest of what a record must not show, which its own key keeps from being guessed. */
export function digestOfSecret(text: string, key: AuditKey | undefined): string {
  return key === undefined ? `sha256:${hash("sha256", text)}` : `hmac-sha256:${digestOf(text, key)}`;
}

/** A record as JSON that shows in every reader and terminal as what it is. @throws KitError `MISUSE`, TypeError */
export function toAuditRecord(record: Readonly<Record<string, unknown>>): string {
  for (const name of ["seq", "prev", "hash"]) {
    if (Object.hasOwn(record, name)) throw new KitError("MISUSE", `An audit record has no ${name} of its own`);
  }
  const json = JSON.stringify({ time: new Date().toISOString(), ...record });
  return json.replace(misleading, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
