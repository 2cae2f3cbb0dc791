import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { BadDay } from "./fixtures/bad-day-server.ts";
import { createCuttingProxy } from "./fixtures/cutting-proxy.ts";
import { eventually, startServer, type LogLine } from "./fixtures/running-server.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "shutdown-"));
});
afterEach(() => rm(folder, { recursive: true }));

const messagesOf = (log: readonly LogLine[]): string[] => log.map(({ message }) => message);

describe("SIGTERM during start", () => {
  test.for<NonNullable<BadDay["start"]>>(["hangs", "hangs and heeds nothing"])(
    "ends a server whose second service %s, and stops the first",
    async (how) => {
      await using server = startServer({ env: { BAD_DAY: JSON.stringify({ start: how } satisfies BadDay) } });
      await server.logged(({ message }) => message === "Hanging");

      server.process.kill("SIGTERM");
      const exit = await server.exit;

      expect(exit).toEqual([0, null]);
      expect(messagesOf(server.log)).toContain("Stopped the first service");
      expect(server.log.filter(({ level }) => level === "error")).toEqual([]);
    },
  );

  test("ends workers that hang in their start", async () => {
    await using server = startServer({ env: { SERVER_WORKERS: "2", BAD_DAY: '{"start":"hangs"}' } });
    await server.logged(({ message }) => message === "Hanging");

    server.process.kill("SIGTERM");

    expect(await server.exit).toEqual([0, null]);
  });

  test("ends a server that waits for a silent PostgreSQL", async () => {
    await using proxy = await createCuttingProxy({ host: "127.0.0.1", port: 9 });
    proxy.hang();
    const DATABASE_URL = `postgres://app:hush@127.0.0.1:${proxy.port}/business`;
    await using server = startServer({ program: "main.ts", env: { DATABASE_URL } });
    await server.logged(({ message }) => message === "Production stack");
    await eventually(
      async () => proxy.connections,
      (count) => count > 0,
    );

    const began = performance.now();
    server.process.kill("SIGTERM");
    const exit = await server.exit;

    expect(exit).toEqual([0, null]);
    // Without waiting for the 5 s that a connection may take.
    expect(performance.now() - began).toBeLessThan(4_000);
    expect(JSON.stringify(server.log)).not.toContain("hush");
  });

  test("is obeyed at once when it comes a second time", async () => {
    await using server = startServer();
    const waiting = server.call("wait", { ms: 60_000 }).catch((error: unknown) => error);
    await server.logged(({ message }) => message === "Waiting");
    server.process.kill("SIGTERM");
    await delay(300);

    server.process.kill("SIGTERM");

    expect(await server.exit).toEqual([143, null]);
    expect(await waiting).toBeInstanceOf(Error);
  });
});

test("SIGTERM with calls in flight loses none, nor their records, and metrics can be read until the last has ended", async () => {
  const file = join(folder, "audit.log");
  await using server = startServer({ env: { AUDIT_FILE: file } });
  const calls = Array.from({ length: 20 }, () => server.call("wait", { ms: 2_000 }));
  await eventually(
    () => server.metric("plinth_calls_in_flight"),
    (value) => value === 20,
  );

  server.process.kill("SIGTERM");
  await server.logged(({ message }) => message === "Stopping");
  const inFlight = await server.metric("plinth_calls_in_flight");
  const ready = await fetch(new URL("/readyz", await server.metricsUrl()));
  const answers = await Promise.all(calls);
  const exit = await server.exit;

  const records = (await readFile(file, "utf8"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as LogLine);
  expect(inFlight).toBe(20);
  expect(ready.status).toBe(503);
  expect(answers.map(({ text }) => text)).toEqual(answers.map(() => "waited"));
  expect(exit).toEqual([0, null]);
  expect(server.log.filter(({ target, outcome }) => target === "wait" && outcome === "ok")).toHaveLength(20);
  expect(records.filter(({ target, code }) => target === "wait" && code === undefined)).toHaveLength(20);
});

test("calls that outlast the drain are ended with an answer, and recorded as that", async () => {
  const file = join(folder, "audit.log");
  await using server = startServer({ env: { AUDIT_FILE: file, TIMEOUTS_DRAIN: "500ms" } });
  const call = server.call("wait", { ms: 60_000 });
  await server.logged(({ message }) => message === "Waiting");

  server.process.kill("SIGTERM");
  const answer = await call;
  const exit = await server.exit;

  const records = await readFile(file, "utf8");
  expect(answer.text).toContain("The server is shutting down");
  expect(exit).toEqual([0, null]);
  expect(records).toMatch(/"target":"wait".*"code":"(UNAVAILABLE|CANCELLED)"/);
});
