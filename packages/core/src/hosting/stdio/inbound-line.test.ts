import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readLine, refuseOversized } from "./inbound-line.ts";

const read = (text: string): unknown => readLine(Buffer.from(text));

describe("readLine", () => {
  it("takes requests, notifications and responses", () => {
    const request = { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "a", _meta: { progressToken: 3 } } };
    const notification = { jsonrpc: "2.0", method: "notifications/initialized" };
    const response = { jsonrpc: "2.0", id: "a", result: { action: "accept" } };
    const failure = { jsonrpc: "2.0", id: 0, error: { code: -1, message: "no" } };

    for (const message of [request, notification, response, failure]) {
      expect(read(JSON.stringify(message))).toEqual({ kind: "message", message });
      expect(read(JSON.stringify({ ...message, unknown: 1 }))).toEqual({ kind: "message", message });
    }
  });

  it.each([
    ["{", null, -32700],
    ["nonsense", null, -32700],
    ["5", null, -32600],
    ["[]", null, -32600],
    ['[{"jsonrpc":"2.0","id":1,"method":"ping"}]', null, -32600],
    ["{}", null, -32600],
    ['{"jsonrpc":"2.0","id":null,"method":"ping"}', null, -32600],
    ['{"jsonrpc":"2.0","id":1.5,"method":"ping"}', null, -32600],
    ['{"jsonrpc":"2.0","id":1e300,"method":"ping"}', null, -32600],
    ['{"jsonrpc":"1.0","id":7,"method":"ping"}', 7, -32600],
    ['{"jsonrpc":"2.0","id":"a","method":5}', "a", -32600],
    ['{"jsonrpc":"2.0","id":7,"method":"ping","params":[]}', 7, -32602],
    ['{"jsonrpc":"2.0","id":7,"method":"ping","params":{"_meta":5}}', 7, -32602],
    ['{"jsonrpc":"2.0","id":7,"method":"ping","params":{"_meta":{"progressToken":{}}}}', 7, -32602],
  ])("refuses %s", (line, id, code) => {
    expect(read(line)).toMatchObject({ kind: "refused", refusal: { jsonrpc: "2.0", id, error: { code } } });
  });

  it("refuses bytes that are not UTF-8", () => {
    expect(readLine(Buffer.from([0x22, 0xff, 0x22]))).toMatchObject({
      kind: "refused",
      refusal: { error: { code: -32700 } },
    });
  });

  it("never answers a response or a notification, and passes over blank lines", () => {
    expect(read('{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"?"}}')).toMatchObject({
      kind: "ignored",
    });
    expect(read('{"jsonrpc":"2.0","id":1,"result":5}')).toMatchObject({ kind: "ignored" });
    expect(read('{"jsonrpc":"2.0","method":"notifications/x","params":5}')).toMatchObject({ kind: "ignored" });
    expect(read(" \t ")).toEqual({ kind: "blank" });
  });
});

describe("refuseOversized", () => {
  const refusalOf = (line: string): unknown =>
    refuseOversized({ head: Buffer.from(line.slice(0, 512)), tail: Buffer.from(line.slice(-512)) }, 100).id;
  const params = { text: '"id":13}'.repeat(200), nested: { id: 99 } };

  it("finds the request's id at either end, whatever the rest of the line says", () => {
    fc.assert(
      fc.property(fc.oneof(fc.maxSafeInteger(), fc.string({ maxLength: 60 })), fc.boolean(), (id, pretty) => {
        const write = (message: object): string => JSON.stringify(message, undefined, pretty ? " " : undefined);

        expect(refusalOf(write({ jsonrpc: "2.0", id, method: "tools/call", params }))).toBe(id);
        expect(refusalOf(write({ method: "tools/call", params, jsonrpc: "2.0", id }))).toBe(id);
      }),
    );
  });

  it("names no id for a response, whose id is ours, nor where it cannot know", () => {
    expect(refusalOf(JSON.stringify({ jsonrpc: "2.0", id: 5, result: params }))).toBeNull();
    expect(refusalOf(JSON.stringify({ result: params, jsonrpc: "2.0", id: 5 }))).toBeNull();
    expect(refusalOf(JSON.stringify({ method: "x", params: { ...params, id: 5 } }))).toBeNull();
    expect(refusalOf("x".repeat(5_000))).toBeNull();
  });
});
