import { definePrompt, defineTool } from "@plinth/core";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { described, foundBy, tool } from "../fixtures/found-by.ts";

describe("missing-description", () => {
  test("Finds tools and prompts without a description, or with one of spaces", async () => {
    const components = [
      defineTool({ name: "look_up", handler: () => "" }),
      tool("look_down", { description: "  " }),
      definePrompt({ name: "ask", render: () => "" }),
    ];

    const found = await foundBy("missing-description", components);

    expect(found).toEqual([
      "error look_up: It has no description.",
      "error look_down: Its description is empty.",
      "warning ask: It has no description.",
    ]);
  });

  test("Leaves described ones alone", async () => {
    const components = [tool("look_up")];

    const found = await foundBy("missing-description", components);

    expect(found).toEqual([]);
  });
});

describe("short-description", () => {
  test("Finds a description of few characters, and one that repeats the name", async () => {
    const components = [
      tool("greet", { description: "Greets." }),
      tool("get_user_address_book", { description: "Gets the user's address book" }),
    ];

    const found = await foundBy("short-description", components);

    expect(found).toEqual([
      'warning greet: Its description has 7 characters: "Greets.".',
      expect.stringMatching(/^warning get_user_address_book: Its description only repeats its name/),
    ]);
  });

  test("Says so of a prompt as an info", async () => {
    const components = [definePrompt({ name: "ask", description: "Asks.", render: () => "" })];

    const found = await foundBy("short-description", components);

    expect(found).toEqual(['info ask: Its description has 5 characters: "Asks.".']);
  });

  test("Leaves short sentences alone that say something, in Chinese too", async () => {
    const components = [
      tool("get_user", { description: "Reads one user by id." }),
      tool("weather", { description: "查询城市的天气预报" }),
    ];

    const found = await foundBy("short-description", components);

    expect(found).toEqual([]);
  });
});

describe("long-description", () => {
  test("Finds a description that OpenAI refuses", async () => {
    const components = [tool("explain", { description: "Tells. ".repeat(147) })];

    const found = await foundBy("long-description", components);

    expect(found).toEqual([
      expect.stringMatching(/^warning explain: Its description has 1029 characters, more than 1024: "Tells\. /),
    ]);
  });

  test("Leaves one of 1,024 characters alone", async () => {
    const components = [tool("explain", { description: "x".repeat(1_024) })];

    const found = await foundBy("long-description", components);

    expect(found).toEqual([]);
  });
});

describe("duplicate-description", () => {
  test("Finds descriptions that say the same in another order", async () => {
    const components = [
      tool("open", { description: "Opens a door of the house (number 1)." }),
      tool("close", { description: "opens the house door - Number 2" }),
      tool("lock", { description: "Locks a door of the house." }),
    ];

    const found = await foundBy("duplicate-description", components);

    expect(found).toEqual([expect.stringMatching(/^warning open: "close" says the same as it does/)]);
  });

  test("Leaves descriptions alone that differ in a word, or are short", async () => {
    const components = [
      tool("open", { description: "Deletes one customer for ever." }),
      tool("close", { description: "Deletes one order for ever." }),
      tool("a_a", { description: "Says it." }),
      tool("b_b", { description: "Says it." }),
    ];

    const found = await foundBy("duplicate-description", components);

    expect(found).toEqual([]);
  });
});

describe("undescribed-parameter", () => {
  test("Finds parameters and arguments without a description, all of a component at once", async () => {
    const components = [
      tool("book", { properties: { room: { type: "string" }, guest: { type: "string" }, when: described } }),
      definePrompt({
        name: "plan",
        description: "Plans a trip for somebody.",
        arguments: z.object({ city: z.string() }),
        render: () => "",
      }),
    ];

    const found = await foundBy("undescribed-parameter", components);

    expect(found).toEqual([
      'warning book: The parameters "room", "guest" have no description.',
      'warning plan: The argument "city" has no description.',
    ]);
  });

  test("Leaves parameters alone that need none, and finds descriptions in branches and definitions", async () => {
    const components = [
      tool("book", {
        input: {
          type: "object",
          $defs: { room: { type: "string", description: "A room." } },
          properties: {
            limit: { type: "integer" },
            page_size: { type: "integer" },
            weightKg: { type: "number" },
            loud: { type: "boolean" },
            kind: { enum: ["a", "b"] },
            day: { type: "string", format: "date" },
            note: { anyOf: [{ type: "string", description: "A note." }, { type: "null" }] },
            room: { $ref: "#/$defs/room" },
            where: { type: "object", description: "A place.", properties: { x: { type: "number" } } },
          },
        },
      }),
    ];

    const found = await foundBy("undescribed-parameter", components);

    expect(found).toEqual([]);
  });
});
