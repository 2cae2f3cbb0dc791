import { createServer, defineTool, KitError, on, type Middleware } from "@plinth/core";
import { createTestClient } from "@plinth/testing";
import { expect, it } from "vitest";
import { z } from "zod";
import { recordedEvents } from "../fixtures/recorded-events.ts";
import { timeout } from "./timeout.ts";

const never = () => new Promise<string>(() => undefined);

it("answers TIMEOUT once the time is over, also when the handler does not heed it", async () => {
  const server = createServer({ name: "t", version: "1", components: [defineTool({ name: "deaf", handler: never })] });
  server.use(timeout({ ms: 1_000 }));
  const events = recordedEvents(server);
  await using client = await createTestClient(server, { clock: "fake" });

  const answer = client.callTool("deaf");
  await client.clock.tick(1_000);

  const { isError, result } = await answer;
  expect(isError).toBe(true);
  expect(result._meta?.["dev.plinth/error"]).toMatchObject({ code: "TIMEOUT" });
  expect(events).toEqual(["timeout: expired 1000"]);
});

it("aborts the signal that the handler sees with the reason", async () => {
  const reasons: unknown[] = [];
  const tool = defineTool({
    name: "listens",
    handler: (_input, { signal }) =>
      new Promise<string>((_resolve, reject) => {
        signal.addEventListener("abort", () => {
          reasons.push(signal.reason);
          reject(new Error("stopped"));
        });
      }),
  });
  const server = createServer({ name: "t", version: "1", components: [tool] }).use(timeout({ ms: 1_000 }));
  await using client = await createTestClient(server, { clock: "fake" });

  const answer = client.callTool("listens");
  await client.clock.tick(1_000);

  expect((await answer).text).toBe("The call ran past 1000 ms; ask for less at a time, or try again later");
  expect(reasons).toEqual([expect.objectContaining({ code: "TIMEOUT" })]);
});

it("gives a handler that first looks at its signal after the end one that has aborted", async () => {
  const gate = Promise.withResolvers<void>();
  const seen = Promise.withResolvers<boolean>();
  const tool = defineTool({
    name: "late",
    handler: async (_input, context) => {
      await gate.promise;
      seen.resolve(context.signal.aborted);
    },
  });
  const server = createServer({ name: "t", version: "1", components: [tool] }).use(timeout({ ms: 1_000 }));
  await using client = await createTestClient(server, { clock: "fake" });

  const answer = client.callTool("late");
  await client.clock.tick(1_000);
  await answer;
  gate.resolve();

  expect(await seen.promise).toBe(true);
});

it.each([
  { timeoutMs: 5_000, limit: 5_000 },
  { timeoutMs: 500, limit: 500 },
  { timeoutMs: 60_000, limit: 10_000 },
])("gives a tool with timeoutMs $timeoutMs the time of $limit ms", async ({ timeoutMs, limit }) => {
  const tool = defineTool({ name: "own", timeoutMs, handler: never });
  const server = createServer({ name: "t", version: "1", components: [tool] });
  server.use(timeout({ ms: 1_000, maxMs: 10_000 }));
  const events = recordedEvents(server);
  await using client = await createTestClient(server, { clock: "fake" });

  const answer = client.callTool("own");
  await client.clock.tick(limit - 1);
  const early = [...events];
  await client.clock.tick(1);
  await answer;

  expect(early).toEqual([]);
  expect(events).toEqual([`timeout: expired ${limit}`]);
});

it("bounds lists like everything else", async () => {
  const hanging: Middleware = () => new Promise(() => undefined);
  const server = createServer({ name: "t", version: "1", components: [defineTool({ name: "a", handler: () => "a" })] });
  server.use(timeout({ ms: 1_000 }), hanging);
  await using client = await createTestClient(server, { clock: "fake", era: "legacy" });

  const listed = client.sdk.listTools();
  const problem = listed.catch((error: Error) => error.message);
  await client.clock.tick(1_000);

  expect(await problem).toContain("The call ran past 1000 ms");
});

it("passes on a client's cancellation to the handler", async () => {
  const begun = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  const tool = defineTool({
    name: "waits",
    handler: (_input, { signal }) => {
      begun.resolve();
      return new Promise<string>((_resolve, reject) => {
        signal.addEventListener("abort", () => {
          ended.resolve();
          reject(new Error("stopped"));
        });
      });
    },
  });
  const server = createServer({ name: "t", version: "1", components: [tool] }).use(timeout());
  await using client = await createTestClient(server);
  const controller = new AbortController();

  const answer = client.callTool("waits", {}, { signal: controller.signal });
  const settled = answer.then(
    () => "answered",
    () => "given up",
  );
  await begun.promise;
  controller.abort();

  await ended.promise;
  expect(await settled).toBe("given up");
});

it("does not count the time in which a legacy client's user thinks", async () => {
  const asked = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<void>();
  const tool = defineTool({
    name: "asks",
    handler: async (_input, { elicit }) => {
      await elicit({ message: "Sure?", schema: z.object({ sure: z.boolean() }) });
      return "asked";
    },
  });
  const server = createServer({ name: "t", version: "1", components: [tool] }).use(timeout({ ms: 1_000 }));
  await using client = await createTestClient(server, {
    clock: "fake",
    era: "legacy",
    answers: {
      elicit: async () => {
        asked.resolve();
        await answered.promise;
        return { sure: true };
      },
    },
  });

  const answer = client.callTool("asks");
  await asked.promise;
  await client.clock.tick(30_000);
  answered.resolve();

  expect((await answer).text).toBe("asked");
});

it("leaves no timer behind when what is inside fails at once", async () => {
  const failing = on("tools/call", () => {
    throw new KitError("FORBIDDEN", "no");
  });
  const server = createServer({ name: "t", version: "1", components: [defineTool({ name: "a", handler: () => "a" })] });
  server.use(timeout(), failing);
  await using client = await createTestClient(server);

  await expect(client.callTool("a")).rejects.toThrow("no");
});

it.each([0, -1, 1.5, Number.NaN, Infinity, 2 ** 31])("refuses %s as a time", (ms) => {
  expect(() => timeout({ ms })).toThrow(/ms is .*; it must be a whole number/);
});
