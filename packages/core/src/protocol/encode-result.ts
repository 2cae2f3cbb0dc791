import type { Implementation } from "@modelcontextprotocol/server";
import { KitError } from "../errors/kit-error.ts";
import { isRecord } from "../json/is-record.ts";
import { renderedJson, type RenderedJson } from "../json/rendered-json.ts";
import { checkResult } from "./check-result.ts";
import { metaKeys } from "./meta-keys.ts";

/** A result as an operation or a middleware left it: plain JSON. */
type Result = Readonly<Record<string, unknown>>;

/** JSON around a large part that many results have in common, so that its bytes need be made only once. */
export interface JsonAround {
  readonly before: string;
  readonly shared: RenderedJson;
  readonly after: string;
}

/** A result as JSON. */
export type EncodedResult = string | JsonAround;

/** Writes a result as JSON, the way its era has it on the wire. @throws KitError `INVALID_OUTPUT` */
export type ResultEncoder = (method: string, result: Result) => EncodedResult;

/** All of an encoded result as one text. */
export function toText(encoded: EncodedResult): string {
  return typeof encoded === "string" ? encoded : `${encoded.before}${encoded.shared.text}${encoded.after}`;
}

/** Characters from which on a part is worth keeping its bytes. */
const largePart = 4_096;

/** Results that a client may keep for a while (MCP 2026-07-28, caching). */
const cacheable: ReadonlySet<string> = new Set([
  "prompts/list",
  "resources/list",
  "resources/read",
  "resources/templates/list",
  "server/discover",
  "tools/list",
]);

/**
 * Results some of whose members stay the same for long, see `renderOnce`. Those are the cacheable ones: what is read is
 * the only exception, and loses nothing by it.
 */
const madeOfParts = cacheable;

/** The legacy era sends a result as it is. */
export const encodeLegacyResult: ResultEncoder = (method, result) => {
  if (result["_meta"] !== undefined) checkResult("legacy", method, result);
  return madeOfParts.has(method) ? joinParts(result) : toObjectJson(result);
};

/**
 * The modern era says what kind of result it is, who made it, and how long a cacheable one may be kept (MCP 2026-07-28,
 * schema, `Result`, `CacheableResult`). What the result says itself wins. The constant rest is one string, made here.
 */
export function createModernEncoder(serverInfo: Implementation): ResultEncoder {
  const complete = `"resultType":"complete"`;
  const identity = `"_meta":${JSON.stringify({ [metaKeys.serverInfo]: serverInfo })}`;
  const ending = `${complete},${identity}}`;
  const cacheableEnding = `"ttlMs":0,"cacheScope":"private",${ending}`;

  return function encodeModernResult(method, given) {
    const result = withoutDeleted(method, given);
    const { resultType, ttlMs, cacheScope, _meta } = result;
    if (resultType === undefined && ttlMs === undefined && cacheScope === undefined && _meta === undefined) {
      const text = madeOfParts.has(method) ? joinParts(result) : toObjectJson(result);
      return continueObject(text, cacheable.has(method) ? cacheableEnding : ending);
    }
    checkResult("modern", method, result);
    return joinParts(complement(method, result, serverInfo));
  };
}

/**
 * Takes out what 2025-11-25 had and 2026-07-28 has no member for: `execution` of a tool, `tasks` of capabilities. Only a
 * middleware brings them, for example from a legacy server behind this one.
 */
function withoutDeleted(method: string, result: Result): Result {
  const { capabilities, tools } = result;
  if (isRecord(capabilities) && "tasks" in capabilities) {
    const { tasks: _tasks, ...kept } = capabilities;
    return withoutDeleted(method, { ...result, capabilities: kept });
  }
  const mayHave = method === "tools/list" && Array.isArray(tools) && renderedJson(tools) === undefined;
  return mayHave && tools.some(hasExecution) ? { ...result, tools: tools.map(withoutExecution) } : result;
}

function hasExecution(tool: unknown): tool is Result {
  return isRecord(tool) && "execution" in tool;
}

function withoutExecution(tool: unknown): unknown {
  if (!hasExecution(tool)) return tool;
  const { execution: _execution, ...kept } = tool;
  return kept;
}

/** The same for a result that says some of it itself. */
function complement(method: string, result: Result, serverInfo: Implementation): Result {
  const { resultType = "complete", ttlMs, cacheScope, _meta } = result;
  return {
    ...result,
    resultType,
    ...(cacheable.has(method) &&
      resultType === "complete" && {
        ttlMs: Number.isSafeInteger(ttlMs) && (ttlMs as number) >= 0 ? ttlMs : 0,
        cacheScope: cacheScope === "public" ? cacheScope : "private",
      }),
    _meta: withIdentity(_meta, serverInfo),
  };
}

function withIdentity(meta: unknown, serverInfo: Implementation): unknown {
  if (meta === undefined) return { [metaKeys.serverInfo]: serverInfo };
  if (!isRecord(meta) || meta[metaKeys.serverInfo] !== undefined) return meta;
  return { ...meta, [metaKeys.serverInfo]: serverInfo };
}

/** JSON of an object, with the JSON of members that never change taken as it is. */
function joinParts(value: Result): EncodedResult {
  let text = "{";
  let around: { readonly before: string; readonly shared: RenderedJson } | undefined;
  for (const [name, member] of Object.entries(value)) {
    const shared = renderedJson(member);
    const json: string | undefined = shared === undefined ? JSON.stringify(member) : shared.text;
    // As JSON.stringify does it: what JSON has no form for is left out.
    if (json === undefined) continue;
    const start = `${text}${text === "{" ? "" : ","}${JSON.stringify(name)}:`;
    if (around === undefined && shared !== undefined && json.length >= largePart) {
      around = { before: start, shared };
      text = "";
    } else text = `${start}${json}`;
  }
  return around === undefined ? `${text}}` : { ...around, after: `${text}}` };
}

/** A middleware may have given the operation's own result a `toJSON()`, and then it is anything. */
function toObjectJson(result: Result): string {
  const text: string | undefined = JSON.stringify(result);
  if (text?.charAt(0) === "{") return text;
  throw new KitError("INVALID_OUTPUT", `The result is no JSON object but ${text}`);
}

/** Goes on with the members of an object that has been closed. */
function continueObject(encoded: EncodedResult, ending: string): EncodedResult {
  if (typeof encoded !== "string") return { ...encoded, after: `${encoded.after.slice(0, -1)},${ending}` };
  return encoded === "{}" ? `{${ending}` : `${encoded.slice(0, -1)},${ending}`;
}
