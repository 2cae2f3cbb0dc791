import type { Call, Middleware, Principal, Result } from "@plinth/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { httpServer } from "../fixtures/http-server.ts";
import { tenancy } from "../identity/tenancy.ts";
import { tenantSettings } from "../identity/tenant-settings.ts";
import { memoryRateLimitStore } from "../stores/memory-rate-limit-store.ts";
import { concurrencyLimit } from "./concurrency-limit.ts";
import { rateLimit } from "./rate-limit.ts";

const of = (tenant: string): { principal: Principal } => ({ principal: { id: "u", scopes: [], tenant } });
const limitOf =
  (name: string) =>
  ({ context }: Call): number =>
    context.state.get(tenantSettings)?.limits?.[name] ?? 1;

/** Settings that a test may change at any time. */
function settings(limits: Record<string, Record<string, number>>): Middleware {
  return tenancy({ settingsTtlMs: 0, tenants: (id) => ({ limits: { ...limits[id] } }) });
}

describe("rateLimit by a function", () => {
  function scene(limits: Record<string, Record<string, number>>, maxBuckets = 100) {
    const clock = { now: 0 };
    const store = memoryRateLimitStore({ now: () => clock.now, maxBuckets });
    const rule = { perMinute: limitOf("rate"), burst: limitOf("burst"), by: "tenant" as const };
    const opening = httpServer([settings(limits), rateLimit({ limits: rule, store })]);
    const through = async (server: Awaited<typeof opening>, tenant: string, times: number): Promise<number> => {
      let count = 0;
      for (let time = 0; time < times; time += 1) {
        count += (await server.callTool("echo", of(tenant))).status === 200 ? 1 : 0;
      }
      return count;
    };
    return { clock, opening, through };
  }

  it("lets each tenant have what its settings say", async () => {
    const { opening, through } = scene({ small: { rate: 1, burst: 1 }, large: { rate: 60, burst: 4 } });
    await using server = await opening;

    const counts = [await through(server, "small", 6), await through(server, "large", 6)];

    expect(counts).toEqual([1, 4]);
    const refused = await server.callTool("echo", of("large"));
    expect(refused.error?.data).toMatchObject({ limit: 60, remaining: 0, scope: "tenant", retryAfterSeconds: 1 });
  });

  it("goes on with the tokens that are left when a limit is raised, lowered, and raised again", async () => {
    const limits = { acme: { rate: 60, burst: 3 } };
    const { opening, through, clock } = scene(limits);
    await using server = await opening;

    const before = await through(server, "acme", 2);
    limits.acme = { rate: 600, burst: 100 };
    const raised = await through(server, "acme", 5);
    clock.now += 1_000;
    limits.acme = { rate: 60, burst: 2 };
    const lowered = await through(server, "acme", 5);
    limits.acme = { rate: 600, burst: 100 };
    const again = await through(server, "acme", 5);

    // Ten have flowed in by the time it is lowered, of which two fit.
    expect([before, raised, lowered, again]).toEqual([2, 1, 2, 0]);
  });

  it("counts the time before a change by the limit that held then", async () => {
    const limits = { acme: { rate: 1, burst: 10 } };
    const { opening, through, clock } = scene(limits);
    await using server = await opening;
    await through(server, "acme", 10);

    clock.now += 60_000;
    limits.acme = { rate: 6_000, burst: 1_000 };
    const through1 = await through(server, "acme", 5);

    expect(through1).toBe(1);
  });

  it("does not let go of a used bucket that is full by a smaller limit only", async () => {
    const limits: Record<string, Record<string, number>> = { acme: { rate: 1, burst: 3 } };
    const { opening, through, clock } = scene(limits, 2);
    await using server = await opening;
    await through(server, "acme", 3);
    limits["acme"] = { rate: 6_000, burst: 1 };
    await through(server, "acme", 1);
    clock.now += 1_000;

    await through(server, "other", 2);
    await through(server, "others", 2);
    limits["acme"] = { rate: 1, burst: 3 };

    expect(await through(server, "acme", 3)).toBe(1);
  });

  it("lets through no more than flowed in, however limits and clock change", () => {
    const step = fc.record({
      wait: fc.integer({ min: -500, max: 3_000 }),
      perSecond: fc.integer({ min: 1, max: 50 }),
      capacity: fc.integer({ min: 1, max: 20 }),
      cost: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 100 }), (steps) => {
        const clock = { now: 0 };
        const store = memoryRateLimitStore({ now: () => clock.now });
        let allowed = steps[0]?.capacity ?? 0;
        let rate = (steps[0]?.perSecond ?? 0) / 1_000;

        for (const { wait, perSecond, capacity, cost } of steps) {
          clock.now += wait;
          allowed += Math.max(0, wait) * rate;
          rate = perSecond / 1_000;
          const bucket = { capacity, refillPerMs: rate };
          const decision = store.consume([{ key: "k", bucket, cost: Math.min(cost, capacity) }]);
          if (decision.allowed) allowed -= Math.min(cost, capacity);

          expect(allowed).toBeGreaterThanOrEqual(-1e-6);
          expect(decision.remaining).toBeLessThanOrEqual(capacity);
        }
      }),
    );
  });

  it.each([0, -1, Number.NaN, "60", undefined, null])(
    "answers %o from it with a masked error, and counts nothing",
    async (given) => {
      const perMinute = (() => given) as unknown as () => number;
      await using server = await httpServer([rateLimit({ limits: { perMinute, by: "ip" } })]);

      const answer = await server.callTool("echo");

      expect(JSON.stringify(answer)).toContain("Internal error");
    },
  );

  it("does not count a call for which it gives Infinity", async () => {
    await using server = await httpServer([rateLimit({ limits: { perMinute: () => Infinity, burst: 1 } })]);

    const answers = [await server.callTool("echo"), await server.callTool("echo")];

    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  });
});

it("a limit by principal keeps callers apart whose ids are those of different tenants", async () => {
  const limit = rateLimit({ limits: { perMinute: 1, burst: 1 } });
  await using server = await httpServer([tenancy({ claim: "org" }), limit]);
  const call = async (org: string): Promise<number> =>
    (await server.callTool("echo", { principal: { id: "u", scopes: [], claims: { org } } })).status;

  const statuses = [await call("acme"), await call("globex"), await call("acme"), await call("globex")];

  expect(statuses).toEqual([200, 200, 429, 429]);
});

describe("concurrencyLimit by a function", () => {
  /** Calls by hand: who runs, and how to end them. */
  function scene(limits: Record<string, number>, options: { maxWaiting?: number; total?: number } = {}) {
    const limit = concurrencyLimit({
      total: 100,
      perTenant: ({ context }) => limits[context.tenant ?? ""] ?? 1,
      ...options,
    });
    const running = new Map<string, () => void>();
    const answers: string[] = [];
    const call = (tenant: string, name: string, signal = new AbortController().signal): void => {
      const context = { tenant };
      const made = { depth: 0, signal, context, target: undefined, emit: () => undefined } as unknown as Call;
      limit(made, () => new Promise<Result>((resolve) => running.set(name, () => resolve({})))).then(
        () => answers.push(name),
        (error: { code: string }) => answers.push(`${name} ${error.code}`),
      );
    };
    const end = async (name: string): Promise<void> => {
      running.get(name)?.();
      running.delete(name);
      await turn();
    };
    return { call, end, running, answers };
  }

  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it("keeps each tenant to its own number, and one tenant's line from the others", async () => {
    const { call, running, answers } = scene({ small: 1, large: 3 }, { maxWaiting: 2 });

    for (const name of ["s1", "s2", "s3"]) call("small", name);
    for (const name of ["l1", "l2", "l3", "l4"]) call("large", name);
    await turn();

    expect([...running.keys()]).toEqual(["s1", "l1", "l2", "l3"]);
    expect(answers).toEqual(["s3 UNAVAILABLE"]);
  });

  it("lets those run first who wait when the limit is raised", async () => {
    const limits = { acme: 1 };
    const { call, running } = scene(limits);
    for (const name of ["first", "second", "third"]) call("acme", name);

    limits.acme = 2;
    call("acme", "late");
    await turn();

    expect([...running.keys()]).toEqual(["first", "second"]);
  });

  it("runs no more until there are fewer when the limit is lowered", async () => {
    const limits = { acme: 3 };
    const { call, running, end } = scene(limits);
    for (const name of ["1", "2", "3"]) call("acme", name);
    limits.acme = 1;
    call("acme", "4");

    await end("1");
    await end("2");
    const before = [...running.keys()];
    await end("3");

    expect(before).toEqual(["3"]);
    expect([...running.keys()]).toEqual(["4"]);
  });

  it("loses no place, however limits change and whoever leaves when", async () => {
    const step = fc.record({
      what: fc.constantFrom("call", "call", "end", "leave", "change"),
      tenant: fc.constantFrom("a", "b"),
      number: fc.integer({ min: 1, max: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const limits: Record<string, number> = { a: 2, b: 2 };
        const { call, end, running, answers } = scene(limits, { total: 3, maxWaiting: 8 });
        const leaving: AbortController[] = [];
        let most = 0;
        for (const { what, tenant, number } of steps) {
          if (what === "call") {
            const controller = new AbortController();
            call(tenant, `${leaving.push(controller)}`, controller.signal);
          } else if (what === "end") await end([...running.keys()].at(number % Math.max(1, running.size)) ?? "");
          else if (what === "leave") leaving.at(-number)?.abort();
          else limits[tenant] = number;
          most = Math.max(most, running.size);
        }
        while (running.size > 0) for (const name of running.keys()) await end(name);
        await turn();
        const settled = answers.length;
        for (const name of ["x", "y", "z"]) call("fresh", name);
        limits["fresh"] = 3;
        call("fresh", "w");
        await turn();

        expect(most).toBeLessThanOrEqual(3);
        expect(settled).toBe(leaving.length);
        expect(running.size).toBe(3);
      }),
      { numRuns: 60 },
    );
  });

  it.each([0, 1.5, Number.NaN, "2", undefined])(
    "refuses %o from it, and keeps no place for that call",
    async (given) => {
      const perTenant = (() => given) as unknown as () => number;
      const limit = concurrencyLimit({ total: 1, maxWaiting: 0, perTenant });
      const call = { depth: 0, context: {}, emit: () => undefined } as unknown as Call;

      const answers = await Promise.allSettled([limit(call, async () => ({})), limit(call, async () => ({}))]);

      expect(answers.map((answer) => answer.status === "rejected" && (answer.reason as { code: string }).code)).toEqual(
        ["MISUSE", "MISUSE"],
      );
    },
  );
});
