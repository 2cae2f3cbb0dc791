import { createRequire } from "node:module";
import type * as Api from "@opentelemetry/api";

/** The API of OpenTelemetry. */
export type OpenTelemetry = typeof Api;

/** Under this key all copies of the API find what one of them has registered. */
const registry = Symbol.for("opentelemetry.js.api.1");

let api: OpenTelemetry | undefined;

/**
 * The API, once something in this process has registered with it: an SDK, a context manager. Until then there is nothing that
 * could be asked, and a server without telemetry need not wait 10 ms for the package when it starts.
 */
export function openTelemetry(): OpenTelemetry | undefined {
  if (api !== undefined) return api;
  if (!(registry in globalThis)) return undefined;
  return (api = createRequire(import.meta.url)("@opentelemetry/api") as OpenTelemetry);
}
