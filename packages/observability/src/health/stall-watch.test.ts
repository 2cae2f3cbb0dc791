import { setTimeout as delay } from "node:timers/promises";
import { createServer, defineTool, stderrLogger, type AnyPlinthServer, type PlatformEvent } from "@plinth/core";
import { createTestClient, type TestClient } from "@plinth/testing";
import { expect, it, vi } from "vitest";
import { z } from "zod";
import { stallWatch, type StallWatch, type StallWatchOptions } from "./stall-watch.ts";

/** Blocks the thread as a long computation would, whatever the speed of the machine. */
function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** A client of the server, and nothing of its own start left for the watch to notice. */
async function connected(server: AnyPlinthServer, watch: StallWatch): Promise<TestClient> {
  const client = await createTestClient(server, { leakCheck: false });
  await client.callTool("blocks", { ms: 0 });
  let seen = -1;
  while (watch.stalls.length !== seen) {
    seen = watch.stalls.length;
    // Longer than the watch takes to look again.
    await delay(40);
  }
  return client;
}

function watched(options: StallWatchOptions = {}) {
  const lines: string[] = [];
  const released = Promise.withResolvers<void>();
  const server = createServer({
    name: "shop",
    version: "1",
    log: stderrLogger({ level: "warn", write: (line) => void lines.push(line) }),
    components: [
      defineTool({ name: "blocks", input: z.object({ ms: z.number() }), handler: ({ ms }) => (block(ms), "done") }),
      defineTool({
        name: "blocks_later",
        async handler() {
          await new Promise(setImmediate);
          block(150);
          return "done";
        },
      }),
      defineTool({ name: "waits", handler: () => released.promise.then(() => "done") }),
      defineTool({
        name: "calls_blocks",
        handler: async (_input, context) => (
          await context.invoke("tools/call", { name: "blocks", arguments: { ms: 150 } }),
          "done"
        ),
      }),
    ],
  });
  const watch = stallWatch({ thresholdMs: 60, ...options });
  const events: PlatformEvent[] = [];
  server.events.subscribe((event) => void events.push(event));
  server.use(watch.middleware);
  watch.attach(server);
  return { server, watch, events, lines, release: () => released.resolve() };
}

it("a handler that blocks the event loop is named, logged and told as an event", async () => {
  const { server, watch, events, lines } = watched();
  await using client = await connected(server, watch);
  const before = watch.stalls.length;

  await client.callTool("blocks", { ms: 150 });
  await vi.waitUntil(() => watch.stalls.length > before);

  const stall = watch.stalls[before];
  expect(stall).toMatchObject({ cause: "ran", target: { name: "blocks" } });
  expect(stall?.ms).toBeGreaterThanOrEqual(60);
  expect(events).toContainEqual({
    part: "event-loop",
    action: "stalled",
    value: stall?.ms,
    target: server.catalog.tools.get("blocks"),
  });
  expect(lines.join("")).toContain('"message":"The event loop was blocked"');
});

it("a handler that blocks after it gave way is named when it is the only call in flight", async () => {
  const { server, watch } = watched();
  await using client = await connected(server, watch);
  const before = watch.stalls.length;

  await client.callTool("blocks_later", {});
  await vi.waitUntil(() => watch.stalls.length > before);

  expect(watch.stalls[before]).toMatchObject({ cause: "alone", target: { name: "blocks_later" } });
});

it("nobody is blamed while several calls are in flight, and the candidates are named", async () => {
  const { server, watch, release } = watched();
  await using client = await connected(server, watch);
  const before = watch.stalls.length;

  const waiting = [client.callTool("waits", {}), client.callTool("waits", {})];
  await vi.waitUntil(() => server.inFlight === 2);
  await client.callTool("blocks_later", {});
  await vi.waitUntil(() => watch.stalls.length > before);
  release();
  await Promise.all(waiting);

  expect(watch.stalls[before]).toMatchObject({
    cause: "unknown",
    target: undefined,
    candidates: ["waits", "blocks_later"],
  });
});

it("what blocks inside another call is blamed, and not the call around it", async () => {
  const { server, watch } = watched();
  await using client = await connected(server, watch);
  const before = watch.stalls.length;

  await client.callTool("calls_blocks", {});
  await vi.waitUntil(() => watch.stalls.length > before);

  expect(watch.stalls[before]?.target?.name).toBe("blocks");
});

it("many short calls that block together are blamed together", async () => {
  const { server, watch } = watched();
  await using client = await connected(server, watch);
  const before = watch.stalls.length;

  await Promise.all(Array.from({ length: 30 }, () => client.callTool("blocks", { ms: 10 })));
  await vi.waitUntil(() => watch.stalls.length > before);

  expect(watch.stalls[before]).toMatchObject({ cause: "ran", target: { name: "blocks" } });
});

/** Blocks the event loop again and again, until the watch has noticed. */
async function blockUntilNoticed(watch: StallWatch): Promise<void> {
  const seen = watch.stalls.at(-1);
  await vi.waitUntil(
    () => {
      if (watch.stalls.at(-1) !== seen) return true;
      block(120);
      return false;
    },
    { interval: 80 },
  );
}

it("what blocks outside all calls is told without a name, and not before the server serves", async () => {
  const { server, watch } = watched();
  block(150);
  await server.start();

  await blockUntilNoticed(watch);
  await server.close();

  expect(watch.stalls).toHaveLength(1);
  expect(watch.stalls[0]).toMatchObject({ cause: "unknown", target: undefined, candidates: [] });
});

it("the oldest stalls are forgotten, and none is noticed after the server has closed", async () => {
  const { server, watch } = watched({ maxStalls: 2 });
  await server.start();
  for (let count = 0; count < 3; count += 1) await blockUntilNoticed(watch);

  await server.close();
  const remembered = [...watch.stalls];
  block(100);
  await new Promise(setImmediate);

  expect(remembered).toHaveLength(2);
  expect(watch.stalls).toStrictEqual(remembered);
});

it("one watch is refused for two servers", async () => {
  const { server, watch } = watched();

  expect(() => watch.attach(server)).toThrow(/make another/);
  await server.close();
});

it.each([0, 19, Number.NaN, Infinity, 1.5])("a threshold of %d ms is refused", (thresholdMs) => {
  expect(() => stallWatch({ thresholdMs })).toThrow(`thresholdMs is ${thresholdMs}`);
});
