import { describe, expect, it } from "vitest";
import { z } from "zod";
import { listed, taking } from "../fixtures/listed.ts";
import { syntaxErrors } from "../fixtures/syntax-errors.ts";
import { toolDeclarations } from "./tool-declarations.ts";

/** The type of the one argument that a schema describes, as it stands in the text. */
function typeOf(schema: unknown, root: Record<string, unknown> = {}): string {
  const text = toolDeclarations([taking(schema, root)]);
  expect(syntaxErrors(text)).toEqual([]);
  return /t\(args: \{ a: (.*) \}\): Promise<unknown>;/.exec(text)?.[1] ?? text;
}

describe("the declarations of tools", () => {
  it("show what a program calls, with descriptions and limits as comments", () => {
    const weather = listed("get_weather", {
      description: "The weather at a place.",
      inputSchema: z.toJSONSchema(
        z.object({
          city: z.string().min(1).describe("City, in English."),
          days: z.int().min(1).max(14).optional(),
          units: z.enum(["metric", "imperial"]).default("metric"),
        }),
        { io: "input" },
      ),
      outputSchema: z.toJSONSchema(z.object({ temperatures: z.array(z.number()) })),
    });

    expect(toolDeclarations([weather, listed("ping")])).toMatchInlineSnapshot(`
      "declare const tools: {
        /** The weather at a place. */
        get_weather(args: {
          /** City, in English. @minLength 1 */
          city: string;
          /** @integer @min 1 @max 14 */
          days?: number;
          /** @default "metric" */
          units?: "metric" | "imperial";
        }): Promise<{ temperatures: number[] }>;
        ping(): Promise<unknown>;
      };"
    `);
  });

  it("call tools by quoted names where these are no identifiers, and by any word of the language", () => {
    const text = toolDeclarations([listed("a.b/c"), listed("delete"), listed("constructor"), listed("0-1")]);

    expect(text).toMatchInlineSnapshot(`
      "declare const tools: {
        "a.b/c"(): Promise<unknown>;
        delete(): Promise<unknown>;
        constructor(): Promise<unknown>;
        "0-1"(): Promise<unknown>;
      };"
    `);
    expect(syntaxErrors(text)).toEqual([]);
  });

  it("leave arguments out where none is required", () => {
    const text = toolDeclarations([
      listed("t", { inputSchema: { type: "object", properties: { a: { type: "string" } } } }),
    ]);

    expect(text).toContain("t(args?: { a?: string })");
  });

  it.each<[string, unknown, string]>([
    ["true", true, "unknown"],
    ["false", false, "never"],
    ["nothing said", {}, "unknown"],
    ["text", { type: "string" }, "string"],
    ["whole numbers", { anyOf: [{ type: "integer" }] }, "number"],
    ["null or text", { type: ["string", "null"] }, "string | null"],
    ["OpenAPI's nullable", { type: "string", nullable: true }, "string | null"],
    ["a constant", { const: 'say "hi"' }, '"say \\"hi\\""'],
    ["a constant null", { const: null }, "null"],
    ["a constant object", { const: { a: [1, -2.5] } }, "{ a: [1, -2.5] }"],
    ["an enumeration", { enum: ["a", 1, true, null] }, '"a" | 1 | true | null'],
    ["an empty enumeration", { enum: [] }, "never"],
    [
      "an enumeration that is too long to tell",
      { type: "string", enum: Array.from({ length: 500 }, String) },
      "string",
    ],
    ["a list", { type: "array", items: { type: "string" } }, "string[]"],
    ["a list of alternatives", { type: "array", items: { type: ["string", "null"] } }, "(string | null)[]"],
    ["a list of anything", { type: "array" }, "unknown[]"],
    [
      "a tuple",
      { type: "array", prefixItems: [{ type: "string" }, { type: "number" }], items: false },
      "[string, number]",
    ],
    ["an open tuple", { prefixItems: [{ type: "string" }], items: { type: "number" } }, "[string, ...number[]]"],
    ["an older tuple", { items: [{ type: "string" }], additionalItems: false, type: "array" }, "[string]"],
    ["anyOf", { anyOf: [{ type: "string" }, { type: "number" }] }, "string | number"],
    ["oneOf with something unknown", { oneOf: [{ type: "string" }, {}] }, "unknown"],
    [
      "allOf with alternatives",
      { allOf: [{ anyOf: [{ const: 1 }, { const: 2 }] }, { type: "number" }] },
      "(1 | 2) & number",
    ],
    ["an empty object", { type: "object", properties: {}, additionalProperties: false }, "Record<string, never>"],
    ["any object", { type: "object" }, "Record<string, unknown>"],
    ["a map", { type: "object", additionalProperties: { type: "number" } }, "Record<string, number>"],
    [
      "a map with known members",
      { properties: { n: { type: "string" } }, required: ["n"], additionalProperties: { type: "number" } },
      "{ n: string } & Record<string, number>",
    ],
    ["a map by patterns", { patternProperties: { "^x-": { type: "string" } } }, "Record<string, string>"],
    [
      "members with odd names",
      { properties: { "a-b": true, "*/": {}, if: {} } },
      '{ "a-b"?: unknown; "*/"?: unknown; if?: unknown }',
    ],
    [
      "an object that its alternatives describe",
      { type: "object", oneOf: [{ properties: { a: { const: 1 } } }] },
      "{ a?: 1 }",
    ],
    ["a type that there is not", { type: "strnig" }, "unknown"],
    ["something that is no schema", "string", "unknown"],
    ["a reference to another document", { $ref: "https://schemas.example/x.json" }, "unknown"],
    ["a reference to a file", { $ref: "file:///etc/passwd" }, "unknown"],
    ["a reference to nothing", { $ref: "#/$defs/none" }, "unknown"],
    ["a reference to what objects inherit", { $ref: "#/__proto__" }, "unknown"],
    ["a reference that is no pointer", { $ref: "#/%zz" }, "unknown"],
    ["a reference that is no text", { $ref: 5 }, "unknown"],
  ])("tell %s", (_what, schema, type) => {
    expect(typeOf(schema)).toBe(type);
  });

  it("give a name to what is referred to, once, and end where it refers to itself", () => {
    const node = { type: "object", properties: { next: { $ref: "#/$defs/list node" }, value: { type: "number" } } };

    const text = toolDeclarations([
      taking({ $ref: "#/$defs/list%20node" }, { $defs: { "list node": node } }),
      listed("other", { inputSchema: { type: "object", properties: { whole: { $ref: "#" } } } }),
    ]);

    expect(text).toMatchInlineSnapshot(`
      "type TListNode = { next?: TListNode2; value?: number };
      type TListNode2 = { next?: TListNode2; value?: number };
      type OtherRoot = { whole?: OtherRoot };
      declare const tools: {
        t(args: { a: TListNode }): Promise<unknown>;
        other(args?: { whole?: OtherRoot }): Promise<unknown>;
      };"
    `);
    expect(syntaxErrors(text)).toEqual([]);
  });

  it("keep the named types of different tools apart", () => {
    const schema = (type: string) => ({
      type: "object",
      properties: { a: { $ref: "#/$defs/x" } },
      $defs: { x: { type } },
    });

    const text = toolDeclarations([
      listed("a_b", { inputSchema: schema("string") }),
      listed("a.b", { inputSchema: schema("number") }),
    ]);

    expect(text).toContain("type ABX = string;");
    expect(text).toContain("type ABX2 = number;");
  });
});
