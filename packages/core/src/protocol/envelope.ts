import { isRecord } from "../json/is-record.ts";
import { loggingLevels } from "./log-level.ts";
import { metaKeys } from "./meta-keys.ts";

/** The first thing that is wrong with an envelope: where, and what. */
export interface EnvelopeProblem {
  /** The `_meta` key, with the path below it. */
  readonly key: string;
  readonly problem: string;
}

/** What is wrong with a value. The path grows on the way out of a failure: a value that is right costs no path. */
interface Problem {
  readonly path: readonly string[];
  readonly problem: string;
}

type Check = (value: unknown) => Problem | undefined;

/**
 * What is wrong with the envelope of a modern request (MCP 2026-07-28, basic, `_meta`: the request's own metadata), or
 * `undefined`. Required keys come first; then types, key by key, in the words of the official SDK's validator, so that
 * both lanes answer alike.
 */
export function envelopeProblem(meta: Readonly<Record<string, unknown>>): EnvelopeProblem | undefined {
  const { protocolVersion, clientInfo, clientCapabilities, logLevel } = metaKeys;
  if (!(protocolVersion in meta)) return { key: protocolVersion, problem: "missing" };
  if (!(clientCapabilities in meta)) return { key: clientCapabilities, problem: "missing" };
  if (isUsual(meta)) return undefined;
  return (
    at(protocolVersion, string(meta[protocolVersion])) ??
    at(clientInfo, implementation(meta[clientInfo])) ??
    at(clientCapabilities, capabilities(meta[clientCapabilities])) ??
    at(logLevel, level(meta[logLevel]))
  );
}

/** Whether all is as most clients send it, which is quick to see; everything else is looked at member by member. */
function isUsual(meta: Readonly<Record<string, unknown>>): boolean {
  const info = meta[metaKeys.clientInfo];
  const declared = meta[metaKeys.clientCapabilities];
  return (
    typeof meta[metaKeys.protocolVersion] === "string" &&
    meta[metaKeys.logLevel] === undefined &&
    isRecord(info) &&
    typeof info["name"] === "string" &&
    typeof info["version"] === "string" &&
    Object.keys(info).length === 2 &&
    isRecord(declared) &&
    Object.keys(declared).length === 0
  );
}

function at(key: string, found: Problem | undefined): EnvelopeProblem | undefined {
  return found && { key: [key, ...found.path].join("."), problem: found.problem };
}

const string: Check = (value) => (typeof value === "string" ? undefined : expected("string", value));

const boolean: Check = (value) => (typeof value === "boolean" ? undefined : expected("boolean", value));

/** Any JSON object. */
const object: Check = (value) => (isRecord(value) ? undefined : expected("record", value));

const icon = shape({
  src: string,
  mimeType: optional(string),
  sizes: optional(listOf(string)),
  theme: optional(oneOf(["light", "dark"])),
});

/** MCP 2026-07-28, schema, `Implementation`. SHOULD be there, so it may be missing. */
const implementation = optional(
  shape({
    name: string,
    title: optional(string),
    icons: optional(listOf(icon)),
    version: string,
    websiteUrl: optional(string),
    description: optional(string),
  }),
);

/** MCP 2026-07-28, schema, `ClientCapabilities`. Members that it does not name are for others to understand. */
const capabilities = shape({
  experimental: optional(mapOf(object)),
  sampling: optional(shape({ context: optional(object), tools: optional(object) })),
  elicitation: optional(shape({ form: optional(shape({ applyDefaults: optional(boolean) })), url: optional(object) })),
  roots: optional(shape({ listChanged: optional(boolean) })),
  extensions: optional(mapOf(object)),
});

const level = optional(oneOf(loggingLevels));

function optional(check: Check): Check {
  return (value) => (value === undefined ? undefined : check(value));
}

function shape(members: Readonly<Record<string, Check>>): Check {
  const checks = Object.entries(members);
  return (value) => {
    if (!isRecord(value)) return expected("object", value);
    for (const [name, check] of checks) {
      const found = check(value[name]);
      if (found !== undefined) return below(name, found);
    }
    return undefined;
  };
}

function mapOf(check: Check): Check {
  return (value) => {
    if (!isRecord(value)) return expected("record", value);
    for (const name of Object.keys(value)) {
      const found = check(value[name]);
      if (found !== undefined) return below(name, found);
    }
    return undefined;
  };
}

function listOf(check: Check): Check {
  return (value) => {
    if (!Array.isArray(value)) return expected("array", value);
    for (const [index, item] of value.entries()) {
      const found = check(item);
      if (found !== undefined) return below(String(index), found);
    }
    return undefined;
  };
}

function oneOf(options: readonly string[]): Check {
  const problem = `Invalid option: expected one of ${options.map((option) => JSON.stringify(option)).join("|")}`;
  return (value) => (options.includes(value as string) ? undefined : { path: [], problem });
}

function below(step: string, { path, problem }: Problem): Problem {
  return { path: [step, ...path], problem };
}

function expected(type: string, value: unknown): Problem {
  return { path: [], problem: `Invalid input: expected ${type}, received ${typeName(value)}` };
}

function typeName(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}
