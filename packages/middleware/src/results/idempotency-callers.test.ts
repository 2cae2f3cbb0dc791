import { createServer, defineTool, type Principal } from "@plinth/core";
import { createTestClient } from "@plinth/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { callOverHttp } from "../fixtures/http-caller.ts";
import { silentLog } from "../fixtures/silent-log.ts";
import type { IdempotencyAnswer, IdempotencyStore } from "../stores/idempotency-store.ts";
import { memoryIdempotencyStore } from "../stores/memory-idempotency-store.ts";
import { cache } from "./cache.ts";
import { idempotency, type IdempotencyOptions } from "./idempotency.ts";

function ordering(options: IdempotencyOptions = {}) {
  let runs = 0;
  const order = defineTool({
    name: "order",
    input: z.object({ amount: z.number().optional() }),
    handler: (_input, { http }) => ({ run: (runs += 1), cookie: http?.headers.get("cookie") ?? null }),
  });
  const server = createServer({ name: "t", version: "1", components: [order], log: silentLog });
  return server.use(idempotency(options));
}

const request = { method: "tools/call", name: "order", arguments: {} };
const key = { "idempotency-key": '"k"' };

describe("a key of a caller whom nobody has authenticated", () => {
  it.each([
    ["cookie", { cookie: "session=alice" }, { cookie: "session=mallory" }],
    ["credentials", { authorization: "Bearer alice" }, {}],
  ])("does not lead to the answer of a caller with another %s", async (_what, alice, mallory) => {
    await using server = ordering();
    const host = await server.listen({ port: 0 });

    const first = await callOverHttp(host, request, { headers: { ...key, ...alice } });
    const again = await callOverHttp(host, request, { headers: { ...key, ...alice } });
    const stranger = await callOverHttp(host, request, { headers: { ...key, ...mallory } });
    await host.close({ drainMs: 0 });

    expect(first.result?.["structuredContent"]).toMatchObject({ run: 1 });
    expect(again.result?.["structuredContent"]).toMatchObject({ run: 1 });
    expect(stranger.result?.["structuredContent"]).toMatchObject({ run: 2 });
  });

  it("does not lead to the answer of a caller at another address", async () => {
    await using server = ordering({ trustedProxies: ["127.0.0.1"] });
    const host = await server.listen({ port: 0 });
    const from = (address: string) => ({ headers: { ...key, "x-forwarded-for": address } });

    const first = await callOverHttp(host, request, from("192.0.2.1"));
    const again = await callOverHttp(host, request, from("192.0.2.1"));
    const stranger = await callOverHttp(host, request, from("192.0.2.2"));
    await host.close({ drainMs: 0 });

    const answers = [first, again, stranger].map(({ result }) => result?.["structuredContent"]);
    expect(answers).toMatchObject([{ run: 1 }, { run: 1 }, { run: 2 }]);
  });
});

it("a caller whom nobody has authenticated does not get more room for keys by new cookies", async () => {
  await using server = ordering({ store: memoryIdempotencyStore({ maxKeysPerOwner: 2 }) });
  const host = await server.listen({ port: 0 });

  const answers = [];
  for (const cookie of ["a", "b", "c"]) {
    answers.push(await callOverHttp(host, request, { headers: { ...key, cookie } }));
  }
  await host.close({ drainMs: 0 });

  expect(answers.map(({ result }) => result?.["isError"] === true)).toEqual([false, false, true]);
});

it("a cache keeps answers apart that were made for different cookies", async () => {
  const who = defineTool({
    name: "who",
    annotations: { readOnlyHint: true },
    handler: (_input, { http }) => http?.headers.get("cookie") ?? "nobody",
  });
  await using server = createServer({ name: "t", version: "1", components: [who], log: silentLog });
  server.use(cache({ ttlMs: 60_000 }));
  const host = await server.listen({ port: 0 });
  const ask = async (headers: Record<string, string>): Promise<string> =>
    JSON.stringify((await callOverHttp(host, { ...request, name: "who" }, { headers })).result?.["content"]);

  const answers = [await ask({ cookie: "a=1" }), await ask({ cookie: "a=2" }), await ask({})];
  await host.close({ drainMs: 0 });

  expect(answers.map((answer) => /a=1|a=2|nobody/.exec(answer)?.[0])).toEqual(["a=1", "a=2", "nobody"]);
});

describe("a store of keys", () => {
  const call = (client: Awaited<ReturnType<typeof createTestClient>>, args: object = {}) =>
    client.sdk.callTool({ name: "order", arguments: { ...args }, _meta: { "dev.plinth/idempotencyKey": "k" } });

  it("that is late with a claim gets it back, so that the next try need not wait for the lease", async () => {
    const inner = memoryIdempotencyStore();
    const late = Promise.withResolvers<void>();
    let isFirst = true;
    const store: IdempotencyStore = {
      begin(name, claim) {
        if (!isFirst) return inner.begin(name, claim);
        isFirst = false;
        return late.promise.then(() => inner.begin(name, claim));
      },
      finish: (name, outcome) => inner.finish(name, outcome),
    };
    await using client = await createTestClient(ordering({ store, storeTimeoutMs: 5 }));

    const refused = await call(client);
    late.resolve();
    await new Promise((resolve) => setImmediate(resolve));
    const served = await call(client);

    expect(refused._meta?.["dev.plinth/error"]).toMatchObject({ code: "UNAVAILABLE" });
    expect(served.structuredContent).toMatchObject({ run: 1 });
  });

  it.each(["", "null", "[]", "7", "{", '{"other":1}'])(
    "that gives %j for an answer leads to a conflict",
    async (value) => {
      const answer: IdempotencyAnswer = { state: "finished", value };
      await using client = await createTestClient(
        ordering({ store: { begin: () => answer, finish: () => undefined } }),
      );

      await expect(call(client)).rejects.toMatchObject({ code: -31409 });
    },
  );
});

it("runs each key of each caller exactly once, whatever comes at the same time", async () => {
  const step = fc.record({
    id: fc.constantFrom("a", "b"),
    tenant: fc.constantFrom("x", "y"),
    key: fc.constantFrom("1", "2"),
    gap: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
      const runs: string[] = [];
      const order = defineTool({
        name: "order",
        handler: async (_input, { principal, tenant, meta }) => {
          const own = `${tenant} ${principal?.id} ${String(meta["dev.plinth/idempotencyKey"])}`;
          runs.push(own);
          await new Promise((resolve) => setImmediate(resolve));
          return { own };
        },
      });
      await using server = createServer({ name: "t", version: "1", components: [order], log: silentLog });
      server.use(idempotency({ whileRunning: "wait" }));
      const clients = new Map<string, Awaited<ReturnType<typeof createTestClient>>>();
      for (const name of ["a x", "a y", "b x", "b y"]) {
        const [id = "", tenant = ""] = name.split(" ");
        const principal: Principal = { id, scopes: [], tenant };
        clients.set(name, await createTestClient(server, { principal, leakCheck: false }));
      }

      const answers: Promise<[string, unknown]>[] = [];
      for (const { id, tenant, key, gap } of steps) {
        const asked = clients
          .get(`${id} ${tenant}`)
          ?.sdk.callTool({ name: "order", arguments: {}, _meta: { "dev.plinth/idempotencyKey": key } });
        answers.push(Promise.resolve(asked).then((answer) => [`${tenant} ${id} ${key}`, answer?.structuredContent]));
        if (gap) await new Promise((resolve) => setImmediate(resolve));
      }
      const settled = await Promise.all(answers);

      expect(settled).toEqual(settled.map(([own]) => [own, { own }]));
      expect(runs.toSorted()).toEqual([...new Set(settled.map(([own]) => own))].toSorted());
    }),
    { numRuns: 10 },
  );
});
