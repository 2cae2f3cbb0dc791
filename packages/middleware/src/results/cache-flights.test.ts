import { createServer, defineTool } from "@plinth/core";
import { createTestClient } from "@plinth/testing";
import { describe, expect, it } from "vitest";
import { recordedEvents } from "../fixtures/recorded-events.ts";
import { silentLog } from "../fixtures/silent-log.ts";
import { cache, type CacheOptions } from "./cache.ts";

/** A tool whose runs end when the test says so. */
function gated(options: CacheOptions = {}) {
  const runs: PromiseWithResolvers<object>[] = [];
  const slow = defineTool({
    name: "slow",
    annotations: { readOnlyHint: true },
    handler: (_input, { signal }) => {
      const run = Promise.withResolvers<object>();
      runs.push(run);
      signal.addEventListener("abort", () => run.reject(new Error("stopped")));
      return run.promise;
    },
  });
  const server = createServer({ name: "t", version: "1", components: [slow], log: silentLog });
  server.use(cache({ ttlMs: 60_000, ...options }));
  return { server, runs, events: recordedEvents(server) };
}

describe("calls that share a run", () => {
  it("get one answer, each as a copy", async () => {
    const { server, runs, events } = gated();
    await using client = await createTestClient(server);

    const answers = Array.from({ length: 20 }, () => client.callTool("slow"));
    await expect.poll(() => events.filter((event) => event === "cache: coalesced").length).toBe(19);
    runs[0]?.resolve({ value: 1 });

    const all = await Promise.all(answers);
    expect(all.map(({ structured }) => structured)).toEqual(all.map(() => ({ value: 1 })));
    expect(runs).toHaveLength(1);
  });

  it("go on when the first one is cancelled, one in its place and the others with it", async () => {
    const { server, runs, events } = gated();
    await using client = await createTestClient(server);
    const controller = new AbortController();

    const first = client.callTool("slow", {}, { signal: controller.signal });
    const gone = first.catch(() => "given up");
    await expect.poll(() => runs.length).toBe(1);
    const others = Array.from({ length: 5 }, () => client.callTool("slow"));
    await expect.poll(() => events.filter((event) => event === "cache: coalesced").length).toBe(5);
    controller.abort();
    await expect.poll(() => runs.length).toBe(2);
    runs[1]?.resolve({ value: 2 });

    await gone;
    expect((await Promise.all(others)).map(({ structured }) => structured)).toEqual(others.map(() => ({ value: 2 })));
    expect(runs).toHaveLength(2);
  });

  it("run on their own when the first one fails", async () => {
    const { server, runs, events } = gated();
    await using client = await createTestClient(server);

    const first = client.callTool("slow");
    await expect.poll(() => runs.length).toBe(1);
    const second = client.callTool("slow");
    await expect.poll(() => events.includes("cache: coalesced")).toBe(true);
    runs[0]?.reject(new Error("oh"));
    await expect.poll(() => runs.length).toBe(2);
    runs[1]?.resolve({ value: 2 });

    expect((await first).isError).toBe(true);
    expect((await second).structured).toEqual({ value: 2 });
  });

  it("leave alone when they are cancelled", async () => {
    const { server, runs, events } = gated();
    await using client = await createTestClient(server);
    const controller = new AbortController();

    const first = client.callTool("slow");
    await expect.poll(() => runs.length).toBe(1);
    const second = client.callTool("slow", {}, { signal: controller.signal });
    const gone = second.catch(() => "given up");
    await expect.poll(() => events.includes("cache: coalesced")).toBe(true);
    controller.abort();
    await gone;
    runs[0]?.resolve({ value: 1 });

    expect((await first).structured).toEqual({ value: 1 });
    expect(runs).toHaveLength(1);
  });

  it("do not wait for ever", async () => {
    const { server, runs, events } = gated({ maxWaitMs: 1_000 });
    await using client = await createTestClient(server, { clock: "fake" });

    const first = client.callTool("slow");
    await expect.poll(() => runs.length).toBe(1);
    const second = client.callTool("slow");
    await expect.poll(() => events.includes("cache: coalesced")).toBe(true);
    await client.clock.tick(1_000);
    await expect.poll(() => runs.length).toBe(2);
    runs[1]?.resolve({ value: 2 });
    runs[0]?.resolve({ value: 1 });

    expect((await second).structured).toEqual({ value: 2 });
    expect((await first).structured).toEqual({ value: 1 });
  });

  it("do not wait for each other in a circle", async () => {
    let begun = 0;
    const both = Promise.withResolvers<void>();
    const other: Readonly<Record<string, string>> = { a: "b", b: "a" };
    const components = ["a", "b"].map((name) =>
      defineTool({
        name,
        annotations: { readOnlyHint: true },
        handler: async (_input, { invoke }) => {
          begun += 1;
          if (begun > 2) return "leaf";
          if (begun === 2) both.resolve();
          await both.promise;
          const { content } = await invoke("tools/call", { name: other[name], arguments: {} });
          return JSON.stringify(content);
        },
      }),
    );
    const server = createServer({ name: "t", version: "1", components }).use(cache({ ttlMs: 60_000 }));
    await using client = await createTestClient(server);

    const answers = await Promise.all(["a", "b"].map((name) => client.callTool(name)));

    expect(answers.every(({ isError }) => !isError)).toBe(true);
  });
});
