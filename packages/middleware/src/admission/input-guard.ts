import { assertWholeNumber, KitError, type Middleware } from "@plinth/core";

/** Options for {@link inputGuard}. */
export interface InputGuardOptions {
  /** Levels of objects and lists, the arguments themselves being the first. @default 32 */
  readonly maxDepth?: number;
  /** Bytes of all texts and member names in UTF-8, and one for each other value. @default 1_048_576 */
  readonly maxBytes?: number;
  /** Members and items, of all objects and lists together. @default 10_000 */
  readonly maxElements?: number;
  /** Characters of one text or member name. @default 262_144 */
  readonly maxTextLength?: number;
  /** Members of one object. @default 1_000 */
  readonly maxKeys?: number;
}

/**
 * Refuses calls whose parameters are too large to look at, before a schema does: deep nesting, many values, long texts.
 * Some schemas take time that grows with the square of what they are given. Looks at all parameters of any method, without
 * recursion, and no further than the first limit.
 *
 * Tells `input-guard` `refused`.
 *
 * @throws KitError `MISUSE` when made with a limit that cannot be. To clients: `TOO_LARGE`
 */
export function inputGuard({
  maxDepth = 32,
  maxBytes = 1_048_576,
  maxElements = 10_000,
  maxTextLength = 262_144,
  maxKeys = 1_000,
}: InputGuardOptions = {}): Middleware {
  const limits = { maxDepth, maxBytes, maxElements, maxTextLength, maxKeys };
  for (const [name, limit] of Object.entries(limits)) assertWholeNumber(name, limit, { least: 1 });

  return function inputGuard(call, next) {
    const excess = findExcess(call.params, limits);
    if (excess === undefined) return next();
    call.emit({ part: "input-guard", action: "refused" });
    return Promise.reject(new KitError("TOO_LARGE", `The parameters ${excess}; send less at a time`));
  };
}

/** What is too large, as the rest of a sentence that begins with "The parameters". */
function findExcess(
  params: Readonly<Record<string, unknown>>,
  limits: Required<InputGuardOptions>,
): string | undefined {
  const { maxDepth, maxBytes, maxElements, maxTextLength, maxKeys } = limits;
  // Two lists that grow and shrink together: an object for each value would cost more than the look at it. The
  // parameters stand around the arguments, which are level 1.
  const waiting: object[] = [params];
  const depths: number[] = [0];
  let bytes = 0;
  let elements = 0;
  for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
    const depth = depths.pop() as number;
    if (depth > maxDepth) return `nest deeper than ${maxDepth} levels`;
    const keys = Array.isArray(value) ? undefined : Object.keys(value);
    const count = keys?.length ?? (value as readonly unknown[]).length;
    if (keys !== undefined && count > maxKeys) return `hold an object of more than ${maxKeys} members`;
    elements += count;
    // Before any of them is looked at, so that what waits here never grows beyond the limit.
    if (elements > maxElements) return `hold more than ${maxElements} values`;
    for (let at = 0; at < count; at += 1) {
      const key = keys?.[at];
      if (key !== undefined) {
        if (key.length > maxTextLength) return `hold a member name of more than ${maxTextLength} characters`;
        bytes += Buffer.byteLength(key);
      }
      const part = key === undefined ? (value as readonly unknown[])[at] : (value as Record<string, unknown>)[key];
      if (typeof part === "string") {
        if (part.length > maxTextLength) return `hold a text of more than ${maxTextLength} characters`;
        bytes += Buffer.byteLength(part);
      } else if (typeof part === "object" && part !== null) {
        waiting.push(part);
        depths.push(depth + 1);
      } else {
        bytes += 1;
      }
      if (bytes > maxBytes) return `are larger than ${maxBytes} bytes`;
    }
  }
  return undefined;
}
