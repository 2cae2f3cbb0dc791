import type { Logger } from "../context/logger.ts";
import type { Awaitable } from "../definitions/awaitable.ts";
import type { PlatformEvents } from "../events/platform-events.ts";

/** How a service is, from best to worst. `degraded` works, but an operator should look; it keeps a server ready. */
export type HealthStatus = "up" | "degraded" | "down";

/** One service's state. */
export interface ServiceHealth {
  readonly status: HealthStatus;
  /** For operators; never sent to MCP clients. */
  readonly detail?: string;
}

/**
 * What a service's `start` may use. `Earlier` types the services that it reads, all of which must be declared before
 * it.
 */
export interface ServiceStartContext<Earlier = Readonly<Record<string, unknown>>> {
  /** Its lines carry the service's name. */
  readonly log: Logger;
  /** Where it may tell what it does, for metrics. */
  readonly events: PlatformEvents;
  /**
   * Aborts when the start took too long or the server is stopped meanwhile; whatever `start` still returns is then
   * stopped.
   */
  readonly signal: AbortSignal;
  /** The services that are up already. Reading one that is not throws a `KitError` `MISUSE`. */
  readonly services: Earlier;
}

/** Options for {@link service}. Methods, so that a service of any value fits where the value does not matter. */
export interface ServiceOptions<Value> {
  /** Makes the live value that handlers find on `ctx.services`. Throwing ends the server's start. */
  start(context: ServiceStartContext): Awaitable<Value>;
  /** Lets go of the value. @default its `Symbol.asyncDispose` or `Symbol.dispose`, if it has one */
  stop?(value: Value): Awaitable<void>;
  /**
   * Says how the value is: `true` or `"up"`, `"degraded"`, `false` or `"down"`, or a status with a detail for
   * operators. Throwing means down. @default up while it runs
   */
  health?(value: Value): Awaitable<boolean | HealthStatus | ServiceHealth>;
  /**
   * Whether the server is of no use while this is down. Without one that is not critical it counts as degraded, and stays
   * ready. @default true
   */
  critical?: boolean;
}

/** A service as {@link service} makes it. */
export interface ServiceDefinition<Value = unknown> extends Readonly<ServiceOptions<Value>> {
  readonly kind: "service";
}

/** The services of a server by the name that `ctx.services` has them under; they start in this order. */
export type ServiceDefinitions = Readonly<Record<string, ServiceDefinition>>;

/** The live values that {@link ServiceDefinitions} become. */
export type ServicesOf<Definitions extends ServiceDefinitions> = {
  readonly [Name in keyof Definitions]: Definitions[Name] extends ServiceDefinition<infer Value> ? Value : never;
};

/**
 * Defines something that lives as long as the server: a pool, a client, a queue. Nothing starts until the server does.
 */
export function service<Value>(options: ServiceOptions<Value>): ServiceDefinition<Value> {
  return Object.freeze({ ...options, kind: "service" as const });
}

/** Stops a service's value the way its definition says, or the way the value itself knows. */
export async function stopService(definition: ServiceDefinition, value: unknown): Promise<void> {
  if (definition.stop !== undefined) return definition.stop(value);
  if (typeof value !== "object" || value === null) return;
  if (Symbol.asyncDispose in value) await (value as AsyncDisposable)[Symbol.asyncDispose]();
  else if (Symbol.dispose in value) (value as Disposable)[Symbol.dispose]();
}
