import { createRequire } from "node:module";
import * as imported from "@opentelemetry/api";
import { TracerProvider } from "@opentelemetry/sdk-trace";
import { expect, it } from "vitest";
import type { OpenTelemetry } from "../open-telemetry.ts";
import { tracerSource } from "./tracer-source.ts";

const required = createRequire(import.meta.url)("@opentelemetry/api") as OpenTelemetry;

it.each([
  ["the same copy of the API", required, required],
  ["another copy of the API", required, imported],
])("finds a provider that registers with %s, late, anew, and not after it has gone", (_what, ours, theirs) => {
  const source = tracerSource("shop");

  const before = source(ours);
  theirs.trace.setGlobalTracerProvider(new TracerProvider());
  const first = source(ours);
  const again = source(ours);
  theirs.trace.disable();
  const gone = source(ours);
  theirs.trace.setGlobalTracerProvider(new TracerProvider());
  const second = source(ours);
  theirs.trace.disable();

  expect([before, gone]).toEqual([undefined, undefined]);
  expect(first).toBeDefined();
  expect(again).toBe(first);
  expect(second).not.toBe(first);
});
