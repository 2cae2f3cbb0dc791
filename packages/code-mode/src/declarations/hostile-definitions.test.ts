import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { listed, taking } from "../fixtures/listed.ts";
import { syntaxErrors } from "../fixtures/syntax-errors.ts";
import { toolDeclarations } from "./tool-declarations.ts";

const hidden = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

/** What may stand where a schema's author can write anything. */
const hostileText = fc.oneof(
  fc.constantFrom(
    "*/ process.exit(); /*",
    "*\u200b/ evil(); /*",
    "**//",
    "a\nb\r\n\u2028c\u2029",
    "\u202edrow\u2066",
    "\u{e0049}\u{e0067}",
    "`${process.env.HOME}`",
    '"; evil(); "',
    "\\",
    "\ud800",
    "__proto__",
    "constructor",
    "<!-- -->",
  ),
  fc.string({ unit: "binary", maxLength: 40 }),
);

const anything = fc.anything({ maxDepth: 2, withNullPrototype: true }).filter((value) => typeof value !== "symbol");

const schema = fc.letrec((tie) => ({
  schema: fc.oneof(
    { maxDepth: 4 },
    fc.boolean(),
    fc.record(
      {
        type: fc.oneof(
          fc.constantFrom("string", "number", "integer", "boolean", "null", "object", "array", "odd"),
          fc.array(fc.constantFrom("string", "null", "object", "array"), { maxLength: 3 }),
        ),
        title: hostileText,
        description: hostileText,
        format: hostileText,
        pattern: hostileText,
        default: fc.oneof(hostileText, anything),
        minimum: fc.double(),
        const: fc.oneof(hostileText, fc.jsonValue()),
        enum: fc.array(fc.oneof(hostileText, fc.jsonValue()), { maxLength: 4 }),
        properties: fc.dictionary(hostileText, tie("schema"), { maxKeys: 4 }),
        patternProperties: fc.dictionary(hostileText, tie("schema"), { maxKeys: 2 }),
        additionalProperties: tie("schema"),
        required: fc.array(hostileText, { maxLength: 3 }),
        items: fc.oneof(tie("schema"), fc.array(tie("schema"), { maxLength: 3 })),
        prefixItems: fc.array(tie("schema"), { maxLength: 3 }),
        additionalItems: tie("schema"),
        anyOf: fc.array(tie("schema"), { maxLength: 3 }),
        oneOf: fc.array(tie("schema"), { maxLength: 3 }),
        allOf: fc.array(tie("schema"), { maxLength: 3 }),
        nullable: fc.boolean(),
        $ref: fc.oneof(fc.constantFrom("#", "#/properties/a", "#/$defs/x", "#/$defs/*~1"), hostileText),
      },
      { requiredKeys: [] },
    ),
    anything,
  ),
})).schema;

describe("declarations of hostile definitions", () => {
  it("parse, end, and hide nothing, whatever the schemas, names and descriptions are", () => {
    fc.assert(
      fc.property(hostileText, hostileText, schema, schema, schema, (name, description, input, output, shared) => {
        const text = toolDeclarations([
          taking(input, { $defs: { x: shared, "*/": shared } }),
          listed(name, { description, outputSchema: output as Record<string, unknown> }),
        ]);

        expect(syntaxErrors(text)).toEqual([]);
        expect(text.replaceAll("\n", "")).not.toMatch(hidden);
        expect(text.match(/declare const tools/g)).toHaveLength(1);
      }),
      { numRuns: Number(process.env.PLINTH_ATTACK_RUNS ?? 500) },
    );
  });

  it.each([
    ["in the tool's description", (text: string) => listed("t", { description: text })],
    ["in a property's description", (text: string) => taking({ type: "string", description: text })],
    ["in a default", (text: string) => taking({ type: "string", default: text, format: text, pattern: text })],
  ])("cannot leave the comment %s", (_where, define) => {
    for (const text of [
      "*/ evil(); /*",
      "*\u200b/ evil(); /*",
      "*\u0000/ evil();/*",
      "a\n*/\nevil()\n/*",
      "**//evil()",
    ]) {
      const declarations = toolDeclarations([define(text)]);

      expect(syntaxErrors(declarations)).toEqual([]);
      expect(declarations.match(/\*\//g)?.length).toBe(declarations.match(/\/\*\*/g)?.length);
    }
  });

  it.each<[string, unknown]>([
    ["nested without end", nested(5000)],
    [
      "with 100,000 properties",
      { properties: Object.fromEntries(many(100_000).map((n) => [`p${n}`, { type: "string" }])) },
    ],
    ["with 100,000 alternatives", { anyOf: many(100_000).map((n) => ({ const: n })) }],
    ["with long names and values", { properties: { ["n".repeat(1e6)]: { const: "v".repeat(1e6) } } }],
    ["with a long description", { type: "string", description: "d".repeat(1e6), pattern: "p".repeat(1e6) }],
    ["that doubles at each level", doubling(40)],
    ["that says nothing, very often", many(40).reduce<unknown>((inner) => ({ allOf: Array(60).fill(inner) }), {})],
    ["with a chain of references", { $ref: "#/$defs/r0" }],
  ])("are short for a schema %s", (_what, schema) => {
    const chain = Object.fromEntries(many(5000).map((n) => [`r${n}`, { items: { $ref: `#/$defs/r${n + 1}` } }]));

    const text = toolDeclarations([taking(schema, { $defs: chain })]);

    expect(text.length).toBeLessThan(20_000);
    expect(syntaxErrors(text)).toEqual([]);
  });

  it("are short for many tools with long schemas, too", () => {
    const long = { properties: Object.fromEntries(many(1000).map((n) => [`property${n}`, { type: "string" }])) };

    const text = toolDeclarations(many(100).map((n) => listed(`t${n}`, { inputSchema: long, outputSchema: long })));

    expect(text.length).toBeLessThan(250_000);
    expect(syntaxErrors(text)).toEqual([]);
  });

  it("say so where they were cut", () => {
    const text = toolDeclarations([taking(nested(100))]);

    expect(text).toContain("(Some types are too long to be told here.)");
  });
});

function many(count: number): number[] {
  return [...Array(count).keys()];
}

function nested(levels: number): unknown {
  return many(levels).reduce<unknown>((inner) => ({ properties: { inner } }), { type: "string" });
}

/** A schema of few objects that would be a text of 2 ** levels members. */
function doubling(levels: number): unknown {
  return many(levels).reduce<unknown>((inner) => ({ allOf: [{ items: inner }, { anyOf: [inner, inner] }] }), {
    type: "string",
  });
}
