import { within } from "../async/within.ts";
import { toError } from "../errors/to-error.ts";
import { isRecord } from "../json/is-record.ts";
import type { HealthStatus, ServiceDefinition, ServiceHealth } from "./service.ts";

/** The state of all services; `status` is the worst of them, where one that is not critical counts as degraded at worst. */
export interface HealthReport {
  readonly status: HealthStatus;
  readonly services: Readonly<Record<string, ServiceHealth>>;
}

const badness: Readonly<Record<HealthStatus, number>> = { up: 0, degraded: 1, down: 2 };

/** Puts single states together under the worst one. */
export function toHealthReport(
  states: readonly (readonly [name: string, health: ServiceHealth])[],
  isCritical: (name: string) => boolean = () => true,
): HealthReport {
  let status: HealthStatus = "up";
  for (const [name, health] of states) {
    const counted = health.status === "down" && !isCritical(name) ? "degraded" : health.status;
    if (badness[counted] > badness[status]) status = counted;
  }
  return { status, services: Object.fromEntries(states) };
}

/**
 * Makes one service's check: never rejects, and answers `down` after `timeoutMs`. A check that hangs is not run a
 * second time beside itself, so that a probe every second does not pile up connections on a service in trouble.
 */
export function createHealthCheck(
  definition: ServiceDefinition,
  timeoutMs: number,
): (value: unknown) => Promise<ServiceHealth> {
  let running: Promise<ServiceHealth> | undefined;
  return async function check(value) {
    if (definition.health === undefined) return { status: "up" };
    running ??= ask(definition, value).finally(() => {
      running = undefined;
    });
    const answer = await within(timeoutMs, running);
    return answer.late ? { status: "down", detail: `No answer within ${timeoutMs} ms` } : answer.value;
  };
}

async function ask(definition: ServiceDefinition, value: unknown): Promise<ServiceHealth> {
  try {
    return toServiceHealth(await definition.health?.(value));
  } catch (error) {
    return { status: "down", detail: toError(error).message };
  }
}

/** An answer of any other shape counts as down: a check that lost its `return` must not look healthy. */
function toServiceHealth(answer: unknown): ServiceHealth {
  if (typeof answer === "boolean") return { status: answer ? "up" : "down" };
  if (isHealthStatus(answer)) return { status: answer };
  if (isRecord(answer)) {
    const { status, detail } = answer;
    if (isHealthStatus(status)) return { status, ...(typeof detail === "string" && { detail }) };
  }
  return {
    status: "down",
    detail:
      `The health check answered ${String(answer)}; return a boolean, "up", "degraded", "down" ` +
      "or { status, detail }",
  };
}

function isHealthStatus(value: unknown): value is HealthStatus {
  return typeof value === "string" && Object.hasOwn(badness, value);
}
