import { describe, expect, it } from "vitest";
import { z } from "zod";
import { defineConfig } from "./define-config.ts";
import { loadConfig } from "./load-config.ts";
import { platformConfig } from "./platform-config.ts";
import { unknownKeys, unknownVariables } from "./unknown-names.ts";

const open = defineConfig({ groups: platformConfig });
const prefixed = defineConfig({ groups: platformConfig, prefix: "PLINTH" });

describe("unknownVariables", () => {
  it("reports everything else under the prefix, with the nearest name", () => {
    const variables = {
      PLINTH_HTTP_PROT: "1",
      PLINTH_LOGLEVELS: "1",
      PLINTH_SOMETHING: "1",
      PLINTHX: "1",
      HTTP_PROT: "1",
      PLINTH_CONFIG_FILE: "1",
      PORT: "1",
    };

    const problems = unknownVariables(prefixed, variables, "environment");

    expect(problems.map(({ name, suggestion }) => [name, suggestion])).toEqual([
      ["PLINTH_HTTP_PROT", "PLINTH_HTTP_PORT"],
      ["PLINTH_LOGLEVELS", "PLINTH_LOG_LEVEL"],
      ["PLINTH_SOMETHING", undefined],
    ]);
  });

  it("reports only near misses without a prefix", () => {
    const variables = { HTTP_PROXY: "1", HTTP_PROT: "1", LOGS_LEVEL: "1", POST: "1", HOSTS: "1", PATH: "1", LOG: "1" };

    const problems = unknownVariables(open, variables, ".env");

    expect(problems.map(({ name, suggestion }) => [name, suggestion])).toEqual([
      ["HTTP_PROT", "HTTP_PORT"],
      ["LOGS_LEVEL", "LOG_LEVEL"],
    ]);
  });
});

describe("unknownKeys", () => {
  it("reports keys at every depth and never their values", () => {
    const root = JSON.parse(
      '{"port":"hunter2","http":{"prot":"hunter2","tls":{"key":"hunter2"}},"__proto__":{"a":1},"constructor":1,"a\\nb":1}',
    ) as object;

    const problems = unknownKeys(open, root, "config.json");

    expect(problems.map(({ name, suggestion }) => [name, suggestion])).toEqual([
      ["port", "http.port"],
      ["http.prot", "http.port"],
      ["http.tls", undefined],
      ["__proto__", undefined],
      ["constructor", undefined],
      ['"a\\nb"', undefined],
    ]);
    expect(JSON.stringify(problems)).not.toContain("hunter2");
  });

  it.each([5, "hunter2", null, ["hunter2"]])("reports a group that is %j", (value) => {
    const problems = unknownKeys(open, { http: value }, "config.json");

    expect(problems).toEqual([
      { kind: "invalid", name: "http", source: "config.json", message: "must be an object of settings" },
    ]);
  });
});

describe("the unknown option", () => {
  it("passes over unknown names when told to", () => {
    const groups = { app: z.object({ name: z.string().default("a") }) };

    const config = loadConfig(defineConfig({ groups, prefix: "APP" }), {
      env: { APP_OTHER: "1" },
      envFile: false,
      overrides: { other: 1 } as object,
      unknown: "ignore",
    });

    expect(config).toEqual({ app: { name: "a" } });
  });
});
