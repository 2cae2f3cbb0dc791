import { classifyInboundRequest } from "@modelcontextprotocol/server";
import fc from "fast-check";
import { expect, test } from "vitest";
import { metaProblem, paramsProblem, toRequest } from "./json-rpc.ts";
import { metaKeys } from "./meta-keys.ts";

const value = fc.oneof(
  fc.constantFrom<unknown>("2.0", "tools/list", "", 0, -1, 1.5, 1e300, 2 ** 53, null, true, [], {}),
  fc.jsonValue({ maxDepth: 2 }),
);
const member = fc.constantFrom("jsonrpc", "id", "method", "params", "result", "error", "extra");
const meta = fc.dictionary(
  fc.constantFrom("progressToken", metaKeys.relatedTask, "vendor/x"),
  fc.oneof(value, fc.constant({ taskId: "t" })),
);
const params = fc.oneof(value, fc.record({ _meta: fc.oneof(value, meta), name: value }, { requiredKeys: [] }));
const message = fc
  .record({
    base: fc.record({
      jsonrpc: fc.constant("2.0"),
      id: fc.oneof(fc.constant(1), value),
      method: fc.constant("tools/list"),
    }),
    params: fc.option(params, { nil: undefined }),
    changes: fc.oneof(
      { weight: 2, arbitrary: fc.constant({}) },
      { weight: 1, arbitrary: fc.dictionary(member, value, { maxKeys: 1 }) },
    ),
  })
  .map(({ base, params: sent, changes }): unknown => ({
    ...base,
    ...(sent !== undefined && { params: sent }),
    ...changes,
  }));

test("What counts as a request is what the official SDK takes for one", () => {
  fc.assert(
    fc.property(fc.oneof(message, value), (body) => {
      const outcome = classifyInboundRequest({ httpMethod: "POST", body });
      const isRequest = outcome.kind === "legacy" && (outcome.reason === "no-claim" || outcome.reason === "initialize");

      expect(toRequest(body) !== undefined).toBe(isRequest);
    }),
    { numRuns: 3_000 },
  );
});

test("A request keeps its id, its method and its parameters as they are", () => {
  const sent = { name: "echo", _meta: { progressToken: 0 } };

  expect(toRequest({ jsonrpc: "2.0", id: "", method: "m", params: sent })).toStrictEqual({
    id: "",
    method: "m",
    params: sent,
  });
});

test.for([
  ["an id that is no integer", { id: 1.5 }],
  ["an id that would come back as another", { id: 2 ** 53 }],
  ["an id of null", { id: null }],
  ["a member that JSON-RPC does not know", { extra: 1 }],
  ["another version", { jsonrpc: "1.0" }],
  ["parameters in a list", { params: [] }],
  ["a member named __proto__", JSON.parse('{"__proto__":{}}') as object],
] as const)("No request: %s", ([_title, changes]) => {
  const sent = Object.fromEntries([
    ...Object.entries({ jsonrpc: "2.0", id: 1, method: "m" }),
    ...Object.entries(changes),
  ]);

  expect(toRequest(sent)).toBeUndefined();
});

test("Problems of parameters and of _meta are told with their place", () => {
  expect(paramsProblem({ _meta: { progressToken: null } })).toBe(
    "params._meta.progressToken must be a string or an integer",
  );
  expect(paramsProblem({ _meta: { [metaKeys.relatedTask]: {} } })).toContain("taskId must be a string");
  expect(metaProblem("text", "_meta")).toBe("_meta must be an object");
  expect(paramsProblem({ _meta: { progressToken: "" } })).toBeUndefined();
});
