import { codeOf, codeOfResult, errorOutcome, resultOutcome, type Middleware } from "@plinth/core";
import type { CallSeries, CallSeriesMap } from "./call-series.ts";
import type { DurationBuckets } from "./duration-buckets.ts";

/** Measures every call. `async`, because that costs less than the two functions that a `then` would need. */
export function countCalls(series: CallSeriesMap, exemplars: boolean): Middleware {
  return async function metrics(call, next) {
    const { method, target } = call;
    const calls = series.find(method, target);
    calls.inFlight += 1;
    const start = performance.now();
    try {
      const result = await next();
      const seconds = (performance.now() - start) / 1_000;
      const outcome = resultOutcome(result);
      if (outcome === "tool-error") countError(calls, codeOfResult(result));
      observe(series.durations(calls, outcome), seconds, exemplars);
      if (calls.target === "") series.learn(method);
      return result;
    } catch (thrown) {
      const code = codeOf(thrown, call);
      countError(calls, code);
      observe(series.durations(calls, errorOutcome(thrown, code)), (performance.now() - start) / 1_000, exemplars);
      throw thrown;
    } finally {
      calls.inFlight -= 1;
    }
  };
}

function observe(buckets: DurationBuckets, seconds: number, exemplars: boolean): void {
  if (exemplars) buckets.observeWithExemplar(seconds);
  else buckets.observe(seconds);
}

function countError({ errors }: CallSeries, code: string): void {
  errors.set(code, (errors.get(code) ?? 0) + 1);
}
