import {
  boolean,
  duration,
  host,
  integer,
  list,
  oneOf,
  platformConfig,
  port,
  secret,
  setting,
  size,
  type ConfigOf,
  type PlatformGroups,
  type Secret,
} from "@plinth/config";
import { z } from "zod";

type Setting<Output, Input = Output | string> = z.ZodDefault<z.ZodType<Output, Input>>;

/** Whether a part is on. `auto` decides by what else is set, as the description of the setting says. */
export type Switch = "auto" | "on" | "off";

/** Where metrics are served: on a port of their own without a password, or on the main one to authenticated callers. */
export type MetricsPlace = "own-port" | "main-port";

/** What is done with the trace that a client says it is in. */
export type ClientTrace = "continue" | "link" | "ignore";

/** Where a caller's tenant is read from. */
export type TenantSource = "off" | "claim" | "header" | "path";

/** Whose calls share a limit. */
export type LimitScope = "principal" | "ip" | "tenant" | "tool";

/** The schemas of {@link productionConfig}. A type alias, because an interface does not fit a record. */
export type ProductionGroups = {
  server: PlatformGroups["server"];
  http: z.ZodObject<
    PlatformGroups["http"]["shape"] & {
      allowedHosts: Setting<string[], string | readonly string[]>;
      corsOrigins: Setting<string[], string | readonly string[]>;
      anonymous: Setting<boolean>;
      trustedProxies: Setting<string[], string | readonly string[]>;
      requestIdHeader: z.ZodOptional<z.ZodType<string, string>>;
    }
  >;
  timeouts: z.ZodObject<PlatformGroups["timeouts"]["shape"] & { call: Setting<number> }>;
  log: z.ZodObject<
    PlatformGroups["log"]["shape"] & {
      output: Setting<"auto" | "stderr" | "stdout", string>;
      fileSize: Setting<number>;
      files: Setting<number>;
      calls: Setting<boolean>;
    }
  >;
  metrics: z.ZodObject<{
    mode: Setting<Switch, string>;
    place: Setting<MetricsPlace, string>;
    host: Setting<string>;
    port: Setting<number>;
  }>;
  tracing: z.ZodObject<{ mode: Setting<Switch, string>; incoming: Setting<ClientTrace, string> }>;
  limits: z.ZodObject<{
    requestsPerMinute: Setting<number>;
    burst: Setting<number>;
    per: Setting<LimitScope[], string | readonly string[]>;
    concurrency: Setting<number>;
    toolConcurrency: Setting<number>;
    queue: Setting<number>;
    queueTime: Setting<number>;
    argumentDepth: Setting<number>;
    argumentElements: Setting<number>;
    responseSize: Setting<number>;
  }>;
  resilience: z.ZodObject<{ retries: Setting<number>; breaker: Setting<boolean>; idempotency: Setting<boolean> }>;
  cache: z.ZodObject<{ ttl: Setting<number>; size: Setting<number> }>;
  audit: z.ZodObject<{
    file: z.ZodOptional<z.ZodString>;
    key: z.ZodOptional<z.ZodType<Secret, string>>;
    fileSize: Setting<number>;
    onError: Setting<"refuse" | "allow", string>;
  }>;
  tenancy: z.ZodObject<{ source: Setting<TenantSource, string>; name: Setting<string>; required: Setting<boolean> }>;
};

/** The loaded settings of the preset: durations in milliseconds, sizes in bytes. */
export type ProductionConfig = ConfigOf<ProductionGroups>;

const { server, http, timeouts, log } = platformConfig;

const proxyRange = setting(z.union([z.cidrv4(), z.cidrv6(), z.ipv4(), z.ipv6()]), {
  expects: "an address or a range such as 10.0.0.0/8",
});

/**
 * Every setting of the preset. Add groups of your own beside them:
 * `defineConfig({ groups: { ...productionConfig, shop: z.object({ ... }) } })`.
 */
export const productionConfig: ProductionGroups = {
  server,
  http: z
    .object({
      ...http.shape,
      allowedHosts: list()
        .default([])
        .describe(
          "Names that clients use for this server, or any if a proxy in front checks them; needed when it listens on more " +
            "than loopback.",
        ),
      corsOrigins: list().default([]).describe("Origins whose pages may call and read answers."),
      anonymous: boolean()
        .default(false)
        .describe(
          "Security: lets a server that other machines can reach be called by everybody, without authentication.",
        ),
      trustedProxies: list(proxyRange)
        .default([])
        .describe(
          "Proxies in front, by address or range; they say who the client is. Security: only those of your own.",
        ),
      requestIdHeader: setting(z.string().regex(/^[A-Za-z0-9-]{1,64}$/), { expects: "the name of a header" })
        .optional()
        .describe("Header in which a trusted proxy sends the id of the request, such as x-request-id."),
    })
    .describe("Listening over HTTP."),
  timeouts: timeouts
    .safeExtend({
      call: duration({ min: 1 }).default(60_000).describe("Time that a call may run, unless its tool says otherwise."),
    })
    .describe("How long things may take."),
  log: z
    .object({
      ...log.shape,
      output: oneOf(["auto", "stderr", "stdout"])
        .default("auto")
        .describe(
          "Where records go without a file; auto is stderr under stdio, where stdout is the protocol's, else stdout.",
        ),
      fileSize: size({ min: 4096 })
        .default(64 * 1024 * 1024)
        .describe("Size at which a log file is rotated."),
      files: integer({ min: 1, max: 1_000 }).default(5).describe("Log files that are kept."),
      calls: boolean().default(true).describe("Whether each call has a record."),
    })
    .describe("Logging."),
  metrics: z
    .object({
      mode: oneOf(["auto", "on", "off"]).default("auto").describe("Prometheus metrics; auto has them under HTTP."),
      place: oneOf(["own-port", "main-port"])
        .default("own-port")
        .describe(
          "own-port serves them without a password; main-port at /metrics of the main one. Security: there every " +
            "authenticated caller reads them.",
        ),
      host: host()
        .default("127.0.0.1")
        .describe("Address of their own port. Security: whoever reaches it reads the names of tools."),
      port: port().default(9464).describe("Their own port; 0 takes any free one."),
    })
    .describe("Metrics, and health for operators."),
  tracing: z
    .object({
      mode: oneOf(["auto", "on", "off"])
        .default("auto")
        .describe(
          "OpenTelemetry spans; auto has them when OTEL_EXPORTER_OTLP_ENDPOINT or OTEL_TRACES_EXPORTER is set.",
        ),
      incoming: oneOf(["continue", "link", "ignore"])
        .default("continue")
        .describe(
          "What is done with a client's trace. Security: with continue, clients decide what is recorded; link is for " +
            "strangers.",
        ),
    })
    .describe("Traces. Where they go is said by the standard OTEL_* variables."),
  limits: z
    .object({
      requestsPerMinute: integer({ min: 0, max: 1_000_000_000 })
        .default(600)
        .describe("Calls that one caller may make in a minute over HTTP; 0 sets no limit."),
      burst: integer({ min: 1, max: 1_000_000_000 }).default(100).describe("Calls that it may make at once."),
      per: list(oneOf(["principal", "ip", "tenant", "tool"]))
        .default(["principal"])
        .describe("Who is one caller; an unknown principal counts by address."),
      concurrency: integer({ min: 1, max: 1_000_000 }).default(256).describe("Calls that run at once."),
      toolConcurrency: integer({ min: 1, max: 1_000_000 }).default(64).describe("Calls of one tool that run at once."),
      queue: integer({ min: 0, max: 1_000_000 }).default(512).describe("Calls that may wait for their turn."),
      queueTime: duration().default(5_000).describe("Time that a call may wait for its turn."),
      argumentDepth: integer({ min: 1, max: 1_000 }).default(32).describe("Nesting of a call's arguments."),
      argumentElements: integer({ min: 1, max: 100_000_000 })
        .default(100_000)
        .describe("Members and items of a call's arguments in all."),
      responseSize: size({ min: 1024 })
        .default(8 * 1024 * 1024)
        .describe("Size of a result; longer text is cut with a hint, the rest is refused."),
    })
    .describe("What one caller and all together may take."),
  resilience: z
    .object({
      retries: integer({ min: 0, max: 5 })
        .default(1)
        .describe("Times that a read-only or idempotent call is tried again after a passing failure."),
      breaker: boolean().default(true).describe("Whether a tool that keeps failing is given a pause."),
      idempotency: boolean()
        .default(true)
        .describe("Whether a call with an idempotency key is answered once and then from memory."),
    })
    .describe("What is done about failures."),
  cache: z
    .object({
      ttl: duration()
        .default(0)
        .describe("Time for which the answer of a read-only call is kept for its caller; 0 keeps none."),
      size: size({ min: 1024 })
        .default(32 * 1024 * 1024)
        .describe("Memory for kept answers."),
    })
    .describe("Keeping answers."),
  audit: z
    .object({
      file: setting(z.string().min(1), { expects: "the path of a file" })
        .optional()
        .describe("File for the hash-chained audit log; without it there is none."),
      key: secret(z.string().min(32))
        .optional()
        .describe("Key of the chain, at least 32 characters: without one, whoever can write the file can forge it."),
      fileSize: size({ min: 4096 })
        .default(64 * 1024 * 1024)
        .describe("Size at which it goes on in another file."),
      onError: oneOf(["refuse", "allow"])
        .default("refuse")
        .describe("What happens to calls while it cannot be written."),
    })
    .describe("Who did what."),
  tenancy: z
    .object({
      source: oneOf(["off", "claim", "header", "path"])
        .default("off")
        .describe(
          "Where a caller's tenant is read from. Security: header and path count only where the principal fits.",
        ),
      name: z.string().min(1).max(64).default("tenant").describe("Name of the claim or header."),
      required: boolean().default(true).describe("Whether a call without a tenant is refused."),
    })
    .describe("Serving several customers."),
};
