import type { JsonSchema } from "@plinth/core";
import { describe, expect, test } from "vitest";
import { described, foundBy, tool } from "../fixtures/found-by.ts";

describe("god-server", () => {
  test("Finds a server with more tools than a model chooses from well", async () => {
    const components = Array.from({ length: 51 }, (_, index) => tool(`look_up_${index}`));

    const found = await foundBy("god-server", components);

    expect(found).toEqual(["warning shop: There are 51 tools; more than 50 are hard to choose from."]);
  });

  test("Finds a list of tools that costs too many tokens", async () => {
    const components = [tool("look_up", { meta: { table: "x".repeat(90_000) } })];

    const found = await foundBy("god-server", components);

    expect(found).toEqual([expect.stringMatching(/^warning shop: tools\/list has 9\d{4} bytes, about 22\d{3} tokens/)]);
  });

  test("Leaves fifty tools alone", async () => {
    const components = Array.from({ length: 50 }, (_, index) => tool(`look_up_${index}`));

    const found = await foundBy("god-server", components);

    expect(found).toEqual([]);
  });
});

describe("many-parameters", () => {
  test("Finds a tool with more parameters than the limit", async () => {
    const components = [
      tool("book", {
        properties: Object.fromEntries(Array.from({ length: 13 }, (_, index) => [`p${index}`, described])),
      }),
    ];

    const found = await foundBy("many-parameters", components);

    expect(found).toEqual(["warning book: It has 13 parameters; more than 12 are too many."]);
  });

  test("Leaves twelve alone", async () => {
    const components = [
      tool("book", {
        properties: Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`p${index}`, described])),
      }),
    ];

    const found = await foundBy("many-parameters", components);

    expect(found).toEqual([]);
  });

  test("Takes another limit", async () => {
    const components = [tool("book", { properties: { a: described, b: described } })];

    const found = await foundBy("many-parameters", components, { thresholds: { parameters: 1 } });

    expect(found).toEqual(["warning book: It has 2 parameters; more than 1 are too many."]);
  });
});

describe("deep-nesting", () => {
  const nested = (levels: number): JsonSchema =>
    levels === 0 ? { type: "string" } : { type: "object", properties: { in: nested(levels - 1) } };

  test("Finds an input of seven levels, and says where", async () => {
    const components = [tool("file", { input: nested(7) })];

    const found = await foundBy("deep-nesting", components);

    expect(found).toEqual(['warning file: Its input is 7 levels deep, at "in.in.in.in.in.in.in"; the limit is 6.']);
  });

  test("Leaves a list of objects with a list in each alone", async () => {
    const components = [
      tool("file", {
        properties: {
          rows: {
            type: "array",
            items: { type: "object", properties: { cells: { type: "array", items: { type: "string" } } } },
          },
        },
      }),
    ];

    const found = await foundBy("deep-nesting", components);

    expect(found).toEqual([]);
  });
});

describe("mode-switch", () => {
  test("Finds a tool that does what its action says", async () => {
    const components = [
      tool("orders", { properties: { action: { type: "string", enum: ["create_order", "cancel_order", "list"] } } }),
    ];

    const found = await foundBy("mode-switch", components);

    expect(found).toEqual(['warning orders: "action" decides what it does: "create_order", "cancel_order", "list".']);
  });

  test("Finds the constants of a union", async () => {
    const components = [tool("orders", { properties: { mode: { oneOf: [{ const: "read" }, { const: "write" }] } } })];

    const found = await foundBy("mode-switch", components);

    expect(found).toEqual(['warning orders: "mode" decides what it does: "read", "write".']);
  });

  test("Leaves choices alone that say how and not what", async () => {
    const components = [
      tool("resize", {
        properties: {
          mode: { enum: ["fast", "exact"] },
          operation: { enum: ["sum", "average"] },
          format: { enum: ["export", "send"] },
          method: { enum: ["get", "delete"] },
        },
      }),
      tool("walk", { properties: { command: described } }),
    ];

    const found = await foundBy("mode-switch", components);

    expect(found).toEqual([]);
  });
});

describe("strict-limits", () => {
  test("Finds more choices than OpenAI takes", async () => {
    const components = [
      tool("pick", {
        properties: { city: { type: "string", enum: Array.from({ length: 1_001 }, (_, index) => `c${index}`) } },
      }),
    ];

    const found = await foundBy("strict-limits", components);

    expect(found).toEqual(["warning pick: Its input schema has 1001 choices of 1000."]);
  });

  test("Leaves a thousand choices alone", async () => {
    const components = [
      tool("pick", {
        properties: { city: { type: "string", enum: Array.from({ length: 1_000 }, (_, index) => `c${index}`) } },
      }),
    ];

    const found = await foundBy("strict-limits", components);

    expect(found).toEqual([]);
  });
});
