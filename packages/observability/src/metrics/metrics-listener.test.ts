import { once } from "node:events";
import { connect } from "node:net";
import { TraceFlags } from "@opentelemetry/api";
import { createServer, defineTool, KitError, service, stderrLogger, type ServiceHealth } from "@plinth/core";
import { Gauge, Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import { createMetrics, type MetricsOptions } from "./create-metrics.ts";
import { activateSpan, traceId } from "./fixtures/active-span.ts";
import { scrape, seriesOf, valueOf } from "./fixtures/scrape.ts";
import { openMetricsListener } from "./metrics-listener.ts";

const log = stderrLogger({ level: "silent" });
const openMetrics = "application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.3,*/*;q=0.1";

async function listening(
  health: () => ServiceHealth | Promise<ServiceHealth>,
  options: MetricsOptions = {},
  write: (line: string) => void = () => undefined,
) {
  const server = createServer({
    name: "shop",
    version: "1",
    log: stderrLogger({ write }),
    services: { db: service({ start: () => 1, health }) },
    components: [defineTool({ name: "price", handler: () => "12" })],
  });
  const metrics = createMetrics({ runtime: false, ...options });
  server.use(metrics.middleware);
  metrics.attach(server);
  await server.start();
  const listener = await metrics.listen({ port: 0 });
  if (listener === undefined) throw new Error("This is no worker");
  const at = (path: string): string => new URL(path, listener.url).href;
  return { server, metrics, listener, at, [Symbol.asyncDispose]: () => server.close() };
}

const up = (): ServiceHealth => ({ status: "up" });

describe("the port of the metrics", () => {
  it("answers a scraper in the format that it prefers", async () => {
    await using it = await listening(up);
    it.server.events.publish({ part: "retry", action: "retried" });

    const [classic, modern, refused] = await Promise.all([
      scrape(it.at("/metrics")),
      scrape(it.at("/metrics"), { accept: openMetrics }),
      scrape(it.at("/metrics"), { accept: "application/openmetrics-text;q=0, text/plain" }),
    ]);

    expect(classic.headers["content-type"]).toBe("text/plain; version=0.0.4; charset=utf-8");
    expect(classic.text).toContain("# TYPE plinth_retries_total counter\nplinth_retries_total{");
    expect(modern.headers["content-type"]).toBe("application/openmetrics-text; version=1.0.0; charset=utf-8");
    expect(modern.text).toContain("# TYPE plinth_retries counter\nplinth_retries_total{");
    expect(modern.text.endsWith("# EOF\n")).toBe(true);
    expect(refused.headers["content-type"]).toContain("text/plain");
  });

  it("tells probes and operators how the server is", async () => {
    await using it = await listening(() => ({ status: "down", detail: "postgres is away" }));

    const alive = await scrape(it.at("/healthz"));
    const ready = await scrape(it.at("/readyz"));
    const all = await scrape(it.at("/health"));

    expect([alive.status, ready.status, all.status]).toStrictEqual([200, 503, 503]);
    expect(ready.text).not.toContain("postgres");
    expect(JSON.parse(all.text)).toMatchObject({
      ready: false,
      services: { db: { status: "down", detail: "postgres is away" } },
    });
  });

  it("keeps the details of services to itself where others can reach it", async () => {
    const server = createServer({
      name: "shop",
      version: "1",
      log,
      services: {
        db: service({ start: () => 1, health: () => ({ status: "degraded" as const, detail: "secret host" }) }),
      },
    });
    const metrics = createMetrics({ runtime: false });
    metrics.attach(server);
    await server.start();
    await using listener = await metrics.listen({ port: 0, details: false });

    const { status, text } = await scrape(new URL("/health", listener?.url).href);
    await server.close();

    expect(status).toBe(200);
    expect(text).not.toContain("secret host");
  });

  it("waits half a second for a check that hangs, and says what it knew before", async () => {
    const hanging = Promise.withResolvers<ServiceHealth>();
    await using it = await listening(() => hanging.promise);

    const { text } = await scrape(it.at("/metrics"));
    hanging.resolve(up());

    expect(valueOf(text, "plinth_server_ready")).toBe(0);
  });

  it.each([
    ["POST", "/metrics", 405],
    ["DELETE", "/healthz", 405],
    ["GET", "/metrics/../etc/passwd", 404],
    ["GET", "//metrics", 404],
    ["GET", "/__proto__", 404],
    ["HEAD", "/metrics", 200],
  ])("answers %s %s with %i", async (method, path, status) => {
    await using it = await listening(up);

    const answer = await scrape(it.at("/").replace(/\/$/, path), {
      method,
      body: method === "POST" ? "x".repeat(1_000_000) : "",
    }).catch(
      // Who sends a body is answered, and may be cut off before it has sent all of it.
      (error: NodeJS.ErrnoException) => ({
        status: error.code === "EPIPE" || error.code === "ECONNRESET" ? 405 : 0,
        text: "",
      }),
    );

    expect(answer.status).toBe(status);
    expect(answer.text.includes("plinth_")).toBe(false);
  });

  it("survives what is no HTTP, and headers beyond measure", async () => {
    await using it = await listening(up);

    for (const bytes of ["\0\u0001\u0002\r\n\r\n", `GET /metrics HTTP/1.1\r\nx: ${"a".repeat(20_000)}\r\n\r\n`]) {
      const socket = connect(it.listener.port, "127.0.0.1").on("error", () => undefined);
      socket.resume().end(bytes);
      await once(socket, "close");
    }

    expect((await scrape(it.at("/metrics"))).status).toBe(200);
  });

  it("renders once for a storm of scrapes", async () => {
    let checks = 0;
    const server = createServer({ name: "shop", version: "1", log });
    const health = server.health.bind(server);
    const metrics = createMetrics({ runtime: false });
    metrics.attach(Object.assign(server, { health: () => ((checks += 1), health()) }));

    const texts = await Promise.all(Array.from({ length: 1_000 }, () => metrics.render()));
    await server.close();

    expect(checks).toBe(1);
    expect(new Set(texts.map(({ text }) => text)).size).toBe(1);
  });

  it("answers a scrape that is under way when the server closes, and none after it", async () => {
    const checking = Promise.withResolvers<void>();
    const it = await listening(() => (checking.resolve(), new Promise(() => undefined)));

    const scraping = scrape(it.at("/metrics"));
    await checking.promise;
    const closing = it.server.close();
    const { status } = await scraping;
    await closing;

    expect(status).toBe(200);
    await expect(scrape(it.at("/metrics"))).rejects.toThrow("ECONNREFUSED");
  });

  it.each([
    [{ port: Number.NaN }, /port is NaN/],
    [{ port: 65_536 }, /port is 65536/],
    [{ port: 1.5 }, /port is 1.5/],
    [{ port: 0, host: "" }, /host is ""; name an address/],
    [{ port: 0, host: " " }, /host is " "/],
  ])("refuses %o, which would listen where nobody wants it", async (options, message) => {
    const listening = createMetrics({ runtime: false }).listen(options);

    await expect(listening).rejects.toThrow(message);
  });

  it("says which port is taken and what to do", async () => {
    await using it = await listening(up);

    const second = createMetrics().listen({ port: it.listener.port });

    await expect(second).rejects.toMatchObject({
      code: "CONFLICT",
      message: `The metrics cannot listen on 127.0.0.1:${it.listener.port}, which is taken; choose another port`,
    });
  });

  it("leaves out what a collector of one's own fails to give, says so once, and has it again after that", async () => {
    const registry = new Registry();
    let broken = true;
    const gauge = new Gauge({
      name: "own",
      help: "h",
      registers: [registry],
      collect() {
        if (broken) throw new Error("pw@host");
        gauge.set(1);
      },
    });
    const lines: string[] = [];
    await using it = await listening(up, { registries: [registry] }, (line) => void lines.push(line));

    const failed = [await scrape(it.at("/metrics")), await scrape(it.at("/metrics"))];
    broken = false;
    const works = await scrape(it.at("/metrics"));

    expect(failed.map(({ text }) => valueOf(text, "plinth_server_ready"))).toStrictEqual([1, 1]);
    expect(failed[0]?.text).not.toContain("pw@host");
    expect(valueOf(works.text, "own")).toBe(1);
    expect(lines.filter((line) => line.includes("Some metrics could not be read"))).toHaveLength(1);
  });

  it("answers 503 when nothing can be rendered, and gives nobody the reason", async () => {
    await using listener = await openMetricsListener(
      {
        render: () => Promise.reject(new Error("pw@host")),
        health: () => Promise.reject(new Error("pw@host")),
        log: () => undefined,
      },
      { port: 0 },
    );

    const [metrics, ready, alive] = await Promise.all(
      ["/metrics", "/readyz", "/healthz"].map((path) => scrape(new URL(path, listener.url).href)),
    );

    expect([metrics?.status, ready?.status, alive?.status]).toStrictEqual([503, 503, 200]);
    expect(`${metrics?.text}${ready?.text}`).not.toContain("pw@host");
  });
});

describe("the route on the main port", () => {
  it("asks who reads before it answers", async () => {
    await using it = await listening(up);
    const { port } = await it.server.listen({
      port: 0,
      routes: [it.metrics.route()],
      authenticate({ headers }) {
        if (headers.get("authorization") === "Bearer scraper") return { id: "scraper", scopes: [] };
        throw new KitError("UNAUTHENTICATED", "Say who you are");
      },
    });
    const url = `http://127.0.0.1:${port}/metrics`;

    const stranger = await fetch(url);
    const scraper = await fetch(url, { headers: { authorization: "Bearer scraper" } });

    expect(stranger.status).toBe(401);
    expect(await stranger.text()).not.toContain("plinth_");
    expect(await scraper.text()).toContain("plinth_build_info");
  });
});

describe("exemplars", () => {
  it.each([
    ["sampled", TraceFlags.SAMPLED, true],
    ["not sampled", TraceFlags.NONE, false],
  ])("lead to the trace of a call that was %s, in OpenMetrics alone", async (_what, traceFlags, shown) => {
    using _span = activateSpan(traceFlags);
    const metrics = createMetrics({ runtime: false });
    const call = { method: "tools/list", target: undefined } as never;

    await metrics.middleware(call, () => Promise.resolve({}));
    const classic = await metrics.render();
    const modern = await metrics.render(openMetrics);

    const buckets = seriesOf(modern.text, "plinth_call_duration_seconds_bucket");
    expect(buckets.some((row) => row.includes(`# {trace_id="${traceId}"`))).toBe(shown);
    expect(classic.text).not.toContain(traceId);
  });
});
