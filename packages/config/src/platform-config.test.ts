import { availableParallelism } from "node:os";
import { describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";
import { defineConfig } from "./define-config.ts";
import { loadConfig } from "./load-config.ts";
import {
  platformConfig,
  type LogFormat,
  type LogLevel,
  type PlatformConfig,
  type TransportName,
} from "./platform-config.ts";

function load(env: Record<string, string>): PlatformConfig {
  return loadConfig(defineConfig({ groups: platformConfig }), { env, envFile: false });
}

describe("platformConfig", () => {
  it("has a safe default for everything", () => {
    expect(load({})).toEqual({
      server: { transport: "auto", workers: 1 },
      http: { host: "127.0.0.1", port: 3000, path: "/mcp", bodyLimit: 4_194_304 },
      timeouts: { request: 30_000, headers: 10_000, drain: 10_000, idleSession: 1_800_000 },
      log: { level: "info", format: "auto" },
    });
  });

  it("reads every setting from its variable, and the short names besides", () => {
    const config = load({
      TRANSPORT: "http",
      SERVER_WORKERS: "auto",
      HOST: "::",
      PORT: "0",
      HTTP_PATH: "/",
      HTTP_BODY_LIMIT: "1MB",
      TIMEOUTS_REQUEST: "2m",
      TIMEOUTS_HEADERS: "5s",
      TIMEOUTS_DRAIN: "0",
      TIMEOUTS_IDLE_SESSION: "1h",
      LOG_LEVEL: "debug",
      LOG_FORMAT: "json",
      LOG_FILE: "server.log",
    });

    expect(config).toEqual({
      server: { transport: "http", workers: Math.min(availableParallelism(), 256) },
      http: { host: "::", port: 0, path: "/", bodyLimit: 1_000_000 },
      timeouts: { request: 120_000, headers: 5000, drain: 0, idleSession: 3_600_000 },
      log: { level: "debug", format: "json", file: "server.log" },
    });
  });

  it.each([
    ["SERVER_TRANSPORT", "sse"],
    ["SERVER_WORKERS", "0"],
    ["HTTP_PORT", "tcp://10.0.0.1:80"],
    ["HTTP_HOST", "http://localhost"],
    ["HTTP_PATH", "mcp"],
    ["HTTP_PATH", "/mcp?x"],
    ["HTTP_BODY_LIMIT", "0"],
    ["TIMEOUTS_REQUEST", "0"],
    ["TIMEOUTS_DRAIN", "-1s"],
    ["LOG_LEVEL", "verbose"],
    ["LOG_FORMAT", "xml"],
  ])("refuses %s=%s by name", (name, value) => {
    expect(() => load({ [name]: value })).toThrow(`- ${name}=${JSON.stringify(value)}`);
  });

  it("has exact types and leaves room for groups of one's own", () => {
    const groups = { ...platformConfig, shop: z.object({ currency: z.enum(["EUR", "USD"]).default("EUR") }) };

    const config = loadConfig(defineConfig({ groups }), { env: {}, envFile: false });

    expectTypeOf(config.http.port).toEqualTypeOf<number>();
    expectTypeOf(config.server.transport).toEqualTypeOf<TransportName>();
    expectTypeOf(config.log.level).toEqualTypeOf<LogLevel>();
    expectTypeOf(config.log.format).toEqualTypeOf<LogFormat>();
    expectTypeOf(config.log.file).toEqualTypeOf<string | undefined>();
    expectTypeOf(config.shop.currency).toEqualTypeOf<"EUR" | "USD">();
    expectTypeOf<keyof typeof config>().toEqualTypeOf<"server" | "http" | "timeouts" | "log" | "shop">();
    expect(config.shop).toEqual({ currency: "EUR" });
  });
});
