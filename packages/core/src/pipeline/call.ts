import type { CatalogEntry } from "../catalog/catalog.ts";
import type { Context } from "../context/context.ts";

/** The result of one operation, as it goes to the binding. */
export type Result = Record<string, unknown>;

/** What {@link Call.with} may replace. */
export interface CallChanges {
  readonly params?: Readonly<Record<string, unknown>>;
  readonly signal?: AbortSignal;
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
  /** Aborts when the call should stop: cancelled, disconnected, timed out. Never fired by success. */
  readonly signal: AbortSignal;
  /** A copy with changes: the target follows new parameters, the context a new signal. */
  with(changes: CallChanges): Call;
}
