import { defineTool } from "@plinth/core";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { described, foundBy, tool } from "../fixtures/found-by.ts";

describe("root-combinator", () => {
  test("Finds a union or a combination at the root", async () => {
    const components = [
      defineTool({
        name: "attach",
        description: "Attaches a file to a message.",
        input: z.discriminatedUnion("from", [
          z.object({ from: z.literal("url") }),
          z.object({ from: z.literal("file") }),
        ]),
        handler: () => "",
      }),
      tool("pick", {
        input: {
          type: "object",
          properties: { a: described, b: described },
          anyOf: [{ required: ["a"] }, { required: ["b"] }],
        },
      }),
    ];

    const found = await foundBy("root-combinator", components);

    expect(found).toEqual([
      expect.stringMatching(/^error attach: Its input schema has "(?:one|any)Of" at the root/),
      'error pick: Its input schema has "anyOf" at the root.',
    ]);
  });

  test("Leaves a union in a member alone, and a parameter called oneOf", async () => {
    const components = [
      tool("attach", { properties: { source: { anyOf: [{ type: "string" }, { type: "object" }] }, oneOf: described } }),
    ];

    const found = await foundBy("root-combinator", components);

    expect(found).toEqual([]);
  });
});

describe("array-without-items", () => {
  test("Finds lists that do not say what is in them", async () => {
    const components = [
      tool("embed", {
        properties: {
          vector: { type: "array", description: "Numbers." },
          rows: { type: "array", items: { type: "object", properties: { cells: { type: "array" } } } },
        },
      }),
    ];

    const found = await foundBy("array-without-items", components);

    expect(found).toEqual(['error embed: It does not say what is in "vector", "rows[].cells".']);
  });

  test("Leaves others alone", async () => {
    const components = [
      tool("embed", {
        properties: {
          vector: { type: "array", items: {} },
          pair: { type: "array", prefixItems: [{ type: "number" }] },
        },
      }),
    ];

    const found = await foundBy("array-without-items", components);

    expect(found).toEqual([]);
  });
});

describe("client-keywords", () => {
  test("Finds references and tuples, and tells of keywords that few take", async () => {
    const components = [
      tool("save", {
        input: {
          type: "object",
          $defs: { a: { type: "string" } },
          properties: {
            a: { $ref: "#/$defs/a" },
            b: { type: "array", prefixItems: [{ type: "string" }] },
            c: { type: ["string", "null"] },
            d: { type: "object", patternProperties: { "^x": { type: "string" } } },
          },
        },
      }),
    ];

    const found = await foundBy("client-keywords", components);

    expect(found).toEqual([
      expect.stringMatching(/^warning save: "inputSchema\.properties\.a" uses \$ref/),
      expect.stringMatching(/^warning save: .*prefixItems/),
      expect.stringMatching(/^info save: .*type: \[\.\.\.\]/),
      expect.stringMatching(/^info save: .*patternProperties/),
    ]);
  });

  test("Leaves the common subset alone, and parameters called like keywords", async () => {
    const components = [
      tool("save", {
        properties: {
          a: { anyOf: [{ type: "string" }, { type: "null" }] },
          b: { type: "array", items: { type: "string" } },
          not: described,
          contains: described,
          $ref: described,
        },
      }),
    ];

    const found = await foundBy("client-keywords", components);

    expect(found).toEqual([]);
  });
});
