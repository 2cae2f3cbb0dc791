import type { Context, SpanContext, Tracer } from "@opentelemetry/api";
import { assertOneOf, contextKey, type Call, type Middleware, type Next, type Result } from "@plinth/core";
import { openTelemetry, type OpenTelemetry } from "../open-telemetry.ts";
import { remoteContext, type IncomingTrace } from "./remote-context.ts";
import { recordedAttributes, spanName, startAttributes } from "./span-facts.ts";
import { endWithError, endWithResult, type BegunSpan } from "./span-outcome.ts";
import { tracerSource } from "./tracer-source.ts";

/** Options for {@link tracing}. */
export interface TracingOptions {
  /**
   * What is done with the trace that a client says it is in: it goes on, or a new one begins with a link to it, or it is not
   * looked at. @default "continue"
   *
   * **Security:** a client whose trace goes on chooses the trace id and, under a parent-based sampler, whether the call is
   * recorded. Use `"link"` where clients are strangers.
   */
  readonly incoming?: IncomingTrace;
  /**
   * Whether the client's baggage is there for what runs inside. @default true
   *
   * **Security:** it is the client's text. Nothing of Plinth sends it on, but an instrumentation of `fetch` does.
   */
  readonly baggage?: boolean;
  /**
   * Whether spans carry the session id of legacy clients. @default true
   *
   * **Security:** on a server without authentication, whoever reads traces can take a session over while it lasts.
   */
  readonly sessionId?: boolean;
}

/** What there is once an SDK runs. */
interface Telemetry {
  readonly api: OpenTelemetry;
  readonly tracer: Tracer;
}

/** Set once a call has a span of its own, so that a `tracing()` further in makes spans of its attempts. */
const hasServerSpan = contextKey<boolean>("tracing");

/**
 * A span for each call, by the OpenTelemetry semantic conventions for MCP. It needs a tracer provider to be registered, by
 * `startTelemetry` of `@plinth/observability/node-sdk` or any other way; without one it does nothing. What runs inside has
 * the span as its active one, and log lines carry `traceId` and `spanId`.
 *
 * A second one inside of a retrying middleware gives every attempt a span, linked to that of the first attempt.
 *
 * @throws KitError `MISUSE` for an option that does not exist
 */
export function tracing({ incoming = "continue", baggage = true, sessionId = true }: TracingOptions = {}): Middleware {
  assertOneOf("incoming", incoming, ["continue", "link", "ignore"]);
  const contextOf = remoteContext({ incoming, baggage });
  const currentTracer = tracerSource("@plinth/observability");
  const firstAttempt = contextKey<SpanContext>("tracing, first attempt");

  /** Begins the span of a call, or of a further attempt at one. */
  function begin(call: Call, { api, tracer }: Telemetry): BegunSpan & { readonly inside: Context } {
    const { context, SpanKind, trace } = api;
    const { state } = call.context;
    const isInner = state.get(hasServerSpan) === true;
    const first = state.get(firstAttempt);
    const active = context.active();
    const isAttempt = isInner && trace.getSpanContext(active) !== undefined;
    const { parent, links = [] } = isAttempt ? { parent: active } : contextOf(call, api);
    const span = tracer.startSpan(
      spanName(call),
      {
        // What comes from a client is served; what the server asks of itself is not.
        kind: isInner || call.depth > 0 ? SpanKind.INTERNAL : SpanKind.SERVER,
        attributes: startAttributes(call),
        links: first === undefined ? [...links] : [...links, { context: first }],
      },
      parent,
    );
    const spanContext = span.spanContext();
    if (!isInner && trace.isSpanContextValid(spanContext)) {
      call.assign({ logFields: { traceId: spanContext.traceId, spanId: spanContext.spanId } });
    }
    if (span.isRecording()) {
      if (first === undefined) state.set(firstAttempt, spanContext);
      state.set(hasServerSpan, true);
      span.setAttributes(recordedAttributes(call, sessionId));
    }
    return { api, call, span, inside: trace.setSpan(parent, span) };
  }

  function traced(call: Call, next: Next, telemetry: Telemetry): Promise<Result> {
    let begun: ReturnType<typeof begin>;
    try {
      begun = begin(call, telemetry);
    } catch (error) {
      // A sampler, a processor or a propagator of the team's own: no reason for a call to fail.
      telemetry.api.diag.error("A span could not be started", error);
      return next();
    }
    const { inside } = begun;
    const { context } = telemetry.api;
    if (!begun.span.isRecording()) return context.with(inside, next);
    const fail = (thrown: unknown): never => {
      endWithError(begun, thrown);
      throw thrown;
    };
    try {
      return context.with(inside, next).then((result) => {
        endWithResult(begun, result);
        return result;
      }, fail);
    } catch (thrown) {
      return fail(thrown);
    }
  }

  return function tracing(call, next) {
    const api = openTelemetry();
    const tracer = api && currentTracer(api);
    return tracer === undefined || api === undefined ? next() : traced(call, next, { api, tracer });
  };
}
