import { expect, test } from "vitest";
import { liftParams } from "./lift-params.ts";
import { metaKeys } from "./meta-keys.ts";

test("The wire's own keys are taken out, and everything else stays", () => {
  const capabilities = { roots: {} };
  const lifted = liftParams({
    name: "echo",
    inputResponses: { a: { action: "decline" } },
    requestState: "sealed",
    _meta: {
      [metaKeys.protocolVersion]: "2026-07-28",
      [metaKeys.clientInfo]: { name: "c", version: "1" },
      [metaKeys.clientCapabilities]: capabilities,
      [metaKeys.logLevel]: "info",
      progressToken: 0,
      [metaKeys.subscriptionId]: "s",
    },
  });

  expect(lifted).toStrictEqual({
    params: { name: "echo" },
    meta: { progressToken: 0, [metaKeys.subscriptionId]: "s" },
    clientInfo: { name: "c", version: "1" },
    clientCapabilities: capabilities,
    logLevel: "info",
    inputResponses: { a: { action: "decline" } },
    requestState: "sealed",
  });
});

test("A request without parameters lifts to nothing", () => {
  expect(liftParams(undefined)).toMatchObject({
    params: {},
    meta: {},
    inputResponses: undefined,
    requestState: undefined,
  });
});

test("Members named __proto__ stay members, at every level that is copied", () => {
  const lifted = liftParams(
    JSON.parse(
      '{"__proto__":{"a":1},"_meta":{"__proto__":{"b":1}},"inputResponses":{"__proto__":{"c":1}}}',
    ) as object as Record<string, unknown>,
  );

  expect(Object.entries(lifted.params)).toStrictEqual([["__proto__", { a: 1 }]]);
  expect(Object.entries(lifted.meta)).toStrictEqual([["__proto__", { b: 1 }]]);
  expect(Object.entries(lifted.inputResponses ?? {})).toStrictEqual([["__proto__", { c: 1 }]]);
  expect(({} as { a?: unknown }).a).toBeUndefined();
});

test.for([
  ["wrapped in a response", { a: { result: { action: "accept" } } }],
  ["that is a request", { a: { method: "elicitation/create" } }],
  ["that is no object", { a: "accept", b: null, c: [] }],
  ["in a list", [{ action: "accept" }]],
])("An answer %s counts as not given", ([_title, inputResponses]) => {
  expect(liftParams({ inputResponses }).inputResponses).toStrictEqual({});
});
