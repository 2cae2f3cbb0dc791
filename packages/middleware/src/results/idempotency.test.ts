import { createServer, defineTool, KitError, toolResult, type Principal } from "@plinth/core";
import { createTestClient, type TestClient } from "@plinth/testing";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { callOverHttp } from "../fixtures/http-caller.ts";
import { recordedEvents } from "../fixtures/recorded-events.ts";
import { silentLog } from "../fixtures/silent-log.ts";
import { timeout } from "../resilience/timeout.ts";
import type { IdempotencyStore } from "../stores/idempotency-store.ts";
import { memoryIdempotencyStore } from "../stores/memory-idempotency-store.ts";
import { idempotency, type IdempotencyOptions } from "./idempotency.ts";

function paying(options: IdempotencyOptions = {}) {
  const state = { runs: 0, work: (): unknown => undefined };
  const components = ["pay", "refund"].map((name) =>
    defineTool({
      name,
      input: z.object({ amount: z.number().optional() }),
      handler: async () => {
        state.runs += 1;
        const run = state.runs;
        return (await state.work()) ?? { run };
      },
    }),
  );
  const server = createServer({ name: "t", version: "1", components, log: silentLog });
  server.use(idempotency(options), timeout({ ms: 1_000 }));
  return { server, state, events: recordedEvents(server) };
}

/** A tool that calls another one twice. */
function payingTwice() {
  let runs = 0;
  const inner = defineTool({ name: "pay", handler: () => ({ run: (runs += 1) }) });
  const outer = defineTool({
    name: "twice",
    handler: async (_input, { invoke }) => {
      const results = [];
      for (let time = 0; time < 2; time += 1) {
        const { structuredContent } = await invoke("tools/call", { name: "pay", arguments: {} });
        results.push(structuredContent);
      }
      return { results };
    },
  });
  const server = createServer({ name: "t", version: "1", components: [inner, outer], log: silentLog });
  return server.use(idempotency());
}

/** Calls a tool under a key; errors come as their code. */
async function pay(client: TestClient, key: unknown, { amount = 1, name = "pay" } = {}): Promise<unknown> {
  try {
    const result = await client.sdk.callTool({
      name,
      arguments: { amount },
      _meta: { "dev.plinth/idempotencyKey": key },
    });
    const error = result._meta?.["dev.plinth/error"] as { code: string } | undefined;
    return error?.code ?? result.structuredContent ?? result.content;
  } catch (error) {
    return (error as { code: number }).code;
  }
}

const conflict = -31409;
const invalidParams = -32602;

describe("idempotency", () => {
  it("runs a call once for a key and gives the first answer from then on", async () => {
    const { server, state, events } = paying();
    await using client = await createTestClient(server);

    const answers = [await pay(client, "k1"), await pay(client, "k1"), await pay(client, "k2")];

    expect(answers).toEqual([{ run: 1 }, { run: 1 }, { run: 2 }]);
    expect(state.runs).toBe(2);
    expect(events).toContain("idempotency: replayed");
  });

  it("runs calls without a key each time", async () => {
    const { server, state } = paying();
    await using client = await createTestClient(server);

    await client.callTool("pay");
    await client.callTool("pay");

    expect(state.runs).toBe(2);
  });

  it("refuses a key with other arguments, and takes it for another tool", async () => {
    const { server } = paying();
    await using client = await createTestClient(server);

    await pay(client, "k", { amount: 1 });

    expect(await pay(client, "k", { amount: 2 })).toBe(conflict);
    expect(await pay(client, "k", { name: "refund" })).toEqual({ run: 2 });
  });

  it("refuses a key whose first call still runs", async () => {
    const { server, state } = paying();
    const gate = Promise.withResolvers<object>();
    state.work = () => gate.promise;
    await using client = await createTestClient(server);

    const first = pay(client, "k");
    await expect.poll(() => state.runs).toBe(1);
    const second = await pay(client, "k");
    gate.resolve({ done: true });

    expect(second).toBe(conflict);
    expect(await first).toEqual({ done: true });
  });

  it("waits for the first call where it is told to", async () => {
    const { server, state, events } = paying({ whileRunning: "wait" });
    const gate = Promise.withResolvers<object>();
    state.work = () => gate.promise;
    await using client = await createTestClient(server);

    const answers = Array.from({ length: 5 }, () => pay(client, "k"));
    await expect.poll(() => events.filter((event) => event === "idempotency: coalesced").length).toBe(4);
    gate.resolve({ done: true });

    expect(await Promise.all(answers)).toEqual(answers.map(() => ({ done: true })));
    expect(state.runs).toBe(1);
  });

  it("lets one of those who waited try when the first call fails", async () => {
    const { server, state, events } = paying({ whileRunning: "wait" });
    const gate = Promise.withResolvers<object>();
    state.work = () => (state.runs === 1 ? gate.promise : { done: true });
    await using client = await createTestClient(server);

    const answers = Array.from({ length: 3 }, () => pay(client, "k"));
    await expect.poll(() => events.filter((event) => event === "idempotency: coalesced").length).toBe(2);
    gate.reject(new KitError("UNAVAILABLE", "away"));

    expect(await Promise.all(answers)).toEqual(["UNAVAILABLE", { done: true }, { done: true }]);
    expect(state.runs).toBe(2);
  });

  it("frees the key when the call throws, and keeps an answer with isError", async () => {
    const { server, state } = paying();
    await using client = await createTestClient(server);
    state.work = () => {
      if (state.runs === 1) throw new KitError("UNAVAILABLE", "away");
      return toolResult({ content: [{ type: "text", text: `run ${state.runs}` }], isError: true });
    };

    const answers = [await pay(client, "k"), await pay(client, "k"), await pay(client, "k")];

    expect(answers).toEqual(["UNAVAILABLE", [{ type: "text", text: "run 2" }], [{ type: "text", text: "run 2" }]]);
  });

  it("keeps the key when the time ran out while the handler may still be at work", async () => {
    const { server, state } = paying();
    state.work = () => new Promise(() => undefined);
    await using client = await createTestClient(server, { clock: "fake" });

    const first = pay(client, "k");
    await client.clock.tick(1_000);
    const answers = [await first, await pay(client, "k")];

    expect(answers).toEqual(["TIMEOUT", conflict]);
    expect(state.runs).toBe(1);
  });

  it("takes a question for no answer, and what follows it for one", async () => {
    let runs = 0;
    const tool = defineTool({
      name: "pay",
      input: z.object({ amount: z.number() }),
      handler: async (_input, { elicit }) => {
        await elicit({ message: "Sure?", schema: z.object({ sure: z.boolean() }) });
        return { run: (runs += 1) };
      },
    });
    const server = createServer({ name: "t", version: "1", components: [tool] }).use(idempotency());
    await using client = await createTestClient(server, { answers: { elicit: () => ({ sure: true }) } });

    const answers = [await pay(client, "k"), await pay(client, "k")];

    expect(answers).toEqual([{ run: 1 }, { run: 1 }]);
    expect(client.received.forms).toHaveLength(1);
  });

  it("keeps the keys of callers and tenants apart", async () => {
    const { server } = paying();
    const principals: Principal[] = [
      { id: "a", scopes: [] },
      { id: "b", scopes: [] },
      { id: "a", scopes: [], tenant: "t" },
      { id: "a", scopes: [], tenant: "u" },
      { id: '"t","a', scopes: [] },
      { id: "__proto__", scopes: [] },
    ];

    const answers = [];
    for (const principal of principals) {
      await using client = await createTestClient(server, { principal });
      answers.push(await pay(client, "k"));
    }
    await using anonymous = await createTestClient(server);
    answers.push(await pay(anonymous, "k"));

    expect(answers).toEqual(answers.map((_, at) => ({ run: at + 1 })));
  });

  it("does not give an answer to a token that may do less", async () => {
    const { server } = paying();
    await using strong = await createTestClient(server, { principal: { id: "a", scopes: ["pay"] } });
    await using weak = await createTestClient(server, { principal: { id: "a", scopes: [] } });

    await pay(strong, "k");

    expect(await pay(weak, "k")).toBe(conflict);
  });

  it.each([1, null, "", "a b", "ä", "x".repeat(256), { key: 1 }])("refuses %o as a key", async (key) => {
    const { server, state } = paying();
    await using client = await createTestClient(server);

    expect(await pay(client, key)).toBe(invalidParams);
    expect(state.runs).toBe(0);
  });

  it("says that an answer was too large to keep, and does not run again", async () => {
    const { server, state } = paying({ maxAnswerBytes: 1_000 });
    state.work = () => ({ text: "x".repeat(2_000) });
    await using client = await createTestClient(server);

    await pay(client, "k");

    expect(await pay(client, "k")).toBe(conflict);
    expect(state.runs).toBe(1);
  });

  it("refuses calls with a key when the store is full or away, before they run", async () => {
    const full = memoryIdempotencyStore({ maxKeys: 1 });
    await full.begin("other", { fingerprint: "", owner: "", leaseMs: 1 });
    const away: IdempotencyStore = { begin: () => Promise.reject(new Error("away")), finish: () => undefined };

    for (const store of [full, away]) {
      const { server, state } = paying({ store });
      await using client = await createTestClient(server);
      expect(await pay(client, "k")).toBe("UNAVAILABLE");
      expect(state.runs).toBe(0);
    }
  });

  it("does not hold an answer back for a store that hangs", async () => {
    const store: IdempotencyStore = { ...memoryIdempotencyStore(), finish: () => new Promise(() => undefined) };
    const { server } = paying({ store, storeTimeoutMs: 500 });
    await using client = await createTestClient(server, { clock: "fake" });

    const answer = pay(client, "k");
    await client.clock.tick(500);

    expect(await answer).toEqual({ run: 1 });
    expect(await pay(client, "k")).toBe(conflict);
  });

  it("does not let a call inside another use its caller's key", async () => {
    await using server = payingTwice();
    await using client = await createTestClient(server);

    const answers = [await pay(client, "k", { name: "twice" }), await pay(client, "k", { name: "twice" })];

    expect(answers).toEqual([{ results: [{ run: 1 }, { run: 2 }] }, { results: [{ run: 1 }, { run: 2 }] }]);
  });

  it("does not take the header of a request for the key of a call inside it", async () => {
    await using server = payingTwice();
    const host = await server.listen({ port: 0 });
    const request = { method: "tools/call", name: "twice", arguments: {} };

    const { result } = await callOverHttp(host, request, { headers: { "idempotency-key": '"k"' } });

    expect(result?.["structuredContent"]).toEqual({ results: [{ run: 1 }, { run: 2 }] });
  });

  it.each([
    ['"a-b"', undefined, true],
    ["a-b", undefined, true],
    ['"a-b"', "a-b", true],
    ['"a-b"', "c", false],
    ['"a', undefined, true],
    ['"a", "b"', undefined, false],
    ["a, b", undefined, false],
    ['""', undefined, false],
  ])("reads the header %s beside the _meta key %s as a key: %s", async (header, inMeta, isKey) => {
    const { server } = paying();
    await using _server = server;
    const host = await server.listen({ port: 0 });

    const { error } = await callOverHttp(
      host,
      { method: "tools/call", name: "pay", arguments: {} },
      {
        headers: { "idempotency-key": header },
        ...(inMeta !== undefined && { meta: { "dev.plinth/idempotencyKey": inMeta } }),
      },
    );

    expect(error?.code).toBe(isKey ? undefined : invalidParams);
  });

  it.each([{ ttlMs: 0 }, { leaseMs: Number.NaN }, { whileRunning: "hope" }, { maxWaitMs: -1 }])(
    "refuses %o",
    (options) => {
      expect(() => idempotency(options as IdempotencyOptions)).toThrow(/ is .*; /);
    },
  );
});
