import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { defineConfig, loadConfig } from "@plinth/config";
import { verifyAuditLog } from "@plinth/middleware";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { settledServer, type SettledServer, type Variables } from "./fixtures/settled-server.ts";
import { toHttpOptions } from "./http-options.ts";
import { productionConfig } from "./production-config.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "settings-"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

/** What an operator or a client can see of a server with these settings. */
type Look = (variables: Variables) => Promise<unknown>;

const looking =
  (look: (settled: SettledServer) => unknown): Look =>
  async (variables) => {
    await using settled = await settledServer(folder, variables);
    return await look(settled);
  };
/** After it has closed, so that all is written. */
const leaving =
  (use: (settled: SettledServer) => unknown, look: (settled: SettledServer) => unknown): Look =>
  async (variables) => {
    const settled = await settledServer(folder, variables);
    await use(settled);
    await settled[Symbol.asyncDispose]();
    return await look(settled);
  };

const code = (name: string, args: object = {}, headers: Record<string, string> = {}): Look =>
  looking(async ({ call }) => (await call(name, args, headers)).code);
const part = (name: string): Look => looking(({ server }) => server.parts.on.includes(name));
const refusal: Look = async (variables) => {
  try {
    await using _settled = await settledServer(folder, variables);
    return "made";
  } catch (error) {
    return (error as Error).name;
  }
};
const status = (
  path: string,
  { headers, ...init }: Omit<RequestInit, "headers"> & { headers?: Record<string, string> } = {},
): Look =>
  looking(async ({ host }) => {
    const answer = await fetch(new URL(path, host.url), { ...init, headers: { connection: "close", ...headers } });
    await answer.text();
    return answer.status;
  });
const option = (name: keyof ReturnType<typeof toHttpOptions>): Look => {
  const definition = defineConfig({ groups: productionConfig });
  return (env) => Promise.resolve(toHttpOptions(loadConfig(definition, { env, envFile: false }), undefined)[name]);
};
/** What becomes of a second call while the first one holds its place. */
const secondCall: Look = looking(async ({ call, entered, release }) => {
  const first = call("hold");
  await entered;
  const second = call("echo", { value: 1 });
  // One that is refused is so before this; one that waits gets its turn.
  await Promise.race([second, delay(500)]);
  release();
  await first;
  return (await second).code;
});
const secondHold: Look = looking(async ({ call, entered, release }) => {
  const first = call("hold");
  await entered;
  const second = call("hold");
  await Promise.race([second, delay(500)]);
  release();
  await first;
  return (await second).code;
});
/** The call's own time starts before the wait for it, so that it ends first on any machine. */
const longHold: Look = looking(async ({ call, entered, release }) => {
  const only = call("hold");
  await entered;
  await delay(100);
  release();
  return (await only).code;
});
const codes = (...names: string[]): Look =>
  looking(async ({ call }) => {
    const found: string[] = [];
    for (const name of names) found.push((await call(name, { value: 1 })).code);
    return found.at(-1);
  });
const runsOf = (name: string, args: object, headers: Record<string, string> = {}): Look =>
  looking(async ({ call, runs }) => {
    await call(name, args, headers);
    await call(name, args, headers);
    return runs();
  });
const logged = (field: string, headers: Record<string, string> = {}): Look =>
  leaving(
    ({ call }) => call("echo", { value: 1 }, headers),
    ({ lines }) => lines().find(({ target }) => target === "echo")?.[field],
  );
const filesAfter = (calls: number): Look =>
  leaving(
    async ({ call }) => {
      for (let count = 0; count < calls; count += 1) await call("echo", { value: 1 });
    },
    ({ files }) => files().toSorted(),
  );
/** After more lines than are written at once. */
const filesAfterMuch: Look = async (variables) =>
  leaving(
    async ({ call }) => {
      for (let count = 0; count < 20; count += 1) await call("echo", { value: "x".repeat(8_000) });
    },
    ({ files }) => files().toSorted(),
  )({ LOG_LEVEL: "debug", ...variables });
const announced = (field: string): Look =>
  leaving(
    () => undefined,
    ({ lines }) => lines().find(({ message }) => message === "Production stack")?.[field],
  );
const chosenPort =
  (name: string, look: Look): Look =>
  async (variables) =>
    String(await look(variables)).includes(`:${variables[name]}/`);
const exitStatus: Look = async (variables) => {
  const { server, host } = await settledServer(folder, { ...variables });
  await host.close();
  const exit = vi.fn<(status: number) => void>();
  const stdio = { input: Readable.from([]), output: new PassThrough() };
  await server.run({ transport: "stdio", stdio, exit });
  return exit.mock.calls[0]?.[0];
};

const key = "k".repeat(40);
const audit = { AUDIT_FILE: "{folder}/audit.log" };
const nested = JSON.parse(`{"value":${"[".repeat(10)}${"]".repeat(10)}}`) as object;
const proxied = { HTTP_TRUSTED_PROXIES: "127.0.0.1", HTTP_REQUEST_ID_HEADER: "x-request-id" };
const tenants = { TENANCY_SOURCE: "claim" };
const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const anything = expect.anything() as unknown;

/** Every setting: how it is set, what is set besides, what is looked at, and what is seen without and with it. */
const effects: readonly (readonly [string, Variables, Variables, Look, unknown, unknown])[] = [
  ["server.transport", { TRANSPORT: "stdio" }, {}, looking(({ server }) => server.transport), "http", "stdio"],
  ["server.workers", { WORKERS: "2" }, {}, exitStatus, 0, 1],
  ["http.host", { HOST: "127.0.0.2" }, {}, looking(({ host }) => new URL(host.url).hostname), "127.0.0.1", "127.0.0.2"],
  [
    "http.port",
    { PORT: "{free}" },
    {},
    chosenPort(
      "PORT",
      looking(({ host }) => host.url),
    ),
    false,
    true,
  ],
  ["http.path", { HTTP_PATH: "/other" }, {}, status("/mcp", { method: "GET" }), 400, 404],
  [
    "http.bodyLimit",
    { HTTP_BODY_LIMIT: "100B" },
    {},
    status("", { method: "POST", headers: { "content-type": "application/json" }, body: " ".repeat(200) }),
    400,
    413,
  ],
  ["http.allowedHosts", { HTTP_ALLOWED_HOSTS: "a.example" }, {}, status(""), 400, 403],
  [
    "http.corsOrigins",
    { HTTP_CORS_ORIGINS: "https://a.example" },
    {},
    looking(async ({ host }) =>
      (await fetch(host.url, { headers: { connection: "close", origin: "https://a.example" } })).headers.get(
        "access-control-allow-origin",
      ),
    ),
    null,
    "https://a.example",
  ],
  [
    "http.trustedProxies",
    proxied,
    { ...proxied, HTTP_TRUSTED_PROXIES: "10.0.0.1" },
    logged("requestId", { "x-request-id": "mine" }),
    anything,
    "mine",
  ],
  ["http.requestIdHeader", proxied, {}, logged("requestId", { "x-request-id": "mine" }), anything, "mine"],
  ["timeouts.request", { TIMEOUTS_REQUEST: "40s" }, {}, option("requestTimeoutMs"), 30_000, 40_000],
  ["timeouts.headers", { TIMEOUTS_HEADERS: "5s" }, {}, option("headersTimeoutMs"), 10_000, 5_000],
  ["timeouts.drain", { TIMEOUTS_DRAIN: "1s" }, {}, option("drainMs"), 10_000, 1_000],
  [
    "timeouts.idleSession",
    { TIMEOUTS_IDLE_SESSION: "1m" },
    {},
    option("sessions"),
    { idleMs: 1_800_000 },
    { idleMs: 60_000 },
  ],
  ["timeouts.call", { TIMEOUTS_CALL: "1ms" }, {}, longHold, "ok", "TIMEOUT"],
  [
    "log.level",
    { LOG_LEVEL: "debug" },
    {},
    leaving(
      ({ call }) => call("echo", { value: 1 }),
      ({ lines }) => lines().some(({ level }) => level === "debug"),
    ),
    false,
    true,
  ],
  [
    "log.format",
    { LOG_FORMAT: "pretty" },
    {},
    leaving(
      () => undefined,
      () => readFile(join(folder, "server.log"), "utf8").then((text) => text.startsWith("{")),
    ),
    true,
    false,
  ],
  ["log.output", { LOG_OUTPUT: "stdout", LOG_FILE: "" }, { TRANSPORT: "stdio" }, refusal, "made", "ConfigError"],
  ["log.file", { LOG_FILE: "{folder}/other.log" }, {}, filesAfter(0), ["server.log"], ["other.log"]],
  [
    "log.fileSize",
    { LOG_FILE_SIZE: "4KiB" },
    {},
    filesAfterMuch,
    ["server.log"],
    expect.arrayContaining(["server.log.1"]),
  ],
  [
    "log.files",
    { LOG_FILES: "1" },
    { LOG_FILE_SIZE: "4KiB" },
    filesAfterMuch,
    expect.arrayContaining(["server.log.1"]),
    ["server.log"],
  ],
  ["log.calls", { LOG_CALLS: "false" }, {}, logged("outcome"), "ok", undefined],
  ["metrics.mode", { METRICS_MODE: "off" }, {}, announced("metrics"), anything, undefined],
  ["metrics.place", { METRICS_PLACE: "main-port" }, {}, status("/metrics"), 404, 200],
  [
    "metrics.host",
    { METRICS_HOST: "127.0.0.2" },
    {},
    announced("metrics"),
    expect.stringContaining("127.0.0.1"),
    expect.stringContaining("127.0.0.2"),
  ],
  ["metrics.port", { METRICS_PORT: "{free}" }, {}, chosenPort("METRICS_PORT", announced("metrics")), false, true],
  ["tracing.mode", { TRACING_MODE: "on" }, {}, part("tracing"), false, true],
  [
    "tracing.incoming",
    { TRACING_INCOMING: "link" },
    { TRACING_MODE: "on" },
    logged("traceId", { traceparent }),
    traceparent.slice(3, 35),
    expect.not.stringContaining(traceparent.slice(3, 35)),
  ],
  [
    "limits.requestsPerMinute",
    { LIMITS_REQUESTS_PER_MINUTE: "0" },
    { LIMITS_BURST: "1" },
    codes("echo", "echo"),
    "-31429",
    "ok",
  ],
  ["limits.burst", { LIMITS_BURST: "1" }, {}, codes("echo", "echo"), "ok", "-31429"],
  ["limits.per", { LIMITS_PER: "tool" }, { LIMITS_BURST: "1" }, codes("echo", "write"), "-31429", "ok"],
  ["limits.concurrency", { LIMITS_CONCURRENCY: "1" }, { LIMITS_QUEUE: "0" }, secondCall, "ok", anything],
  ["limits.toolConcurrency", { LIMITS_TOOL_CONCURRENCY: "1" }, { LIMITS_QUEUE: "0" }, secondHold, "ok", anything],
  ["limits.queue", { LIMITS_QUEUE: "0" }, { LIMITS_CONCURRENCY: "1" }, secondCall, "ok", anything],
  ["limits.queueTime", { LIMITS_QUEUE_TIME: "1ms" }, { LIMITS_CONCURRENCY: "1" }, secondCall, "ok", anything],
  ["limits.argumentDepth", { LIMITS_ARGUMENT_DEPTH: "5" }, {}, code("echo", nested), "ok", anything],
  [
    "limits.argumentElements",
    { LIMITS_ARGUMENT_ELEMENTS: "5" },
    {},
    code("echo", { value: [1, 2, 3, 4, 5, 6] }),
    "ok",
    anything,
  ],
  [
    "limits.responseSize",
    { LIMITS_RESPONSE_SIZE: "1KiB" },
    {},
    looking(async ({ call }) => (await call("echo", { value: "x".repeat(4_000) })).text.length > 2_000),
    true,
    false,
  ],
  ["resilience.retries", { RESILIENCE_RETRIES: "0" }, {}, code("flaky"), "ok", anything],
  ["resilience.breaker", { RESILIENCE_BREAKER: "false" }, {}, part("circuit-breaker"), true, false],
  [
    "resilience.idempotency",
    { RESILIENCE_IDEMPOTENCY: "false" },
    {},
    runsOf("write", {}, { "idempotency-key": "one" }),
    1,
    2,
  ],
  ["cache.ttl", { CACHE_TTL: "1m" }, {}, runsOf("echo", { value: 1 }), 2, 1],
  ["cache.size", { CACHE_SIZE: "1KiB" }, { CACHE_TTL: "1m" }, runsOf("echo", { value: "x".repeat(3_000) }), 1, 2],
  ["audit.file", audit, {}, filesAfter(1), ["server.log"], ["audit.log", "server.log"]],
  [
    "audit.key",
    { AUDIT_KEY: key },
    audit,
    leaving(
      ({ call }) => call("echo", { value: 1 }),
      async () => (await verifyAuditLog(join(folder, "audit.log"), { key })).ok,
    ),
    false,
    true,
  ],
  [
    "audit.fileSize",
    { AUDIT_FILE_SIZE: "4KiB" },
    audit,
    filesAfter(20),
    ["audit.log", "server.log"],
    expect.arrayContaining(["audit.log.000001"]),
  ],
  [
    "audit.onError",
    { AUDIT_ON_ERROR: "allow" },
    { AUDIT_FILE: "{folder}/none/audit.log" },
    code("echo", { value: 1 }),
    "UNAVAILABLE",
    "ok",
  ],
  ["tenancy.source", tenants, {}, logged("tenant"), undefined, "second"],
  ["tenancy.name", { TENANCY_NAME: "customer" }, tenants, logged("tenant"), "second", "first"],
  [
    "tenancy.required",
    { TENANCY_REQUIRED: "false" },
    { ...tenants, TENANCY_NAME: "nobody" },
    code("echo", { value: 1 }),
    anything,
    "ok",
  ],
];

test("no setting is without a line here", () => {
  const all = Object.entries(productionConfig).flatMap(([group, { shape }]) =>
    Object.keys(shape).map((name) => `${group}.${name}`),
  );
  // Whether it lets everybody in is looked at where settings are refused.
  const elsewhere = ["http.anonymous"];

  expect([...effects.map(([setting]) => setting), ...elsewhere].toSorted()).toEqual(all.toSorted());
});

test.for(effects)("%s does what it says", async ([setting, given, besides, look, unchanged, changed]) => {
  const free = await freePort();
  vi.spyOn(console, "dir").mockReturnValue();
  vi.stubEnv("OTEL_TRACES_EXPORTER", setting.startsWith("tracing.") ? "console" : "");

  const before = await look({ ...(setting === "tracing.mode" && { TRACING_MODE: "off" }), ...besides });
  await forget();
  const after = await look(withPort({ ...besides, ...given }, free));
  await forget();

  expect(before).toEqual(unchanged);
  expect(after).toEqual(changed);
  expect(after).not.toEqual(before);
});

test("headers may not take longer than the request, as without the preset", () => {
  const env = { TIMEOUTS_HEADERS: "31s" };

  expect(() => loadConfig(defineConfig({ groups: productionConfig }), { env, envFile: false })).toThrow(
    /timeouts\.headers.*must not be longer than timeouts\.request/s,
  );
});

function withPort(variables: Variables, port: string): Variables {
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, value.replace("{free}", port)]));
}

/** One look leaves nothing to the next. */
async function forget(): Promise<void> {
  await rm(folder, { recursive: true });
  folder = await mkdtemp(join(tmpdir(), "settings-"));
  Reflect.deleteProperty(globalThis, Symbol.for("opentelemetry.js.api.1"));
}

async function freePort(): Promise<string> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as { port: number };
  probe.close();
  return String(port);
}
