import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readChildMessage } from "./messages.ts";

describe("messages of a child", () => {
  it.each([
    { type: "ready" },
    { type: "output", stream: "stdout", text: "hello" },
    { type: "call", id: 1, kind: "tools", name: "a", args: "[]" },
    { type: "artifact", name: "a", base64: "" },
    { type: "done", json: "1", cpuMs: 3 },
    { type: "failed", failure: "thrown", message: "no", line: 4, cpuMs: 3 },
  ])("are read: %j", (message) => {
    expect(readChildMessage(JSON.stringify(message))).toEqual(message);
  });

  it.each([
    '{"type":"call","id":-1,"kind":"tools","name":"a","args":"[]"}',
    '{"type":"call","id":1,"kind":"process","name":"a","args":"[]"}',
    '{"type":"call","id":1,"kind":"tools","name":{"toString":1},"args":"[]"}',
    '{"type":"failed","failure":"cancelled","message":"","cpuMs":1}',
    '{"type":"done","cpuMs":"1"}',
    '{"type":"done","cpuMs":-1}',
    '{"__proto__":{"type":"ready"}}',
    '{"type":"toString"}',
    '["ready"]',
    "null",
    "",
  ])("are nothing unless every part is what it must be: %s", (text) => {
    expect(readChildMessage(text)).toBeUndefined();
  });

  it("are nothing or of a known type, whatever the text", () => {
    const odd = fc.dictionary(
      fc.constantFrom("type", "id", "kind", "name", "args", "json", "cpuMs", "text"),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          odd.map((each) => JSON.stringify(each)),
          fc.string(),
        ),
        (text) => {
          const message = readChildMessage(text);

          expect([undefined, "ready", "unavailable", "output", "call", "artifact", "done", "failed"]).toContain(
            message?.type,
          );
        },
      ),
    );
  });
});
