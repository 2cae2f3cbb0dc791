import type { JsonValue } from "./json-value.ts";

/** The text is no JSON, or nested too deeply to be handled safely. */
export class JsonRefused extends Error {
  override readonly name: string = "JsonRefused";
}

/**
 * JSON from a sandbox as a value that is safe to hand on: nesting is checked before anything is built, and keys that
 * reach prototypes when objects are merged are left out: `__proto__`, and `constructor` where it holds a `prototype`
 * (the same two as in npm's secure-json-parse).
 *
 * @param depth Levels of arrays and objects at most.
 * @throws JsonRefused
 */
export function parseJson(text: string, depth: number): JsonValue {
  if (!isNestedWithin(text, depth)) throw new JsonRefused(`it is nested more than ${depth} levels deep`);
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch {
    throw new JsonRefused("it is no JSON");
  }
  // What JSON.stringify wrote has these letters as they are; an escape may hide them.
  if (text.includes("prototype") || text.includes("__proto__") || text.includes("\\u")) dropHostileKeys(value);
  return value;
}

const quote = 0x22;
const backslash = 0x5c;

/** A look at the text alone: a megabyte of brackets would take the parser a hundred megabytes. */
function isNestedWithin(text: string, most: number): boolean {
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === quote) {
      index = endOfString(text, index);
    } else if (code === 0x5b || code === 0x7b) {
      depth += 1;
      if (depth > most) return false;
    } else if (code === 0x5d || code === 0x7d) {
      depth -= 1;
    }
  }
  return true;
}

function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let escapes = 0;
    while (text.charCodeAt(end - 1 - escapes) === backslash) escapes += 1;
    if (escapes % 2 === 0) return end;
  }
  return text.length;
}

function dropHostileKeys(value: JsonValue): void {
  if (value === null || typeof value !== "object") return;
  if (!Array.isArray(value)) {
    if (Object.hasOwn(value, "__proto__")) Reflect.deleteProperty(value, "__proto__");
    if (Object.hasOwn(value, "constructor")) {
      const inner = value.constructor as unknown;
      if (typeof inner === "object" && inner !== null && Object.hasOwn(inner, "prototype")) {
        Reflect.deleteProperty(value, "constructor");
      }
    }
  }
  for (const each of Object.values(value)) dropHostileKeys(each);
}
