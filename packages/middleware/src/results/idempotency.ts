import {
  assertOneOf,
  assertWholeNumber,
  KitError,
  longestTimerMs,
  type Awaitable,
  type Call,
  type Middleware,
  type Next,
  type Result,
} from "@plinth/core";
import type { ClientAddressOptions } from "../identity/client-address.ts";
import type { IdempotencyAnswer, IdempotencyStore } from "../stores/idempotency-store.ts";
import { memoryIdempotencyStore } from "../stores/memory-idempotency-store.ts";
import { storeAnswer } from "../stores/store-answer.ts";
import { StoreOutage } from "../stores/store-outage.ts";
import { createCallIdentity, type CallIdentity } from "./call-identity.ts";
import { Flight } from "./flight.ts";
import { idempotencyKeyOf } from "./idempotency-key.ts";

/** Options for {@link idempotency}. */
export interface IdempotencyOptions extends ClientAddressOptions {
  /** Where it is kept what has run. @default `memoryIdempotencyStore()` */
  readonly store?: IdempotencyStore;
  /** Milliseconds for which an answer is kept after it was given. @default 86_400_000, a day */
  readonly ttlMs?: number;
  /** Milliseconds after which a run counts as lost with its process; longer than any call takes. @default 3_600_000 */
  readonly leaseMs?: number;
  /**
   * What a call gets while an equal one runs: `"wait"` for its answer if it runs in this process, or `CONFLICT`.
   * @default "refuse"
   */
  readonly whileRunning?: "wait" | "refuse";
  /** Milliseconds that a call waits at most, then it is refused. @default 30_000 */
  readonly maxWaitMs?: number;
  /** Milliseconds that the store may take before calls with a key are refused. @default 1_000 */
  readonly storeTimeoutMs?: number;
  /** Bytes of an answer that are kept at most, about; of a larger one it is kept that there was one. @default 1 MiB */
  readonly maxAnswerBytes?: number;
}

/** What is kept of a call: its answer, or why there is none. */
type Kept = { readonly result: Result } | { readonly lost: "unkeepable" | "timeout" };

/**
 * Runs a `tools/call` once for each key that its client gives it (`_meta["dev.plinth/idempotencyKey"]` or the HTTP header
 * `Idempotency-Key`). Who sends it again gets the first answer. Keys belong to principal, tenant and tool; of callers without
 * a principal to their session, or over HTTP without one to their address and the credentials that they show.
 * **Security:** callers who have all of that in common can read each other's answers if they guess a key and the arguments.
 *
 * Answers are kept, also those with `isError`; a question to the user is none. What the call throws is not kept, and the
 * key is free for another try, with one exception: after `TIMEOUT` a tool that is not declared `idempotentHint` or
 * `readOnlyHint` may still be at work, so the key stays taken. Tells `idempotency`: `stored`, `replayed`, `coalesced`,
 * `conflict`, `refused` (no room), `store-failed`.
 *
 * @throws KitError `CONFLICT` when the arguments differ, the first run goes on, or its outcome is not known; `UNAVAILABLE`
 * when there is no room for new keys or the store is away; `INVALID_PARAMS` for what is no key; `MISUSE` when made with
 * what cannot be
 */
export function idempotency(options: IdempotencyOptions = {}): Middleware {
  const { store = memoryIdempotencyStore(), ttlMs = 86_400_000, leaseMs = 3_600_000 } = options;
  const { whileRunning = "refuse", maxWaitMs = 30_000, storeTimeoutMs = 1_000, maxAnswerBytes = 1024 * 1024 } = options;
  assertWholeNumber("ttlMs", ttlMs, { least: 1 });
  assertWholeNumber("leaseMs", leaseMs, { least: 1 });
  assertOneOf("whileRunning", whileRunning, ["wait", "refuse"]);
  assertWholeNumber("maxWaitMs", maxWaitMs, { most: longestTimerMs });
  assertWholeNumber("storeTimeoutMs", storeTimeoutMs, { least: 1, most: longestTimerMs });
  assertWholeNumber("maxAnswerBytes", maxAnswerBytes);
  const identify = createCallIdentity(options);
  const outage = new StoreOutage({
    part: "idempotency",
    message: "The idempotency store is away; until it is back, calls with a key are refused",
  });
  const running = new Map<string, Flight>();

  async function serve(call: Call, next: Next, key: string): Promise<Result> {
    const identity = identify(call, key);
    const { name } = identity;
    for (let waits = 0; ; waits += 1) {
      const answer = await claim(call, identity);
      switch (answer.state) {
        case "begun":
          return run(call, next, { name, token: answer.token });
        case "finished":
          return replay(call, answer.value);
        case "mismatch":
          throw conflict(call, "This idempotency key was used with other arguments; use a new key");
        case "full":
          call.emit({ part: "idempotency", action: "refused" });
          throw new KitError("UNAVAILABLE", "No room for new idempotency keys; try again later", {
            retryAfterSeconds: 60,
          });
        case "running":
          break;
      }
      const flight = whileRunning === "wait" ? running.get(name) : undefined;
      if (flight === undefined || waits === 3) throw stillRunning(call);
      call.emit({ part: "idempotency", action: "coalesced" });
      if ((await flight.wait(maxWaitMs, call.signal)) === "late") throw stillRunning(call);
    }
  }

  async function claim(call: Call, { name, fingerprint, owner }: CallIdentity): Promise<IdempotencyAnswer> {
    let answer: Awaitable<IdempotencyAnswer> | undefined;
    try {
      answer = store.begin(name, { fingerprint, owner, leaseMs });
      const checked = toAnswer(
        answer instanceof Promise ? await storeAnswer(answer, { ms: storeTimeoutMs, signal: call.signal }) : answer,
      );
      outage.answered();
      return checked;
    } catch (cause) {
      if (answer instanceof Promise) answer.then((late) => release(name, late), ignore);
      if (call.signal.aborted) throw cause;
      outage.failed(call, cause);
      throw new KitError("UNAVAILABLE", "Idempotency keys cannot be checked now; try again", {
        cause,
        retryAfterSeconds: 1,
      });
    }
  }

  /** Frees a key that was claimed too late for its call: nothing has run, and the next try is not to wait for the lease. */
  async function release(name: string, late: IdempotencyAnswer | undefined): Promise<void> {
    if (late?.state !== "begun") return;
    try {
      await store.finish(name, { token: late.token, value: undefined, ttlMs });
    } catch {
      // The lease ends it.
    }
  }

  async function run(call: Call, next: Next, { name, token }: { name: string; token: string }): Promise<Result> {
    const flight = new Flight([]);
    running.set(name, flight);
    let kept: Kept | undefined;
    try {
      const result = await next();
      const isFinal = result["resultType"] === undefined || result["resultType"] === "complete";
      kept = isFinal ? { result } : undefined;
      return result;
    } catch (error) {
      if (KitError.isInstance(error) && error.code === "TIMEOUT" && !isRepeatable(call)) kept = { lost: "timeout" };
      throw error;
    } finally {
      await finish(call, { name, token, value: kept && toValue(kept, maxAnswerBytes) });
      if (running.get(name) === flight) running.delete(name);
      flight.land("failed");
    }
  }

  async function finish(call: Call, end: { name: string; token: string; value: string | undefined }): Promise<void> {
    const { name, token, value } = end;
    try {
      const told = store.finish(name, { token, value, ttlMs });
      // Not bounded by the call's signal: also what was cancelled has to be told.
      if (told instanceof Promise) await storeAnswer(told, { ms: storeTimeoutMs });
      if (value !== undefined) call.emit({ part: "idempotency", action: "stored", value: value.length });
    } catch (error) {
      // The work is done and its answer is due. The key stays taken, so it is not done again.
      outage.failed(call, error);
    }
  }

  function replay(call: Call, value: string): Result {
    const kept = toKept(value);
    if ("lost" in kept) {
      const why =
        kept.lost === "timeout" ? "ran out of time and may have done its work" : "had an answer that could not be kept";
      throw conflict(call, `The call under this idempotency key ${why}; look before you call again with a new key`);
    }
    call.emit({ part: "idempotency", action: "replayed" });
    return kept.result;
  }

  return function idempotency(call, next) {
    if (call.method !== "tools/call" || call.target === undefined) return next();
    const key = idempotencyKeyOf(call);
    return key === undefined ? next() : serve(call, next, key);
  };
}

const states: ReadonlySet<unknown> = new Set(["begun", "running", "finished", "mismatch", "full"]);

/** Stores speak to other machines, and may pass on what those say. */
function toAnswer(answer: IdempotencyAnswer): IdempotencyAnswer {
  const { state, token, value } = answer as Partial<Record<"state" | "token" | "value", unknown>>;
  const isWhole = states.has(state) && (state !== "begun" || typeof token === "string");
  if (isWhole && (state !== "finished" || typeof value === "string")) return answer;
  throw new TypeError("The store gave no answer to a claim");
}

function toKept(value: string): Kept {
  try {
    const kept: unknown = JSON.parse(value);
    if (typeof kept === "object" && kept !== null && ("lost" in kept || "result" in kept)) return kept as Kept;
  } catch {
    // Not what was stored. The call has run all the same.
  }
  return { lost: "unkeepable" };
}

function ignore(): void {
  // Reported already.
}

function toValue(kept: Kept, maxBytes: number): string {
  const lost = JSON.stringify({ lost: "unkeepable" } satisfies Kept);
  try {
    const text = JSON.stringify(kept);
    return text.length <= maxBytes && Buffer.byteLength(text) <= maxBytes ? text : lost;
  } catch {
    // No JSON, as only a middleware can make it. The work is done all the same.
    return lost;
  }
}

function isRepeatable({ target }: Call): boolean {
  const annotations = target?.kind === "tool" ? target.definition.annotations : undefined;
  return annotations?.readOnlyHint === true || annotations?.idempotentHint === true;
}

function conflict(call: Call, message: string): KitError {
  call.emit({ part: "idempotency", action: "conflict" });
  return new KitError("CONFLICT", message);
}

function stillRunning(call: Call): KitError {
  call.emit({ part: "idempotency", action: "conflict" });
  return new KitError("CONFLICT", "A call with this idempotency key is still running; try again in 1 s", {
    retryAfterSeconds: 1,
  });
}
