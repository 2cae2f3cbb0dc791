import {
  createServer,
  defineResource,
  defineTool,
  KitError,
  on,
  type Component,
  type Context,
  type Logger,
  type Middleware,
} from "@plinth/core";
import { createTestClient, runMatrix } from "@plinth/testing";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { concurrencyLimit } from "./admission/concurrency-limit.ts";
import { inputGuard } from "./admission/input-guard.ts";
import { rateLimit } from "./admission/rate-limit.ts";
import { serviceGuard } from "./admission/service-guard.ts";
import { silentLog } from "./fixtures/silent-log.ts";
import { requestId } from "./identity/request-id.ts";
import { tenancy } from "./identity/tenancy.ts";
import { visibility } from "./identity/visibility.ts";
import { accessLog } from "./records/access-log.ts";
import { createAuditLog } from "./records/audit-log.ts";
import { callbackAuditSink } from "./records/audit-sink.ts";
import { audit } from "./records/audit.ts";
import { errorMapping } from "./records/error-mapping.ts";
import { circuitBreaker } from "./resilience/circuit-breaker.ts";
import { retry } from "./resilience/retry.ts";
import { timeout } from "./resilience/timeout.ts";
import { cache } from "./results/cache.ts";
import { idempotency } from "./results/idempotency.ts";
import { responseLimit } from "./results/response-limit.ts";
import type { CacheStore } from "./stores/cache-store.ts";
import type { IdempotencyStore } from "./stores/idempotency-store.ts";
import { memoryCacheStore } from "./stores/memory-cache-store.ts";
import type { RateLimitStore } from "./stores/rate-limit-store.ts";

/** What may be away, and what may fail. */
interface Parts {
  readonly cacheStore?: CacheStore;
  readonly idempotencyStore?: IdempotencyStore;
  readonly rateLimitStore?: RateLimitStore;
  readonly innermost?: Middleware;
  readonly log?: Logger;
  readonly total?: number;
}

/** Everything at once, in the order that the README recommends. */
function stacked(components: readonly Component[], parts: Parts = {}) {
  const { cacheStore, idempotencyStore, rateLimitStore, innermost, log = silentLog, total = 100 } = parts;
  const server = createServer({ name: "t", version: "1", components, log });
  const auditLog = createAuditLog({ sink: callbackAuditSink(() => undefined) });
  server.use(
    requestId({ inResult: true }),
    accessLog(),
    errorMapping(),
    tenancy({ required: false }),
    visibility(),
    audit({ log: auditLog }),
    rateLimit({
      limits: { perMinute: 1_000_000 },
      onStoreError: "allow",
      storeTimeoutMs: 20,
      ...(rateLimitStore && { store: rateLimitStore }),
    }),
    inputGuard(),
    concurrencyLimit({ total, perTool: total, perPrincipal: total, perTenant: total }),
    idempotency({ storeTimeoutMs: 20, ...(idempotencyStore && { store: idempotencyStore }) }),
    cache({ ttlMs: 60_000, storeTimeoutMs: 20, ...(cacheStore && { store: cacheStore }) }),
    serviceGuard({ health: () => server.health() }),
    circuitBreaker(),
    timeout({ ms: 2_000 }),
    retry({ initialDelayMs: 1, maxDelayMs: 2 }),
    responseLimit(),
  );
  if (innermost !== undefined) server.use(innermost);
  server.onClose(() => auditLog.close());
  return server;
}

const echo = defineTool({
  name: "echo",
  annotations: { readOnlyHint: true },
  input: z.object({ n: z.number().optional() }),
  handler: ({ n }) => ({ n }),
});

const unhandled: unknown[] = [];
const note = (reason: unknown): void => void unhandled.push(reason);

beforeEach(() => {
  unhandled.length = 0;
  process.on("unhandledRejection", note);
});
afterEach(async () => {
  await new Promise((resolve) => setImmediate(resolve));
  process.off("unhandledRejection", note);
  expect(unhandled).toEqual([]);
});

runMatrix("all middleware together", ({ connect }) => {
  it("serve calls within calls in a server with one place", async () => {
    const nest = defineTool({
      name: "nest",
      input: z.object({ depth: z.number() }),
      handler: async ({ depth }, { invoke }) => {
        const inner = depth === 0 ? ["echo", { n: 1 }] : ["nest", { depth: depth - 1 }];
        const answers = await Promise.all(
          [1, 2].map(() => invoke("tools/call", { name: inner[0], arguments: inner[1] })),
        );
        return { ok: answers.every(({ isError }) => isError !== true) };
      },
    });
    await using client = await connect(stacked([echo, nest], { total: 1 }));

    const answers = await Promise.all([1, 2, 3].map(() => client.callTool("nest", { depth: 2 })));

    expect(answers.map(({ structured }) => structured)).toEqual([{ ok: true }, { ok: true }, { ok: true }]);
  });
});

describe("all middleware together", () => {
  it("answer whatever listeners and loggers throw", async () => {
    // Where a logger fails, its lines go.
    const stderr = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const broken = (): never => {
      throw new Error("disk full");
    };
    const log: Logger = { debug: broken, info: broken, warn: broken, error: broken, child: () => log };
    const fails = defineTool({ name: "fails", handler: () => Promise.reject(new Error("no")) });
    const server = stacked([echo, fails], { log });
    server.events.subscribe(broken);
    server.events.subscribe(() => Promise.reject(new Error("later")));
    await using client = await createTestClient(server);

    const well = [await client.callTool("echo", { n: 1 }), await client.callTool("echo", { n: 1 })];
    const failed = [];
    for (let time = 0; time < 7; time += 1) failed.push(await client.callTool("fails"));

    expect(well.map(({ structured }) => structured)).toEqual([{ n: 1 }, { n: 1 }]);
    expect(failed.every(({ isError }) => isError)).toBe(true);
    stderr.mockRestore();
  });

  it.each([
    [
      "throw",
      (): never => {
        throw new Error("gone");
      },
    ],
    ["reject", () => Promise.reject(new Error("gone"))],
    ["never answer", () => new Promise<never>(() => undefined)],
    ["give nothing", () => undefined as never],
    ["give null", () => null as never],
    ["give a number later", () => Promise.resolve(7 as never)],
  ] as const)("serve without stores that %s, and refuse keys alone", async (_how, answer) => {
    const server = stacked([echo], {
      cacheStore: { get: answer, set: answer, delete: answer, invalidateTag: answer },
      idempotencyStore: { begin: answer, finish: answer },
      rateLimitStore: { consume: answer },
    });
    await using client = await createTestClient(server);

    const plain = await client.callTool("echo", { n: 1 });
    const keyed = await client.sdk.callTool({
      name: "echo",
      arguments: {},
      _meta: { "dev.plinth/idempotencyKey": "k" },
    });

    expect(plain.structured).toEqual({ n: 1 });
    expect(keyed._meta?.["dev.plinth/error"]).toMatchObject({ code: "UNAVAILABLE", retryAfterSeconds: 1 });
  });

  it.each([
    ["rateLimit", on("tools/call", rateLimit({ store: { consume: () => Promise.reject(new Error("gone")) } }))],
    [
      "idempotency",
      idempotency({ store: { begin: () => Promise.reject(new Error("gone")), finish: () => undefined } }),
    ],
    ["cache", cache({ ttlMs: 60_000, store: { ...memoryCacheStore(), get: () => Promise.reject(new Error("gone")) } })],
  ])("%s leaves no rejection of a store behind whose call is over already", async (_name, middleware) => {
    const server = createServer({ name: "t", version: "1", components: [echo], log: silentLog });
    server.use((call, next) => next(call.with({ signal: AbortSignal.abort(new Error("left")) })), middleware);
    await using client = await createTestClient(server);

    const calling = client.sdk.callTool({
      name: "echo",
      arguments: {},
      _meta: { "dev.plinth/idempotencyKey": "k" },
    });

    await expect(calling).rejects.toMatchObject({ code: -31499 });
  });

  it("treat what a middleware throws at once like what it rejects with, and try again", async () => {
    let runs = 0;
    const innermost: Middleware = (call, next) => {
      if (call.method === "tools/call" && (runs += 1) < 3) throw new KitError("UNAVAILABLE", "not yet");
      return next();
    };
    await using client = await createTestClient(stacked([echo], { innermost }));

    const answer = await client.callTool("echo", { n: 1 });

    expect([answer.structured, runs]).toEqual([{ n: 1 }, 3]);
  });

  it("grow nothing by the number of URIs that a template is asked for", async () => {
    const told: unknown[] = [];
    let reads = 0;
    const template = defineResource({
      uri: "data://{id}",
      ttlMs: 60_000,
      read: () => {
        reads += 1;
        throw new KitError("UNAVAILABLE", "down");
      },
    });
    const server = stacked([template]);
    server.events.subscribe(({ part, action }) => void told.push(`${part} ${action}`));
    await using client = await createTestClient(server);

    for (let id = 0; id < 50; id += 1) await client.readResource(`data://${id}`).catch(() => undefined);

    expect(reads).toBe(5 * 3);
    expect(told.filter((what) => what === "circuit-breaker opened")).toHaveLength(1);
  });

  it("bound a call with all its runs by one time, open the circuit of what hangs, and count no cancelled call", async () => {
    let runs = 0;
    const hangs = defineTool({
      name: "hangs",
      annotations: { readOnlyHint: true },
      timeoutMs: 30,
      handler: () => {
        runs += 1;
        if (runs % 2 === 1) throw new KitError("UNAVAILABLE", "once more");
        return new Promise<string>(() => undefined);
      },
    });
    const server = stacked([hangs]);
    await using client = await createTestClient(server);
    const codes: unknown[] = [];
    for (let time = 0; time < 6; time += 1) {
      const leaving = new AbortController();
      const left = client.callTool("hangs", {}, { signal: leaving.signal });
      const isCancelled = time === 2;
      if (isCancelled) leaving.abort();
      const answer = await left.catch(() => undefined);
      codes.push((answer?.result._meta?.["dev.plinth/error"] as { code: string } | undefined)?.code);
    }
    const refused = await client.callTool("hangs");

    expect(codes).toEqual(["TIMEOUT", "TIMEOUT", undefined, "TIMEOUT", "TIMEOUT", "TIMEOUT"]);
    expect(refused.text).toContain("has failed too often");
  });

  it("mix up nobody and lose no place, whoever calls what, fails and leaves at the same time", async () => {
    const step = fc.record({
      who: fc.nat({ max: 3 }),
      what: fc.constantFrom("mine", "mine", "nested", "book"),
      key: fc.constantFrom("1", "2"),
      isLeaving: fc.boolean(),
      fails: fc.constantFrom(0, 0, 0, 1, 3),
      turns: fc.nat({ max: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), async (steps) => {
        let fails = 0;
        let most = 0;
        let running = 0;
        const booked: string[] = [];
        const owner = ({ tenant, principal }: Context): string => `${tenant} ${principal?.id}`;
        const work = async (context: Context): Promise<{ owner: string }> => {
          most = Math.max(most, (running += 1));
          await new Promise((resolve) => setImmediate(resolve));
          running -= 1;
          if ((fails -= 1) >= 0) throw new KitError("UNAVAILABLE", "not now");
          return { owner: owner(context) };
        };
        const components = [
          defineTool({
            name: "mine",
            annotations: { readOnlyHint: true },
            handler: (_input, context) => work(context),
          }),
          defineTool({
            name: "book",
            handler: async (_input, context) => {
              const done = await work(context);
              booked.push(`${done.owner} ${String(context.meta["dev.plinth/idempotencyKey"])}`);
              return done;
            },
          }),
          defineTool({
            name: "nested",
            handler: async (_input, { invoke }) => {
              const { structuredContent } = await invoke("tools/call", { name: "mine" });
              return { ...(structuredContent as object) };
            },
          }),
        ];
        await using server = stacked(components, { total: 2 });
        const callers = ["a x", "a y", "b x", "b y"].map((name) => {
          const [id = "", tenant = ""] = name.split(" ");
          return { name: `${tenant} ${id}`, principal: { id, scopes: [], tenant } };
        });
        const clients = await Promise.all(
          callers.map(({ principal }) => createTestClient(server, { principal, leakCheck: false })),
        );

        const answers: Promise<unknown>[] = [];
        const given: string[] = [];
        for (const { who, what, key, isLeaving, turns, ...next } of steps) {
          fails = Math.max(0, fails) + next.fails;
          const leaving = new AbortController();
          const meta = what === "book" ? { _meta: { "dev.plinth/idempotencyKey": key } } : {};
          const asked = clients[who]?.sdk.callTool({ name: what, arguments: {}, ...meta }, { signal: leaving.signal });
          answers.push(
            Promise.resolve(asked).then(
              (answer) => {
                const made = answer?.structuredContent as { owner?: string } | undefined;
                if (made?.owner !== undefined && made.owner !== callers[who]?.name) given.push(made.owner);
              },
              () => undefined,
            ),
          );
          for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
          if (isLeaving) leaving.abort();
        }
        await Promise.all(answers);
        for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
        const { inFlight } = server.stats();

        expect(given).toEqual([]);
        expect(most).toBeLessThanOrEqual(2);
        expect(new Set(booked).size).toBe(booked.length);
        expect(inFlight).toBe(0);
      }),
      { numRuns: 15 },
    );
  });
});
