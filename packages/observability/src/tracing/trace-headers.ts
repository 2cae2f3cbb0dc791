import { openTelemetry } from "../open-telemetry.ts";

/** Options for {@link injectTraceContext} and {@link traceHeaders}. */
export interface InjectOptions {
  /**
   * Whether baggage goes along. @default false
   *
   * **Security:** baggage is whatever clients and code have put there, tenants and users say; only for services of your own.
   */
  readonly baggage?: boolean;
}

/**
 * Writes the active trace into what goes to another service: the `_meta` of an MCP request, the payload of a job, headers.
 * Writes nothing without telemetry.
 *
 * @returns the carrier
 */
export function injectTraceContext<Carrier extends Record<string, unknown>>(
  carrier: Carrier,
  { baggage = false }: InjectOptions = {},
): Carrier {
  const api = openTelemetry();
  if (api === undefined) return carrier;
  const { context, propagation } = api;
  const active = context.active();
  propagation.inject<Record<string, unknown>>(baggage ? active : propagation.deleteBaggage(active), carrier, {
    set: (target, key, value) => void (target[key] = value),
  });
  return carrier;
}

/** The active trace as HTTP headers: `traceparent`, and `tracestate` where there is one. Empty without telemetry. */
export function traceHeaders(options: InjectOptions = {}): Record<string, string> {
  return injectTraceContext<Record<string, string>>({}, options);
}
