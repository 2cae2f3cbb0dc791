import { isUtf8 } from "node:buffer";
import { errorCodes, parseErrorCode } from "../../errors/error-codes.ts";
import { refusal, type Refusal } from "./refusal.ts";

/**
 * Levels of arrays and objects that a message may nest: validators and `JSON.stringify` recurse, and deeper input ends
 * them.
 */
const maxDepth = 256;

/** A parsed body, or why it was refused. */
export type JsonBody =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly refusal: Refusal };

/**
 * Parses a body of UTF-8 JSON. What is not JSON is -32700, what nests deeper than 256 levels -32600 (both HTTP 400).
 */
export function parseJsonBody(bytes: Buffer): JsonBody {
  if (!isUtf8(bytes)) return refuse("The body is not valid UTF-8", parseErrorCode);
  const text = bytes.toString("utf8");
  if (isDeep(text)) return refuse(`The body nests deeper than ${maxDepth} levels`, errorCodes.INVALID_REQUEST.rpc);
  try {
    return { ok: true, value: JSON.parse(text) as unknown };
  } catch {
    return refuse("The body is not valid JSON", parseErrorCode);
  }
}

function refuse(message: string, code: number): JsonBody {
  return { ok: false, refusal: refusal(400, message, { code }) };
}

/**
 * Most messages are shorter than the brackets of one that deep. Of the others most have fewer brackets, and those are
 * counted at native speed.
 */
function isDeep(text: string): boolean {
  if (text.length <= 2 * maxDepth) return false;
  return count(text, "[") + count(text, "{") > maxDepth && depthOf(text) > maxDepth;
}

function count(text: string, bracket: string): number {
  let seen = 0;
  for (let at = text.indexOf(bracket); at !== -1 && seen <= maxDepth; at = text.indexOf(bracket, at + 1)) seen += 1;
  return seen;
}

function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let at = 0; at < text.length && deepest <= maxDepth; at += 1) {
    const char = text[at];
    if (inString) {
      if (char === "\\") at += 1;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === "[" || char === "{") deepest = Math.max(deepest, (depth += 1));
    else if (char === "]" || char === "}") depth -= 1;
  }
  return deepest;
}
