import {
  assertOneOf,
  assertWholeNumber,
  KitError,
  longestTimerMs,
  type Call,
  type CatalogEntry,
  type ErrorCode,
  type Middleware,
  type Next,
  type Result,
} from "@plinth/core";
import { assertCodes } from "./assert-codes.ts";
import { Circuit, type CircuitChange } from "./circuit.ts";

/** Options for {@link circuitBreaker}. */
export interface CircuitBreakerOptions {
  /** Failures in a row after which a target's circuit opens. @default 5 */
  readonly failures?: number;
  /** Milliseconds until an open circuit lets one call through to see whether the target is back. @default 30_000 */
  readonly halfOpenAfterMs?: number;
  /** What counts as a failure of the target. @default `["UNAVAILABLE", "TIMEOUT", "INTERNAL"]` */
  readonly codes?: readonly ErrorCode[];
  /**
   * Whose failures open whose circuit. **Security:** with `"target"`, a caller who makes a tool fail again and again
   * closes it to everybody; `"tenant"` keeps that within his tenant.
   * @default "target"
   */
  readonly per?: "target" | "tenant";
  /**
   * Failing targets that are remembered; beyond, one that has not opened yet is forgotten, or an open one that nobody has
   * called for a hundred times `halfOpenAfterMs`. While there is none, calls of further targets go through uncounted.
   * @default 1_000
   */
  readonly maxCircuits?: number;
}

/** What the events carry as `value`. */
const stateNumbers: Readonly<Record<CircuitChange, number>> = { closed: 0, "half-opened": 1, opened: 2 };

/**
 * Stops calling a tool, resource or prompt that fails every time, and says `UNAVAILABLE` at once until it is back. A
 * failure is one that tells about the target's health; refused arguments, limits, cancellations, and answers with
 * `isError` are none. Only one call at a time tries a target whose circuit is half open, others are refused meanwhile.
 * Stands outside `timeout`, or calls that hang would never count. Tells `circuit-breaker`: `opened` (value 2),
 * `half-opened` (1), `closed` (0), and `refused`.
 *
 * @throws KitError `UNAVAILABLE` with `retryAfterSeconds` while open; `MISUSE` when made with what cannot be
 */
export function circuitBreaker({
  failures = 5,
  halfOpenAfterMs = 30_000,
  codes = ["UNAVAILABLE", "TIMEOUT", "INTERNAL"],
  per = "target",
  maxCircuits = 1_000,
}: CircuitBreakerOptions = {}): Middleware {
  assertWholeNumber("failures", failures, { least: 1 });
  assertWholeNumber("halfOpenAfterMs", halfOpenAfterMs, { least: 1, most: longestTimerMs });
  assertWholeNumber("maxCircuits", maxCircuits, { least: 1 });
  assertCodes(codes);
  assertOneOf("per", per, ["target", "tenant"]);
  const counted: ReadonlySet<string> = new Set(codes);
  /** Targets whose last call failed: healthy ones cost one look at an empty map. */
  const circuits = new Map<string, Circuit>();

  const keyOf = ({ kind, name }: CatalogEntry, { context }: Call): string =>
    JSON.stringify(per === "tenant" ? [kind, name, context.tenant] : [kind, name]);

  const isFailure = (error: unknown, { signal }: Call): boolean => {
    // Whoever is cancelled throws whatever he likes.
    if (signal.aborted) return KitError.isInstance(signal.reason) && counted.has(signal.reason.code);
    return counted.has(KitError.isInstance(error) ? error.code : "INTERNAL");
  };

  /** The circuit of a target that has failed; `undefined` when there is no room for one. */
  const circuitOf = (key: string): Circuit | undefined => {
    let circuit = circuits.get(key);
    if (circuit !== undefined) return circuit;
    if (circuits.size >= maxCircuits && !makeRoom()) return undefined;
    circuits.set(key, (circuit = new Circuit({ failures, halfOpenAfterMs })));
    return circuit;
  };

  /** An open circuit is not for the asking: whoever let others fail would close it, and nobody would be told. */
  const makeRoom = (): boolean => {
    for (const [key, circuit] of circuits) if (circuit.isClosed) return circuits.delete(key);
    for (const [key, circuit] of circuits) {
      if (circuit.restingMs > 100 * halfOpenAfterMs) return circuits.delete(key);
    }
    return false;
  };

  const telling = (call: Call) => (change: CircuitChange) =>
    call.emit({ part: "circuit-breaker", action: change, value: stateNumbers[change] });

  async function watched(call: Call, next: Next, target: CatalogEntry): Promise<Result> {
    try {
      const result = await next();
      if (circuits.size > 0) forget(keyOf(target, call));
      return result;
    } catch (error) {
      if (isFailure(error, call)) await circuitOf(keyOf(target, call))?.fail(error, telling(call));
      throw error;
    }
  }

  /** The count of a closed circuit begins anew with each success, as that of a new one does. */
  function forget(key: string): void {
    if (circuits.get(key)?.isClosed === true) circuits.delete(key);
  }

  async function probe(call: Call, next: Next, { key, circuit }: { key: string; circuit: Circuit }): Promise<Result> {
    const result = await circuit.probe({
      run: () => next(),
      isFailure: (error) => isFailure(error, call),
      onChange: telling(call),
    });
    forget(key);
    return result;
  }

  return function circuitBreaker(call, next) {
    const { target } = call;
    if (target === undefined) return next();
    if (circuits.size === 0) return watched(call, next, target);
    const key = keyOf(target, call);
    const circuit = circuits.get(key);
    if (circuit === undefined || circuit.isClosed) return watched(call, next, target);
    const wait = circuit.waitMs;
    if (wait === 0) return probe(call, next, { key, circuit });
    call.emit({ part: "circuit-breaker", action: "refused" });
    const what = target.kind === "resource-template" ? "resource" : target.kind;
    return Promise.reject(
      new KitError("UNAVAILABLE", `This ${what} has failed too often; try again later`, {
        retryAfterSeconds: Math.max(1, Math.ceil(wait / 1_000)),
      }),
    );
  };
}
