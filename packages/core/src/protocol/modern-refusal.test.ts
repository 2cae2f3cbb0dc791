import { classifyInboundRequest, type InboundLadderRejection } from "@modelcontextprotocol/server";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { RpcRequest } from "./json-rpc.ts";
import { metaKeys } from "./meta-keys.ts";
import { claimsModern, modernRefusal, type StandardHeaders } from "./modern-refusal.ts";

function request(
  method: string,
  params: Readonly<Record<string, unknown>> = {},
  version: unknown = "2026-07-28",
): RpcRequest {
  const _meta = { [metaKeys.protocolVersion]: version, [metaKeys.clientCapabilities]: {} };
  return { id: 1, method, params: { ...params, _meta } };
}

function headers(method: string, name?: string, version = "2026-07-28"): StandardHeaders {
  return { version, method, name };
}

test("A request with every header it needs is served, with or without a transport that has headers", () => {
  const call = request("tools/call", { name: "echo" });

  expect(modernRefusal(call, headers("tools/call", "echo"))).toBeUndefined();
  expect(modernRefusal(call, undefined)).toBeUndefined();
});

test.for([
  ["no version header", request("tools/list"), { version: undefined, method: "tools/list", name: undefined }, -32020],
  ["no method header", request("tools/list"), { version: "2026-07-28", method: undefined, name: undefined }, -32020],
  ["another method", request("tools/list"), headers("tools/call"), -32020],
  ["another version", request("tools/list"), headers("tools/list", undefined, "2025-11-25"), -32020],
  ["no name", request("tools/call", { name: "echo" }), headers("tools/call"), -32020],
  ["another name", request("tools/call", { name: "echo" }), headers("tools/call", "other"), -32020],
  ["a broken sentinel", request("tools/call", { name: "echo" }), headers("tools/call", "=?base64?!?="), -32020],
  ["another URI", request("resources/read", { uri: "a://b" }), headers("resources/read", "a://c"), -32020],
  ["another task", request("tasks/get", { taskId: "1" }), headers("tasks/get", "2"), -32020],
  [
    "a version that is not served",
    request("tools/list", {}, "2027-01-01"),
    headers("tools/list", undefined, "2027-01-01"),
    -32022,
  ],
  ["a version that is none", request("tools/list", {}, 5), headers("tools/list"), -32602],
] as const)("Refused with 400: %s", ([_title, sent, standard, code]) => {
  expect(modernRefusal(sent, standard)).toMatchObject({ code, httpStatus: 400 });
});

test("A version that is not served is answered as such before missing headers are", () => {
  const refused = modernRefusal(request("tools/list", {}, "2027-01-01"), {
    version: undefined,
    method: undefined,
    name: undefined,
  });

  expect(refused).toMatchObject({ code: -32022, data: { supported: ["2026-07-28"], requested: "2027-01-01" } });
});

test("A body without the name is for the method to refuse, whatever the header says", () => {
  expect(modernRefusal(request("tools/call"), headers("tools/call"))).toBeUndefined();
  expect(modernRefusal(request("tools/call"), headers("tools/call", "echo"))).toBeUndefined();
});

test("What contradicts the body is refused in the words of the official SDK", () => {
  const version = fc.constantFrom(undefined, "2026-07-28", "2025-11-25", "", "é");
  const method = fc.constantFrom(undefined, "tools/list", "tools/call", "");
  fc.assert(
    fc.property(
      version,
      method,
      fc.constantFrom("2026-07-28", "2025-11-25", "2027-01-01", 5),
      (named, called, claimed) => {
        const sent = request("tools/list", {}, claimed);
        const outcome = classifyInboundRequest({
          httpMethod: "POST",
          body: { jsonrpc: "2.0", ...sent },
          ...(named !== undefined && { protocolVersionHeader: named }),
          ...(called !== undefined && { mcpMethodHeader: called }),
        });
        const refused = modernRefusal(sent, { version: named, method: called, name: undefined });

        const contradicts =
          refused !== undefined && (refused.code === -32602 || refused.message.includes("header names"));

        const { code, message, data } = outcome as Partial<InboundLadderRejection>;
        expect(contradicts ? refused : {}).toMatchObject(contradicts ? { code, message, data } : {});
        expect(contradicts).toBe(outcome.kind === "reject");
      },
    ),
  );
});

test("Only a version in _meta claims the modern era, whatever it is", () => {
  expect(claimsModern({ _meta: { [metaKeys.protocolVersion]: null } })).toBe(true);
  expect(claimsModern({ _meta: { [metaKeys.clientCapabilities]: {} } })).toBe(false);
  expect(claimsModern({ [metaKeys.protocolVersion]: "2026-07-28" })).toBe(false);
  expect(claimsModern({ _meta: null })).toBe(false);
  expect(claimsModern(undefined)).toBe(false);
});
