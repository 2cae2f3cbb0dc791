import { specTypeSchemas } from "@modelcontextprotocol/server";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { fail } from "../errors/kit-error.ts";
import { compileSchema } from "./compile-schema.ts";
import { audio, embeddedResource, image, resourceLink, text, toolResult } from "./content.ts";
import { toToolResult, type ResultSource } from "./to-tool-result.ts";

const plain: ResultSource = { name: "t", output: undefined };
const typed = (schema: Parameters<typeof compileSchema>[0]): ResultSource => ({
  name: "t",
  output: compileSchema(schema, { use: "output", owner: 'tool "t"' }),
});
const bmi = typed(z.object({ bmi: z.number() }));
const json = (value: unknown): object => ({ type: "text", text: JSON.stringify(value) });
const invalidOutput = (message: RegExp): unknown =>
  expect.objectContaining({ code: "INVALID_OUTPUT", expose: false, message: expect.stringMatching(message) });

describe("the result of a tool without an output schema", () => {
  const block = { type: "text", text: "made by hand" };

  it.each<[name: string, returned: unknown, result: object]>([
    ["text", "hi", { content: [{ type: "text", text: "hi" }] }],
    ["a number", 1.5, { content: [{ type: "text", text: "1.5" }] }],
    ["a boolean", false, { content: [{ type: "text", text: "false" }] }],
    ["nothing", undefined, { content: [] }],
    ["null", null, { content: [] }],
    ["an object", { a: [1] }, { content: [json({ a: [1] })], structuredContent: { a: [1] } }],
    ["an array", [1, "a"], { content: [json([1, "a"])] }],
    ["an empty array", [], { content: [json([])] }],
    ["an array of text", ["a"], { content: [json(["a"])] }],
    ["a block", text("x"), { content: [{ type: "text", text: "x" }] }],
    [
      "blocks and text",
      ["a", text("b")],
      {
        content: [
          { type: "text", text: "a" },
          { type: "text", text: "b" },
        ],
      },
    ],
    ["a block made by hand", block, { content: [block] }],
    ["blocks made by hand", [block, block], { content: [block, block] }],
    ["a block among data", [block, 5], { content: [json([block, 5])] }],
    [
      "what only half looks like a block",
      { type: "text" },
      { content: [json({ type: "text" })], structuredContent: { type: "text" } },
    ],
    ["an absent member", { a: 1, b: undefined }, { content: [json({ a: 1 })], structuredContent: { a: 1 } }],
    [
      "a date",
      { at: new Date(0) },
      { content: [json({ at: new Date(0) })], structuredContent: { at: "1970-01-01T00:00:00.000Z" } },
    ],
    [
      "toolResult()",
      toolResult({ content: [text("no")], isError: true, meta: { m: 1 } }),
      { content: [{ type: "text", text: "no" }], isError: true, _meta: { m: 1 } },
    ],
  ])("of %s", (_name, returned, expected) => {
    const result = toToolResult(returned, plain);

    expect(result).toEqual(expected);
    expect(specTypeSchemas.CallToolResult["~standard"].validate(result)).not.toHaveProperty("issues");
  });

  it("carries every kind of block", () => {
    const returned = [
      image(new Uint8Array([1]), "image/png"),
      audio("AQ==", "audio/wav"),
      resourceLink({ uri: "a://b", name: "b" }),
      embeddedResource({ uri: "a://b", body: new Uint8Array([1]) }),
    ];

    const result = toToolResult(returned, plain);

    expect(result).toMatchObject({
      content: [{ data: "AQ==" }, { data: "AQ==" }, { name: "b" }, { resource: { blob: "AQ==" } }],
    });
    expect(specTypeSchemas.CallToolResult["~standard"].validate(result)).not.toHaveProperty("issues");
  });

  const circle: Record<string, unknown> = {};
  circle["in"] = { circle };

  it.each<[name: string, returned: unknown, message: RegExp]>([
    [
      "a BigInt",
      { rows: [{ id: 1n }] },
      /^Tool "t": JSON cannot carry a BigInt at rows\[0\]\.id; send a string or a number$/,
    ],
    ["a circle", circle, /an object that contains itself at in\.circle/],
    ["a function", { f: () => 1 }, /a function at f/],
    ["a symbol", Symbol("x"), /carry a symbol;/],
    ["NaN", { n: Number.NaN }, /NaN at n/],
    ["infinity", [Infinity], /Infinity at \[0\]/],
    ["undefined in an array", { a: [undefined] }, /undefined at a\[0\]/],
    ["a Map", { m: new Map([[1, 2]]) }, /a Map at m/],
    ["bytes", { b: Buffer.from("x") }, /bytes at b.*image\(\)/],
    ["a promise", { p: Promise.resolve(1) }, /a Promise at p/],
  ])("is refused for %s", (_name, returned, message) => {
    expect(() => toToolResult(returned, plain)).toThrow(invalidOutput(message));
  });

  it("throws an error that was returned", () => {
    expect(() => toToolResult(fail("No such user"), plain)).toThrow(
      expect.objectContaining({ code: "FAILED", expose: true }),
    );
    expect(() => toToolResult(new RangeError("x"), plain)).toThrow(RangeError);
  });

  it("has a text twin that says the same as its structured content, for any JSON object", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (returned) => {
        const result = toToolResult(returned, plain) as { content: { text: string }[]; structuredContent?: object };
        if (result.structuredContent === undefined) return;

        expect(JSON.parse(result.content[0]?.text ?? "")).toEqual(JSON.parse(JSON.stringify(returned)));
        expect(result.structuredContent).toEqual(returned);
      }),
    );
  });

  it("keeps a member called __proto__ a member", () => {
    const returned = { ...JSON.parse('{"a":1,"gone":1}'), gone: undefined } as object;
    Object.defineProperty(returned, "__proto__", { value: { evil: true }, enumerable: true });

    const { structuredContent } = toToolResult(returned, plain) as { structuredContent: object };

    expect(Object.getPrototypeOf(structuredContent)).toBe(Object.prototype);
    expect(JSON.stringify(structuredContent)).toBe('{"a":1,"__proto__":{"evil":true}}');
  });
});

describe("the result of a tool with an output schema", () => {
  it("is checked, and sent after its transforms", () => {
    const schema = typed(z.object({ n: z.number(), unit: z.string().default("kg") }));

    expect(toToolResult({ n: 1, secret: "x" }, schema)).toEqual({
      content: [json({ n: 1, unit: "kg" })],
      structuredContent: { n: 1, unit: "kg" },
    });
  });

  it("waits for an asynchronous schema", async () => {
    const schema = typed(z.object({ n: z.number().refine(async (n) => n > 0, "must be positive") }));

    await expect(toToolResult({ n: 1 }, schema)).resolves.toMatchObject({ structuredContent: { n: 1 } });
    await expect(async () => toToolResult({ n: -1 }, schema)).rejects.toEqual(invalidOutput(/n: must be positive/));
  });

  it("may be data that looks like content", () => {
    const schema = typed(z.object({ type: z.literal("text"), text: z.string() }));

    expect(toToolResult({ type: "text", text: "data" }, schema)).toMatchObject({
      structuredContent: { type: "text", text: "data" },
    });
  });

  it.each<[name: string, returned: unknown, message: RegExp]>([
    [
      "a wrong object",
      { bmi: "x" },
      /^Tool "t" returned what its output schema does not allow: bmi: expected number, got string$/,
    ],
    ["nothing", undefined, /expected object/],
    ["text", "x", /expected object/],
    ["content alone", text("x"), /content alone, but has an output schema/],
    ["toolResult() without structure", toolResult({ content: [text("x")] }), /without structuredContent/],
    ["toolResult() with a wrong structure", toolResult({ content: [], structuredContent: {} }), /bmi: is required/],
  ])("is refused for %s", (_name, returned, message) => {
    expect(() => toToolResult(returned, bmi)).toThrow(invalidOutput(message));
  });

  it("keeps the content of toolResult(), and need not fit when it is an error", () => {
    const content = [text("Your BMI")];

    expect(toToolResult(toolResult({ content, structuredContent: { bmi: 1 } }), bmi)).toEqual({
      content,
      structuredContent: { bmi: 1 },
    });
    expect(toToolResult(toolResult({ content, isError: true }), bmi)).toEqual({ content, isError: true });
  });
});
