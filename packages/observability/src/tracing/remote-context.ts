import type { Context, Link, TextMapGetter } from "@opentelemetry/api";
import type { Call, TraceContext } from "@plinth/core";
import type { OpenTelemetry } from "../open-telemetry.ts";

/** What is done with the trace that a client says it is in. */
export type IncomingTrace = "continue" | "link" | "ignore";

/** Options for {@link remoteContext}. */
export interface RemoteContextOptions {
  readonly incoming: IncomingTrace;
  readonly baggage: boolean;
}

/** What a span begins with. */
export interface RemoteContext {
  readonly parent: Context;
  readonly links?: readonly Link[];
}

/** Characters of one value. What is longer counts as not sent: W3C Baggage asks for 8,192, the others for far less. */
const maxValue = 8_192;

/**
 * Makes the function that finds what a new span belongs to: the trace in `_meta` (MCP, SEP-414), which the client of the
 * operation itself has set; else the span around, of an HTTP instrumentation say, or of the call that this one is invoked
 * from; else the trace in HTTP headers.
 */
export function remoteContext({
  incoming,
  baggage,
}: RemoteContextOptions): (call: Call, api: OpenTelemetry) => RemoteContext {
  const isWanted = (key: string): boolean => baggage || key.toLowerCase() !== "baggage";
  const inMeta: TextMapGetter<TraceContext> = {
    get: (sent, key) =>
      isWanted(key) && Object.hasOwn(sent, key) ? bounded(sent[key as keyof TraceContext]) : undefined,
    keys: (sent) => Object.keys(sent),
  };
  const inHeaders: TextMapGetter<Headers> = {
    get: (headers, key) => (isWanted(key) ? bounded(headers.get(key) ?? undefined) : undefined),
    keys: (headers) => [...headers.keys()],
  };

  function placed({ trace, ROOT_CONTEXT }: OpenTelemetry, active: Context, extracted: Context): RemoteContext {
    const around = trace.getSpanContext(active);
    const remote = trace.getSpanContext(extracted);
    const isFound = remote !== undefined && remote !== around && trace.isSpanContextValid(remote);
    if (incoming === "link") {
      if (!isFound) return { parent: active };
      return { parent: around === undefined ? ROOT_CONTEXT : active, links: [{ context: remote }] };
    }
    if (!isFound || around === undefined) return { parent: extracted };
    return { parent: extracted, links: [{ context: around }] };
  }

  return (call, api) => {
    const { context, propagation, trace } = api;
    const active = context.active();
    const around = trace.getSpanContext(active);
    // A call inside another has its `_meta` from the outer one, whose span is nearer.
    if (incoming === "ignore" || (call.depth > 0 && around !== undefined)) return { parent: active };
    const sent = call.context.trace;
    if (sent.traceparent !== undefined) return placed(api, active, propagation.extract(active, sent, inMeta));
    const headers = around === undefined ? call.context.http?.headers : undefined;
    if (headers === undefined) return { parent: active };
    return placed(api, active, propagation.extract(active, headers, inHeaders));
  };
}

function bounded(value: string | undefined): string | undefined {
  return value !== undefined && value.length <= maxValue ? value : undefined;
}
