import type { Catalog } from "../catalog/catalog.ts";
import { CallContext, type ContextEnvironment, type InvokedRequest } from "../context/call-context.ts";
import { logError } from "../context/logger.ts";
import { errorCodes } from "../errors/error-codes.ts";
import { KitError } from "../errors/kit-error.ts";
import { quote } from "../errors/quote.ts";
import { toKitError } from "../errors/to-kit-error.ts";
import { clientData, clientMessage, toWireError, type WireError } from "../errors/wire-error.ts";
import { isRecord } from "../json/is-record.ts";
import { toJsonValue } from "../json/json-value.ts";
import type { Incoming } from "../protocol/incoming.ts";
import type { Call, Result } from "./call.ts";
import type { CallsInFlight } from "./calls-in-flight.ts";
import { compose, type Middleware } from "./middleware.ts";
import { nestedRequest } from "./nested-request.ts";
import { OperationCall, type CallBounds } from "./operation-call.ts";
import type { Operation } from "./operation.ts";

/** What {@link createDispatch} needs of the server. */
export interface DispatchOptions {
  readonly catalog: () => Catalog;
  readonly operations: ReadonlyMap<string, Operation>;
  readonly middleware: readonly Middleware[];
  readonly environment: Omit<ContextEnvironment, "invoke">;
  readonly calls: CallsInFlight;
}

/** The outcome of a request: a result, or an error as it goes on the wire. */
export type Outcome = { readonly result: Result } | { readonly error: WireError };

/** Serves one request through the pipeline. Never rejects. */
export type Dispatch = (incoming: Incoming) => Promise<Outcome>;

/** Makes the one function in which all transports and eras end. Middleware is composed here, once. */
export function createDispatch({ catalog, operations, middleware, calls, ...options }: DispatchOptions): Dispatch {
  const pipeline = compose(middleware, operate);
  const environment: ContextEnvironment = { ...options.environment, invoke };

  async function invoke(outer: Incoming, request: InvokedRequest): Promise<Result> {
    const outcome = await serve(nestedRequest(outer, request), toNestedOutcome);
    return outcome.result;
  }

  async function serve<Failed>(incoming: Incoming, failed: ToFailed<Failed>): Promise<{ result: Result } | Failed> {
    const snapshot = catalog();
    const tracked = calls.begin(incoming);
    const context = CallContext.create(incoming, environment, tracked);
    try {
      const bounds: CallBounds = { operation: operations.get(incoming.method), made: undefined };
      const subject = { params: incoming.params, catalog: snapshot };
      const result = await pipeline(OperationCall.create(context, bounds, subject));
      return { result: isRecord(result) && result === bounds.made ? result : fromMiddleware(result) };
    } catch (thrown) {
      const error = toFailure(thrown, tracked.signal, incoming.signal);
      if (!error.expose) {
        logError(() => context.log, "Call failed", { code: error.code, error, target: targetName(incoming) });
      }
      return toErrorResult(error, context) ?? failed(error, context);
    } finally {
      const finishing = context.finish();
      if (finishing !== undefined) await finishing;
      tracked.end();
    }
  }

  return (incoming) => serve(incoming, toErrorOutcome);
}

/** What becomes of a failure that is not for the model to read. */
type ToFailed<Failed> = (error: KitError, context: CallContext) => Failed;

function toErrorOutcome(error: KitError, { requestId }: CallContext): Outcome {
  return { error: toWireError(error, requestId) };
}

/** A handler may pass on to its client what it gets, so it gets what a client would. */
function toNestedOutcome(error: KitError, { requestId }: CallContext): never {
  throw error.expose ? error : new KitError(error.code, clientMessage(error, requestId));
}

/** What runs inside all middleware: the operation itself, and the questions it left open. */
async function operate(call: Call): Promise<Result> {
  if (!(call instanceof OperationCall)) {
    throw new KitError("MISUSE", "A middleware passed on a call of its own; change a call with call.with({ ... })");
  }
  const { context, bounds, catalog } = call;
  const { operation } = bounds;
  if (operation === undefined) throw new KitError("METHOD_NOT_FOUND", `Method not found: ${call.method}`);
  context.beginRun();
  try {
    const running = operation.run(call, catalog);
    const result = running instanceof Promise ? await running : running;
    const pending = context.pendingInput();
    return (bounds.made = pending === undefined ? result : await pending);
  } catch (thrown) {
    const pending = context.pendingInput();
    if (pending !== undefined) return (bounds.made = await pending);
    throw thrown;
  }
}

/**
 * Checks what a middleware answered in its own words: an answer that cannot be sent would leave the client waiting for
 * ever.
 */
function fromMiddleware(returned: unknown): Result {
  const result = toJsonValue(returned, "The result of a middleware");
  if (isRecord(result)) return result;
  throw new KitError("INVALID_OUTPUT", `A middleware returned ${quote(result)}; return what next() gives, or a result`);
}

/**
 * What the failure of a call counts as. After a cancellation nobody waits for an answer, and whatever a handler throws
 * on its way out is no failure of the server. A call that the server itself has ended fails for that reason, and not
 * for the `AbortError` that its handler made of it.
 */
function toFailure(thrown: unknown, signal: AbortSignal, clientSignal: AbortSignal): KitError {
  if (clientSignal.aborted) return new KitError("CANCELLED", "The client cancelled the call", { cause: thrown });
  const error = toKitError(thrown);
  const reason: unknown = signal.reason;
  if (error.code !== "INTERNAL" || !KitError.isInstance(reason)) return error;
  return new KitError(reason.code, reason.message, { cause: thrown });
}

/**
 * A failed `tools/call` becomes an answer for the model where the code's table entry says so (MCP, tools, error
 * handling).
 */
function toErrorResult(error: KitError, { method, requestId }: CallContext): { result: Result } | undefined {
  if (method !== "tools/call" || errorCodes[error.code].surface !== "tool") return undefined;
  return {
    result: {
      content: [{ type: "text", text: clientMessage(error, requestId) }],
      isError: true,
      _meta: { "dev.plinth/error": { ...clientData(error, requestId), code: error.code } },
    },
  };
}

function targetName({ params }: Incoming): unknown {
  return params["name"] ?? params["uri"];
}
