import { availableParallelism } from "node:os";
import { z } from "zod";
import { host, integer, oneOf, port } from "./coerce.ts";
import type { ConfigOf } from "./define-config.ts";
import { duration, size } from "./quantity.ts";
import { reading } from "./reading.ts";
import { setting } from "./setting.ts";

type Setting<Output, Input = Output | string> = z.ZodDefault<z.ZodType<Output, Input>>;

/** How the server speaks to its clients. `auto`: stdio when a client spawned it, HTTP when a port was given. */
export type TransportName = "auto" | "stdio" | "http";

/** The least severe records that are written. */
export type LogLevel = "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "silent";

/** How records look. `auto`: readable on a terminal, JSON elsewhere. */
export type LogFormat = "auto" | "json" | "pretty";

/** The schemas of {@link platformConfig}. A type alias, because an interface does not fit a record. */
export type PlatformGroups = {
  server: z.ZodObject<{ transport: Setting<TransportName, string>; workers: Setting<number> }>;
  http: z.ZodObject<{
    host: Setting<string>;
    port: Setting<number>;
    path: Setting<string>;
    bodyLimit: Setting<number>;
  }>;
  timeouts: z.ZodObject<{
    request: Setting<number>;
    headers: Setting<number>;
    drain: Setting<number>;
    idleSession: Setting<number>;
  }>;
  log: z.ZodObject<{
    level: Setting<LogLevel, string>;
    format: Setting<LogFormat, string>;
    file: z.ZodOptional<z.ZodString>;
  }>;
};

/** The loaded platform settings: durations in milliseconds, sizes in bytes. */
export type PlatformConfig = ConfigOf<PlatformGroups>;

/**
 * The settings that every Plinth server has. Add groups of your own beside them:
 * `defineConfig({ groups: { ...platformConfig, database: z.object({ ... }) } })`.
 */
export const platformConfig: PlatformGroups = {
  server: z
    .object({
      transport: setting(oneOf(["auto", "stdio", "http"]), { aliases: ["TRANSPORT"] })
        .default("auto")
        .describe("How to speak to clients; auto takes stdio when spawned by a client and HTTP when a port is set."),
      workers: setting(workers(), { aliases: ["WORKERS"] })
        .default(1)
        .describe("Processes that serve HTTP; auto starts one for each available core."),
    })
    .describe("The process."),
  http: z
    .object({
      host: setting(host(), { aliases: ["HOST"] })
        .default("127.0.0.1")
        .describe("Address to listen on. Security: anything but loopback opens the server to the network."),
      port: setting(port(), { aliases: ["PORT"] })
        .default(3000)
        .describe("TCP port to listen on; 0 takes any free one."),
      path: path().default("/mcp").describe("Path of the MCP endpoint."),
      bodyLimit: size({ min: 1 })
        .default(4 * 1024 * 1024)
        .describe("Largest request body; a larger one gets 413."),
    })
    .describe("Listening over HTTP."),
  timeouts: z
    .object({
      request: duration({ min: 1 })
        .default(30_000)
        .describe("Time in which a client must have sent its whole request."),
      headers: duration({ min: 1 }).default(10_000).describe("Time in which a client must have sent its headers."),
      drain: duration().default(10_000).describe("Time that calls in flight get to finish after SIGTERM."),
      idleSession: duration({ min: 1 }).default(1_800_000).describe("Idle time after which a legacy session ends."),
    })
    .refine(({ headers, request }) => headers <= request, {
      path: ["headers"],
      message: "must not be longer than timeouts.request",
    })
    .describe("How long things may take."),
  log: z
    .object({
      level: oneOf(["trace", "debug", "info", "warn", "error", "fatal", "silent"])
        .default("info")
        .describe("Least severe record that is written."),
      format: oneOf(["auto", "json", "pretty"])
        .default("auto")
        .describe("How records look; auto is readable on a terminal and JSON elsewhere."),
      file: setting(z.string().min(1), { expects: "the path of a file" })
        .optional()
        .describe("File to write to instead of stderr."),
    })
    .describe("Logging."),
};

function workers(): z.ZodType<number, number | string> {
  const count = integer({ min: 1, max: 256 });
  return reading({ expects: "a whole number from 1 to 256, or auto" }, (input) =>
    input === "auto" ? Math.min(availableParallelism(), 256) : count.safeParse(input).data,
  );
}

function path(): z.ZodType<string, string> {
  return reading({ expects: "a path that starts with / and has no query" }, (input) =>
    typeof input === "string" && /^\/[^\s?#]*$/.test(input) ? input : undefined,
  );
}
