import { KitError } from "../errors/kit-error.ts";
import { quote } from "../errors/quote.ts";
import { isRecord } from "../json/is-record.ts";
import { valueAt } from "../json/json-path.ts";
import { decodeHeaderValue } from "./header-value.ts";

/** One argument that a client mirrors in an HTTP header, as declared by `x-mcp-header` in a tool's input schema. */
export interface ParameterHeader {
  /** The argument's path from the root of the arguments. */
  readonly path: readonly string[];
  /** The header, lower case: `mcp-param-` and the declared name. */
  readonly header: string;
  readonly type: "string" | "integer" | "boolean";
}

/** RFC 9110 section 5.1, `token`. */
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

const decimal = /^-?\d+(?:\.\d+)?$/;

/** Keywords whose value is one schema or an array of schemas. */
const schemaKeywords = [
  "items",
  "prefixItems",
  "contains",
  "additionalProperties",
  "unevaluatedProperties",
  "unevaluatedItems",
  "propertyNames",
  "oneOf",
  "anyOf",
  "allOf",
  "not",
  "if",
  "then",
  "else",
] as const;

/** Keywords whose value maps names to schemas. */
const schemaMapKeywords = ["patternProperties", "dependentSchemas", "$defs", "definitions"] as const;

/**
 * Finds the arguments that HTTP headers mirror (MCP 2026-07-28, Streamable HTTP, custom headers from tool parameters).
 *
 * @throws KitError `MISUSE` for a declaration that clients must refuse: a name that is no header token or is used
 * twice, a type other than string, integer and boolean, or a place that is not reached through `properties` alone.
 */
export function scanParameterHeaders(inputSchema: unknown): readonly ParameterHeader[] {
  const found = new Map<string, ParameterHeader>();
  visit(inputSchema, [], true, found);
  return [...found.values()];
}

/**
 * Compares the `Mcp-Param-*` headers of a modern `tools/call` with the arguments in its body. An argument that is
 * absent or null expects no header, and one of another type than declared is left to the validation of the arguments.
 *
 * @returns `HEADER_MISMATCH` (HTTP 400, -32020) for the first header that is missing, malformed or different.
 */
export function checkParameterHeaders(
  declared: readonly ParameterHeader[],
  args: unknown,
  headers: Pick<Headers, "get">,
): KitError | undefined {
  for (const parameter of declared) {
    const sent = valueAt(args, parameter.path);
    const expected = toHeaderText(sent);
    if (expected === undefined) continue;
    const name = parameter.path.join(".");
    const raw = headers.get(parameter.header);
    if (raw === null) return mismatch(parameter, `${parameter.header} is missing, but argument ${name} is in the body`);
    const decoded = decodeHeaderValue(raw);
    if (decoded === undefined) return mismatch(parameter, `${parameter.header} is not valid Base64 of UTF-8 text`);
    if (!isSame(decoded, expected, sent, parameter)) {
      return mismatch(parameter, `${parameter.header} does not match argument ${name} in the body`);
    }
  }
  return undefined;
}

/** Walks everything that is a schema, because a declaration in a wrong place must be refused and not overlooked. */
function visit(node: unknown, path: readonly string[], reachable: boolean, found: Map<string, ParameterHeader>): void {
  if (Array.isArray(node)) {
    for (const item of node) visit(item, path, reachable, found);
    return;
  }
  if (!isRecord(node)) return;
  if (Object.hasOwn(node, "x-mcp-header")) {
    const parameter = toParameterHeader(node, path, reachable);
    if (found.has(parameter.header)) {
      refuse(path, `${quote(node["x-mcp-header"])} is declared twice (case does not count)`);
    }
    found.set(parameter.header, parameter);
  }
  for (const [key, child] of entriesOf(node["properties"])) visit(child, [...path, key], reachable, found);
  for (const keyword of schemaKeywords) visit(node[keyword], [...path, `<${keyword}>`], false, found);
  for (const keyword of schemaMapKeywords) {
    for (const [, child] of entriesOf(node[keyword])) visit(child, [...path, `<${keyword}>`], false, found);
  }
}

function toParameterHeader(
  schema: Record<string, unknown>,
  path: readonly string[],
  reachable: boolean,
): ParameterHeader {
  const { "x-mcp-header": name, type } = schema;
  if (!reachable || path.length === 0) {
    refuse(path, "stands where no chain of properties leads; only a named argument can be mirrored");
  }
  if (typeof name !== "string" || !token.test(name)) refuse(path, `${quote(name)} is not an HTTP header token`);
  if (type !== "string" && type !== "integer" && type !== "boolean") {
    refuse(path, `needs type string, integer or boolean, got ${quote(type)}`);
  }
  return { path, header: `mcp-param-${name.toLowerCase()}`, type };
}

function refuse(path: readonly string[], problem: string): never {
  throw new KitError("MISUSE", `x-mcp-header at ${path.join(".") || "the root of the input schema"}: ${problem}`);
}

function mismatch({ header }: ParameterHeader, problem: string): KitError {
  return new KitError("HEADER_MISMATCH", `The request's headers and body disagree: ${problem}`, { data: { header } });
}

/** `42.0` and `42` are one integer; anything else is compared as text. */
function isSame(decoded: string, expected: string, sent: unknown, { type }: ParameterHeader): boolean {
  if (type === "integer" && typeof sent === "number" && decimal.test(decoded)) return Number(decoded) === sent;
  return decoded === expected;
}

/** The text a client sends for a value, or `undefined` for what no client can mirror. */
function toHeaderText(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return String(value);
  if (typeof value !== "number" || !Number.isFinite(value)) return undefined;
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? undefined : String(value);
}

function entriesOf(value: unknown): readonly (readonly [string, unknown])[] {
  return isRecord(value) ? Object.entries(value) : [];
}
