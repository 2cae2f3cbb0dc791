import { execFileSync } from "node:child_process";
import {
  createServer,
  defineResource,
  defineTool,
  fail,
  KitError,
  service,
  stderrLogger,
  toolResult,
  type Result,
} from "@plinth/core";
import { createTestClient } from "@plinth/testing";
import { Counter, Gauge, Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { createMetrics, type MetricsOptions } from "./create-metrics.ts";
import { seriesOf, valueOf } from "./fixtures/scrape.ts";

const log = stderrLogger({ level: "silent" });
const held = Promise.withResolvers<void>();

function observed(options: MetricsOptions = {}) {
  const server = createServer({
    name: "shop",
    version: "1.2.3",
    log,
    services: { db: service({ start: () => 1, health: () => ({ status: "degraded", detail: "slow" }) }) },
    components: [
      defineTool({ name: "price", handler: () => "12" }),
      defineTool({ name: "held", handler: () => held.promise.then(() => "done") }),
      defineTool({ name: "constructor", handler: () => "made" }),
      defineTool({
        name: "broken",
        input: z.object({ how: z.string() }),
        handler({ how }) {
          if (how === "thrown") throw new Error("postgres://user:pw@host");
          if (how === "kit") throw new KitError("UNAVAILABLE", "The shop is closed");
          if (how === "fail") return fail("No such thing");
          return toolResult({ content: [], isError: true });
        },
      }),
      defineResource({ uri: "data://users/{id}", read: ({ id }) => id }),
    ],
  });
  const metrics = createMetrics({ runtime: false, ...options });
  server.use(metrics.middleware);
  metrics.attach(server);
  return { server, metrics, read: async () => (await metrics.render()).text };
}

describe("the metrics of calls", () => {
  it("count and time each call by method, target and outcome", async () => {
    const { server, read } = observed();
    await using client = await createTestClient(server);

    await client.callTool("price", {});
    await client.callTool("price", {});
    await client.callTool("constructor", {});
    await client.readResource("data://users/1");
    await client.readResource("data://users/2");
    const text = await read();

    const count = (method: string, target: string): number | undefined =>
      valueOf(text, `plinth_call_duration_seconds_count{method="${method}",target="${target}",outcome="ok"}`);
    expect(count("tools/call", "price")).toBe(2);
    expect(count("tools/call", "constructor")).toBe(1);
    expect(count("resources/read", "data://users/{id}")).toBe(2);
    expect(seriesOf(text, "plinth_call_duration_seconds_bucket").length % 15).toBe(0);
  });

  it.each([
    ["thrown", "INTERNAL", "failed"],
    ["kit", "UNAVAILABLE", "refused"],
    ["fail", "FAILED", "refused"],
    ["answered", "FAILED", "tool-error"],
  ])("count a failure that was %s as %s, %s, and show nothing of its text", async (how, code, outcome) => {
    const { server, read } = observed();
    await using client = await createTestClient(server);

    await client.callTool("broken", { how });
    const text = await read();

    expect(valueOf(text, `plinth_call_errors_total{method="tools/call",target="broken",code="${code}"}`)).toBe(1);
    expect(
      valueOf(text, `plinth_call_duration_seconds_count{method="tools/call",target="broken",outcome="${outcome}"}`),
    ).toBe(1);
    expect(text).not.toContain("pw@host");
  });

  it.each<[string, { thrown?: Error; reason?: Error; result?: Result }, string, string | undefined]>([
    ["a question to the user", { result: { resultType: "input_required" } }, "input-required", undefined],
    ["an error made for the client", { thrown: new KitError("RATE_LIMITED", "Too many") }, "refused", "RATE_LIMITED"],
    ["an error that is masked", { thrown: new Error("pw@host") }, "failed", "INTERNAL"],
    ["a client that went away", { thrown: new Error("aborted"), reason: new Error("gone") }, "cancelled", "CANCELLED"],
    [
      "a handler that was ended by a timeout",
      { thrown: new Error("aborted"), reason: new KitError("TIMEOUT", "Too long") },
      "refused",
      "TIMEOUT",
    ],
  ])("name %s as the access log does", async (_case, { thrown, reason, result = {} }, outcome, code) => {
    const { metrics, read } = observed();
    const signal = reason === undefined ? new AbortController().signal : AbortSignal.abort(reason);
    const call = { method: "tools/call", target: undefined, params: {}, signal } as never;

    const answer = thrown === undefined ? Promise.resolve(result) : Promise.reject(thrown);
    await metrics.middleware(call, () => answer).catch(() => undefined);
    const text = await read();

    const labels = 'method="tools/call",target="other"';
    expect(valueOf(text, `plinth_call_duration_seconds_count{${labels},outcome="${outcome}"}`)).toBe(1);
    expect(valueOf(text, `plinth_call_errors_total{${labels},code="${code}"}`)).toBe(code && 1);
  });

  it("show what runs now, and no longer when it has ended", async () => {
    const { server, read } = observed();
    await using client = await createTestClient(server);

    const running = client.callTool("held", {});
    await expect
      .poll(async () => valueOf(await read(), 'plinth_target_calls_in_flight{method="tools/call",target="held"}'))
      .toBe(1);
    const during = await read();
    held.resolve();
    await running;
    const after = await read();

    expect(valueOf(during, "plinth_calls_in_flight")).toBe(1);
    expect(valueOf(after, 'plinth_target_calls_in_flight{method="tools/call",target="held"}')).toBe(0);
    expect(valueOf(after, "plinth_calls_in_flight")).toBe(0);
  });

  it("show the server, what it holds open and how its services are", async () => {
    const { server, read } = observed();
    await using _client = await createTestClient(server);

    const text = await read();

    expect(seriesOf(text, "plinth_build_info")).toStrictEqual([
      `plinth_build_info{server="shop",version="1.2.3",node="${process.version}"} 1`,
    ]);
    expect(valueOf(text, "plinth_connections")).toBe(1);
    expect(valueOf(text, "plinth_server_ready")).toBe(1);
    expect(valueOf(text, 'plinth_service_up{service="db"}')).toBe(1);
    expect(valueOf(text, 'plinth_service_degraded{service="db"}')).toBe(1);
    expect(text).not.toContain("slow");
  });

  it("say that a server which has closed is not ready, and go on counting", async () => {
    const { server, metrics, read } = observed();
    const client = await createTestClient(server);
    await client.callTool("price", {});
    await client.close();

    await server.close();
    await metrics.close();
    const text = await read();

    expect(valueOf(text, 'plinth_service_up{service="db"}')).toBe(0);
    expect(valueOf(text, "plinth_server_ready")).toBe(0);
    expect(valueOf(text, 'plinth_call_duration_seconds_count{method="tools/call",target="price",outcome="ok"}')).toBe(
      1,
    );
  });
});

describe("labels", () => {
  it("come from the catalog alone: 100,000 names that a client made up are one series", async () => {
    const { server, metrics, read } = observed();
    await using client = await createTestClient(server);
    const unknown = ["__proto__", "toString", "x\ny", '"} 1\nfake 1', "a".repeat(10_000)];
    const before = seriesOf(await read(), "plinth_target_calls_in_flight").length;

    for (const name of unknown) await client.callTool(name, {}).catch(() => undefined);
    const call = { method: "tools/call", target: undefined, params: {}, signal: new AbortController().signal } as never;
    for (let index = 0; index < 100_000; index += 1) {
      const method = index % 2 === 0 ? { method: `evil/${index}` } : {};
      await metrics
        .middleware(Object.assign({}, call, method), () => Promise.reject(new KitError("NOT_FOUND", "no")))
        .catch(() => undefined);
    }
    const text = await read();

    expect(seriesOf(text, "plinth_target_calls_in_flight").length - before).toBeLessThanOrEqual(2);
    expect(text).not.toMatch(/__proto__|toString|fake|evil|aaaa/);
    expect(valueOf(text, 'plinth_call_errors_total{method="tools/call",target="other",code="NOT_FOUND"}')).toBe(50_005);
    expect(valueOf(text, 'plinth_call_errors_total{method="other",target="",code="NOT_FOUND"}')).toBe(50_000);
  });

  it("stay within the limit when the catalog itself has more", async () => {
    const server = createServer({
      name: "large",
      version: "1",
      log,
      components: Array.from({ length: 30 }, (_, index) => defineTool({ name: `t${index}`, handler: () => "ok" })),
    });
    const metrics = createMetrics({ runtime: false, maxTargets: 5 });
    server.use(metrics.middleware);
    metrics.attach(server);
    await using client = await createTestClient(server);

    for (let index = 0; index < 30; index += 1) await client.callTool(`t${index}`, {});
    const { text } = await metrics.render();

    const counts = seriesOf(text, "plinth_call_duration_seconds_count").filter((row) => row.includes("tools/call"));
    expect(counts).toHaveLength(6);
    expect(valueOf(text, 'plinth_call_duration_seconds_count{method="tools/call",target="other",outcome="ok"}')).toBe(
      25,
    );
    expect(valueOf(text, "plinth_target_names")).toBe(5);
  });

  it("name an extension method once it has answered, which no made-up method does", async () => {
    const { server, metrics, read } = observed();
    server.method("shop/sell", { params: z.object({}) }, () => ({ sold: true }));
    const call = { method: "shop/sell", target: undefined, signal: new AbortController().signal } as never;

    await metrics.middleware(call, () => Promise.resolve({}));
    await metrics.middleware(call, () => Promise.resolve({}));
    const text = await read();

    expect(valueOf(text, 'plinth_call_duration_seconds_count{method="shop/sell",target="",outcome="ok"}')).toBe(1);
  });
});

describe("labels that a middleware or a service has made up", () => {
  it("are few and short, whatever a catch-all answers and whoever publishes", async () => {
    const { server, metrics, read } = observed();
    const signal = new AbortController().signal;

    for (const method of ["x".repeat(100_000), 'a"} 1\nfake 1', "vendor/fine"]) {
      await metrics.middleware({ method, target: undefined, params: {}, signal } as never, () => Promise.resolve({}));
      await metrics.middleware({ method, target: undefined, params: {}, signal } as never, () => Promise.resolve({}));
    }
    for (let index = 0; index < 1_000; index += 1) {
      server.events.publish({ part: `tenant-${index}`, action: "did" });
      server.events.publish({ part: "known", action: `y${"z".repeat(100_000)}${index}` });
    }
    const text = await read();

    expect(text).toContain('method="vendor/fine"');
    expect(text).not.toMatch(/xxx|fake|zzz/);
    expect(seriesOf(text, "plinth_events_total").length).toBeLessThan(70);
    expect(text.length).toBeLessThan(50_000);
  });
});

describe("the metrics of events", () => {
  it("count what the parts of the server tell, those that nobody knows yet too", async () => {
    const { server, read } = observed();
    const target = server.catalog.tools.get("price");

    server.events.publish({ part: "rate-limit", action: "refused", target });
    server.events.publish({ part: "cache", action: "hit", target });
    server.events.publish({ part: "brand-new", action: "did", value: Number.NaN });
    const text = await read();

    expect(valueOf(text, 'plinth_rate_limited_total{target="price"}')).toBe(1);
    expect(valueOf(text, 'plinth_cache_requests_total{action="hit",target="price"}')).toBe(1);
    expect(valueOf(text, 'plinth_events_total{part="brand-new",action="did",target=""}')).toBe(1);
    expect(text).not.toMatch(/nan/i);
  });

  it("begin with 0 where all of their labels are known, so that the first one is an increase", async () => {
    const { server, read } = observed();
    const before = await read();

    server.events.publish({ part: "url-fetcher", action: "denied", value: 3 });
    const after = await read();

    expect(valueOf(before, 'plinth_fetches_total{action="denied"}')).toBe(0);
    expect(valueOf(before, "plinth_file_refusals_total")).toBe(0);
    expect(valueOf(after, 'plinth_fetches_total{action="denied"}')).toBe(1);
  });

  it("tell the statuses of refused requests apart, and never more than there are", async () => {
    const { server, read } = observed();

    for (const value of [401, 401, 413, Number.NaN, -0.5]) {
      server.events.publish({ part: "http", action: "refused", value });
    }
    for (let value = 1_000; value < 2_000; value += 1) {
      server.events.publish({ part: "http", action: "refused", value });
    }
    const text = await read();

    expect(valueOf(text, 'plinth_http_refusals_total{status="401"}')).toBe(2);
    expect(valueOf(text, 'plinth_http_refusals_total{status="413"}')).toBe(1);
    expect(seriesOf(text, "plinth_http_refusals_total")).toHaveLength(64);
  });

  it("show the state that a circuit breaker was in last", async () => {
    const { server, read } = observed();
    const target = server.catalog.tools.get("price");
    const states: (number | undefined)[] = [];

    for (const action of ["opened", "half-opened", "closed", "opened", "refused"]) {
      server.events.publish({ part: "circuit-breaker", action, target });
      states.push(valueOf(await read(), 'plinth_circuit_breaker_state{target="price"}'));
    }

    expect(states).toStrictEqual([2, 1, 0, 2, 2]);
  });

  it("stay bounded when a part publishes somebody's text", async () => {
    const { server, read } = observed();

    for (let index = 0; index < 100_000; index += 1) {
      server.events.publish({ part: `part-${index % 1_000}`, action: `action-${index}` });
    }
    const series = seriesOf(await read(), "plinth_events_total");

    expect(series.length).toBeLessThan(11_000);
  });

  it("are counted although another listener throws", async () => {
    const { server, read } = observed();
    server.events.subscribe(() => {
      throw new Error("a broken listener");
    });

    server.events.publish({ part: "retry", action: "retried" });

    expect(valueOf(await read(), 'plinth_retries_total{target=""}')).toBe(1);
  });
});

describe("metrics of one's own", () => {
  it("are served beside those of the platform", async () => {
    const registry = new Registry();
    const sales = new Counter({ name: "shop_sales_total", help: "Sales.", registers: [registry] });
    const { metrics } = observed({ registries: [registry] });
    sales.inc(3);

    const { text } = await metrics.render();
    const whole = await metrics.registry();

    expect(valueOf(text, "shop_sales_total")).toBe(3);
    expect(await whole.getSingleMetricAsString("shop_sales_total")).toContain("shop_sales_total 3");
  });

  it("do not count the process twice when they measure it as well", async () => {
    const registry = new Registry();
    new Gauge({ name: "process_resident_memory_bytes", help: "Memory.", registers: [registry] }).set(1e15);
    const { metrics } = observed({ runtime: true, registries: [registry] });

    const { text } = await metrics.render();

    expect(valueOf(text, "process_resident_memory_bytes")).toBeLessThan(1e15);
  });

  it("come with the process and its event loop unless that is turned off", async () => {
    const { metrics } = observed({ runtime: true });

    const { text } = await metrics.render();

    expect(valueOf(text, "process_resident_memory_bytes")).toBeGreaterThan(0);
    expect(valueOf(text, "process_start_time_seconds")).toBeGreaterThan(0);
    expect(text).toContain("# TYPE nodejs_gc_duration_seconds histogram");
    expect(text).toContain("# TYPE nodejs_eventloop_lag_p99_seconds gauge");
  });
});

it.each<[MetricsOptions, RegExp]>([
  [{ maxTargets: 0 }, /maxTargets is 0/],
  [{ maxTargets: Number.NaN }, /maxTargets is NaN/],
  [{ workerTimeoutMs: Infinity }, /workerTimeoutMs is Infinity/],
  [{ buckets: [] }, /buckets is \[\]/],
  [{ buckets: [1, 1] }, /buckets is \[1, 1\]/],
  [{ buckets: [-1, 1] }, /buckets is \[-1, 1\]/],
  [{ buckets: [Number.NaN] }, /buckets is \[NaN\]/],
])("options that cannot be are refused when given: %o", (options, message) => {
  expect(() => createMetrics(options)).toThrow(message);
});

it("prom-client is not even loaded before somebody wants to read", () => {
  const program = `
    import { registerHooks } from "node:module";
    const seen = new Set();
    registerHooks({ resolve: (name, context, next) => (seen.add(name), next(name, context)) });
    const { createMetrics } = await import(${JSON.stringify(new URL("create-metrics.ts", import.meta.url).href)});
    const metrics = createMetrics();
    await metrics.middleware({ method: "tools/list" }, async () => ({}));
    const before = seen.has("prom-client");
    await metrics.render();
    process.stdout.write(JSON.stringify([before, seen.has("prom-client")]));
  `;

  const said = execFileSync(process.execPath, ["--conditions=@plinth/source", "--input-type=module", "-e", program]);

  expect(JSON.parse(said.toString())).toStrictEqual([false, true]);
});

it("one set of metrics is refused for two servers", () => {
  const { metrics } = observed();

  expect(() => metrics.attach(createServer({ name: "other", version: "1", log }))).toThrow(/metrics of shop/);
});
