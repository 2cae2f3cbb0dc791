import { defineConfig, loadConfig } from "@plinth/config";
import { expect, test } from "vitest";
import { combinationProblems, type Circumstances } from "./combination-problems.ts";
import { productionConfig } from "./production-config.ts";

const definition = defineConfig({ groups: productionConfig });

function problemsOf(env: Record<string, string>, circumstances: Partial<Circumstances>): readonly string[] {
  const config = loadConfig(definition, { env, envFile: false });
  const found = combinationProblems(config, { transport: "http", authenticates: false, ...circumstances });
  return found.map(({ name }) => name);
}

test.for<[string, Record<string, string>, Partial<Circumstances>, string[]]>([
  ["logs on stdout under stdio", { LOG_OUTPUT: "stdout" }, { transport: "stdio" }, ["log.output"]],
  ["a public address without authentication", { HOST: "0.0.0.0" }, {}, ["http.host"]],
  ["every IPv6 address without authentication", { HOST: "::" }, {}, ["http.host"]],
  [
    "to listen on a public address under any name",
    { HOST: "0.0.0.0" },
    { authenticates: true, listens: true },
    ["http.allowedHosts"],
  ],
  [
    "to believe everybody who says who a client is",
    { HTTP_TRUSTED_PROXIES: "10.0.0.1,::/0" },
    {},
    ["http.trustedProxies"],
  ],
  ["metrics for whoever calls the main port", { METRICS_PLACE: "main-port" }, {}, ["metrics.place"]],
  [
    "metrics on a main port that there is not",
    { METRICS_PLACE: "main-port", METRICS_MODE: "on" },
    { transport: "stdio" },
    ["metrics.place"],
  ],
  ["one file for the log and the audit", { LOG_FILE: "./a.log", AUDIT_FILE: "a.log" }, {}, ["audit.file"]],
  ["a wildcard in CORS", { HTTP_CORS_ORIGINS: "*" }, { authenticates: true }, ["http.corsOrigins"]],
  ["one port for two things", { PORT: "9464" }, {}, ["metrics.port"]],
  ["a request id that clients could send", { HTTP_REQUEST_ID_HEADER: "x-request-id" }, {}, ["http.requestIdHeader"]],
  ["tenants that anybody may name", { TENANCY_SOURCE: "header" }, {}, ["tenancy.source"]],
  ["a tenant in a path that has none", { TENANCY_SOURCE: "path" }, { authenticates: true }, ["http.path"]],
  ["limits by a tenant that is not known", { LIMITS_PER: "tenant" }, {}, ["limits.per"]],
  ["several at once", { HOST: "0.0.0.0", LIMITS_PER: "tenant" }, {}, ["http.host", "limits.per"]],
])("Refuses %s", ([, env, circumstances, expected]) => {
  expect(problemsOf(env, circumstances)).toEqual(expected);
});

test.for<[string, Record<string, string>, Partial<Circumstances>]>([
  ["the defaults", {}, {}],
  ["the defaults under stdio", {}, { transport: "stdio" }],
  ["logs on stdout under HTTP", { LOG_OUTPUT: "stdout" }, {}],
  ["logs in a file under stdio", { LOG_OUTPUT: "stdout", LOG_FILE: "server.log" }, { transport: "stdio" }],
  ["a public address under stdio, where nobody listens", { HOST: "0.0.0.0" }, { transport: "stdio" }],
  ["a public address with authentication", { HOST: "0.0.0.0" }, { authenticates: true }],
  ["a public address that is meant for everybody", { HOST: "0.0.0.0", HTTP_ANONYMOUS: "true" }, {}],
  [
    "a public address with its name",
    { HOST: "::", HTTP_ALLOWED_HOSTS: "a.example" },
    { authenticates: true, listens: true },
  ],
  ["metrics on the main port for those who are known", { METRICS_PLACE: "main-port" }, { authenticates: true }],
  ["one port, where the metrics have none", { PORT: "9464", METRICS_PLACE: "main-port" }, { authenticates: true }],
  ["any free port for two things", { PORT: "0", METRICS_PORT: "0" }, {}],
  ["tenants of known callers", { TENANCY_SOURCE: "claim", LIMITS_PER: "tenant" }, { authenticates: true }],
  ["a tenant in the path", { TENANCY_SOURCE: "path", HTTP_PATH: "/t/{tenant}/mcp" }, { authenticates: true }],
])("Accepts %s", ([, env, circumstances]) => {
  expect(problemsOf(env, circumstances)).toEqual([]);
});
