import type { JsonValue } from "../protocol/json-value.ts";
import type { CallTarget } from "./call-router.ts";
import type { CallContext, FileAccess } from "./capabilities.ts";
import { GuestError } from "./guest-error.ts";

const names = ["readText", "write", "append", "list", "glob", "stat", "exists", "mkdir", "remove"] as const;
/** A listing is cut off where it could not be answered anyway. */
const leastEntryBytes = 16;

/** The `files` capability: those of the known methods that the object has. */
export function fileFunctions(files: FileAccess, answerBytes: number): Map<string, CallTarget> {
  const present = names.filter((name) => typeof files[name] === "function");
  return new Map(present.map((name) => [name, (args, context) => invoke(files, name, args, { context, answerBytes })]));
}

async function invoke(
  files: FileAccess,
  name: (typeof names)[number],
  [path, text]: readonly JsonValue[],
  { context, answerBytes }: { readonly context: CallContext; readonly answerBytes: number },
): Promise<unknown> {
  if (typeof path !== "string") throw new GuestError(`files.${name} needs a path as text.`);
  if (name === "write" || name === "append") {
    if (typeof text !== "string") throw new GuestError(`files.${name} needs a text to write.`);
    return files[name]?.(path, text, context);
  }
  const answer: unknown = await files[name]?.(path, context);
  return isIterable(answer) ? collect(answer, Math.ceil(answerBytes / leastEntryBytes)) : answer;
}

function isIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}

async function collect(entries: AsyncIterable<unknown>, most: number): Promise<unknown[]> {
  const collected: unknown[] = [];
  for await (const entry of entries) {
    if (collected.length === most) throw new GuestError(`The listing has more than ${most} entries.`);
    collected.push(entry);
  }
  return collected;
}
