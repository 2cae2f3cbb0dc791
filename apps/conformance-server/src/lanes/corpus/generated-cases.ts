import fc from "fast-check";
import type { HostName } from "../lane-hosts.ts";
import { answerKey, oddAnswers, witnessHeader } from "../sample/odd-middleware.ts";
import { envelope, legacyRequest, modernRequest, type Json, type WireRequest } from "../wire-request.ts";
import { laneCase, type LaneCase } from "./lane-case.ts";

/** Options for {@link generateCases}. */
export interface GenerateOptions {
  readonly count: number;
  /** The same cases for the same seed. */
  readonly seed: number;
}

/** Valid requests with random changes to their headers and to any place of their body, and bodies of random JSON. */
export function generateCases({ count, seed }: GenerateOptions): readonly LaneCase[] {
  return fc.sample(cases, { numRuns: count, seed }).map(({ host, request }, index) => {
    const text = JSON.stringify({ headers: request.headers, body: request.body });
    return laneCase(`generated ${seed}/${index} ${text}`, request, host);
  });
}

const methods: readonly (readonly [string, Json])[] = [
  ["tools/call", { name: "inspect", arguments: { a: [1, { b: null }], text: "é" } }],
  ["tools/call", { name: "structured", arguments: { text: "hi" } }],
  ["tools/call", { name: "progress", arguments: { steps: 2 }, inputResponses: {}, requestState: "x" }],
  ["tools/call", { name: "log_all_levels" }],
  ["tools/call", { name: "mirrored", arguments: { region: "eu", shard: 5, dry: true } }],
  [
    "tools/call",
    { name: "ask", arguments: {}, inputResponses: { "elicit-1": { action: "accept", content: { name: "A" } } } },
  ],
  ["tools/call", { name: "kit_error", arguments: { code: "RATE_LIMITED", retryAfterSeconds: 1 } }],
  ["tools/list", { cursor: "x" }],
  ["prompts/get", { name: "greet", arguments: { who: "Ada" } }],
  ["prompts/list", {}],
  ["resources/read", { uri: "data://users/7" }],
  ["resources/list", {}],
  ["resources/templates/list", {}],
  ["completion/complete", { ref: { type: "ref/prompt", name: "greet" }, argument: { name: "who", value: "A" } }],
  ["server/discover", {}],
  ["vendor/echo", { a: { b: [1] } }],
  ["tasks/get", { taskId: "t" }],
  ["ping", {}],
  ["initialize", { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "c", version: "1" } }],
  ["logging/setLevel", { level: "error" }],
];

const meta: Json = {
  progressToken: "p",
  "io.modelcontextprotocol/logLevel": "info",
  "io.modelcontextprotocol/related-task": { taskId: "t" },
  "vendor/x": { a: 1 },
};

const numbers: readonly unknown[] = [0, -0, -1, 1.5, 1e300, 2 ** 53];
const texts: readonly unknown[] = [
  "",
  "x",
  "inspect",
  "2026-07-28",
  "2025-11-25",
  "__proto__",
  "tools/call",
  "debug",
  "é\ud800",
];
const containers: readonly unknown[] = [[], {}, [[]], { a: 1 }, { taskId: 5 }, { "elicit-1": { action: "decline" } }];
const scalar = fc.constantFrom(null, true, false, ...numbers, ...texts, ...containers);
const value = fc.oneof({ weight: 4, arbitrary: scalar }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) });

const keys =
  "__proto__ constructor toString id method params jsonrpc result error _meta name uri arguments cursor inputResponses " +
  "requestState progressToken taskId icons experimental extensions elicitation form applyDefaults roots listChanged " +
  "sampling tools context title version extra protocolVersion clientInfo clientCapabilities logLevel related-task serverInfo";
const key = fc.constantFrom(
  ...keys.split(" ").flatMap((name) => [name, `io.modelcontextprotocol/${name}`]),
  "",
  answerKey,
);

/** A change at a place that is found by counting through the body. */
interface Change {
  readonly place: number;
  readonly what:
    | { readonly do: "replace"; readonly value: unknown }
    | { readonly do: "add"; readonly key: string; readonly value: unknown }
    | { readonly do: "remove" };
}

const change: fc.Arbitrary<Change> = fc.record({
  place: fc.nat(1_000),
  what: fc.oneof(
    fc.record({ do: fc.constant("replace" as const), value }),
    fc.record({ do: fc.constant("add" as const), key, value }),
    fc.record({ do: fc.constant("remove" as const) }),
  ),
});

const headerText = fc.oneof(
  fc.constantFrom(
    "",
    " ",
    "2026-07-28",
    "2025-11-25",
    "2025-06-18",
    "2024-11-05",
    "2027-01-01",
    "tools/call",
    "tools/list",
    "inspect",
  ),
  fc.constantFrom(
    "=?base64?aW5zcGVjdA==?=",
    "=?base64?aW5zcGVjdA?=",
    "data://users/7",
    "application/json",
    "text/event-stream",
    "*/*",
  ),
  fc.constantFrom("application/json, text/event-stream", "unknown", "<session>", "1", "eu", "true", "gzip", "é"),
  fc.stringMatching(/^[\x21-\x7e]{0,8}$/),
);

const header = fc.record({
  name: fc.oneof(
    {
      weight: 6,
      arbitrary: fc.constantFrom(
        "MCP-Protocol-Version",
        "Mcp-Method",
        "Mcp-Name",
        "Mcp-Param-Region",
        "Mcp-Param-Shard",
        witnessHeader,
      ),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom("Accept", "Mcp-Session-Id", "Last-Event-ID", "mcp-METHOD", "Accept-Encoding"),
    },
    { weight: 1, arbitrary: fc.constantFrom("Content-Type", "Origin", "Authorization") },
  ),
  value: fc.option(headerText, { nil: undefined, freq: 3 }),
});

const hosts = fc.oneof(
  { weight: 5, arbitrary: fc.constant<HostName>("sessions") },
  { weight: 1, arbitrary: fc.constantFrom<HostName>("stateless", "off", "empty", "authenticated", "pages") },
);

const sendable = Object.keys(oddAnswers).filter((name) => !/^edited(?:Bigint|Circle)$/.test(name));

const valid = fc.record({
  isModern: fc.boolean(),
  call: fc.constantFrom(...methods),
  withMeta: fc.boolean(),
  answer: rarely(4, fc.constantFrom(...sendable)),
});

const cases = fc
  .record({
    host: hosts,
    base: valid,
    changes: fc.array(change, { maxLength: 3 }),
    headers: fc.oneof(fc.array(header, { maxLength: 0 }), fc.array(header, { maxLength: 2 })),
    instead: rarely(40, value),
    batch: rarely(40, fc.integer({ min: 1, max: 2 })),
  })
  .map(({ host, base, changes, headers, instead, batch }) => {
    const { isModern, call, withMeta, answer } = base;
    const [method, params] = call;
    const members = { ...(withMeta && meta), ...(answer !== undefined && { [answerKey]: answer }) };
    const whole: Json = {
      jsonrpc: "2.0",
      id: 1,
      method,
      params: { ...params, ...((isModern || withMeta) && { _meta: { ...(isModern && envelope), ...members } }) },
    };
    const changed = instead ?? changes.reduce(apply, whole as unknown);
    const body = batch === undefined ? changed : Array.from({ length: batch }, () => changed);
    const request = isModern ? modernRequest(method, params, { body }) : legacyRequest(method, params, { body });
    return { host, request: headers.reduce(withHeader, { ...request, body: JSON.stringify(body) ?? "" }) };
  });

/** `undefined` but for one time in so many. */
function rarely<T>(times: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: times - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
}

/** Applies a change to a copy. */
function apply(body: unknown, { place, what }: Change): unknown {
  const places = placesOf(body, []);
  const path = places[place % places.length] as readonly string[];
  return replaceAt(body, path, (old) => {
    if (what.do === "replace") return what.value;
    if (what.do === "remove") return undefined;
    if (Array.isArray(old)) return [...(old as unknown[]), what.value];
    if (typeof old !== "object" || old === null) return what.value;
    return Object.fromEntries([...Object.entries(old), [what.key, what.value]]);
  });
}

function placesOf(node: unknown, path: readonly string[]): (readonly string[])[] {
  if (typeof node !== "object" || node === null) return [path];
  return [path, ...Object.entries(node).flatMap(([name, child]) => placesOf(child, [...path, name]))];
}

function replaceAt(node: unknown, [name, ...rest]: readonly string[], replace: (old: unknown) => unknown): unknown {
  if (name === undefined) return replace(node);
  const entries = Object.entries(node as object).flatMap(([key_, child]): [string, unknown][] => {
    if (key_ !== name) return [[key_, child]];
    const replaced = replaceAt(child, rest, replace);
    return replaced === undefined ? [] : [[key_, replaced]];
  });
  return Array.isArray(node) ? entries.map(([, child]) => child) : Object.fromEntries(entries);
}

function withHeader(
  request: WireRequest,
  { name, value: sent }: { name: string; value: string | undefined },
): WireRequest {
  const kept = request.headers.filter(([other]) => other.toLowerCase() !== name.toLowerCase());
  return { ...request, headers: sent === undefined ? kept : [...kept, [name, sent]] };
}
