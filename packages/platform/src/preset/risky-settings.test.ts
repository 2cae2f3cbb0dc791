import { defineConfig, loadConfig } from "@plinth/config";
import { afterEach, expect, test, vi } from "vitest";
import { productionConfig } from "./production-config.ts";
import { riskySettings, type RiskCircumstances } from "./risky-settings.ts";

const definition = defineConfig({ groups: productionConfig });
afterEach(() => void vi.unstubAllEnvs());

function risksOf(env: Record<string, string>, circumstances: Partial<RiskCircumstances> = {}): readonly string[] {
  const config = loadConfig(definition, { env, envFile: false });
  return riskySettings(config, { transport: "http", authenticates: true, tls: false, ...circumstances });
}

const fine = { HOST: "0.0.0.0", HTTP_ALLOWED_HOSTS: "a.example", HTTP_TRUSTED_PROXIES: "10.0.0.1" };
const key = "k".repeat(40);

test.for<[string, Record<string, string>, Partial<RiskCircumstances>, RegExp]>([
  ["everybody may call", { ...fine, HTTP_ANONYMOUS: "true" }, { authenticates: false }, /^http\.anonymous=true: /],
  [
    "no Host header is checked",
    { HOST: "::", HTTP_ALLOWED_HOSTS: "any" },
    { tls: true },
    /^http\.allowedHosts=\["any"\]: /,
  ],
  ["tokens travel in clear text", { ...fine, HTTP_TRUSTED_PROXIES: "" }, {}, /^http\.host="0\.0\.0\.0": /],
  ["there is no limit", { ...fine, LIMITS_REQUESTS_PER_MINUTE: "0" }, {}, /^limits\.requestsPerMinute=0: /],
  ["the metrics are public", { METRICS_HOST: "0.0.0.0" }, {}, /^metrics\.host="0\.0\.0\.0": /],
  ["tenants read all metrics", { METRICS_PLACE: "main-port", TENANCY_SOURCE: "claim" }, {}, /^metrics\.place=/],
  ["nothing is recorded", { AUDIT_KEY: key }, {}, /^audit\.key="\[secret\]": /],
  ["the record can be forged", { AUDIT_FILE: "a.log" }, {}, /^audit\.file="a\.log": /],
  ["calls go unrecorded", { AUDIT_FILE: "a.log", AUDIT_KEY: key, AUDIT_ON_ERROR: "allow" }, {}, /^audit\.onError=/],
])("Says that %s", ([, env, circumstances, expected]) => {
  const risks = risksOf(env, circumstances);

  expect(risks).toEqual([expect.stringMatching(expected)]);
  expect(risks.join()).not.toContain(key);
});

test("Says that spans travel in clear text to another machine, and shows no password", () => {
  vi.stubEnv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://user:hunter2@collector.example:4318/v1");

  const risks = risksOf({});

  expect(risks).toEqual([expect.stringContaining("http://collector.example:4318")]);
  expect(risks.join()).not.toContain("hunter2");
});

test("Says that strangers decide what is recorded, until their traces are linked alone", () => {
  vi.stubEnv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318");
  const open = { ...fine, HTTP_ANONYMOUS: "true" };

  const risks = [
    risksOf(open, { authenticates: false }),
    risksOf({ ...open, TRACING_INCOMING: "link" }, { authenticates: false }),
  ];

  expect(risks.map((found) => found.some((risk) => risk.startsWith("tracing.incoming")))).toEqual([true, false]);
});

test.for<[string, Record<string, string>, Partial<RiskCircumstances>]>([
  ["the defaults", {}, { authenticates: false }],
  ["the defaults under stdio", { METRICS_HOST: "0.0.0.0", HOST: "0.0.0.0" }, { transport: "stdio" }],
  ["a public address behind a proxy", fine, {}],
  ["a public address with TLS of its own", { ...fine, HTTP_TRUSTED_PROXIES: "" }, { tls: true }],
  ["metrics that are off", { METRICS_HOST: "0.0.0.0", METRICS_MODE: "off" }, {}],
])("Has nothing to say about %s", ([, env, circumstances]) => {
  expect(risksOf(env, circumstances)).toEqual([]);
});
