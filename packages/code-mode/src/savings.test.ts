import { afterAll, beforeAll, expect, it } from "vitest";
import { connect, testExecutor } from "./fixtures/connect.ts";
import { shopCatalog } from "./fixtures/shop-catalog.ts";

const executor = testExecutor();
beforeAll(() => executor.ready());
afterAll(() => executor.close());
const shop = shopCatalog();

/** Bytes of the tools that a client shows its model. */
async function listBytes(hide: boolean): Promise<number> {
  await using client = await connect(shop, { executor, hide, destructive: "allow" });
  return bytes((await client.sdk.listTools()).tools.filter(({ name }) => hide || !own.has(name)));
}

const own: ReadonlySet<string> = new Set(["search_tools", "get_tool_schema", "run_code"]);

// The README tells these figures; they move when descriptions do, but not by much.
it("shortens the list of 200 tools to a hundredth", async () => {
  const all = await listBytes(false);
  const three = await listBytes(true);

  expect(all).toBeGreaterThan(200_000);
  expect(three).toBeLessThan(3_000);
});

it("keeps what a program sums up from the model", async () => {
  await using client = await connect(shop, { executor });
  const directly = await Promise.all([
    client.callTool("list_orders", { limit: 50 }),
    ...Array.from({ length: 50 }, (_, n) => client.callTool("get_customer", { id: String(n) })),
  ]);

  const learnt = [
    await client.callTool("search_tools", { query: "list orders", limit: 5 }),
    await client.callTool("get_tool_schema", { names: ["list_orders", "get_customer"] }),
  ];
  const run = await client.callTool("run_code", {
    code: `
      const { items } = await tools.list_orders({ limit: 50 });
      const customers = await Promise.all(items.slice(0, 49).map(({ id }) => tools.get_customer({ id })));
      return { active: customers.filter(({ status }) => status === "active").length };`,
  });

  const direct = directly.reduce((sum, { text }) => sum + text.length, 0);
  const programmed = [...learnt, run].reduce((sum, { text }) => sum + text.length, 0);
  expect(run.structured).toStrictEqual({ value: { active: 49 }, calls: 50 });
  expect(programmed).toBeLessThan(direct / 3);
});

function bytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
