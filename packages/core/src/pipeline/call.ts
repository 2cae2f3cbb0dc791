import type { Catalog, CatalogEntry } from "../catalog/catalog.ts";
import type { CallFacts } from "../context/call-facts.ts";
import type { CallTraffic } from "../context/call-traffic.ts";
import type { Context } from "../context/context.ts";
import type { CallEvent } from "../events/platform-events.ts";

/** The result of one operation, as it goes to the binding. */
export type Result = Record<string, unknown>;

/** What {@link Call.with} may replace. */
export interface CallChanges {
  readonly params?: Readonly<Record<string, unknown>>;
  /** A function makes it when somebody reads it, which most calls never do. */
  readonly signal?: AbortSignal | (() => AbortSignal);
  /** What the call sees of the server; see `narrowCatalog`. */
  readonly catalog?: Catalog;
}

/**
 * One operation on its way through the pipeline. Immutable: a middleware that wants something else downstream passes
 * `call.with({ ... })` to `next`.
 */
export interface Call {
  /** The MCP method, for example `tools/call`, or an extension method. */
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
  /**
   * The catalog entry that the call addresses: the tool, prompt, resource or template. Absent for lists and unknown
   * names.
   */
  readonly target: CatalogEntry | undefined;
  readonly context: Context;
  /** The snapshot that the call started with, or what middleware has left of it. */
  readonly catalog: Catalog;
  /** How many operations of this server are around this one by `ctx.invoke`; 0 for a client's own call. */
  readonly depth: number;
  /** What has passed between the call and its client up to now. */
  readonly traffic: CallTraffic;
  /** Aborts when the call should stop: cancelled, disconnected, timed out. Never fired by success. */
  readonly signal: AbortSignal;
  /** A copy with changes: the target follows new parameters and a new catalog, the context a new signal. */
  with(changes: CallChanges): Call;
  /**
   * Settles facts about the call as a whole, for what is outside this middleware as well: error answers and log lines
   * follow. Facts that are left out stay as they are; log fields add up.
   */
  assign(facts: CallFacts): void;
  /** Tells the listeners of `server.events` what a middleware did for this call. Costs nothing when nobody listens. */
  emit(event: CallEvent): void;
}
