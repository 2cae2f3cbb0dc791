import { classifyInboundRequest } from "@modelcontextprotocol/server";
import fc from "fast-check";
import { expect, test } from "vitest";
import { envelopeProblem } from "./envelope.ts";
import { loggingLevels } from "./log-level.ts";
import { metaKeys } from "./meta-keys.ts";

const { protocolVersion, clientInfo, clientCapabilities, logLevel } = metaKeys;

const valid = { [protocolVersion]: "2026-07-28", [clientCapabilities]: {} };

/** What the SDK's validator says about an envelope whose version is there. */
function oracle(meta: Readonly<Record<string, unknown>>): unknown {
  const body = { jsonrpc: "2.0", id: 1, method: "tools/list", params: { _meta: meta } };
  const outcome = classifyInboundRequest({ httpMethod: "POST", body });
  return outcome.kind === "reject" ? (outcome.data as { envelope: unknown }).envelope : undefined;
}

/** Any JSON will do where the envelope leaves a value open. */
const json = fc.constantFrom<unknown>(null, false, 1.5, "text", [[null]], { a: { b: [] } });

/** A value that fits now and then, so that checks further in are reached. */
function mostly(...fitting: readonly fc.Arbitrary<unknown>[]): fc.Arbitrary<unknown> {
  const wrong = fc.constantFrom<unknown>(null, true, 5, "", "text", [], [null], {}, { a: 1 });
  return fc.oneof(...fitting.map((arbitrary) => ({ weight: 5, arbitrary })), { weight: 1, arbitrary: wrong });
}

/** An object with some of these members, and perhaps one that nobody knows. */
function some(members: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<unknown> {
  return mostly(fc.record({ ...members, unknown: json }, { requiredKeys: [] }));
}

const text = mostly(fc.string());
const object = mostly(fc.dictionary(fc.constantFrom("a", "b", "constructor"), json));
const objects = mostly(fc.dictionary(fc.constantFrom("a", "vendor/b", "toString"), object));

const icon = some({
  src: text,
  mimeType: text,
  sizes: mostly(fc.array(text, { maxLength: 2 })),
  theme: mostly(fc.constantFrom("light", "dark", "dim")),
});

const implementation = some({
  name: text,
  version: text,
  title: text,
  websiteUrl: text,
  description: text,
  icons: mostly(fc.array(icon, { maxLength: 2 })),
});

const capabilities = some({
  experimental: objects,
  sampling: some({ context: object, tools: object }),
  elicitation: some({ form: some({ applyDefaults: mostly(fc.boolean()) }), url: object }),
  roots: some({ listChanged: mostly(fc.boolean()) }),
  extensions: objects,
  tasks: object,
});

const envelope = fc.record(
  {
    [protocolVersion]: mostly(fc.constantFrom("2026-07-28", "2025-11-25")),
    [clientInfo]: implementation,
    [clientCapabilities]: capabilities,
    [logLevel]: mostly(fc.constantFrom(...loggingLevels)),
    "vendor/x": json,
  },
  { requiredKeys: [protocolVersion] },
);

test("The first problem of any envelope is the one that the official SDK finds, in its words", () => {
  fc.assert(
    fc.property(envelope, (meta) => {
      expect(envelopeProblem(meta)).toStrictEqual(oracle(meta));
    }),
    { numRuns: 2_000 },
  );
});

test("An envelope with all that the specification names is whole", () => {
  const meta = {
    ...valid,
    [clientInfo]: { name: "c", version: "1", icons: [{ src: "s", sizes: ["1x1"], theme: "dark" }] },
    [clientCapabilities]: { elicitation: { form: { applyDefaults: true }, url: {} }, extensions: { "vendor/x": {} } },
    [logLevel]: "warning",
  };

  expect(envelopeProblem(meta)).toBeUndefined();
});

test.for([
  [{ ...valid, [clientCapabilities]: undefined }, clientCapabilities],
  [{ ...valid, [clientInfo]: { name: "c" } }, `${clientInfo}.version`],
  [{ ...valid, [clientCapabilities]: { roots: { listChanged: 1 } } }, `${clientCapabilities}.roots.listChanged`],
  [{ ...valid, [logLevel]: "loud" }, logLevel],
] as const)("A problem is named with the path to it: %j", ([meta, key]) => {
  expect(envelopeProblem(meta)?.key).toBe(key);
});

test("A capability named __proto__ must be an object like any other, which the SDK does not look at", () => {
  const meta = { ...valid, [clientCapabilities]: { experimental: JSON.parse('{"__proto__":5}') as unknown } };

  expect(envelopeProblem(meta)?.key).toBe(`${clientCapabilities}.experimental.__proto__`);
  expect(oracle(meta)).toBeUndefined();
});
