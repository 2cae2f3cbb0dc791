import { definePrompt } from "@plinth/core";
import { describe, expect, test } from "vitest";
import { described, foundBy, tool } from "../fixtures/found-by.ts";

describe("unclear-name", () => {
  test("Finds names that say nothing", async () => {
    const components = [tool("run"), tool("tool1"), tool("do"), tool("process")];

    const found = await foundBy("unclear-name", components);

    expect(found).toEqual(
      ["run", "tool1", "do", "process"].map((name) => `warning ${name}: The name "${name}" does not say what it does.`),
    );
  });

  test("Leaves short names alone that clients and people know", async () => {
    const components = [
      tool("search"),
      tool("fetch"),
      tool("echo"),
      tool("run_code"),
      tool("process_refund"),
      tool("test_connection"),
    ];

    const found = await foundBy("unclear-name", components);

    expect(found).toEqual([]);
  });
});

describe("colliding-names", () => {
  test("Finds names that differ in case and separators alone", async () => {
    const components = [tool("get_user"), tool("getUser"), tool("get-user")];

    const found = await foundBy("colliding-names", components);

    expect(found).toEqual(['error get_user: "get_user" is hard to tell from "getUser", "get-user".']);
  });

  test("Finds a name with letters of another script", async () => {
    const components = [
      definePrompt({ name: "pay", description: "Asks for a payment of the user.", render: () => "" }),
      definePrompt({ name: "рау", description: "Asks for another payment of somebody.", render: () => "" }),
    ];

    const found = await foundBy("colliding-names", components);

    expect(found).toEqual(['error pay: "pay" is hard to tell from "рау".']);
  });

  test("Leaves plurals, numbers, and a prompt called like a tool alone", async () => {
    const components = [
      tool("get_user"),
      tool("get_users"),
      tool("step_1_1"),
      tool("step_11"),
      tool("step_2"),
      definePrompt({ name: "get_user", description: "Asks for the data of a user.", render: () => "" }),
    ];

    const found = await foundBy("colliding-names", components);

    expect(found).toEqual([]);
  });
});

describe("client-tool-name", () => {
  test("Finds names that providers refuse, and long ones", async () => {
    const components = [tool("orders.list"), tool("orders/get"), tool("2fa_check"), tool("a".repeat(46))];

    const found = await foundBy("client-tool-name", components);

    expect(found).toEqual([
      'error orders.list: The name "orders.list" has "." in it, which providers refuse.',
      'error orders/get: The name "orders/get" has "/" in it, which providers refuse.',
      'warning 2fa_check: The name "2fa_check" does not begin with a letter, which Gemini refuses.',
      expect.stringMatching(/^info a+: The name "a+" has 46 characters/),
    ]);
  });

  test("Leaves names alone that all take", async () => {
    const components = [tool("list_orders"), tool("listOrders"), tool("list-orders"), tool("_internal")];

    const found = await foundBy("client-tool-name", components);

    expect(found).toEqual([]);
  });
});

describe("client-parameter-name", () => {
  test("Finds names that Anthropic or Gemini refuse, or that JavaScript loses", async () => {
    const components = [
      tool("find", {
        properties: JSON.parse(
          '{"filter[id]":{"type":"string"},"$top":{"type":"integer"},"a.b":{"type":"string"},"__proto__":{"type":"string"}}',
        ),
      }),
    ];

    const found = await foundBy("client-parameter-name", components);

    expect(found).toEqual([
      'error find: Anthropic refuses the parameter "filter[id]", "$top".',
      'warning find: Gemini refuses the parameter "a.b".',
      'warning find: The parameter "__proto__" is lost in clients that build plain objects.',
    ]);
  });

  test("Leaves plain names alone, those that objects inherit too", async () => {
    const components = [
      tool("find", {
        properties: { constructor: described, toString: described, _id: described, camelCase: described },
      }),
    ];

    const found = await foundBy("client-parameter-name", components);

    expect(found).toEqual([]);
  });
});
