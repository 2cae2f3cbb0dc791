import { on, type Call, type Principal } from "@plinth/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { httpServer, type HttpServer } from "../fixtures/http-server.ts";
import { memoryRateLimitStore } from "../stores/memory-rate-limit-store.ts";
import type { RateLimitDecision, RateLimitStore } from "../stores/rate-limit-store.ts";
import { rateLimit, type RateLimitOptions } from "./rate-limit.ts";

const principal = (id: string, tenant?: string): Principal => ({
  id,
  scopes: [],
  ...(tenant !== undefined && { tenant }),
});

/** One call for each principal, and who got through. */
async function whoGetsThrough(server: HttpServer, principals: readonly Principal[]): Promise<boolean[]> {
  const answers = [];
  for (const principal of principals) answers.push(await server.callTool("echo", { principal }));
  return answers.map(({ status }) => status === 200);
}

describe("rateLimit", () => {
  it("refuses with the seconds to wait, on the wire and in the header, and lets through after them", async () => {
    const clock = { now: 0 };
    const store = memoryRateLimitStore({ now: () => clock.now });
    await using server = await httpServer([rateLimit({ limits: { perMinute: 6, burst: 2 }, store })]);
    const call = () => server.callTool("echo");

    const answers = [await call(), await call(), await call()];
    clock.now += 9_999;
    const early = await call();
    clock.now += 1;
    const late = await call();

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect(answers[2]?.headers.get("retry-after")).toBe("10");
    expect(answers[2]?.error).toMatchObject({
      code: -31429,
      message: "Too many calls: the limit is 6 a minute (by principal); try again in 10 s",
      data: { limit: 6, remaining: 0, scope: "principal", retryAfterSeconds: 10 },
    });
    expect(early).toMatchObject({ status: 429, error: { data: { retryAfterSeconds: 1 } } });
    expect(late.status).toBe(200);
  });

  it("tells how long who was refused has to wait", async () => {
    await using server = await httpServer([rateLimit({ limits: { perMinute: 1, burst: 1 } })]);

    await server.callTool("echo");
    await server.callTool("echo");

    expect(server.events).toMatchObject([
      { part: "rate-limit", action: "refused", method: "tools/call", target: { name: "echo" } },
    ]);
    expect(server.events[0]?.value).toBeGreaterThan(59_000);
  });

  it("keeps principals apart whose ids and tenants run into each other, and those with odd names", async () => {
    await using server = await httpServer([rateLimit({ limits: { perMinute: 1, burst: 1 } })]);
    const principals = [
      principal("c", "a:b"),
      principal("b:c", "a"),
      principal("a:b:c"),
      principal("bc", "a"),
      principal("c", "ab"),
      principal("__proto__"),
      principal("constructor"),
      principal("-"),
      principal("1:a", "-"),
      principal("127.0.0.1"),
    ];

    const first = await whoGetsThrough(server, principals);
    const second = await whoGetsThrough(server, principals);

    expect(first).not.toContain(false);
    expect(second).not.toContain(true);
  });

  it("gives a caller without a principal the bucket of his address, and never that of a principal", async () => {
    await using server = await httpServer([rateLimit({ limits: { perMinute: 1, burst: 1 } })]);

    const answers = [
      await server.callTool("echo"),
      await server.callTool("echo"),
      await server.callTool("echo", { headers: { "x-forwarded-for": "192.0.2.1" } }),
      await server.callTool("echo", { principal: principal("127.0.0.1") }),
    ];

    expect(answers.map(({ status }) => status)).toEqual([200, 429, 429, 200]);
  });

  it("counts by tool, by tenant, by address, and by several of them together", async () => {
    const by = (...dimensions: ("tool" | "tenant" | "ip" | "principal")[]) =>
      rateLimit({ limits: { perMinute: 1, burst: 1, by: dimensions } });
    const calls = [
      ["echo", principal("a", "acme")],
      ["other", principal("a", "acme")],
      ["echo", principal("b", "acme")],
      ["echo", principal("a", "acme")],
      ["echo", principal("a", "other")],
    ] as const;
    const run = async (middleware: ReturnType<typeof by>) => {
      await using server = await httpServer([middleware]);
      let through = "";
      for (const [tool, principal] of calls) {
        const { status } = await server.callTool(tool, { principal });
        through += status === 200 ? "1" : "0";
      }
      return through;
    };

    const results = {
      tool: await run(by("tool")),
      tenant: await run(by("tenant")),
      ip: await run(by("ip")),
      both: await run(by("principal", "tool")),
    };

    expect(results).toEqual({ tool: "11000", tenant: "10001", ip: "10000", both: "11101" });
  });

  it("does not give every made-up name a bucket of its own", async () => {
    await using server = await httpServer([rateLimit({ limits: { perMinute: 1, burst: 2, by: "tool" } })]);

    const answers = [];
    for (const name of ["a", "b", "c"]) answers.push(await server.callTool(name));

    expect(answers.map(({ error }) => error?.code)).toEqual([-32602, -32602, -31429]);
  });

  it("counts by a key of the team's own, and not at all where that is undefined", async () => {
    const by = ({ context }: Call) => context.http?.headers.get("x-plan") ?? undefined;
    await using server = await httpServer([rateLimit({ limits: { perMinute: 1, burst: 1, by } })]);
    const call = async (plan?: string) =>
      (await server.callTool("echo", plan === undefined ? {} : { headers: { "x-plan": plan } })).status;

    const statuses = [await call("a"), await call("b"), await call("a"), await call(), await call()];

    expect(statuses).toEqual([200, 200, 429, 200, 200]);
  });

  it("takes nothing of one limit when another refuses", async () => {
    const limits = [
      { perMinute: 1, burst: 3, by: "principal" },
      { perMinute: 1, burst: 1, by: ["principal", "tool"] },
    ] as const;
    await using server = await httpServer([rateLimit({ limits })]);
    const call = (tool: string) => server.callTool(tool, { principal: principal("a") });

    const answers = [];
    for (const tool of ["echo", "echo", "echo", "echo", "other", "missing"]) answers.push(await call(tool));

    expect(answers.map(({ status }) => status)).toEqual([200, 429, 429, 429, 200, 200]);
    expect(answers[1]?.error?.data).toMatchObject({ scope: "principal, tool" });
  });

  it("counts the calls that a tool makes", async () => {
    await using server = await httpServer([rateLimit({ limits: { perMinute: 1, burst: 2 } })]);

    const first = await server.callTool("nest");
    const second = await server.callTool("echo");

    expect([first.status, second.status]).toEqual([200, 429]);
  });

  it("charges what a call costs, and says when no waiting would help", async () => {
    const cost = ({ params }: Call) => (params["arguments"] as { rows: number }).rows;
    const store = memoryRateLimitStore({ now: () => 0 });
    await using server = await httpServer([rateLimit({ limits: { perMinute: 60, burst: 10 }, cost, store })]);
    const call = (rows: unknown) => server.callTool("echo", { args: { rows } });

    const answers = [await call(7), await call(4), await call(3), await call(0), await call(11)];

    expect(answers.map(({ status }) => status)).toEqual([200, 429, 200, 200, 429]);
    expect(answers[1]?.error?.data).toMatchObject({ remaining: 3, retryAfterSeconds: 1 });
    expect(answers[4]?.error?.message).toContain("ask for less at a time");
    expect(answers[4]?.error?.data).not.toHaveProperty("retryAfterSeconds");
  });

  it.each([[Number.NaN], [-5], [Infinity], ["3"], [null]])(
    "refuses a call whose cost comes out as %s, and counts nothing",
    async (odd) => {
      let use: () => unknown = () => odd;
      await using server = await httpServer([
        rateLimit({ limits: { perMinute: 1, burst: 1 }, cost: () => use() as number }),
      ]);

      const refused = await server.callTool("echo");
      use = () => 1;
      const [next, last] = [await server.callTool("echo"), await server.callTool("echo")];

      expect(refused.result).toMatchObject({ isError: true, _meta: { "dev.plinth/error": { code: "MISUSE" } } });
      expect([next.status, last.status]).toEqual([200, 429]);
    },
  );

  it("lets as many through at the same time as the burst, and not one more", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 8 }), async (burst, more) => {
        await using server = await httpServer([rateLimit({ limits: { perMinute: 1, burst } })]);

        const answers = await Promise.all(Array.from({ length: burst + more }, () => server.callTool("echo")));

        expect(answers.filter(({ status }) => status === 200)).toHaveLength(burst);
      }),
      { numRuns: 6 },
    );
  });

  it("keeps limits apart that differ, whatever store they share", async () => {
    const store = memoryRateLimitStore();
    const limit = (options: RateLimitOptions) => rateLimit({ store, ...options });
    await using server = await httpServer([
      on("tools/list", limit({ limits: { perMinute: 1, burst: 1 } })),
      on("tools/call", limit({ limits: { perMinute: 1, burst: 1 }, name: "calls" })),
      on("tools/call", limit({ limits: { perMinute: 1, burst: 2 } })),
    ]);

    const answers = [
      await server.request("tools/list", {}),
      await server.callTool("echo"),
      await server.callTool("echo"),
    ];

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect(answers[2]?.error?.data).toMatchObject({ limit: 1 });
  });
});

describe("the address of a client", () => {
  const limits = { perMinute: 1, burst: 1, by: "ip" } as const;
  const through = async (options: Omit<RateLimitOptions, "limits">, forwarded: readonly string[]) => {
    await using server = await httpServer([rateLimit({ limits, ...options })]);
    let result = "";
    for (const address of forwarded) {
      const { status } = await server.callTool("echo", { headers: { "x-forwarded-for": address } });
      result += status === 200 ? "1" : "0";
    }
    return result;
  };

  it("is believed of trusted proxies alone", async () => {
    const forwarded = ["192.0.2.1", "192.0.2.2", "192.0.2.1"];

    const results = [
      await through({}, forwarded),
      await through({ trustedProxies: ["10.0.0.0/8"] }, forwarded),
      await through({ trustedProxies: ["127.0.0.0/8"] }, forwarded),
    ];

    expect(results).toEqual(["100", "100", "110"]);
  });

  it("is what the last proxy that is trusted saw, whatever a client puts before it", async () => {
    const forwarded = ["1.1.1.1, 192.0.2.1", "2.2.2.2, 192.0.2.1", "192.0.2.9, 192.0.2.1, 10.1.2.3", "192.0.2.2:4711"];

    const result = await through({ trustedProxies: ["127.0.0.1", "10.0.0.0/8"] }, forwarded);

    expect(result).toBe("1001");
  });

  it("cannot be pushed out of sight by a long header", async () => {
    const forwarded = [1, 2].map((client) => `${`10.0.0.${client}, `.repeat(900)}192.0.2.1`);

    const result = await through({ trustedProxies: ["127.0.0.1"] }, forwarded);

    expect(result).toBe("10");
  });

  it("is that of the proxy where the header holds no address", async () => {
    const result = await through({ trustedProxies: ["127.0.0.1"] }, ["unknown", "", "evil one", "x".repeat(5_000)]);

    expect(result).toBe("1000");
  });

  it("is one for all of an IPv6 network of 64 bits, and for an IPv4 address in either dress", async () => {
    const forwarded = [
      "2001:db8:0:1::1",
      "2001:db8:0:1:ffff:ffff:ffff:ffff",
      "[2001:DB8:0:1::2]:443",
      "2001:db8:0:2::1",
      "2001:db8::1:0:0:1",
      "192.0.2.1",
      "::ffff:192.0.2.1",
      "::ffff:c000:201",
      "::1",
    ];

    const result = await through({ trustedProxies: ["127.0.0.1"] }, forwarded);

    expect(result).toBe("100111001");
  });

  it("is told by the team's own function where there is one", async () => {
    const clientAddress = ({ context }: Call) => context.http?.headers.get("x-forwarded-for") ?? undefined;

    const result = await through({ clientAddress }, ["192.0.2.1", "192.0.2.2", "192.0.2.1"]);

    expect(result).toBe("110");
  });
});

describe("a store that is away", () => {
  const broken: RateLimitStore = {
    consume: () => {
      throw new Error("ECONNREFUSED redis.internal");
    },
  };
  const rejecting: RateLimitStore = { consume: () => Promise.reject(new Error("ECONNREFUSED redis.internal")) };
  const silent: RateLimitStore = { consume: () => new Promise(() => {}) };
  const babbling = { consume: () => Promise.resolve("OK") } as unknown as RateLimitStore;

  it.each([
    ["throws", broken],
    ["rejects", rejecting],
    ["never answers", silent],
    ["gives no decision", babbling],
  ])("refuses calls when it %s, and says nothing of it to clients", async (_what, store) => {
    await using server = await httpServer([rateLimit({ store, storeTimeoutMs: 5 })]);

    const answers = [await server.callTool("echo"), await server.callTool("echo")];

    expect(answers[0]?.result).toMatchObject({
      isError: true,
      _meta: { "dev.plinth/error": { code: "UNAVAILABLE", retryAfterSeconds: 1 } },
    });
    expect(JSON.stringify(answers)).not.toContain("redis.internal");
    expect(server.events.map(({ action }) => action)).toEqual(["store-failed", "store-failed"]);
    expect(server.lines.filter(({ message }) => String(message).includes("store is away"))).toHaveLength(1);
  });

  it("lets calls through when told to, and limits again once it is back", async () => {
    const memory = memoryRateLimitStore();
    let away = true;
    const store: RateLimitStore = {
      consume: async (charges): Promise<RateLimitDecision> => {
        if (away) throw new Error("away");
        return memory.consume(charges);
      },
    };
    await using server = await httpServer([
      rateLimit({ store, onStoreError: "allow", limits: { perMinute: 1, burst: 1 } }),
    ]);
    const call = async () => (await server.callTool("echo")).status;

    const without = [await call(), await call()];
    away = false;
    const within = [await call(), await call()];

    expect([without, within]).toEqual([
      [200, 200],
      [200, 429],
    ]);
  });

  it("does not keep a cancelled call waiting", async () => {
    const asked = Promise.withResolvers<void>();
    const store: RateLimitStore = {
      consume: () => {
        asked.resolve();
        return new Promise(() => {});
      },
    };
    const ended = Promise.withResolvers<unknown>();
    const watch = on("tools/call", (_call, next) =>
      next().catch((error: unknown) => {
        ended.resolve(error);
        throw error;
      }),
    );
    await using server = await httpServer([watch, rateLimit({ store, storeTimeoutMs: 1_000_000 })]);
    const leaving = new AbortController();
    const call = server.callTool("echo", { signal: leaving.signal }).catch(() => "left");
    await asked.promise;

    leaving.abort();

    expect(await ended.promise).toMatchObject({ code: "CANCELLED" });
    expect(await call).toBe("left");
  });
});

describe("rateLimit with options that cannot be", () => {
  it.each<[RateLimitOptions, string]>([
    [{ limits: { perMinute: 0 } }, "perMinute is 0"],
    [{ limits: { perMinute: Number.NaN } }, "perMinute is NaN"],
    [{ limits: { perMinute: Infinity } }, "perMinute is Infinity"],
    [{ limits: { perMinute: -1 } }, "perMinute is -1"],
    [{ limits: { perMinute: 1, burst: 0 } }, "burst is 0"],
    [{ limits: { perMinute: 1, burst: 1.5 } }, "burst is 1.5"],
    [{ limits: { perMinute: 1, by: "user" as "ip" } }, 'by is "user"'],
    [{ limits: { perMinute: 1, by: [] } }, "by is an empty list"],
    [{ limits: [] }, "The number of limits is 0"],
    [{ cost: Number.NaN }, "cost is NaN"],
    [{ cost: -1 }, "cost is -1"],
    [{ onStoreError: "open" as "allow" }, 'onStoreError is "open"'],
    [{ storeTimeoutMs: 0 }, "storeTimeoutMs is 0"],
    [{ trustedProxies: ["10.0.0.0/33"] }, 'trustedProxies has "10.0.0.0/33"'],
    [{ trustedProxies: ["proxy.internal"] }, 'trustedProxies has "proxy.internal"'],
  ])("refuses %j", (options, message) => {
    expect(() => rateLimit(options)).toThrow(message);
  });
});
