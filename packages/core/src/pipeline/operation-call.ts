import type { Catalog, CatalogEntry } from "../catalog/catalog.ts";
import type { CallContext } from "../context/call-context.ts";
import type { Call, CallChanges } from "./call.ts";

/** The one implementation of {@link Call}. It holds on to the snapshot it started with, so that a change cannot split a call. */
export class OperationCall implements Call {
  readonly params: Readonly<Record<string, unknown>>;
  readonly target: CatalogEntry | undefined;
  readonly context: CallContext;
  readonly catalog: Catalog;

  constructor(
    params: Readonly<Record<string, unknown>>,
    bound: { readonly target: CatalogEntry | undefined; readonly context: CallContext; readonly catalog: Catalog },
  ) {
    this.params = params;
    this.target = bound.target;
    this.context = bound.context;
    this.catalog = bound.catalog;
  }

  get method(): string {
    return this.context.method;
  }

  get signal(): AbortSignal {
    return this.context.signal;
  }

  with({ params = this.params, signal }: CallChanges): Call {
    const context = signal === undefined ? this.context : this.context.withSignal(signal);
    return new OperationCall(params, { target: this.target, context, catalog: this.catalog });
  }
}
