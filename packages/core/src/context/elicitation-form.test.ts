import { describe, expect, it } from "vitest";
import { z } from "zod";
import { toElicitationForm } from "./elicitation-form.ts";

function fieldsOf(schema: z.ZodObject): unknown {
  return toElicitationForm(schema).requestedSchema["properties"];
}

describe("toElicitationForm with zod", () => {
  it("writes each kind of field in the words of the protocol", () => {
    const form = toElicitationForm(
      z.object({
        name: z.string().min(1).max(50).meta({ title: "Name", description: "As on the card" }),
        email: z.email(),
        site: z.url().optional(),
        born: z.iso.date(),
        at: z.iso.datetime(),
        code: z.string().regex(/^[A-Z]+$/),
        age: z.int().positive().default(30),
        score: z.number().min(0).max(100),
        agreed: z.boolean().default(false),
      }),
    );

    expect(form.requestedSchema).toEqual({
      type: "object",
      properties: {
        name: { type: "string", title: "Name", description: "As on the card", minLength: 1, maxLength: 50 },
        email: { type: "string", format: "email" },
        site: { type: "string", format: "uri" },
        born: { type: "string", format: "date" },
        at: { type: "string", format: "date-time" },
        code: { type: "string", pattern: "^[A-Z]+$" },
        age: { type: "integer", minimum: 1, default: 30 },
        score: { type: "number", minimum: 0, maximum: 100 },
        agreed: { type: "boolean", default: false },
      },
      required: ["name", "email", "born", "at", "code", "score"],
    });
  });

  it("writes choices, one or several, with titles or without", () => {
    const titled = z.union([z.literal("r").meta({ title: "Red" }), z.literal("g").meta({ title: "Green" })]);

    const fields = fieldsOf(
      z.object({
        plain: z.enum(["a", "b"]).default("a"),
        single: z.literal("only"),
        titled: titled.meta({ description: "A colour" }),
        several: z
          .array(z.enum(["a", "b"]))
          .min(1)
          .max(2),
        severalTitled: z.array(titled),
      }),
    );

    const options = [
      { const: "r", title: "Red" },
      { const: "g", title: "Green" },
    ];
    expect(fields).toEqual({
      plain: { type: "string", enum: ["a", "b"], default: "a" },
      single: { type: "string", enum: ["only"] },
      titled: { type: "string", description: "A colour", oneOf: options },
      several: { type: "array", minItems: 1, maxItems: 2, items: { type: "string", enum: ["a", "b"] } },
      severalTitled: { type: "array", items: { anyOf: options } },
    });
  });

  it("checks on the answer what the form could not say", async () => {
    const form = toElicitationForm(
      z.strictObject({ even: z.number().multipleOf(2), id: z.uuid() }).refine(({ even }) => even !== 4, "not four"),
    );
    const id = "0b2c7b0e-6a55-4c0e-9c76-3f6b0c2f6a11";

    expect(form.requestedSchema["properties"]).toMatchObject({ even: { type: "number" } });
    expect(await form.check({ even: 2, id })).toEqual({ ok: true, value: { even: 2, id } });
    expect(await form.check({ even: 3, id })).toMatchObject({ ok: false, problems: [{ path: "even" }] });
    expect(await form.check({ even: 4, id })).toMatchObject({ ok: false });
    expect(await form.check({ even: 2, id: "x" })).toMatchObject({ ok: false, problems: [{ path: "id" }] });
    expect(await form.check({ even: 2, id, more: 1 })).toMatchObject({ ok: false });
  });

  it.each<[string, z.ZodType]>([
    ["a nested object", z.object({ street: z.string() })],
    ["a list of free text", z.array(z.string())],
    ["a nullable", z.string().nullable()],
    ["a union of types", z.union([z.string(), z.number()])],
    ["a choice of numbers", z.union([z.literal(1), z.literal(2)])],
    ["anything", z.any()],
    ["a record", z.record(z.string(), z.string())],
  ])("refuses %s and names the property", (_name, field) => {
    expect(() => toElicitationForm(z.object({ fine: z.string(), address: field }))).toThrowError(
      expect.objectContaining({
        code: "MISUSE",
        message: expect.stringMatching(/^Property "address" does not fit a form: /) as string,
      }),
    );
  });

  it("makes the form of one schema once", () => {
    const schema = z.object({ name: z.string() });

    expect(toElicitationForm(schema)).toBe(toElicitationForm(schema));
  });
});

describe("toElicitationForm with JSON Schema", () => {
  it("passes on a form as it is written", () => {
    const schema = {
      type: "object",
      properties: {
        name: { type: "string", description: "User name", default: "John Doe" },
        age: { type: "integer", minimum: 0, maximum: 150, default: 30 },
        score: { type: "number", default: 95.5 },
        status: { type: "string", enum: ["active", "inactive"], default: "active" },
        verified: { type: "boolean", default: true },
        titled: { type: "string", oneOf: [{ const: "v1", title: "First" }] },
        legacy: { type: "string", enum: ["o1", "o2"], enumNames: ["One", "Two"] },
        several: { type: "array", minItems: 1, items: { type: "string", enum: ["a", "b"] }, default: ["a"] },
        severalTitled: { type: "array", items: { anyOf: [{ const: "v1", title: "First" }] }, default: [] },
        when: { type: "string", format: "date-time" },
      },
      required: ["name"],
    };

    expect(toElicitationForm(schema).requestedSchema).toEqual(schema);
  });

  it("keeps a property called __proto__ a property", () => {
    const schema = JSON.parse(
      '{"type":"object","properties":{"__proto__":{"type":"string"}},"required":["__proto__"]}',
    );

    const { requestedSchema } = toElicitationForm(schema as Record<string, unknown>);

    expect(JSON.stringify(requestedSchema)).toContain('"__proto__":{"type":"string"}');
  });

  it("refuses a required property that is not there, a default of the wrong type, and what is no single object", () => {
    expect(() => toElicitationForm({ type: "object", properties: {}, required: ["name"] })).toThrowError(
      /requires "name", but has no such property/,
    );
    expect(() =>
      toElicitationForm({ type: "object", properties: { age: { type: "integer", default: "30" } } }),
    ).toThrowError(/Property "age" has the default "30", which is no integer/);
    expect(() => toElicitationForm({ type: "object", anyOf: [{ properties: {} }] })).toThrowError(/one object/);
    expect(() => toElicitationForm({ type: "string" })).toThrowError(/elicit\(\) must describe an object/);
  });
});
