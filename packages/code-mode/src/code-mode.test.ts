import { createServer, defineTool, type Middleware, type Result } from "@plinth/core";
import { createTestClient, runMatrix, type TestClient } from "@plinth/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { codeMode, type CodeModeOptions } from "./code-mode.ts";
import { connect, testExecutor } from "./fixtures/connect.ts";
import { shopCatalog } from "./fixtures/shop-catalog.ts";

const executor = testExecutor();
beforeAll(() => executor.ready());
afterAll(() => executor.close());
const shop = shopCatalog();
const mode = codeMode({ executor });
const own = ["search_tools", "get_tool_schema", "run_code"];

async function found(options: Omit<CodeModeOptions, "executor">): Promise<string[]> {
  await using client = await connect(shop, { executor, ...options });
  const { text } = await client.callTool("search_tools", { query: "customer", limit: 100, detail: "name" });
  return text
    .split("\n")
    .slice(1)
    .filter((name) => name.includes("customer"))
    .toSorted();
}

describe("the selection of tools", () => {
  it("leaves out those that say they destroy something, unless they are allowed", async () => {
    expect(await found({})).not.toContain("delete_customer");
    expect(await found({ destructive: "allow" })).toContain("delete_customer");
  });

  it("is by names", async () => {
    expect(await found({ include: ["get_customer", "list_customers", "delete_customer", "nothing"] })).toStrictEqual([
      "get_customer",
      "list_customers",
    ]);
    expect(await found({ include: ["get_customer", "list_customers"], exclude: ["get_customer"] })).toStrictEqual([
      "list_customers",
    ]);
  });

  it("is by what the list says of a tool", async () => {
    expect(await found({ include: ({ annotations }) => annotations?.readOnlyHint === true })).toStrictEqual([
      "count_customers",
      "export_customers",
      "get_customer",
      "list_customers",
    ]);
  });

  it("never has the tools of code mode, not even by name", async () => {
    await using client = await connect(shop, { executor, include: [...own, "get_customer"] });

    const { text } = await client.callTool("search_tools", { query: "", detail: "name" });

    expect(text).toBe("1 of 1 found, of 1 tools\nget_customer");
  });
});

describe("hiding tools", () => {
  it("leaves the three tools in the list, and those that programs cannot call", async () => {
    await using client = await connect(shop, { executor, hide: true, pageSize: 13 });

    const names = await client.toolNames();

    expect(names.filter((name) => !name.startsWith("delete_"))).toStrictEqual(own);
    expect(names).toHaveLength(23);
  });

  it("does not hide them from code mode, nor from a client that calls one by its name", async () => {
    await using client = await connect(shop, { executor, hide: true });

    const search = await client.callTool("search_tools", { query: "", limit: 1 });
    const direct = await client.callTool("get_order", { id: "7" });

    expect(search.text).toContain("of 180 tools");
    expect(direct.structured).toMatchObject({ id: "7" });
  });

  it.each(["before", "after"])("keeps to what other middleware hides that stands %s it", async (place) => {
    const nothingOfOrders: Middleware = async function nothingOfOrders(call, next) {
      const result = await next(call);
      if (call.method !== "tools/list") return result;
      return {
        ...result,
        tools: (result["tools"] as { name: string }[]).filter(({ name }) => !name.includes("order")),
      };
    };
    const { hideTools } = mode;
    const middleware = place === "before" ? [nothingOfOrders, hideTools] : [hideTools, nothingOfOrders];
    await using client = await connect(shop, { executor, middleware });

    const { text } = await client.callTool("search_tools", { query: "order", limit: 100, detail: "name" });

    expect(text).toMatch(/of 171 tools/);
    expect(text).not.toMatch(/^\w*order/m);
    expect(await client.toolNames()).toHaveLength(22);
    expect(await client.toolNames()).not.toContain("delete_order");
  });

  it.each(["before", "after"])("works with a cache that stands %s it", async (place) => {
    const kept = new Map<string, Result>();
    const cache: Middleware = async function cache(call, next) {
      if (call.method !== "tools/list") return next(call);
      const key = JSON.stringify(call.params);
      const result = kept.get(key) ?? (await next(call));
      kept.set(key, result);
      return result;
    };
    const { hideTools } = mode;
    const middleware = place === "before" ? [cache, hideTools] : [hideTools, cache];
    await using client = await connect(shop, { executor, middleware });

    for (let round = 0; round < 2; round += 1) {
      expect(await client.toolNames()).toHaveLength(23);
      expect((await client.callTool("search_tools", { query: "", limit: 1 })).text).toContain("of 180 tools");
    }
  });
});

/** What a model does: it searches, reads the declaration, and writes a program. */
async function searchAndRun(client: TestClient) {
  const search = await client.callTool("search_tools", { query: "count orders", limit: 1, detail: "full" });
  const run = await client.callTool("run_code", {
    code: "const { active, closed } = await tools.count_orders({ status: 'active' }); return { open: active, closed };",
  });
  return { declares: search.text.includes("count_orders(args?: {"), structured: run.structured, text: run.text };
}

const expected = {
  declares: true,
  structured: { value: { open: 2, closed: 3 }, calls: 1 },
  text: '{"open":2,"closed":3}',
};

runMatrix(
  "code mode",
  ({ connect: connectTo }) => {
    it("goes from a search to a program over what it found", async () => {
      await using server = createServer({ name: "s", version: "1", components: [...shop, ...codeMode({ executor })] });
      await using client = await connectTo(server);

      expect(await searchAndRun(client)).toStrictEqual(expected);
    });
  },
  { transports: ["stdio", "http"] },
);

describe("code mode in memory", () => {
  it.each(["legacy", "modern"] as const)("goes from a search to a program in the %s era", async (era) => {
    await using client = await connect(shop, { executor, client: { era } });

    expect(await searchAndRun(client)).toStrictEqual(expected);
  });
});

describe("options of code mode", () => {
  it.each<[Record<string, unknown>, string]>([
    [{ maxCalls: 0 }, "maxCalls is 0; it must be a whole number from 1 to 10000"],
    [{ maxOutputCharacters: 1.5 }, "maxOutputCharacters is 1.5"],
    [{ languages: [] }, "languages is []; it must be a list of one or more of javascript, typescript, python"],
    [{ languages: ["perl"] }, 'languages is ["perl"]'],
    [{ destructive: "yes" }, 'destructive is "yes"; it must be "exclude" or "allow"'],
    [{ include: "get_customer" }, 'include is "get_customer"; it must be a list of tool names or a function'],
    [{ exclude: [1] }, "exclude is [1]"],
  ])("refuse %j", (options, message) => {
    expect(() => codeMode({ executor, ...options })).toThrow(message);
  });

  it("say what a program may do in the annotations of run_code", () => {
    const annotations = (options: Partial<CodeModeOptions>) => codeMode({ executor, ...options })[2]?.annotations;

    expect(annotations({})).toMatchObject({ readOnlyHint: false, destructiveHint: false });
    expect(annotations({ destructive: "allow" })).toMatchObject({ readOnlyHint: false, destructiveHint: true });
  });

  it("decide what a model is told of writing programs", () => {
    const description = (options: Partial<CodeModeOptions>) => codeMode({ executor, ...options })[2]?.description;

    expect(description({ maxCalls: 7 })).toMatch(/body of an async function.*at most 7 calls/);
    expect(description({})).not.toContain("last expression");
    expect(description({ languages: ["python"] })).toMatch(
      /^Runs a program over tools. The value of the last expression/,
    );
    expect(description({ languages: ["python"] })).not.toContain("async function");
    expect(description({ languages: ["javascript", "python"] })).toMatch(/async function.*In Python, the value/);
  });

  it("do not stand in the way of tools that come and go", async () => {
    const late = defineTool({ name: "late", handler: () => "here now" });
    await using server = createServer({ name: "s", version: "1", components: [...codeMode({ executor })] });
    await using client = await createTestClient(server, { leakCheck: false });

    const before = await client.callTool("run_code", { code: "return tools.late()" });
    server.add(late);
    const after = await client.callTool("run_code", { code: "return tools.late()" });

    expect(before.isError).toBe(true);
    expect(after.structured).toMatchObject({ value: "here now" });
  });
});
