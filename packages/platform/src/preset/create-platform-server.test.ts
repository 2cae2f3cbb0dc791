import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { boolean, ConfigError, defineConfig, loadConfig } from "@plinth/config";
import { defineTool, fail, service, stderrLogger, type HttpHost, type Logger } from "@plinth/core";
import { verifyAuditLog } from "@plinth/middleware";
import { createTestClient } from "@plinth/testing";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { createPlatformServer, type PlatformServer, type PlatformServerOptions } from "./create-platform-server.ts";
import { productionConfig, type ProductionConfig } from "./production-config.ts";

const definition = defineConfig({
  groups: { ...productionConfig, shop: z.object({ open: boolean().default(true) }) },
});

function settings(env: Record<string, string> = {}): ProductionConfig {
  return loadConfig(definition, { env: { PORT: "0", METRICS_PORT: "0", ...env }, envFile: false });
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "platform-"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

function listeningLog(): { readonly log: Logger; readonly lines: Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = [];
  return {
    lines,
    log: stderrLogger({ write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) }),
  };
}

const echo = defineTool({
  name: "echo",
  input: z.object({ text: z.string() }),
  annotations: { readOnlyHint: true },
  handler: ({ text }) => text,
});

function make(env: Record<string, string> = {}, options: Partial<PlatformServerOptions> = {}) {
  return createPlatformServer({
    name: "shop",
    version: "1.0.0",
    config: settings(env),
    log: stderrLogger({ level: "silent" }),
    components: [echo],
    ...options,
  });
}

function call(
  host: HttpHost,
  name = "echo",
  { headers = {}, args = { text: "hi" } }: { headers?: object; args?: object } = {},
) {
  return fetch(host.url, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json, text/event-stream", ...headers },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name, arguments: args } }),
  });
}

describe("the parts of a platform server", () => {
  test("stand in the recommended order, and are off where nothing asks for them", async () => {
    await using server = await make();

    expect(server.transport).toBe("http");
    expect(server.parts).toEqual({
      on: [
        "stall-watch",
        "access-log",
        "metrics",
        "error-mapping",
        "rate-limit",
        "input-guard",
        "concurrency-limit",
        "idempotency",
        "circuit-breaker",
        "timeout",
        "retry",
        "response-limit",
      ],
      off: ["request-id", "tracing", "tenancy", "visibility", "audit", "cache", "service-guard"],
    });
  });

  test.for<[string, Record<string, string>, Partial<PlatformServerOptions>, boolean]>([
    ["access-log", { LOG_CALLS: "false" }, {}, false],
    ["metrics", { METRICS_MODE: "off" }, {}, false],
    ["metrics", {}, { transport: "stdio" }, false],
    ["rate-limit", { LIMITS_REQUESTS_PER_MINUTE: "0" }, {}, false],
    ["rate-limit", {}, { transport: "stdio" }, false],
    ["idempotency", { RESILIENCE_IDEMPOTENCY: "false" }, {}, false],
    ["circuit-breaker", { RESILIENCE_BREAKER: "false" }, {}, false],
    ["retry", { RESILIENCE_RETRIES: "0" }, {}, false],
    ["request-id", { HTTP_REQUEST_ID_HEADER: "x-request-id", HTTP_TRUSTED_PROXIES: "127.0.0.1" }, {}, true],
    ["cache", { CACHE_TTL: "1s" }, {}, true],
    ["cache", {}, { cache: { ttlMs: 5 } }, true],
    ["visibility", {}, { visibility: { hide: { tags: ["internal"] } } }, true],
    ["service-guard", {}, { services: { db: service({ start: () => 1 }) } }, true],
    ["tenancy", { TENANCY_SOURCE: "claim" }, { authenticate: () => undefined }, true],
  ])("%s follows %j %j", async ([part, env, options, isOn]) => {
    await using server = await make(env, options);

    expect(server.parts.on.includes(part)).toBe(isOn);
    expect(server.parts.off.includes(part)).toBe(!isOn);
  });

  test("are told in one line when it begins to serve, with where the metrics are", async () => {
    const { log, lines } = listeningLog();
    await using server = await make({}, { log });

    await server.listen();
    await server.listen();

    const told = lines.filter(({ message }) => message === "Production stack");
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({ name: "shop", transport: "http", on: server.parts.on, authentication: "none" });
    const metrics = await fetch(String(told[0]?.["metrics"]));
    expect(await metrics.text()).toContain('plinth_build_info{server="shop",version="1.0.0"');
  });
});

describe("what code gives besides the settings", () => {
  test.for<[string, Parameters<PlatformServer["listen"]>[0], RegExp]>([
    ["a public address", { host: "0.0.0.0", allowedHosts: "any" }, /http\.host="0\.0\.0\.0".*authenticate/],
    ["every origin", { cors: ["*"] }, /http\.corsOrigins/],
    ["nobody who finds out who calls", { host: "::", authenticate: undefined } as never, /http\.host/],
  ])("is looked at before it listens on %s", async ([, options, message]) => {
    await using server = await make();

    await expect(server.listen(options)).rejects.toThrow(message);
    await expect(server.run({ http: options!, exit: () => undefined })).rejects.toThrow(message);
  });

  test("is added to the settings: routes stand beside the metrics, sessions keep their time", async () => {
    const given = { path: "/mine", method: "GET", handle: () => new Response("mine") } as const;
    await using server = await make(
      { METRICS_PLACE: "main-port" },
      { authenticate: ({ headers }) => (headers.has("x-user") ? { id: "ada", scopes: [] } : undefined) },
    );
    await using host = await server.listen({ routes: [given], sessions: { max: 5 } });
    const get = async (path: string, headers: Record<string, string> = {}) => {
      const answer = await fetch(new URL(path, host.url), { headers: { connection: "close", ...headers } });
      return [answer.status, await answer.text()] as const;
    };

    const [mine, closed, open] = [await get("/mine"), await get("/metrics"), await get("/metrics", { "x-user": "1" })];

    expect(mine).toEqual([200, "mine"]);
    expect(closed[0]).toBe(401);
    expect(open[0]).toBe(200);
    expect(open[1]).toContain("plinth_build_info");
  });

  test("cannot put the log where the protocol is", async () => {
    await using server = await createPlatformServer({
      name: "shop",
      version: "1",
      config: settings({ METRICS_MODE: "off" }),
      transport: "http",
    });

    await expect(server.serveStdio()).rejects.toThrow(/logs to stdout.*transport: "stdio"/);
    await expect(server.run({ transport: "stdio", exit: () => undefined })).rejects.toThrow(/stdout/);
  });

  test("is run on the transport that the server was made for, also where it says auto", async () => {
    await using server = await make({}, { transport: "stdio" });
    const statuses: number[] = [];
    const stdio = { input: Readable.from([]), output: new PassThrough() };

    await server.run({ transport: "auto", stdio, exit: (status) => void statuses.push(status) });

    expect(statuses).toEqual([0]);
  });
});

describe("a platform server", () => {
  test("is a server in every way, whose methods and getters are those of what it stands around", async () => {
    const server = await make({}, { transport: "stdio" });
    const chained = server.use((_call, next) => next()).use((_call, next) => next());
    const extra = defineTool({ name: "extra", handler: () => "more" });
    server.add(extra);
    server.method("shop/sell", { params: z.object({}) }, () => ({ sold: true }));
    const ended: string[] = [];
    server.onClose(() => void ended.push("closed"));
    {
      await using client = await createTestClient(chained, { leakCheck: false });

      expect(await client.toolNames()).toEqual(["echo", "extra"]);
      expect((await client.callTool("extra")).text).toBe("more");
    }
    server.disable("tool", "extra");
    const during = [server.state, server.inFlight, server.stats().connections, [...server.catalog.tools.keys()]];
    const { status } = await server.health();
    await server[Symbol.asyncDispose]();

    expect(chained).toBe(server);
    expect([server.name, server.version]).toEqual(["shop", "1.0.0"]);
    expect(during).toEqual(["serving", 0, 0, ["echo"]]);
    expect([status, server.state, ended]).toEqual(["up", "closed", ["closed"]]);
  });

  test("passes on what a server takes: page size, service limits, instructions", async () => {
    await using server = await make({}, {
      transport: "stdio",
      pageSize: 1,
      instructions: "Be kind",
      components: [echo, defineTool({ name: "second", handler: () => "2" })],
      services: { slow: service({ start: () => 1, health: () => new Promise<boolean>(() => undefined) }) },
      serviceLimits: { healthTimeoutMs: 5 },
    } as never);
    await using client = await createTestClient(server, { leakCheck: false });

    const paged = make({}, { pageSize: -1 });

    await expect(paged).rejects.toThrow("pageSize");
    expect(client.sdk.getInstructions()).toBe("Be kind");
    expect((await server.health()).status).toBe("down");
  });

  test("says in one line more what is risky about its settings", async () => {
    const { log, lines } = listeningLog();
    await using server = await make({ METRICS_HOST: "127.0.0.1", AUDIT_KEY: "k".repeat(32) }, { log });

    await server.listen();

    expect(lines.filter(({ message }) => message === "Risky settings")).toMatchObject([
      { level: "warn", risks: [expect.stringMatching(/^audit\.key=.*set audit\.file$/)] },
    ]);
    expect(JSON.stringify(lines)).not.toContain("kkkk");
  });

  test("finds an audit file that cannot be written before the first call", async () => {
    const { log, lines } = listeningLog();
    await using server = await make({ AUDIT_FILE: join(folder, "none", "audit.log") }, { log });

    await server.listen();

    expect(lines.some(({ message }) => message === "Audit records cannot be written")).toBe(true);
  });

  test("has no port that was chosen and is taken, and may be tried again on another", async () => {
    await using taken = await make();
    const { log, lines } = listeningLog();
    await taken.listen();
    const { port } = new URL((await taken.metrics?.listen({ port: 0 }))?.url ?? "");
    await using server = await make({ METRICS_PORT: port }, { log });

    await expect(server.listen()).rejects.toMatchObject({ code: "CONFLICT" });

    expect(lines).toEqual([]);
  });

  test("is no traces without the SDK where only the environment asks for them", async () => {
    vi.stubEnv("OTEL_SDK_DISABLED", "true");
    vi.stubEnv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9");
    await using off = await make({ TRACING_MODE: "on" });
    vi.stubEnv("OTEL_SDK_DISABLED", "");
    vi.stubEnv("OTEL_TRACES_EXPORTER", "none");
    await using none = await make();

    expect([off.parts.off.includes("tracing"), none.parts.off.includes("tracing")]).toEqual([true, true]);
  });

  test("leaves nothing behind when it cannot be made", async () => {
    const listeners = (): number => process.listenerCount("exit");
    const before = listeners();

    const making = createPlatformServer({
      name: "shop",
      version: "1",
      config: settings(),
      rateLimit: { limits: { perMinute: -1 } as never },
    });

    await expect(making).rejects.toThrow(/perMinute/);
    expect(listeners()).toBe(before);
  });

  test("refuses settings that are wrong together before it opens anything", async () => {
    const making = make({ HOST: "0.0.0.0", HTTP_CORS_ORIGINS: "*" });

    await expect(making).rejects.toBeInstanceOf(ConfigError);
    await expect(making).rejects.toThrow(/http\.host="0\.0\.0\.0".*authenticate[\s\S]*http\.corsOrigins/);
  });

  test("holds callers to the limit of the settings, and says when to come back", async () => {
    await using server = await make({ LIMITS_REQUESTS_PER_MINUTE: "6", LIMITS_BURST: "2" });
    await using host = await server.listen();

    const answers = [await call(host), await call(host), await call(host)];

    const bodies = (await Promise.all(answers.map((answer) => answer.json()))) as {
      error?: { code: number; data: object };
    }[];
    expect(bodies.map(({ error }) => error?.code)).toEqual([undefined, undefined, -31_429]);
    expect(bodies[2]?.error?.data).toMatchObject({ retryAfterSeconds: expect.closeTo(10, 0) });
  });

  test("records who did what in a chain that shows tampering", async () => {
    const file = join(folder, "audit.log");
    {
      await using server = await make(
        { AUDIT_FILE: file, AUDIT_KEY: "k".repeat(32) },
        { authenticate: () => ({ id: "ada", scopes: [] }) },
      );
      await using host = await server.listen();
      await call(host);
    }

    const [record] = (await readFile(file, "utf8")).trim().split("\n").slice(-1);
    const key = "k".repeat(32);
    const tampered = (await readFile(file, "utf8")).replace('"ada"', '"bob"').trim().split("\n");
    expect(JSON.parse(record ?? "")).toMatchObject({ principal: "ada", target: "echo", outcome: "ok" });
    expect(await verifyAuditLog(file, { key })).toMatchObject({ ok: true });
    expect(await verifyAuditLog(tampered, { key })).toMatchObject({ ok: false });
  });

  test("keeps what it logs of the call and nothing of its arguments", async () => {
    const { log, lines } = listeningLog();
    await using server = await make({}, { log, authenticate: () => ({ id: "ada", scopes: [] }) });
    await using host = await server.listen();

    await call(host, "echo", {
      args: { text: "the secret of the pyramids" },
      headers: { authorization: "Bearer abc.def.ghi" },
    });

    const line = lines.find(({ target }) => target === "echo");
    expect(line).toMatchObject({ level: "info", method: "tools/call", outcome: "ok", principal: "ada" });
    expect(JSON.stringify(lines)).not.toMatch(/pyramids|abc\.def/);
  });

  test("stands around middleware of one's own", async () => {
    const server = await make();
    const seen: string[] = [];
    await using host = await server
      .use((call) => {
        seen.push(call.method);
        throw fail("Not today");
      })
      .listen();

    const answer = (await (await call(host)).json()) as { result: unknown };
    await server.close();

    expect(answer.result).toMatchObject({ isError: true, content: [{ text: "Not today" }] });
    expect(seen).toEqual(["tools/call"]);
  });

  test("is tested in memory like any other", async () => {
    await using server = await make({}, { transport: "stdio" });
    await using client = await createTestClient(server);

    const answer = await client.callTool(echo, { text: "from memory" });

    expect(answer.text).toBe("from memory");
  });
});
