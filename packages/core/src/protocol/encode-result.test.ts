import { expect, test } from "vitest";
import { KitError } from "../errors/kit-error.ts";
import { renderOnce } from "../json/rendered-json.ts";
import { createModernEncoder, encodeLegacyResult, toText } from "./encode-result.ts";

const info = { name: "s", version: "1" };
const identity = { "io.modelcontextprotocol/serverInfo": info };
const encode = createModernEncoder(info);

function modern(method: string, result: Readonly<Record<string, unknown>>): unknown {
  return JSON.parse(toText(encode(method, result)));
}

test("A modern result says that it is complete and who made it", () => {
  expect(modern("tools/call", { content: [] })).toStrictEqual({ content: [], resultType: "complete", _meta: identity });
  expect(modern("tools/call", {})).toStrictEqual({ resultType: "complete", _meta: identity });
});

test("A cacheable result says how long it may be kept, and what it says itself wins where it can be", () => {
  const rest = { resultType: "complete", _meta: identity };

  expect(modern("tools/list", { tools: [] })).toStrictEqual({ tools: [], ttlMs: 0, cacheScope: "private", ...rest });
  expect(modern("resources/read", { ttlMs: 5, cacheScope: "public" })).toStrictEqual({
    ttlMs: 5,
    cacheScope: "public",
    ...rest,
  });
  expect(modern("resources/read", { ttlMs: -1, cacheScope: "all" })).toStrictEqual({
    ttlMs: 0,
    cacheScope: "private",
    ...rest,
  });
  expect(modern("tools/call", { ttlMs: -1 })).toStrictEqual({ ttlMs: -1, ...rest });
});

test("A question has no cache hints, and keeps its kind", () => {
  expect(modern("resources/read", { resultType: "input_required", inputRequests: {} })).toStrictEqual({
    resultType: "input_required",
    inputRequests: {},
    _meta: identity,
  });
});

test("The result's own _meta stays, with the server's identity unless it names one", () => {
  const other = { "io.modelcontextprotocol/serverInfo": { name: "behind", version: "2" } };

  expect(modern("tools/call", { _meta: { a: 1 } })).toMatchObject({ _meta: { a: 1, ...identity } });
  expect(modern("tools/call", { _meta: other })).toMatchObject({ _meta: other });
});

test("What 2026-07-28 has no member for is left out", () => {
  const tools = [{ name: "a", execution: { taskSupport: "optional" } }, { name: "b" }];

  expect(modern("tools/list", { tools })).toMatchObject({ tools: [{ name: "a" }, { name: "b" }] });
  expect(toText(encode("tools/list", { tools }))).not.toContain("execution");
  expect(toText(encode("server/discover", { capabilities: { tasks: {}, tools: {} } }))).not.toContain("tasks");
  expect(encodeLegacyResult("tools/list", { tools })).toBe(JSON.stringify({ tools }));
});

test("Parts that never change are rendered once", () => {
  let renderings = 0;
  const counted = { toJSON: () => `rendering ${(renderings += 1)}` };
  const tools = renderOnce([counted]);

  expect(encodeLegacyResult("tools/list", { tools })).toBe(encodeLegacyResult("tools/list", { tools }));
  expect(renderings).toBe(1);
});

test("A long part that never changes stands apart, and the text around it is whole", () => {
  const tools = renderOnce(["x".repeat(5_000)]);
  const result = { nextCursor: "c", tools, more: renderOnce(["y".repeat(5_000)]), last: 1 };

  const encoded = encode("tools/list", result);

  expect(encoded).toMatchObject({ shared: { text: JSON.stringify(tools) } });
  expect(JSON.parse(toText(encoded))).toMatchObject({ ...result, resultType: "complete", ttlMs: 0, _meta: identity });
  expect(toText(encodeLegacyResult("tools/list", result))).toBe(JSON.stringify(result));
});

test("A legacy result is sent as it is", () => {
  const result = { resultType: "x", ttlMs: -1, content: ["é\ud800", undefined], _meta: { a: 1 } };

  expect(encodeLegacyResult("tools/call", result)).toBe(JSON.stringify(result));
});

test.for([
  ["a _meta that is no object", { _meta: "text" }],
  ["a progress token in _meta that is none", { _meta: { progressToken: null } }],
  ["a toJSON() that gives a text", { toJSON: (): unknown => "text" }],
  ["a toJSON() that gives a list", { toJSON: (): unknown => [1] }],
  ["a toJSON() that gives nothing", { toJSON: (): unknown => undefined }],
] as const)("No result is sent with %s", ([_title, result]) => {
  expect(() => encode("tools/call", result)).toThrow(KitError);
  expect(() => encodeLegacyResult("tools/call", result)).toThrow(KitError);
});

test("Only calls, prompts and resources may be something else than complete", () => {
  expect(modern("prompts/get", { resultType: "other" })).toMatchObject({ resultType: "other" });
  expect(() => encode("tools/list", { resultType: "other" })).toThrow("always complete");
  expect(() => encode("vendor/x", { resultType: null })).toThrow("always complete");
});

test("What JSON leaves out of a list's result is left out", () => {
  const odd = { tools: [], act: () => 1, mark: Symbol("s"), none: undefined };

  expect(encodeLegacyResult("tools/list", odd)).toBe('{"tools":[]}');
});
