import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { context, diag, propagation, trace } from "@opentelemetry/api";
import { createServer, defineTool, stderrLogger } from "@plinth/core";
import { createTestClient } from "@plinth/testing";
import { afterEach, expect, it, vi } from "vitest";
import { otlpReceiver } from "./fixtures/otlp-receiver.ts";
import { startTelemetry, type Telemetry } from "./start-telemetry.ts";
import { traceHeaders } from "./trace-headers.ts";
import { tracing } from "./tracing.ts";

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  vi.useRealTimers();
  for (const api of [context, diag, propagation, trace]) api.disable();
});

const clientTrace = "4bf92f3577b34da6a3ce929d0e0e4736";

it("makes, once it has started, one trace of a client's request, the server's span and the request that it makes in turn", async () => {
  await using collector = await otlpReceiver();
  vi.stubEnv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url);
  vi.stubEnv("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json");
  const look = defineTool({
    name: "look",
    handler: async () => void (await fetch(`${collector.url}/behind`, { headers: traceHeaders() })),
  });
  const server = createServer({ name: "shop", version: "1.2.3", components: [look] }).use(tracing());
  let telemetry: Telemetry;
  {
    await using client = await createTestClient(server, { leakCheck: false });
    const _meta = { traceparent: `00-${clientTrace}-00f067aa0ba902b7-01` };

    await client.sdk.callTool({ name: "look", _meta });
    telemetry = await startTelemetry({ serviceName: "shop", serviceVersion: "1.2.3" });
    await client.sdk.callTool({ name: "look", _meta });
    await telemetry.shutdown();
  }

  const span = collector.spans.find(({ name }) => name === "tools/call look");
  expect(telemetry.enabled).toBe(true);
  expect(span).toMatchObject({ traceId: clientTrace, parentSpanId: "00f067aa0ba902b7" });
  expect(collector.traceparents).toEqual([undefined, `00-${clientTrace}-${span?.spanId}-01`]);
  expect(collector.resource.get("service.name")).toBe("shop");
  expect(collector.resource.get("service.version")).toBe("1.2.3");
});

it("sends no argument of the process along, which may be a secret", async () => {
  await using collector = await otlpReceiver();
  vi.stubEnv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url);
  vi.stubEnv("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json");

  const telemetry = await startTelemetry({ serviceName: "shop" });
  trace.getTracer("test").startSpan("any").end();
  await telemetry.shutdown();

  expect(collector.resource.has("process.pid")).toBe(true);
  expect(collector.resource.get("process.command_args")).toEqual({ values: [] });
});

it("ends in bounded time when the collector takes nothing, and says what is lost", async () => {
  await using collector = await otlpReceiver({ silent: true });
  vi.stubEnv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url);
  const lines: string[] = [];
  const log = stderrLogger({ write: (line) => void lines.push(line) });
  const telemetry = await startTelemetry({ serviceName: "shop", log });
  trace.getTracer("test").startSpan("lost").end();

  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const ended = telemetry.shutdown();
  await vi.advanceTimersByTimeAsync(3_000);
  vi.useRealTimers();
  await ended;

  expect(lines.join("")).toContain("The last spans could not be sent");
});

it.for<[string, Record<string, string>]>([
  ["an exporter that there is not", { OTEL_TRACES_EXPORTER: "pigeon" }],
  ["an endpoint that is none", { OTEL_EXPORTER_OTLP_ENDPOINT: "nowhere" }],
  ["a protocol that there is not", { OTEL_EXPORTER_OTLP_PROTOCOL: "pigeon" }],
  ["a sampler that there is not", { OTEL_TRACES_EXPORTER: "none", OTEL_TRACES_SAMPLER: "sometimes" }],
  ["a propagator that there is not", { OTEL_TRACES_EXPORTER: "none", OTEL_PROPAGATORS: "pigeon" }],
  ["a file that is not there", { OTEL_CONFIG_FILE: "/nowhere/otel.yaml" }],
  ["a queue of nothing", { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:9", OTEL_BSP_MAX_QUEUE_SIZE: "-1" }],
])("is started by %s without an error, and calls are answered", async ([, variables]) => {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  vi.spyOn(console, "error").mockReturnValue();
  vi.spyOn(console, "warn").mockReturnValue();
  const hello = defineTool({ name: "hello", handler: () => "Hello" });

  await startTelemetry({ serviceName: "shop", log: stderrLogger({ level: "silent" }) });
  const server = createServer({ name: "shop", version: "1", components: [hello] }).use(tracing());
  await using client = await createTestClient(server, { leakCheck: false });

  expect(await client.callTool("hello")).toMatchObject({ text: "Hello" });
});

it("never has the SDK write to stdout, which may be the protocol's, whatever level is asked for", async () => {
  vi.stubEnv("OTEL_TRACES_EXPORTER", "none");
  vi.stubEnv("OTEL_LOG_LEVEL", "all");
  const written = vi.spyOn(console, "debug").mockReturnValue();
  const told = vi.spyOn(console, "info").mockReturnValue();

  await using _telemetry = await startTelemetry({ serviceName: "shop" });
  diag.info("chatter");
  diag.debug("chatter");

  expect([written.mock.calls, told.mock.calls]).toEqual([[], []]);
});

it("says in the server's log that a collector is away, and not on the terminal", async () => {
  vi.stubEnv("OTEL_TRACES_EXPORTER", "none");
  const lines: string[] = [];
  const log = stderrLogger({ write: (line) => void lines.push(line) });

  await using _telemetry = await startTelemetry({ serviceName: "shop", log });
  diag.error("Export failed", new Error("ECONNREFUSED"));
  diag.info("not told");

  expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
    { level: "error", message: "OpenTelemetry", problem: "Export failed", details: [{ name: "Error" }] },
  ]);
});

it("loads nothing when it is turned off, and names the package that is missing", () => {
  const script = `
    import { registerHooks } from "node:module";
    const loaded = [];
    registerHooks({
      resolve(specifier, context, next) {
        loaded.push(specifier);
        if (specifier !== "@opentelemetry/sdk-node") return next(specifier, context);
        throw Object.assign(new Error("missing"), { code: "ERR_MODULE_NOT_FOUND" });
      },
    });
    const { startTelemetry } = await import(${JSON.stringify(join(import.meta.dirname, "../node-sdk.ts"))});
    await import(${JSON.stringify(join(import.meta.dirname, "../index.ts"))});
    const early = loaded.filter((specifier) => /^(@opentelemetry|prom-client|pino-pretty)/.test(specifier));
    process.env.OTEL_SDK_DISABLED = "true";
    const off = await startTelemetry({ serviceName: "shop" });
    await off.shutdown();
    process.env.OTEL_SDK_DISABLED = "";
    const missing = await startTelemetry({ serviceName: "shop" }).catch((error) => error);
    console.log(JSON.stringify({ early, enabled: off.enabled, code: missing.code, message: missing.message }));
  `;

  const output = execFileSync(
    process.execPath,
    ["--conditions=@plinth/source", "--input-type=module", "--eval", script],
    { encoding: "utf8", cwd: import.meta.dirname },
  );

  expect(JSON.parse(output)).toMatchObject({
    early: [],
    enabled: false,
    code: "MISUSE",
    message: expect.stringContaining("npm install @opentelemetry/sdk-node") as unknown,
  });
});
