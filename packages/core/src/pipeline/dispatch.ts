import type { Catalog } from "../catalog/catalog.ts";
import { CallContext, asCallContext, type ContextEnvironment } from "../context/call-context.ts";
import { nextRequestId } from "../context/request-id.ts";
import { errorCodes } from "../errors/error-codes.ts";
import { KitError } from "../errors/kit-error.ts";
import { clientMessage, toKitError, toWireError, type WireError } from "../errors/wire-error.ts";
import type { Result } from "./call.ts";
import type { CallsInFlight } from "./calls-in-flight.ts";
import type { Incoming } from "./incoming.ts";
import { compose, type Handler, type Middleware } from "./middleware.ts";
import { OperationCall } from "./operation-call.ts";
import type { Operation } from "./operation.ts";

/** What {@link createDispatch} needs of the server. */
export interface DispatchOptions {
  readonly catalog: () => Catalog;
  readonly operations: ReadonlyMap<string, Operation>;
  readonly middleware: readonly Middleware[];
  readonly environment: ContextEnvironment;
  readonly calls: CallsInFlight;
}

/** The outcome of a request: a result, or an error as it goes on the wire. */
export type Outcome = { readonly result: Result } | { readonly error: WireError };

/** Serves one request through the pipeline. Never rejects. */
export type Dispatch = (incoming: Incoming) => Promise<Outcome>;

/** Makes the one function in which all transports and eras end. Middleware is composed here, once. */
export function createDispatch({ catalog, operations, middleware, environment, calls }: DispatchOptions): Dispatch {
  const pipeline = compose(middleware, innermost(operations));

  return async function dispatch(incoming) {
    const snapshot = catalog();
    const requestId = nextRequestId();
    const tracked = calls.begin(incoming.signal);
    const context = CallContext.create(incoming, environment, requestId, tracked.signal);
    try {
      const target = operations.get(incoming.method)?.target?.(snapshot, incoming.params);
      const result = await pipeline(new OperationCall(incoming.params, { target, context, catalog: snapshot }));
      return { result };
    } catch (thrown) {
      return toOutcome(incoming.signal.aborted ? cancelled(thrown) : toKitError(thrown), context, incoming);
    } finally {
      await context.finish();
      tracked.end();
    }
  };
}

/** What runs inside all middleware: the operation itself, and the questions it left open. */
function innermost(operations: ReadonlyMap<string, Operation>): Handler {
  return async function operate(call) {
    const operation = operations.get(call.method);
    if (operation === undefined) throw new KitError("METHOD_NOT_FOUND", `Method not found: ${call.method}`);
    const context = asCallContext(call.context);
    context.beginRun();
    try {
      const result = await operation.run(call, (call as OperationCall).catalog);
      const pending = context.pendingInput();
      return pending === undefined ? result : await pending;
    } catch (thrown) {
      const pending = context.pendingInput();
      if (pending !== undefined) return await pending;
      throw thrown;
    }
  };
}

/**
 * A failed `tools/call` becomes an answer for the model where the code's table entry says so (MCP, tools, error handling),
 * otherwise a JSON-RPC error. The log has what the client does not see.
 */
function toOutcome(error: KitError, context: CallContext, incoming: Incoming): Outcome {
  if (!error.expose) context.log.error("Call failed", { code: error.code, error, target: targetName(incoming) });
  if (incoming.method === "tools/call" && errorCodes[error.code].surface === "tool") {
    return { result: toErrorResult(error, context.requestId) };
  }
  return { error: toWireError(error, context.requestId) };
}

/** After a cancellation nobody waits for an answer, and whatever a handler throws on its way out is no failure of the server. */
function cancelled(cause: unknown): KitError {
  return new KitError("CANCELLED", "The client cancelled the call", { cause });
}

function toErrorResult(error: KitError, requestId: string): Result {
  return {
    content: [{ type: "text", text: clientMessage(error, requestId) }],
    isError: true,
    _meta: { "dev.plinth/error": { code: error.code, requestId, ...(error.expose && error.data) } },
  };
}

function targetName({ params }: Incoming): unknown {
  return params["name"] ?? params["uri"];
}
