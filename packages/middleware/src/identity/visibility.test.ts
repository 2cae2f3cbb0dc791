import { createServer, defineResource, defineTool, type Principal } from "@plinth/core";
import { createTestClient } from "@plinth/testing";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { silentLog } from "../fixtures/silent-log.ts";
import { tenancy } from "./tenancy.ts";
import { visibility, type VisibilityOptions } from "./visibility.ts";

function serve(options: VisibilityOptions) {
  const components = [
    defineTool({ name: "open", handler: () => "open" }),
    defineTool({ name: "admin", tags: ["admin"], handler: () => "admin" }),
    defineTool({
      name: "relay",
      input: z.object({ to: z.string() }),
      handler: async ({ to }, { invoke }) => JSON.stringify(await invoke("tools/call", { name: to, arguments: {} })),
    }),
    defineResource({ uri: "data://secret", tags: ["admin"], read: () => "secret" }),
    defineResource({ uri: "data://{id}", read: ({ id }) => `read ${id}` }),
  ];
  return createServer({ name: "t", version: "1", components, log: silentLog }).use(visibility(options));
}

const admin: Principal = { id: "root", scopes: ["admin"] };
const user: Principal = { id: "user", scopes: [] };
const byScope: VisibilityOptions = {
  isVisible: ({ tags }, { context }) => !tags.includes("admin") || context.principal?.scopes.includes("admin") === true,
};

describe("visibility", () => {
  it("hides by name and tag from everybody", async () => {
    const server = serve({ hide: { names: ["open"], tags: ["admin"] } });
    await using client = await createTestClient(server);

    expect(await client.toolNames()).toEqual(["relay"]);
    expect((await client.sdk.listResources()).resources).toEqual([]);
  });

  it("answers for what is hidden exactly as for what does not exist", async () => {
    const server = serve(byScope);
    await using client = await createTestClient(server, { principal: user });
    const messageOf = async (name: string): Promise<string> =>
      client.callTool(name).then(
        () => "called",
        (error: Error) => error.message.replaceAll(name, "NAME"),
      );

    expect(await messageOf("admin")).toBe(await messageOf("nadir"));
    await expect(client.readResource("data://secret")).rejects.toThrow('No resource "data://secret"');
    await expect(client.callTool("relay", { to: "admin" })).rejects.toThrow('Unknown tool: "admin"');
  });

  it("shows each audience its own, also when they take turns", async () => {
    const server = serve(byScope);
    await using first = await createTestClient(server, { principal: admin });
    await using second = await createTestClient(server, { principal: user });
    await using third = await createTestClient(server, { principal: { ...admin, scopes: [] } });
    await using fourth = await createTestClient(server);

    const lists = [];
    for (let time = 0; time < 2; time += 1) {
      for (const client of [first, second, third, fourth]) lists.push((await client.toolNames()).includes("admin"));
    }

    expect(lists).toEqual([true, false, false, false, true, false, false, false]);
  });

  it("asks once for each audience and catalog", async () => {
    let asked = 0;
    const server = serve({ isVisible: () => (asked += 1) > 0 });
    await using client = await createTestClient(server, { principal: user });
    for (let time = 0; time < 5; time += 1) await client.callTool("open");
    const before = asked;

    server.add(defineTool({ name: "late", handler: () => "late" }));
    const names = await client.toolNames();
    await client.toolNames();

    expect(before).toBe(5);
    expect(asked).toBe(11);
    expect(names).toContain("late");
  });

  it("keeps so many views at most", async () => {
    let asked = 0;
    const server = serve({
      isVisible: () => (asked += 1) > 0,
      maxViews: 2,
      audience: ({ params }) => String(params["name"]),
    });
    await using client = await createTestClient(server, { era: "legacy" });
    const runs: number[] = [];
    for (const name of ["a", "b", "a", "c", "a", "b"]) {
      await client.callTool(name).catch(() => undefined);
      runs.push(asked / 5);
    }

    expect(runs).toEqual([1, 2, 2, 3, 3, 4]);
  });

  it("hides from a tenant what its settings hide", async () => {
    const tools = [defineTool({ name: "open", handler: () => "" }), defineTool({ name: "beta", handler: () => "" })];
    const server = createServer({ name: "t", version: "1", components: tools, log: silentLog });
    const tenants = (id: string) => (id === "acme" ? { hide: { names: ["beta"] } } : {});
    server.use(tenancy({ tenants }), visibility());
    await using acme = await createTestClient(server, { principal: { ...user, tenant: "acme" } });
    await using globex = await createTestClient(server, { principal: { ...user, tenant: "globex" } });

    expect(await acme.toolNames()).toEqual(["open"]);
    expect(await globex.toolNames()).toEqual(["open", "beta"]);
    await expect(acme.callTool("beta")).rejects.toThrow("Unknown tool");
  });

  it("refuses no room for views", () => {
    expect(() => visibility({ maxViews: 0 })).toThrow("maxViews is 0");
  });
});
