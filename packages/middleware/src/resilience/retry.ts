import {
  assertWholeNumber,
  KitError,
  longestTimerMs,
  type Call,
  type ErrorCode,
  type Middleware,
  type Next,
  type Result,
} from "@plinth/core";
import type { IBackoff } from "cockatiel";
import { assertCodes } from "./assert-codes.ts";
import { loadCockatiel } from "./load-cockatiel.ts";

/** Options for {@link retry}. */
export interface RetryOptions {
  /** Times that a call is run at most, the first one included. @default 3 */
  readonly attempts?: number;
  /** Milliseconds before the second run, about: every wait is a matter of chance. @default 100 */
  readonly initialDelayMs?: number;
  /** The most milliseconds that one wait takes. @default 2_000 */
  readonly maxDelayMs?: number;
  /** Milliseconds after which no further run begins, counted from the start of the first. @default 10_000 */
  readonly totalMs?: number;
  /** Failures after which to try again. @default `["UNAVAILABLE", "TIMEOUT"]` */
  readonly codes?: readonly ErrorCode[];
}

const repeatableMethods: ReadonlySet<string> = new Set([
  "resources/read",
  "tools/list",
  "prompts/list",
  "resources/list",
  "resources/templates/list",
]);

/**
 * Runs a call again that failed for want of something that may be back in a moment: tools that declare themselves
 * `readOnlyHint` or `idempotentHint`, reads and lists. Waits longer each time, with jitter, and no less than the failure's
 * own `retryAfterSeconds`. Never after the call was cancelled, asked its user something, or reported progress: the client
 * would see that happen twice. Tells `retry: retried` with the wait in milliseconds, and `retry: exhausted` with the runs.
 *
 * @throws whatever the last run threw; KitError `MISUSE` when made with what cannot be
 */
export function retry({
  attempts = 3,
  initialDelayMs = 100,
  maxDelayMs = 2_000,
  totalMs = 10_000,
  codes = ["UNAVAILABLE", "TIMEOUT"],
}: RetryOptions = {}): Middleware {
  assertWholeNumber("attempts", attempts, { least: 1, most: 100 });
  assertWholeNumber("initialDelayMs", initialDelayMs, { least: 1, most: longestTimerMs });
  assertWholeNumber("maxDelayMs", maxDelayMs, { least: initialDelayMs, most: longestTimerMs });
  assertWholeNumber("totalMs", totalMs, { least: 1 });
  assertCodes(codes);
  const retryable: ReadonlySet<string> = new Set(codes);

  async function runAgain(call: Call, next: Next, failed: { error: unknown; start: number }): Promise<Result> {
    let { error } = failed;
    const { ExponentialBackoff } = loadCockatiel();
    const backoff = new ExponentialBackoff<[number, number]>({ initialDelay: initialDelayMs, maxDelay: maxDelayMs });
    let wait: IBackoff<unknown> = backoff.next();
    for (let runs = 1; ; runs += 1, wait = wait.next(undefined)) {
      if (!isRetryable(error, retryable) || isOver(call)) throw error;
      const asked = (error.retryAfterSeconds ?? 0) * 1_000;
      const delay = asked > wait.duration ? asked : wait.duration;
      if (runs >= attempts || performance.now() - failed.start + delay > totalMs) {
        call.emit({ part: "retry", action: "exhausted", value: runs });
        throw error;
      }
      call.emit({ part: "retry", action: "retried", value: Math.round(delay) });
      if (!(await waited(delay, call.signal))) throw error;
      try {
        return await next(call.with({}));
      } catch (again) {
        error = again;
      }
    }
  }

  return function retry(call, next) {
    if (!isRepeatable(call)) return next();
    const start = performance.now();
    const again = (error: unknown): Promise<Result> => runAgain(call, next, { error, start });
    try {
      return next().catch(again);
    } catch (error) {
      // A middleware further in that is no async function throws at once.
      return again(error);
    }
  };
}

function isRepeatable({ method, target }: Call): boolean {
  if (method !== "tools/call") return repeatableMethods.has(method);
  if (target?.kind !== "tool") return false;
  const { annotations } = target.definition;
  return annotations?.readOnlyHint === true || annotations?.idempotentHint === true;
}

function isRetryable(error: unknown, codes: ReadonlySet<string>): error is KitError {
  return KitError.isInstance(error) && codes.has(error.code);
}

/** Whether another run would be for nobody, or would be noticed. */
function isOver(call: Call): boolean {
  const { asked, reported } = call.traffic;
  return asked || reported || call.signal.aborted;
}

/** Resolves to true after `ms`, to false as soon as the signal aborts. */
function waited(ms: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve(!signal.aborted);
    };
    const timer = setTimeout(end, Math.min(ms, longestTimerMs));
    signal.addEventListener("abort", end, { once: true });
  });
}
