import { KitError } from "../errors/kit-error.ts";

/** Grows when the layout of a cursor changes; cursors of another version are refused. */
const version = 1;

/** Which list a cursor is for; `listedResources` are those that templates list at the time of the request. */
export type CursorKind = "tools" | "prompts" | "resources" | "resourceTemplates" | "listedResources";

/**
 * Where a page begins: behind an item that the client has seen. The item is found by its name, so that a page neither
 * skips nor repeats anything when others come or go meanwhile; by its position if it has gone itself.
 */
export interface CursorPosition {
  readonly kind: CursorKind;
  /** The last item's name. */
  readonly after: string;
  /** The last item's position, in the counting of its list. */
  readonly at: number;
}

/**
 * An opaque cursor (MCP 2026-07-28, pagination). Not secret and not signed: it names a list item, and grants nothing.
 */
export function toCursor({ kind, after, at }: CursorPosition): string {
  return Buffer.from(JSON.stringify([version, kind, after, at])).toString("base64url");
}

/** Reads a cursor. @throws KitError `INVALID_PARAMS` when it is not one of ours for one of these lists */
export function fromCursor(cursor: string, kinds: readonly CursorKind[]): CursorPosition {
  const [sentVersion, kind, after, at, ...others] = decode(cursor);
  if (
    sentVersion === version &&
    kinds.includes(kind as CursorKind) &&
    typeof after === "string" &&
    Number.isSafeInteger(at) &&
    others.length === 0
  ) {
    return { kind: kind as CursorKind, after, at: at as number };
  }
  throw new KitError(
    "INVALID_PARAMS",
    "Unknown cursor. Begin again without one: cursors are for the list that they came from",
  );
}

function decode(cursor: string): readonly unknown[] {
  if (!/^[\w-]{1,20000}$/.test(cursor)) return [];
  try {
    const decoded: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString());
    return Array.isArray(decoded) ? decoded : [];
  } catch {
    return [];
  }
}
