import {
  assertWholeNumber,
  KitError,
  longestTimerMs,
  type Call,
  type HealthReport,
  type Middleware,
  type Result,
} from "@plinth/core";
import { HealthWatch } from "./health-watch.ts";

/** Options for {@link serviceGuard}. */
export interface ServiceGuardOptions {
  /** Says how the services are: `() => server.health()`. */
  readonly health: () => Promise<HealthReport>;
  /** Milliseconds that a report is used before the services are asked again. @default 5_000 */
  readonly refreshMs?: number;
  /** Milliseconds that a call waits for a report; then the last one counts, or the call passes. @default 250 */
  readonly maxWaitMs?: number;
}

/** What may mean that a service is down; other codes are about the call. */
const unhealthy: ReadonlySet<string> = new Set(["UNAVAILABLE", "TIMEOUT", "INTERNAL"]);

/**
 * Refuses a call at once with `UNAVAILABLE` when a service is down that its tool, prompt or resource `requires`; without it
 * the call would hang until a timeout. Services that are degraded or not known let it pass, and so does a check that fails
 * itself. Services are asked when a call needs them and the last report is old, or another such call has just failed, once
 * for all calls meanwhile.
 *
 * Tells `service-guard` `refused`.
 *
 * @throws KitError `MISUSE` when made with what cannot be. To clients: `UNAVAILABLE`
 */
export function serviceGuard({ health, refreshMs = 5_000, maxWaitMs = 250 }: ServiceGuardOptions): Middleware {
  if (typeof health !== "function") {
    throw new KitError("MISUSE", "health is no function; give () => server.health()");
  }
  assertWholeNumber("refreshMs", refreshMs, { least: 1 });
  assertWholeNumber("maxWaitMs", maxWaitMs, { most: longestTimerMs });
  const watch = new HealthWatch({ health, refreshMs, maxWaitMs });

  function refusalOf(call: Call, requires: readonly string[], report: HealthReport | undefined): KitError | undefined {
    const service = requires.find((name) => isDown(report, name));
    if (service === undefined) return undefined;
    call.emit({ part: "service-guard", action: "refused" });
    const retryAfterSeconds = Math.max(1, Math.ceil(watch.refreshesInMs / 1000));
    return new KitError(
      "UNAVAILABLE",
      `The service ${JSON.stringify(service)} is not available; try again in ${retryAfterSeconds} s`,
      { retryAfterSeconds, data: { service } },
    );
  }

  function doubt(error: unknown): void {
    if (!KitError.isInstance(error) || unhealthy.has(error.code)) watch.doubt();
  }

  function watched(answer: Promise<Result>): Promise<Result> {
    // What is no promise is a mistake inside, which is told elsewhere.
    if (answer instanceof Promise) answer.then(undefined, doubt);
    return answer;
  }

  return function serviceGuard(call, next) {
    const requires = call.target?.requires;
    if (requires === undefined || requires.length === 0) return next();
    const report = watch.report();
    if (report instanceof Promise) {
      return report.then((known) => {
        const refusal = refusalOf(call, requires, known);
        if (refusal !== undefined) throw refusal;
        return watched(next());
      });
    }
    const refusal = refusalOf(call, requires, report);
    return refusal === undefined ? watched(next()) : Promise.reject(refusal);
  };
}

function isDown(report: HealthReport | undefined, name: string): boolean {
  return report !== undefined && Object.hasOwn(report.services, name) && report.services[name]?.status === "down";
}
