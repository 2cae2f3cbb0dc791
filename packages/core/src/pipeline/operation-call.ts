import type { Catalog, CatalogEntry } from "../catalog/catalog.ts";
import type { CallContext } from "../context/call-context.ts";
import type { CallFacts } from "../context/call-facts.ts";
import type { CallTraffic } from "../context/call-traffic.ts";
import type { CallEvent } from "../events/platform-events.ts";
import type { Call, CallChanges, Result } from "./call.ts";
import type { Operation } from "./operation.ts";

/** What all copies of one call have in common. */
export interface CallBounds {
  /** `undefined` for a method that does not exist; middleware sees such calls too. */
  readonly operation: Operation | undefined;
  /** What the operation itself gave, last; that is JSON, whatever middleware makes of it. */
  made: Result | undefined;
}

/** What a call is about. */
interface Subject {
  readonly params: Readonly<Record<string, unknown>>;
  readonly catalog: Catalog;
  readonly target: CatalogEntry | undefined;
}

/** The one implementation of {@link Call}. */
export class OperationCall implements Call {
  readonly params: Readonly<Record<string, unknown>>;
  readonly context: CallContext;
  readonly bounds: CallBounds;
  /** The snapshot that the call started with, so that a change cannot split it. */
  readonly catalog: Catalog;
  readonly target: CatalogEntry | undefined;

  private constructor(context: CallContext, bounds: CallBounds, subject: Subject) {
    this.params = subject.params;
    this.catalog = subject.catalog;
    this.target = subject.target;
    this.context = context;
    this.bounds = bounds;
  }

  static create(
    context: CallContext,
    bounds: CallBounds,
    { params, catalog }: Pick<Subject, "params" | "catalog">,
  ): OperationCall {
    const target = bounds.operation?.target?.(catalog, params);
    context.address(target?.name);
    return new OperationCall(context, bounds, { params, catalog, target });
  }

  get method(): string {
    return this.context.method;
  }

  get signal(): AbortSignal {
    return this.context.signal;
  }

  get depth(): number {
    return this.context.depth;
  }

  get traffic(): CallTraffic {
    return this.context.traffic;
  }

  with({ params = this.params, catalog = this.catalog, signal }: CallChanges): Call {
    const context = signal === undefined ? this.context : this.context.withSignal(signal);
    if (params === this.params && catalog === this.catalog) return new OperationCall(context, this.bounds, this);
    // Others may address another target, and whoever authorizes further in must see that one.
    return OperationCall.create(context, this.bounds, { params, catalog });
  }

  assign(facts: CallFacts): void {
    this.context.assign(facts);
  }

  emit({ part, action, value }: CallEvent): void {
    const { events, method, tenant } = this.context;
    if (!events.heard) return;
    events.publish({ part, action, method, target: this.target, tenant, ...(value !== undefined && { value }) });
  }
}
