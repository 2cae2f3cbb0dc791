import { createServer, defineResource, defineTool, KitError, toolResult, type Principal } from "@plinth/core";
import { createTestClient } from "@plinth/testing";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { recordedEvents } from "../fixtures/recorded-events.ts";
import { silentLog } from "../fixtures/silent-log.ts";
import { visibility } from "../identity/visibility.ts";
import type { CacheStore } from "../stores/cache-store.ts";
import { memoryCacheStore } from "../stores/memory-cache-store.ts";
import { cache, type CacheOptions } from "./cache.ts";

const alice: Principal = { id: "alice", scopes: ["read"] };

/** A server whose tool tells how often it ran. */
function counting(options: CacheOptions = { ttlMs: 60_000 }) {
  const state = { runs: 0, work: (): unknown => undefined };
  const components = [
    defineTool({
      name: "read",
      annotations: { readOnlyHint: true },
      input: z.object({ a: z.unknown().optional(), b: z.unknown().optional() }),
      handler: async () => {
        state.runs += 1;
        const run = state.runs;
        return (await state.work()) ?? { run };
      },
    }),
    defineTool({ name: "write", handler: () => ({ run: (state.runs += 1) }) }),
    defineResource({ uri: "data://kept", ttlMs: 60_000, read: () => `run ${(state.runs += 1)}` }),
    defineResource({ uri: "data://other", read: () => `run ${(state.runs += 1)}` }),
  ];
  const middleware = cache(options);
  const server = createServer({ name: "t", version: "1", components, log: silentLog }).use(middleware);
  return { server, state, middleware, events: recordedEvents(server) };
}

describe("cache", () => {
  it("gives the kept answer of a read-only tool to the same caller with the same arguments, in any order", async () => {
    const { server, state, events } = counting();
    await using client = await createTestClient(server);

    const first = await client.callTool("read", { a: 1, b: { c: 2, d: 3 } });
    const second = await client.callTool("read", { b: { d: 3, c: 2 }, a: 1 });

    expect(second.structured).toEqual(first.structured);
    expect(state.runs).toBe(1);
    expect(events.filter((event) => event.startsWith("cache"))).toEqual([
      "cache: miss",
      expect.stringMatching(/^cache: stored \d+$/),
      "cache: hit",
    ]);
  });

  it("runs tools that do not say they are read-only each time", async () => {
    const { server, state } = counting();
    await using client = await createTestClient(server);

    await client.callTool("write");
    await client.callTool("write");

    expect(state.runs).toBe(2);
  });

  it("keeps without options what a resource declares, and nothing else", async () => {
    const { server, state } = counting({});
    await using client = await createTestClient(server);

    const texts = [];
    for (const uri of ["data://kept", "data://kept", "data://other", "data://other"]) {
      texts.push((await client.readResource(uri)).text);
    }
    await client.callTool("read");
    await client.callTool("read");

    expect(texts).toEqual(["run 1", "run 1", "run 2", "run 3"]);
    expect(state.runs).toBe(5);
  });

  it("tells a client how long the rest of the time is", async () => {
    const { server } = counting({});
    await using client = await createTestClient(server, { clock: "fake" });

    await client.readResource("data://kept");
    await client.clock.tick(50_000);
    // Another client, because the first one keeps the answer too.
    await using other = await createTestClient(server, { leakCheck: false });
    const second = await other.readResource("data://kept");

    expect(second).toMatchObject({ text: "run 1", ttlMs: 10_000 });
  });

  it("runs again when the time is over", async () => {
    const { server, state } = counting({ ttlMs: 1_000 });
    await using client = await createTestClient(server, { clock: "fake" });

    await client.callTool("read");
    await client.clock.tick(999);
    await client.callTool("read");
    const before = state.runs;
    await client.clock.tick(1);
    await client.callTool("read");

    expect([before, state.runs]).toEqual([1, 2]);
  });

  it.each([
    ["an error", () => Promise.reject(new KitError("UNAVAILABLE", "away"))],
    ["an unknown error", () => Promise.reject(new Error("oh"))],
    ["an answer with isError", () => toolResult({ content: [], isError: true })],
    ["a large answer", () => ({ text: "x".repeat(5_000) })],
  ])("never keeps %s", async (_what, work) => {
    const { server, state } = counting({ ttlMs: 60_000, maxEntryBytes: 4_000 });
    state.work = work;
    await using client = await createTestClient(server);

    await client.callTool("read");
    await client.callTool("read");

    expect(state.runs).toBe(2);
  });

  it.each(["modern", "legacy"] as const)("never keeps what depends on the user's answer (%s)", async (era) => {
    const tool = defineTool({
      name: "asks",
      annotations: { readOnlyHint: true },
      handler: async (_input, { elicit }) => {
        const { action } = await elicit({ message: "Sure?", schema: z.object({ sure: z.boolean() }) });
        return action;
      },
    });
    const server = createServer({ name: "t", version: "1", components: [tool] }).use(cache({ ttlMs: 60_000 }));
    await using client = await createTestClient(server, { era, answers: { elicit: () => ({ sure: true }) } });

    await client.callTool("asks");
    await client.callTool("asks");

    expect(client.received.forms).toHaveLength(2);
  });

  it("hands every caller a copy of his own", async () => {
    const { server, state } = counting();

    const seen: unknown[] = [];
    const outer = createServer({
      name: "t",
      version: "1",
      components: [...server.catalog.tools.values()].map(({ definition }) => definition),
    });
    outer.use(
      async (call, next) => {
        const result = await next();
        if (call.method !== "tools/call") return result;
        seen.push(structuredClone(result["structuredContent"]));
        (result["structuredContent"] as Record<string, unknown>)["run"] = "changed";
        return result;
      },
      cache({ ttlMs: 60_000 }),
    );
    await using client = await createTestClient(outer);

    for (let time = 0; time < 3; time += 1) await client.callTool("read");

    expect(state.runs).toBe(1);
    expect(seen).toEqual([{ run: 1 }, { run: 1 }, { run: 1 }]);
  });

  it("tells apart whatever an answer may depend on", async () => {
    const { server, state } = counting();
    const principals: (Principal | undefined)[] = [
      undefined,
      alice,
      { ...alice, id: "bob" },
      { ...alice, tenant: "acme" },
      { ...alice, scopes: ["read", "write"] },
      { ...alice, claims: { role: "admin" } },
      { id: 'alice",["read"]', scopes: [] },
      { id: "alice", scopes: ['read","write'] },
      { id: "__proto__", scopes: [] },
      { id: "constructor", scopes: [], claims: JSON.parse('{"__proto__":{"role":"admin"}}') },
    ];

    for (const principal of principals) {
      for (const era of ["modern", "legacy"] as const) {
        await using client = await createTestClient(server, { era, ...(principal && { principal }) });
        await client.callTool("read");
        await client.callTool("read");
      }
    }

    expect(state.runs).toBe(principals.length * 2);
  });

  it("takes a token for the same one when only its dates differ", async () => {
    const { server, state } = counting();
    for (const exp of [1, 2, 3]) {
      await using client = await createTestClient(server, {
        principal: { ...alice, claims: { exp, jti: String(exp) } },
      });
      await client.callTool("read");
    }

    expect(state.runs).toBe(1);
  });

  it("shares answers in public, or in a tenant, where it is told to", async () => {
    const shared = counting({ ttlMs: 60_000, scope: "public" });
    const inTenant = counting({ ttlMs: 60_000, scope: "tenant" });

    for (const { server } of [shared, inTenant]) {
      for (const tenant of ["a", "b", undefined]) {
        for (const id of ["x", "y"]) {
          const principal: Principal = { id, scopes: [], ...(tenant !== undefined && { tenant }) };
          await using client = await createTestClient(server, { principal });
          await client.callTool("read");
        }
      }
    }

    expect(shared.state.runs).toBe(1);
    expect(inTenant.state.runs).toBe(4);
  });

  it("does not share what depends on what a caller may see, even in public", async () => {
    const names = defineTool({
      name: "names",
      annotations: { readOnlyHint: true },
      handler: async (_input, { invoke }) => {
        const { tools } = await invoke("tools/list");
        return (tools as { name: string }[]).map(({ name }) => name).join();
      },
    });
    const secret = defineTool({ name: "secret", tags: ["admin"], handler: () => "secret" });
    const server = createServer({ name: "t", version: "1", components: [names, secret] }).use(
      visibility({ isVisible: ({ tags }, { context }) => tags.length === 0 || context.principal?.id === "root" }),
      cache({ ttlMs: () => 60_000, scope: "public" }),
    );

    const seen = [];
    for (const id of ["root", "alice", "root"]) {
      await using client = await createTestClient(server, { principal: { id, scopes: [] } });
      seen.push([(await client.callTool("names")).text, (await client.toolNames()).join()]);
    }
    server.remove("tool", "secret");
    await using late = await createTestClient(server, { principal: { id: "root", scopes: [] } });
    seen.push([(await late.callTool("names")).text, (await late.toolNames()).join()]);

    const all = ["names,secret", "names,secret"];
    expect(seen).toEqual([all, ["names", "names"], all, ["names", "names"]]);
  });

  it("forgets by tag, and its own tags", async () => {
    const { server, state, middleware } = counting({ ttlMs: 60_000, tags: () => ["mine"] });
    await using client = await createTestClient(server);

    for (const tag of ["mine", "tool:read", "tool:other"]) {
      await client.callTool("read");
      await middleware.invalidateTag(tag);
    }
    await client.callTool("read");

    expect(state.runs).toBe(3);
  });

  it("does not keep what was made before an invalidation, nor lets later calls wait for it", async () => {
    const { server, state, middleware } = counting();
    const gate = Promise.withResolvers<object>();
    state.work = () => (state.runs === 1 ? gate.promise : { value: "new" });
    await using client = await createTestClient(server);

    const old = client.callTool("read");
    await expect.poll(() => state.runs).toBe(1);
    await middleware.invalidateTag("tool:read");
    const during = await client.callTool("read");
    gate.resolve({ value: "old" });
    await old;
    const after = await client.callTool("read");

    expect(during.structured).toEqual({ value: "new" });
    expect(after.structured).toEqual({ value: "new" });
  });

  it("makes a new answer behind the back of whoever gets the old one", async () => {
    const { server, events } = counting({ ttlMs: 1_000, staleMs: 9_000 });
    await using client = await createTestClient(server, { clock: "fake" });

    await client.callTool("read");
    await client.clock.tick(2_000);
    const stale = await client.callTool("read");
    await client.clock.tick(0);
    const fresh = await client.callTool("read");
    await client.clock.tick(20_000);
    const late = await client.callTool("read");

    expect([stale, fresh, late].map(({ structured }) => structured)).toEqual([{ run: 1 }, { run: 2 }, { run: 3 }]);
    expect(events).toContain("cache: stale");
  });

  it("goes on giving the old answer when the new one cannot be made, and makes one at a time", async () => {
    const { server, state, events } = counting({ ttlMs: 1_000, staleMs: 60_000 });
    await using client = await createTestClient(server, { clock: "fake" });
    await client.callTool("read");
    const gate = Promise.withResolvers<object>();
    state.work = () => gate.promise;

    await client.clock.tick(2_000);
    const answers = await Promise.all(Array.from({ length: 5 }, () => client.callTool("read")));
    gate.reject(new Error("away"));
    await client.clock.tick(0);

    expect(answers.map(({ structured }) => structured)).toEqual(Array.from({ length: 5 }, () => ({ run: 1 })));
    expect(state.runs).toBe(2);
    expect(events).toContain("cache: refresh-failed");
  });

  it("serves calls without a store that is away, or gives back what it was not given", async () => {
    const away: CacheStore = {
      get: () => Promise.reject(new Error("away")),
      set: () => Promise.reject(new Error("away")),
      delete: () => undefined,
      invalidateTag: () => undefined,
    };
    const odd: CacheStore = {
      ...memoryCacheStore(),
      get: () => ({ text: "{", ageMs: 0, mark: "0" }),
    };

    const empty: CacheStore = { ...memoryCacheStore(), get: () => ({ text: "null", ageMs: 0, mark: "0" }) };

    for (const store of [away, odd, empty]) {
      const { server } = counting({ ttlMs: 60_000, store });
      await using client = await createTestClient(server);
      expect((await client.callTool("read")).structured).toEqual({ run: 1 });
    }
  });

  it("does not wait for a store that hangs", async () => {
    const store = { ...memoryCacheStore(), get: () => new Promise<never>(() => undefined) };
    const { server, events } = counting({ ttlMs: 60_000, store, storeTimeoutMs: 500 });
    await using client = await createTestClient(server, { clock: "fake" });

    const answer = client.callTool("read");
    await client.clock.tick(500);

    expect((await answer).structured).toEqual({ run: 1 });
    expect(events).toContain("cache: store-failed");
  });

  it("goes on making old answers anew when the store never says that it has kept one", async () => {
    const inner = memoryCacheStore();
    const store: CacheStore = {
      ...inner,
      set: (key, entry) => {
        void inner.set(key, entry);
        return new Promise<never>(() => undefined);
      },
    };
    const { server, state } = counting({ ttlMs: 1_000, staleMs: 60_000, store, maxRefreshes: 1, storeTimeoutMs: 500 });
    await using client = await createTestClient(server, { clock: "fake" });
    await client.callTool("read");

    for (let round = 0; round < 3; round += 1) {
      await client.clock.tick(2_000);
      await client.callTool("read");
    }
    await client.clock.tick(500);

    expect(state.runs).toBe(4);
  });

  it("does not take for the same what JSON cannot tell apart", async () => {
    const { server, state } = counting({ ttlMs: 60_000, vary: () => new Map([["language", "de"]]) });
    await using client = await createTestClient(server);

    const answer = await client.callTool("read");

    expect([answer.isError, state.runs]).toEqual([true, 0]);
  });

  it("forgets one resource of a template by its URI", async () => {
    let reads = 0;
    const item = defineResource({ uri: "data://{id}", read: () => `${(reads += 1)}` });
    const middleware = cache({ ttlMs: 60_000 });
    const server = createServer({ name: "t", version: "1", components: [item], log: silentLog }).use(middleware);
    await using client = await createTestClient(server);
    const read = async (): Promise<string[]> => [
      (await client.readResource("data://a")).text,
      (await client.readResource("data://b")).text,
    ];

    const first = await read();
    await middleware.invalidateTag("resource:data://a");
    const second = await read();
    await middleware.invalidateTag("resource-template:data://{id}");
    const third = await read();

    expect([first, second, third]).toEqual([
      ["1", "2"],
      ["3", "2"],
      ["4", "5"],
    ]);
  });

  it.each([
    { ttlMs: -1 },
    { ttlMs: Number.NaN },
    { staleMs: Infinity },
    { maxEntryBytes: 0.5 },
    { scope: "everybody" },
    { maxRefreshes: -1 },
  ])("refuses %o", (options) => {
    expect(() => cache(options as CacheOptions)).toThrow(/ is /);
  });
});
