import { toStandardJsonSchema } from "@valibot/to-json-schema";
import { type } from "arktype";
import fc from "fast-check";
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { compileSchema } from "./compile-schema.ts";
import { describeProblems } from "./schema-problems.ts";
import type { JsonSchema, Schema } from "./schema.ts";

const owner = 'tool "t"';
const compile = (schema: Schema): ReturnType<typeof compileSchema> => compileSchema(schema, { use: "input", owner });

async function problems(schema: Schema, value: unknown): Promise<string> {
  const checked = await compile(schema).check(value);
  return checked.ok ? "" : describeProblems(checked.problems);
}

/** One schema in each way to write it. */
const libraries: readonly (readonly [name: string, schema: Schema])[] = [
  [
    "zod",
    z.strictObject({
      weightKg: z.number().positive(),
      unit: z.enum(["kg", "lb"]).optional(),
      items: z.array(z.object({ price: z.number() })).optional(),
      when: z.union([z.string(), z.number()]).optional(),
    }),
  ],
  [
    "ArkType",
    type({
      "+": "reject",
      weightKg: "number > 0",
      "unit?": "'kg' | 'lb'",
      "items?": type({ price: "number" }).array(),
      "when?": "string | number",
    }),
  ],
  [
    "Valibot",
    toStandardJsonSchema(
      v.strictObject({
        weightKg: v.pipe(v.number(), v.gtValue(0)),
        unit: v.optional(v.picklist(["kg", "lb"])),
        items: v.optional(v.array(v.object({ price: v.number() }))),
        when: v.optional(v.union([v.string(), v.number()])),
      }),
    ),
  ],
  [
    "JSON Schema",
    {
      type: "object",
      properties: {
        weightKg: { type: "number", exclusiveMinimum: 0 },
        unit: { enum: ["kg", "lb"] },
        items: {
          type: "array",
          items: { type: "object", properties: { price: { type: "number" } }, required: ["price"] },
        },
        when: { anyOf: [{ type: "string" }, { type: "number" }] },
      },
      required: ["weightKg"],
      additionalProperties: false,
    },
  ],
];

describe.each(libraries)("a compiled schema of %s", (name, schema) => {
  it("has an object at the root of its JSON form, frozen to the bottom", () => {
    const { json } = compile(schema);

    expect(json).toMatchObject({
      type: "object",
      properties: { weightKg: { type: "number" } },
      required: ["weightKg"],
    });
    expect(() => Object.assign((json["properties"] as { weightKg: object }).weightKg, { x: 1 })).toThrow(TypeError);
  });

  it("lets a good value through", async () => {
    const value = { weightKg: 1, unit: "kg", items: [{ price: 2 }], when: "now" };

    expect(await compile(schema).check(value)).toEqual({ ok: true, value });
  });

  it("names the path and what was expected there", async () => {
    expect(await problems(schema, { weightKg: "1" })).toMatch(
      /^weightKg: expected (a )?number, got (a )?("1"|string)$/,
    );
    expect(await problems(schema, {})).toBe("weightKg: is required");
    expect(await problems(schema, { weightKg: 1, items: [{ price: 1 }, {}] })).toBe("items[1].price: is required");
    expect(await problems(schema, { weightKg: 1, items: [{ price: "x" }] })).toMatch(
      /^items\[0\]\.price: expected (a )?number, got/,
    );
    expect(await problems(schema, { weightKg: 1, unit: "g" })).toMatch(/^unit: expected .*"kg".*"lb"/);
    expect(await problems(schema, { weightKg: -1 })).toMatch(/^weightKg: .*(0|positive)/);
    expect(await problems(schema, { weightKg: 1, when: true })).toMatch(
      /^when: expected .*(string|number).* (string|number).*, got/,
    );
  });

  it("names a property that it does not know", async () => {
    const expected = name === "ArkType" ? /^colour: / : /^colour: is not a known property$/;

    expect(await problems(schema, { weightKg: 1, colour: "red" })).toMatch(expected);
  });

  it("says what is wrong with something that is no object", async () => {
    expect(await problems(schema, 5)).toMatch(/^expected .*[oO]bject, got/);
  });

  it("stops listing problems after ten", async () => {
    const text = await problems(schema, { weightKg: 1, items: Array.from({ length: 25 }, () => ({})) });

    expect(text).toMatch(/items\[9\]\.price: is required; and 15 more problems$/);
  });

  it("answers any JSON with ok or with at least one problem, and never with an essay", async () => {
    const { check } = compile(schema);

    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (value) => {
        const checked = await check(value);
        if (checked.ok) return;

        expect(checked.problems.length).toBeGreaterThan(0);
        expect(describeProblems(checked.problems).length).toBeLessThan(5_000);
      }),
      { numRuns: 100 },
    );
  });
});

describe("a compiled zod schema", () => {
  it("hands over the value after its transforms, and lists what goes in", async () => {
    const { json, check } = compile(z.object({ n: z.string().transform(Number), d: z.number().default(2) }));

    expect(await check({ n: "7" })).toEqual({ ok: true, value: { n: 7, d: 2 } });
    expect(json).toMatchObject({ properties: { n: { type: "string" }, d: { default: 2 } }, required: ["n"] });
  });

  it("runs asynchronous refinements once for each value, after the first", async () => {
    const seen: string[] = [];
    const refined = z.object({
      id: z.string().refine(async (id) => {
        seen.push(id);
        await Promise.resolve();
        if (id === "broken") throw new Error("the look-up failed");
        return id !== "wrong";
      }, "there is no such id"),
    });
    const { check } = compileSchema(refined, { use: "input", owner: "tool" });
    await check({ id: "first" });
    seen.length = 0;

    expect(await check({ id: "right" })).toStrictEqual({ ok: true, value: { id: "right" } });
    expect(await check({ id: "wrong" })).toMatchObject({ ok: false, problems: [{ path: "id" }] });
    await expect(check({ id: "broken" })).rejects.toThrow("the look-up failed");
    expect(seen).toStrictEqual(["right", "wrong", "broken"]);
  });

  it("checks in one step unless a refinement is asynchronous", () => {
    const asynchronous = z.object({ a: z.string().refine(async () => true) });

    expect(compile(z.object({})).check({})).not.toBeInstanceOf(Promise);
    expect(compile(asynchronous).check({ a: "" })).toBeInstanceOf(Promise);
  });

  it("explains a union by the member that comes closest", async () => {
    const shape = z.discriminatedUnion("kind", [
      z.object({ kind: z.literal("circle"), radius: z.number() }),
      z.object({ kind: z.literal("square"), side: z.number() }),
    ]);
    const either = z.union([z.string(), z.object({ from: z.number(), to: z.number() })]);

    expect(await problems(z.object({ shape }), { shape: { kind: "circle", radius: "1" } })).toBe(
      "shape.radius: expected number, got string",
    );
    expect(await problems(z.object({ shape }), { shape: { kind: "star" } })).toMatch(
      /^shape\.kind: expected .*circle.*square/,
    );
    expect(await problems(z.object({ either }), { either: { from: 1 } })).toBe("either.to: is required");
    expect(await problems(z.object({ either }), { either: 5 })).toBe("either: expected string or object, got number");
  });

  it("keeps the author's own words", async () => {
    const schema = z
      .object({ a: z.string({ error: "Give me an a" }), b: z.string().optional() })
      .refine(({ b }) => b !== undefined, { path: ["b"], error: "b goes with a" });

    expect(await problems(schema, {})).toBe("a: Give me an a");
    expect(await problems(schema, { a: "" })).toBe("b: b goes with a");
  });

  it("is safe with the names that objects inherit", async () => {
    const schema = z.object({ constructor: z.string(), ["__proto__"]: z.string().optional() });

    expect(await problems(schema, {})).toBe("constructor: is required");
    const checked = await compile(schema).check(JSON.parse('{"constructor":"x","__proto__":"y"}'));
    expect(checked.ok && Object.getPrototypeOf(checked.value)).toBe(Object.prototype);
    expect(Object.keys(compile(schema).json["properties"] as object)).toContain("__proto__");
  });

  it("does not take what objects inherit for an optional member, at any depth", async () => {
    const inner = z.object({ toString: z.string().optional(), valueOf: z.number().default(3) });
    const schema = z.object({ constructor: z.string().optional(), list: z.array(inner) });

    const left = await compile(schema).check({ list: [{}] });
    const given = await compile(schema).check({ constructor: "c", list: [{ toString: "s", valueOf: 4 }] });

    expect(left).toEqual({ ok: true, value: { list: [{ valueOf: 3 }] } });
    expect(given).toEqual({ ok: true, value: { constructor: "c", list: [{ toString: "s", valueOf: 4 }] } });
  });

  it("lists the output of an output schema", () => {
    const schema = z.object({ at: z.string().default("now") });

    expect(compileSchema(schema, { use: "output", owner }).json).toMatchObject({
      required: ["at"],
      additionalProperties: false,
    });
  });
});

describe("a compiled plain JSON Schema", () => {
  const everything = JSON.parse(`{
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://example.com/order",
    "$comment": "as written",
    "type": "object",
    "properties": {
      "address": { "$ref": "#/$defs/address" },
      "pair": { "prefixItems": [{ "type": "number" }, { "type": "string" }], "items": false },
      "kind": { "$ref": "#kinds" }
    },
    "$defs": {
      "address": {
        "type": "object",
        "properties": { "zip": { "type": "string", "pattern": "^[0-9]{5}$" } },
        "required": ["zip"]
      },
      "kinds": { "$anchor": "kinds", "enum": ["new", "used"] }
    },
    "if": { "properties": { "kind": { "const": "used" } }, "required": ["kind"] },
    "then": { "required": ["address"] },
    "else": { "properties": { "address": false } },
    "dependentRequired": { "pair": ["kind"] },
    "patternProperties": { "^x-": { "type": "string" } },
    "unevaluatedProperties": false,
    "x-vendor": { "a": [1, null] }
  }`) as JsonSchema;

  it("keeps every keyword as written", () => {
    expect(compile(everything).json).toEqual(everything);
    expect(JSON.stringify(compile(everything).json)).toBe(JSON.stringify(everything));
  });

  it.each<[value: unknown, expected: string]>([
    [{ kind: "new", "x-note": "fine", pair: [1, "a"] }, ""],
    [{ kind: "used", address: { zip: "12345" } }, ""],
    [{ kind: "used" }, "address: is required"],
    [{ kind: "used", address: { zip: "x" } }, 'address.zip: must match pattern "^[0-9]{5}$"'],
    [{ kind: "new", address: { zip: "12345" } }, "address: is not allowed"],
    [{ pair: [1, "a"] }, "kind: is required when pair is given"],
    [{ kind: "new", pair: ["1", "a", 2] }, "pair[0]: expected number, got string"],
    [{ kind: "old" }, 'kind: expected one of "new", "used"'],
    [{ kind: "new", "x-note": 1 }, '["x-note"]: expected string, got number'],
    [{ kind: "new", other: 1 }, "other: is not a known property"],
    [[], "expected object, got array"],
  ])("answers %j with: %s", async (value, expected) => {
    const [first] = (await problems(everything, value)).split("; ", 1);

    expect(first).toBe(expected);
  });

  it("may share its $id with another tool's schema", async () => {
    const first = { $id: "https://example.com/x", type: "object", required: ["a"] };
    const second = { $id: "https://example.com/x", type: "object", required: ["b"] };

    expect(await problems(first, {})).toBe("a: is required");
    expect(await problems(second, {})).toBe("b: is required");
  });

  it("explains unions with references by the member that comes closest", async () => {
    const schema = {
      type: "object",
      properties: {
        target: { oneOf: [{ type: "string" }, { $ref: "#/$defs/range" }] },
        tags: { contains: { const: "x" } },
      },
      $defs: { range: { type: "object", required: ["from", "to"] } },
    };

    expect(await problems(schema, { target: { from: 1 } })).toBe("target.to: is required");
    expect(await problems(schema, { target: 5 })).toBe("target: expected string or object, got number");
    expect(await problems(schema, { tags: ["a", "b"] })).toBe("tags: must contain at least 1 valid item(s)");
  });

  it("does not take what objects inherit for properties", async () => {
    const schema = JSON.parse(
      '{"type":"object","properties":{"constructor":{"type":"string"},"__proto__":{"type":"string"}},"required":["constructor"]}',
    ) as JsonSchema;

    expect(await problems(schema, {})).toBe("constructor: is required");
    expect(await problems(schema, { constructor: "x" })).toBe("");
    expect(JSON.stringify(compile(schema).json)).toBe(JSON.stringify(schema));
  });

  it("gets the object type at its root when it can mean nothing else", () => {
    const member = { type: "object", properties: { a: {} } };
    const objects: readonly JsonSchema[] = [
      { properties: {} },
      { required: ["a"] },
      { $ref: "#/$defs/m", $defs: { m: member } },
      { anyOf: [member, { required: ["b"] }] },
      { allOf: [{ description: "x" }, member] },
    ];

    for (const schema of objects) expect(compile(schema).json).toEqual({ type: "object", ...schema });
  });
});

describe("a schema that cannot be used", () => {
  const circle: Record<string, unknown> = { type: "object" };
  circle["self"] = circle;

  it.each<[name: string, schema: unknown, message: RegExp]>([
    ["no object", z.string(), /^The input schema of tool "t" must describe an object: its type is "string"\. Wrap it/],
    ["an array", { type: "array" }, /must describe an object: its type is "array"\. Add "type": "object"/],
    ["several types", { type: ["object", "null"] }, /must describe an object: its type is \["object","null"\]/],
    ["no type", {}, /must describe an object: it does not say so/],
    ["a mixed union", { anyOf: [{ type: "string" }, { type: "object" }] }, /must describe an object/],
    ["references in a circle", { $ref: "#/$defs/a", $defs: { a: { $ref: "#/$defs/a" } } }, /must describe an object/],
    ["a date", z.object({ at: z.date() }), /cannot be turned into JSON Schema: Date cannot be represented/],
    [
      "a remote reference",
      { type: "object", $ref: "https://example.com/s" },
      /not valid JSON Schema: can't resolve reference https:\/\/example\.com\/s/,
    ],
    [
      "a broken pattern",
      { type: "object", properties: { a: { pattern: "(" } } },
      /not valid JSON Schema: Invalid regular expression/,
    ],
    [
      "an unknown type",
      { type: "object", properties: { a: { type: "strang" } } },
      /not valid JSON Schema: type must be/,
    ],
    [
      "a dialect of long ago",
      { $schema: "http://json-schema.org/draft-03/schema#", type: "object" },
      /unsupported dialect/,
    ],
    ["a circle", circle, /is not JSON: Converting circular structure/],
    [
      "a library without JSON Schema",
      v.object({ a: v.string() }),
      /its library \(valibot\) has no support.*toStandardJsonSchema/,
    ],
    ["members in place of a schema", { weightKg: z.number() }, /has a schema in its member "weightKg".*z\.object/],
    ["text", "object", /must be a schema, not "object"/],
  ])("is refused with a sentence that names its owner: %s", (_name, schema, message) => {
    const attempt = (): unknown => compile(schema as Schema);

    expect(attempt).toThrow(message);
    expect(attempt).toThrow(
      expect.objectContaining({ code: "MISUSE", message: expect.stringContaining('input schema of tool "t"') }),
    );
  });
});
