import { defineTool } from "@plinth/core";
import { describe, expect, test } from "vitest";
import { described, foundBy, tool } from "../fixtures/found-by.ts";

describe("unbounded-results", () => {
  test("Finds tools that list without a limit", async () => {
    const components = [
      tool("list_orders", {
        output: { type: "object", properties: { orders: { type: "array", items: { type: "string" } } } },
      }),
      tool("orders.search", { output: { type: "object", properties: { orders: { type: "array" } } } }),
    ];

    const found = await foundBy("unbounded-results", components);

    expect(found).toEqual(
      ["list_orders", "orders.search"].map(
        (name) => `warning ${name}: Its name says that it lists, and no parameter limits how much.`,
      ),
    );
  });

  test("Leaves those alone that take a limit or a cursor, wherever, that answer with a bounded list or none, or that list nothing", async () => {
    const orders = { type: "object", properties: { orders: { type: "array", items: { type: "string" } } } };
    const bounded = {
      type: "object",
      properties: { orders: { type: "array", maxItems: 50, items: { type: "string" } } },
    };
    const paging = { type: "object", description: "Where to go on.", properties: { pageToken: { type: "string" } } };
    const components = [
      tool("list_orders", { output: orders, properties: { maxResults: { type: "integer", description: "At most." } } }),
      tool("search_orders", { output: orders, properties: { paging } }),
      tool("list_colours", { output: bounded }),
      tool("query_total"),
      tool("update_list", { output: orders }),
    ];

    const found = await foundBy("unbounded-results", components);

    expect(found).toEqual([]);
  });
});

describe("unbounded-input", () => {
  test("Finds texts and lists without a maximum, and says where", async () => {
    const components = [
      tool("save", {
        properties: {
          text: { type: "string" },
          rows: {
            type: "array",
            items: { type: "object", properties: { name: { type: "string" }, items: { type: "string" } } },
          },
        },
      }),
    ];

    const found = await foundBy("unbounded-input", components);

    expect(found).toEqual(['info save: Without a maximum: "text", "rows", "rows[].name", "rows[].items".']);
  });

  test("Leaves bounded ones alone", async () => {
    const components = [
      tool("save", {
        properties: {
          text: described,
          kind: { type: "string", enum: ["a"] },
          day: { type: "string", format: "date" },
          code: { type: "string", pattern: "^[a-z]{3}$" },
          rows: { type: "array", maxItems: 3, items: { type: "number" } },
        },
      }),
    ];

    const found = await foundBy("unbounded-input", components);

    expect(found).toEqual([]);
  });
});

describe("no-timeout", () => {
  test("Finds a tool without a timeout", async () => {
    const components = [
      defineTool({ name: "wait", description: "Waits for an answer of somebody.", handler: () => "" }),
      tool("look_up"),
    ];

    const found = await foundBy("no-timeout", components);

    expect(found).toEqual(["info wait: It has no timeoutMs."]);
  });

  test("Leaves it alone when the server has a timeout for all", async () => {
    const components = [
      defineTool({ name: "wait", description: "Waits for an answer of somebody.", handler: () => "" }),
    ];

    const found = await foundBy("no-timeout", components, { timeoutMs: 30_000 });

    expect(found).toEqual([]);
  });
});

describe("no-output-schema", () => {
  test("Finds a tool without an output schema and no other", async () => {
    const components = [
      defineTool({ name: "tell", description: "Tells a story to somebody.", handler: () => "" }),
      tool("look_up"),
    ];

    const found = await foundBy("no-output-schema", components);

    expect(found).toEqual(["info tell: It has no output schema."]);
  });
});

describe("event-loop-stall", () => {
  test("Finds stalls, and those of a second are errors; short ones and unknown components do no harm", async () => {
    const components = [tool("hash"), tool("parse")];

    const found = await foundBy("event-loop-stall", components, {
      stalls: [
        { component: { kind: "tool", name: "parse" }, count: 1, longestMs: 101, totalMs: 101 },
        { component: { kind: "tool", name: "hash" }, count: 2, longestMs: 1_200, totalMs: 1_350 },
        { component: { kind: "tool", name: "gone" }, count: 1, longestMs: 300, totalMs: 300 },
        { component: { kind: "server", name: "shop" }, count: 1, longestMs: 99, totalMs: 99 },
      ],
    });

    expect(found).toEqual([
      "error hash: The event loop stood still 2 times, 1200 ms at the longest and 1350 ms in all.",
      "warning parse: The event loop stood still 1 times, 101 ms at the longest and 101 ms in all.",
      'warning shop: tool "gone": The event loop stood still 1 times, 300 ms at the longest and 300 ms in all.',
    ]);
  });
});
