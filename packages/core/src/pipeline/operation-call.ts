import type { Catalog, CatalogEntry } from "../catalog/catalog.ts";
import type { CallContext } from "../context/call-context.ts";
import type { Call, CallChanges, Result } from "./call.ts";
import type { Operation } from "./operation.ts";

/** What all copies of one call have in common. */
export interface CallBounds {
  /** `undefined` for a method that does not exist; middleware sees such calls too. */
  readonly operation: Operation | undefined;
  /** The snapshot that the call started with, so that a change cannot split it. */
  readonly catalog: Catalog;
  /** What the operation itself gave, last; that is JSON, whatever middleware makes of it. */
  made: Result | undefined;
}

/** The one implementation of {@link Call}. */
export class OperationCall implements Call {
  readonly params: Readonly<Record<string, unknown>>;
  readonly context: CallContext;
  readonly bounds: CallBounds;
  readonly target: CatalogEntry | undefined;

  private constructor(
    params: Readonly<Record<string, unknown>>,
    context: CallContext,
    bounds: CallBounds,
    target: CatalogEntry | undefined,
  ) {
    this.params = params;
    this.context = context;
    this.bounds = bounds;
    this.target = target;
  }

  static create(params: Readonly<Record<string, unknown>>, context: CallContext, bounds: CallBounds): OperationCall {
    return new OperationCall(params, context, bounds, bounds.operation?.target?.(bounds.catalog, params));
  }

  get method(): string {
    return this.context.method;
  }

  get signal(): AbortSignal {
    return this.context.signal;
  }

  with({ params = this.params, signal }: CallChanges): Call {
    const context = signal === undefined ? this.context : this.context.withSignal(signal);
    if (params === this.params) return new OperationCall(params, context, this.bounds, this.target);
    // Other parameters may address another target, and whoever authorizes further in must see that one.
    return OperationCall.create(params, context, this.bounds);
  }
}
