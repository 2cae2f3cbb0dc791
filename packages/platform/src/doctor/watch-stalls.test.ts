import { stallWatch } from "@plinth/observability";
import { createTestClient } from "@plinth/testing";
import { expect, test } from "vitest";
import { doctor } from "./doctor.ts";
import { serverOf, tool } from "./fixtures/found-by.ts";
import { watchStalls } from "./watch-stalls.ts";

const stalled = { part: "event-loop", action: "stalled" };

test("Adds up the stalls of each component, the longest first, for the doctor", async () => {
  const server = serverOf(tool("hash"), tool("parse"));
  const { tools } = server.catalog;
  using watch = watchStalls(server);

  server.events.publish({ ...stalled, value: 150, target: tools.get("parse") });
  server.events.publish({ ...stalled, value: 200, target: tools.get("hash") });
  server.events.publish({ ...stalled, value: 1_500, target: tools.get("hash") });
  server.events.publish({ ...stalled, value: 120 });
  const { findings } = await doctor(server, { stalls: watch.findings });

  expect(watch.findings).toEqual([
    { component: { kind: "tool", name: "hash" }, count: 2, longestMs: 1_500, totalMs: 1_700 },
    { component: { kind: "tool", name: "parse" }, count: 1, longestMs: 150, totalMs: 150 },
    { component: { kind: "server", name: "shop" }, count: 1, longestMs: 120, totalMs: 120 },
  ]);
  expect(findings.map(({ severity, component }) => `${severity} ${component.name}`)).toEqual([
    "error hash",
    "warning parse",
    "warning shop",
  ]);
});

test("Passes over other events and quantities that are none", () => {
  const server = serverOf();
  using watch = watchStalls(server);

  server.events.publish({ part: "cache", action: "stalled", value: 500 });
  server.events.publish({ part: "event-loop", action: "measured", value: 500 });
  server.events.publish(stalled);
  for (const value of [Number.NaN, Infinity, -1]) server.events.publish({ ...stalled, value });

  expect(watch.findings).toEqual([]);
});

test("Stops watching, and keeps what it saw", () => {
  const server = serverOf();
  const watch = watchStalls(server);
  server.events.publish({ ...stalled, value: 500 });

  watch.stop();
  server.events.publish({ ...stalled, value: 900 });

  expect(watch.findings).toEqual([expect.objectContaining({ count: 1, longestMs: 500 })]);
});

test("Holds no more components than a server can have", () => {
  const server = serverOf(tool("hash"));
  const target = server.catalog.tools.get("hash");
  using watch = watchStalls(server);

  for (let index = 0; index < 3_000; index += 1) {
    server.events.publish({ ...stalled, value: 1, target: target && { ...target, name: `made_up_${index}` } });
  }

  expect(watch.findings).toHaveLength(1_000);
});

test("Names the tool that really blocks the event loop", async () => {
  const block = (): object => {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 150);
    return { done: true };
  };
  await using server = serverOf(tool("hash", { handler: block }), tool("look_up"));
  using eventLoop = stallWatch({ thresholdMs: 20 });
  server.use(eventLoop.middleware);
  eventLoop.attach(server);
  using watch = watchStalls(server);
  await using client = await createTestClient(server);

  await client.callTool("look_up");
  await client.callTool("hash");
  await expect.poll(() => watch.findings.map(({ component }) => component.name)).toContain("hash");
  const { findings } = await doctor(server, { stalls: watch.findings, thresholds: { stallMs: 0 } });

  expect(findings.map(({ rule, component }) => `${rule} ${component.name}`)).toContain("event-loop-stall hash");
});
