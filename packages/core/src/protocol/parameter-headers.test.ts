import fc from "fast-check";
import { expect, test } from "vitest";
import { checkParameterHeaders, scanParameterHeaders, type ParameterHeader } from "./parameter-headers.ts";

function check(type: ParameterHeader["type"], value: unknown, header: string | undefined): string | undefined {
  const declared: ParameterHeader = { path: ["value"], header: "mcp-param-value", type };
  return checkParameterHeaders(
    [declared],
    { value },
    new Headers(header === undefined ? {} : { "Mcp-Param-Value": header }),
  )?.code;
}

function asSentinel(text: string): string {
  return `=?base64?${Buffer.from(text).toString("base64")}?=`;
}

test("Declarations are found at any depth of properties", () => {
  const found = scanParameterHeaders({
    type: "object",
    properties: {
      region: { type: "string", "x-mcp-header": "Region" },
      paging: { type: "object", properties: { size: { type: "integer", "x-mcp-header": "Page-Size" } } },
      plain: { type: "string" },
    },
  });

  expect(found).toEqual([
    { path: ["region"], header: "mcp-param-region", type: "string" },
    { path: ["paging", "size"], header: "mcp-param-page-size", type: "integer" },
  ]);
});

test.for([
  ["a name that is no token", { a: { type: "string", "x-mcp-header": "a b" } }, "not an HTTP header token"],
  ["an empty name", { a: { type: "string", "x-mcp-header": "" } }, "not an HTTP header token"],
  ["a line break", { a: { type: "string", "x-mcp-header": "a\r\nset-cookie: x" } }, "not an HTTP header token"],
  ["type number", { a: { type: "number", "x-mcp-header": "A" } }, 'got "number"'],
  ["no type", { a: { "x-mcp-header": "A" } }, "got nothing"],
  [
    "a name used twice",
    { a: { type: "string", "x-mcp-header": "A" }, b: { type: "string", "x-mcp-header": "a" } },
    "twice",
  ],
  [
    "a place in an array",
    { a: { type: "array", items: { type: "string", "x-mcp-header": "A" } } },
    "no chain of properties",
  ],
  ["a place in anyOf", { a: { anyOf: [{ type: "string", "x-mcp-header": "A" }] } }, "no chain of properties"],
  ["a place in $defs", { a: { $defs: { d: { type: "string", "x-mcp-header": "A" } } } }, "no chain of properties"],
] as const)("A declaration with %s is refused with a sentence", ([, properties, words]) => {
  expect(() => scanParameterHeaders({ type: "object", properties })).toThrow(words);
});

test("An argument called x-mcp-header is an argument", () => {
  expect(scanParameterHeaders({ type: "object", properties: { "x-mcp-header": { type: "string" } } })).toEqual([]);
});

test.for([
  ["string", "eu", "eu"],
  ["string", "", asSentinel("")],
  ["string", "Zürich", asSentinel("Zürich")],
  ["string", "=?base64?x?=", asSentinel("=?base64?x?=")],
  ["string", "\ufeffbom", asSentinel("\ufeffbom")],
  ["string", "=?base64?=", "=?base64?="],
  ["integer", 42, "42"],
  ["integer", 42, "42.0"],
  ["integer", -1, "-1"],
  ["boolean", true, "true"],
  ["string", undefined, undefined],
  ["string", null, "anything"],
  ["integer", { not: "primitive" }, undefined],
] as const)("A %s of %j goes with header %j", ([type, value, header]) => {
  expect(check(type, value, header)).toBeUndefined();
});

test.for([
  ["string", "eu", undefined],
  ["string", "eu", "us"],
  ["string", "eu", "EU"],
  ["string", "Zürich", "=?base64?Z?="],
  ["string", "x", "=?base64?eA?="],
  ["string", "\ufffd", "=?base64?/w==?="],
  ["integer", 42, "0x2a"],
  ["integer", 42, "4.2e1"],
  ["boolean", true, "True"],
  ["boolean", false, undefined],
] as const)("A %s of %j does not go with header %j", ([type, value, header]) => {
  expect(check(type, value, header)).toBe("HEADER_MISMATCH");
});

test("Every text survives the sentinel", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      expect(check("string", text, asSentinel(text))).toBeUndefined();
    }),
  );
});

test("An argument inherited by every object is none", () => {
  const declared: ParameterHeader = { path: ["constructor", "name"], header: "mcp-param-x", type: "string" };

  expect(checkParameterHeaders([declared], {}, new Headers())).toBeUndefined();
});
