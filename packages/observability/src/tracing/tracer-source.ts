import type { Tracer, TracerProvider } from "@opentelemetry/api";
import type { OpenTelemetry } from "../open-telemetry.ts";

/**
 * Finds the tracer of whatever provider is registered now. Without one there is none, so that a server without telemetry
 * does not even make spans that nobody records.
 */
export function tracerSource(name: string): (api: OpenTelemetry) => Tracer | undefined {
  let provider: TracerProvider | undefined;
  let tracer: Tracer | undefined;
  return ({ trace, ProxyTracerProvider }) => {
    const registered = trace.getTracerProvider();
    // One that has no provider behind it may get one.
    if (registered === provider && tracer !== undefined) return tracer;
    provider = registered;
    const isProxy = registered instanceof ProxyTracerProvider;
    return (tracer = isProxy ? registered.getDelegateTracer(name) : registered.getTracer(name));
  };
}
