import { mkdtempDisposableSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";
import { boolean, integer, json, list, port } from "./coerce.ts";
import { ConfigError, type ConfigProblem } from "./config-error.ts";
import { defineConfig, type Config } from "./define-config.ts";
import { loadConfig, sourceOf } from "./load-config.ts";
import { platformConfig } from "./platform-config.ts";
import { duration } from "./quantity.ts";
import { secret, type Secret } from "./secret.ts";
import { setting } from "./setting.ts";

const definition = defineConfig({
  groups: {
    http: z.object({ port: setting(port(), { aliases: ["PORT"] }).default(1), hosts: list().default(["a"]) }),
    database: z.object({ password: secret().optional(), pool: z.object({ idle: duration().default(5) }) }),
    tls: z.object({ key: secret(), cert: z.string() }).optional(),
  },
});

const platform = defineConfig({ groups: platformConfig });

function problemsOf(load: () => unknown): readonly ConfigProblem[] {
  try {
    load();
  } catch (error) {
    if (ConfigError.isInstance(error)) return error.problems;
    throw error;
  }
  return [];
}

describe("loadConfig", () => {
  it("infers the exact type of every setting", () => {
    const config = loadConfig(definition, { env: {}, envFile: false });

    expectTypeOf(config.http.port).toEqualTypeOf<number>();
    expectTypeOf(config.http.hosts).toEqualTypeOf<readonly string[]>();
    expectTypeOf(config.database.pool.idle).toEqualTypeOf<number>();
    expectTypeOf(config.database.password).toEqualTypeOf<Secret | undefined>();
    expectTypeOf(config.tls).toEqualTypeOf<{ readonly key: Secret; readonly cert: string } | undefined>();
    expectTypeOf(config).toEqualTypeOf<Config<typeof definition>>();
    expectTypeOf<keyof typeof config>().toEqualTypeOf<"http" | "database" | "tls">();
    expect(config).toEqual({ http: { port: 1, hosts: ["a"] }, database: { pool: { idle: 5 } }, tls: undefined });
  });

  it("lets overrides win over the environment, that over .env, that over the JSON file, that over the default", () => {
    using folder = mkdtempDisposableSync(join(tmpdir(), "plinth-config-"));
    writeFileSync(join(folder.path, "config.json"), '{"http":{"port":2}}');
    writeFileSync(join(folder.path, "other.env"), "HTTP_PORT=3");
    const all = { file: "config.json", envFile: "other.env", cwd: folder.path, env: { HTTP_PORT: "4" } };

    const configs = [
      loadConfig(definition, { env: {}, envFile: false }),
      loadConfig(definition, { ...all, env: {}, envFile: false }),
      loadConfig(definition, { ...all, env: {} }),
      loadConfig(definition, all),
      loadConfig(definition, { ...all, overrides: { http: { port: 5 } } }),
    ];

    expect(configs.map((config) => config.http.port)).toEqual([1, 2, 3, 4, 5]);
    expect(configs.map((config) => sourceOf(config, "http.port"))).toEqual([
      "default",
      "config-file",
      "env-file",
      "environment",
      "override",
    ]);
  });

  it("picks the strongest source that has a value, whichever sources have one", () => {
    using folder = mkdtempDisposableSync(join(tmpdir(), "plinth-config-"));
    const value = fc.option(fc.integer({ min: 2, max: 65_535 }), { nil: undefined });
    fc.assert(
      fc.property(value, value, value, value, (inFile, inEnvFile, inEnv, inCode) => {
        writeFileSync(join(folder.path, "config.json"), JSON.stringify({ http: { port: inFile } }));
        writeFileSync(join(folder.path, ".env"), `HTTP_PORT=${inEnvFile ?? ""}\n`);

        const config = loadConfig(definition, {
          file: "config.json",
          cwd: folder.path,
          env: { HTTP_PORT: inEnv?.toString() },
          overrides: { http: { port: inCode } },
        });

        expect(config.http.port).toBe(inCode ?? inEnv ?? inEnvFile ?? inFile ?? 1);
      }),
      { numRuns: 50 },
    );
  });

  it("prefers the setting's own variable to an alias of the same source", () => {
    const own = loadConfig(definition, { env: { PORT: "80", HTTP_PORT: "81" }, envFile: false });
    const alias = loadConfig(definition, { env: { PORT: "80", HTTP_PORT: "" }, envFile: false });

    expect([own.http.port, alias.http.port]).toEqual([81, 80]);
  });

  it("reads the environment of the process when told nothing else", () => {
    const named = defineConfig({ groups: { group: z.object({ path: z.string() }) }, prefix: "PLINTH_CONFIG_TEST" });
    process.env["PLINTH_CONFIG_TEST_GROUP_PATH"] = "here";

    try {
      expect(loadConfig(named, { envFile: false })).toEqual({ group: { path: "here" } });
    } finally {
      delete process.env["PLINTH_CONFIG_TEST_GROUP_PATH"];
    }
  });

  it("freezes the result through and through and leaves what was passed in alone", () => {
    const fallback = { list: ["a"] };
    const shape = {
      tree: json(z.object({ list: z.array(z.string()) })).default(fallback),
      any: json(z.any()),
      keys: secret(list()),
    };
    const given = { deep: [{ a: 1 }] };

    const config = loadConfig(defineConfig({ groups: { app: z.object(shape) } }), {
      env: { APP_KEYS: "a,b" },
      envFile: false,
      overrides: { app: { any: given } },
    });

    const frozen = [
      config,
      config.app,
      config.app.tree,
      config.app.tree.list,
      config.app.any.deep[0],
      config.app.keys.reveal(),
    ];
    expect(frozen.map((part) => Object.isFrozen(part))).toEqual(frozen.map(() => true));
    expect([fallback, fallback.list, given, given.deep].some((part) => Object.isFrozen(part))).toBe(false);
  });

  it("lists every problem of every source at once", () => {
    using folder = mkdtempDisposableSync(join(tmpdir(), "plinth-config-"));
    writeFileSync(join(folder.path, "config.json"), '{"htpp":{"port":1},"http":{"prot":1},"tls":"none"}');
    writeFileSync(join(folder.path, ".env"), "DATABASE_POOL_IDLE=soon\nTLS_CERT=x");
    const load = () =>
      loadConfig(definition, {
        file: "config.json",
        cwd: folder.path,
        env: { HTTP_PORT: "http", HTTP_HOST: "a", DATABASE_PASSWORD_FILE: "nowhere" },
      });

    expect(load).toThrow(
      [
        "The configuration has 8 problems:",
        "- HTTP_HOST (environment): is not a known variable; did you mean HTTP_HOSTS?",
        "- htpp (config.json): is not a known key; did you mean http?",
        "- http.prot (config.json): is not a known key; did you mean http.port?",
        "- tls (config.json): must be an object of settings",
        '- HTTP_PORT="http" (http.port, environment): must be a port from 0 to 65535',
        "- DATABASE_PASSWORD_FILE (database.password, environment): the file that it names does not exist",
        '- DATABASE_POOL_IDLE="soon" (database.pool.idle, .env): must be a duration from 0ms to 24d, such as 30s',
        "- TLS_KEY (tls.key): is not set; set it, or TLS_KEY_FILE to the path of a file; must be text that is not empty",
      ].join("\n"),
    );
  });

  it("asks for the settings of an optional group only once one of them is set", () => {
    const missing = problemsOf(() => loadConfig(definition, { env: { TLS_CERT: "x" }, envFile: false }));
    const absent = loadConfig(definition, { env: {}, envFile: false });

    expect(missing).toMatchObject([{ kind: "missing", setting: "tls.key", name: "TLS_KEY" }]);
    expect(absent.tls).toBeUndefined();
  });

  it("runs the rules of a group once its settings are right, and names the variable at fault", () => {
    const problems = problemsOf(() => loadConfig(platform, { env: { TIMEOUTS_HEADERS: "5m" }, envFile: false }));

    expect(problems).toEqual([
      {
        kind: "invalid",
        setting: "timeouts.headers",
        name: "TIMEOUTS_HEADERS",
        source: "environment",
        value: '"5m"',
        message: "must not be longer than timeouts.request",
      },
    ]);
  });

  it("names the entry of a list that is wrong", () => {
    const ports = defineConfig({ groups: { app: z.object({ ports: list(port()), on: boolean().default(true) }) } });

    const problems = problemsOf(() =>
      loadConfig(ports, { env: { APP_PORTS: "80,x", APP_ON: "ture" }, envFile: false }),
    );

    expect(problems).toMatchObject([
      {
        message: "entry 2: must be a port from 0 to 65535",
        allowed: "a comma-separated list, each entry a port from 0 to 65535",
      },
      { name: "APP_ON", value: '"ture"', suggestion: "true" },
    ]);
  });

  it("reports a schema that throws as a problem of its setting, without what it threw", () => {
    const throwing = z.string().transform((text) => new URL(text));
    const groups = { app: z.object({ key: secret(throwing), site: throwing, count: integer() }) };

    const problems = problemsOf(() =>
      loadConfig(defineConfig({ groups }), { env: { APP_KEY: "hunter2", APP_SITE: "nowhere" }, envFile: false }),
    );

    expect(problems).toMatchObject([
      { name: "APP_KEY", value: "[secret]", message: "is not allowed" },
      { name: "APP_SITE", value: '"nowhere"', message: "is refused by its schema, which threw TypeError" },
      { name: "APP_COUNT", kind: "missing" },
    ]);
  });

  it("answers any text in any variable with a configuration or a report, never with another error", () => {
    const names = platform.settings.map(({ variable }) => variable);
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...names, "PORT", "HTTP_PROT"), fc.string({ unit: "binary" })),
        (env) => {
          const problems = problemsOf(() => loadConfig(platform, { env, envFile: false }));

          expect(problems.every(({ message }) => message.length > 0)).toBe(true);
        },
      ),
    );
  });

  it("answers any JSON in the overrides with a configuration or a report", () => {
    const tree = fc.dictionary(fc.constantFrom("http", "log", "__proto__", "toString"), fc.jsonValue());
    fc.assert(
      fc.property(tree, (overrides) => {
        const problems = problemsOf(() =>
          loadConfig(platform, {
            overrides,
            env: {},
            envFile: false,
          }),
        );

        expect(problems.every(({ source }) => source === "overrides")).toBe(true);
      }),
    );
  });
});

describe("sourceOf", () => {
  it("refuses what it does not know", () => {
    const config = loadConfig(definition, { env: {}, envFile: false });

    expect(() => sourceOf(config, "http.prot")).toThrow('"http.prot" is not a setting of this configuration');
    expect(() => sourceOf({}, "http.port")).toThrow(TypeError);
  });
});
