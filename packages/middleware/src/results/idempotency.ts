import { hash } from "node:crypto";
import {
  assertOneOf,
  assertWholeNumber,
  canonicalJson,
  KitError,
  longestTimerMs,
  type Call,
  type Middleware,
  type Next,
  type Result,
} from "@plinth/core";
import type { IdempotencyAnswer, IdempotencyStore } from "../stores/idempotency-store.ts";
import { memoryIdempotencyStore } from "../stores/memory-idempotency-store.ts";
import { storeAnswer } from "../stores/store-answer.ts";
import { Flight } from "./flight.ts";
import { idempotencyKeyOf } from "./idempotency-key.ts";

/** Options for {@link idempotency}. */
export interface IdempotencyOptions {
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
 * `Idempotency-Key`). Who sends it again gets the first answer. Keys belong to principal, tenant and tool.
 *
 * Answers are kept, also those with `isError`; a question to the user is none. What the call throws is not kept, and the
 * key is free for another try, with one exception: after `TIMEOUT` a tool that is not declared `idempotentHint` or
 * `readOnlyHint` may still be at work, so the key stays taken. Tells `idempotency`: `stored`, `replayed`, `coalesced`,
 * `conflict`, `refused` (no room).
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
  const running = new Map<string, Flight>();

  const identify = (call: Call, key: string): { name: string; fingerprint: string; owner: string } => {
    const { context, method, params } = call;
    const { principal, tenant, sessionId } = context;
    // By id and not by token: who comes again may have a new one. Callers without a principal have their session at most.
    const who = principal === undefined ? ["anonymous", sessionId ?? null] : ["principal", principal.id];
    const owner = JSON.stringify([tenant ?? null, principal?.tenant ?? null, ...who]);
    // What the caller may do is part of the arguments: an answer is not for a token that may do less.
    const scopes = principal?.scopes.toSorted();
    const fingerprint = hash("sha256", canonicalJson([scopes, params]), "base64url");
    const name = hash("sha256", JSON.stringify([owner, method, params["name"] ?? null, key]), "base64url");
    return { name, fingerprint, owner: hash("sha256", owner, "base64url") };
  };

  async function serve(call: Call, next: Next, key: string): Promise<Result> {
    const { name, fingerprint, owner } = identify(call, key);
    for (let waits = 0; ; waits += 1) {
      const answer = await claim(call, name, { fingerprint, owner });
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

  async function claim(call: Call, name: string, { fingerprint, owner }: Identity): Promise<IdempotencyAnswer> {
    try {
      const answer = store.begin(name, { fingerprint, owner, leaseMs });
      if (!(answer instanceof Promise)) return answer;
      return await storeAnswer(answer, { ms: storeTimeoutMs, signal: call.signal });
    } catch (cause) {
      if (call.signal.aborted) throw cause;
      throw new KitError("UNAVAILABLE", "Idempotency keys cannot be checked now; try again", {
        cause,
        retryAfterSeconds: 1,
      });
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
      running.delete(name);
      flight.land("failed");
    }
  }

  async function finish(call: Call, end: { name: string; token: string; value: string | undefined }): Promise<void> {
    const { name, token, value } = end;
    try {
      const told = store.finish(name, { token, value, ttlMs });
      // Not bounded by the call's signal: also what was cancelled has to be told.
      const { signal } = new AbortController();
      if (told instanceof Promise) await storeAnswer(told, { ms: storeTimeoutMs, signal });
      if (value !== undefined) call.emit({ part: "idempotency", action: "stored", value: value.length });
    } catch (error) {
      // The work is done and its answer is due. The key stays taken, so it is not done again.
      call.context.log.error("The idempotency store could not keep an answer", { error });
    }
  }

  function replay(call: Call, value: string): Result {
    const kept = JSON.parse(value) as Kept;
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

interface Identity {
  readonly fingerprint: string;
  readonly owner: string;
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
  return new KitError("CONFLICT", "A call with this idempotency key is still running", { retryAfterSeconds: 1 });
}
