import { isRecord } from "./is-record.ts";

/**
 * JSON text that does not depend on the order in which an object's members were written, for digests. Any two values
 * that JSON cannot tell apart give the same text, and no others. Not RFC 8785: members stand in the order in which
 * JavaScript lists them after sorting, which is as fixed, and both ends of every digest here are ours.
 *
 * @throws RangeError when the value nests deeper than the stack allows
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) => (isRecord(member) ? sorted(member) : member)) ?? "null";
}

function sorted(record: Record<string, unknown>): Record<string, unknown> {
  const names = Object.keys(record).toSorted();
  // Not an object literal with assignments: a member called `__proto__` must stay a member.
  return Object.fromEntries(names.map((name) => [name, record[name]]));
}
