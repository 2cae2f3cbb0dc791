import {
  assertWholeNumber,
  KitError,
  longestTimerMs,
  type Call,
  type Middleware,
  type Next,
  type Result,
} from "@plinth/core";
import { callerKey, keyPart } from "../identity/caller-key.ts";
import { clientAddressOf, type ClientAddressOptions } from "../identity/client-address.ts";
import { wholeLimitOf, type CallLimit } from "./call-limit.ts";
import { Lanes } from "./lanes.ts";
import { endOf, Places, type Lane, type LaneScope, type PlaceClaim } from "./places.ts";

/** Options for {@link concurrencyLimit}. */
export interface ConcurrencyLimitOptions extends ClientAddressOptions {
  /** Calls that run at the same time, of all callers. @default 100 */
  readonly total?: number;
  /** Calls of one tool that run at the same time, for tools that `tools` does not name. @default no limit but `total` */
  readonly perTool?: number;
  /** Calls that run at the same time of tools by name. @default what `perTool` says */
  readonly tools?: Readonly<Record<string, number>>;
  /**
   * Calls of one principal that run at the same time; callers without one count by address. **Security:** without it one
   * caller can take all places. @default no limit but `total`
   */
  readonly perPrincipal?: CallLimit;
  /** Calls of one tenant that run at the same time; callers without one count together. @default no limit but `total` */
  readonly perTenant?: CallLimit;
  /**
   * Calls that may wait for a place, first come, first served; a tool, principal or tenant with a limit of its own takes half
   * of the line at most. 0 refuses at once. @default 100
   */
  readonly maxWaiting?: number;
  /** Milliseconds that a call waits for a place. @default 5_000 */
  readonly maxWaitMs?: number;
  /** What refused clients are told to wait, in seconds. @default 1 */
  readonly retryAfterSeconds?: number;
}

/**
 * Runs so many calls at the same time and no more: of the server, of a tool, a principal, a tenant. Others wait in a line of
 * limited length for a limited time, and are then refused with `UNAVAILABLE`: a server with more work than it can do
 * answers those it can serve. Calls by `ctx.invoke` pass, because the call around them has its place already; if they
 * had to wait for one, they might wait for each other.
 *
 * Tells `concurrency-limit`: `queued` when a waiting call gets its place, `shed` when one is refused, `abandoned` when one
 * is cancelled in line (value: milliseconds waited).
 *
 * @throws KitError `MISUSE` when made with a limit that cannot be. To clients: `UNAVAILABLE`
 */
export function concurrencyLimit({
  total = 100,
  perTool,
  tools = {},
  perPrincipal,
  perTenant,
  maxWaiting = 100,
  maxWaitMs = 5_000,
  retryAfterSeconds = 1,
  ...address
}: ConcurrencyLimitOptions = {}): Middleware {
  assertWholeNumber("total", total, { least: 1 });
  if (perTool !== undefined) assertWholeNumber("perTool", perTool, { least: 1 });
  for (const [name, limit] of Object.entries({ perPrincipal, perTenant })) {
    if (limit !== undefined && typeof limit !== "function") assertWholeNumber(name, limit, { least: 1 });
  }
  const named = new Map(Object.entries(tools));
  for (const [name, limit] of named) assertWholeNumber(`tools[${JSON.stringify(name)}]`, limit, { least: 1 });
  assertWholeNumber("maxWaiting", maxWaiting, { most: 100_000 });
  assertWholeNumber("maxWaitMs", maxWaitMs, { least: 1, most: longestTimerMs });
  assertWholeNumber("retryAfterSeconds", retryAfterSeconds, { least: 1 });
  const addressOf = clientAddressOf(address);
  const places = new Places({ total, maxWaiting });
  const admit = (): void => places.admit();
  const lanes = {
    tool: new Lanes("tool", admit),
    principal: new Lanes("principal", admit),
    tenant: new Lanes("tenant", admit),
  };
  const hasLanes = perTool !== undefined || named.size > 0 || perPrincipal !== undefined || perTenant !== undefined;

  async function run(next: Next, claim: PlaceClaim): Promise<Result> {
    try {
      return await next();
    } finally {
      places.leave(claim);
      close(claim);
    }
  }

  async function waitAndRun(call: Call, next: Next, claim: PlaceClaim): Promise<Result> {
    const { signal } = call;
    const full = places.fullScope(claim) ?? "server";
    const since = performance.now();
    const tell = (action: "queued" | "shed" | "abandoned"): void =>
      call.emit({ part: "concurrency-limit", action, value: performance.now() - since });
    try {
      const mayWait = places.hasRoomToWait(claim);
      if (!mayWait || !(await places.wait(claim, maxWaitMs, signal))) {
        tell("shed");
        throw refusal(full, mayWait);
      }
    } catch (error) {
      if (signal.aborted) tell("abandoned");
      close(claim);
      throw error;
    }
    return run(() => {
      // Between the place and this line others ran; who was cancelled meanwhile gives it back.
      tell(signal.aborted ? "abandoned" : "queued");
      return signal.aborted ? Promise.reject(endOf(signal)) : next();
    }, claim);
  }

  function refusal(full: Lane | "server", hasWaited: boolean): KitError {
    const { scope, limit } = full === "server" ? { scope: full, limit: total } : full;
    const verb = scope === "principal" ? "have" : "has";
    const waited = hasWaited ? `no place was free within ${maxWaitMs} ms` : "too many wait already";
    return new KitError(
      "UNAVAILABLE",
      `${subjects[scope]} ${verb} as many calls at the same time as allowed (${limit}), and ${waited}; try again in ${retryAfterSeconds} s`,
      { retryAfterSeconds, data: { limit, scope } },
    );
  }

  function close(claim: PlaceClaim): void {
    for (const lane of claim) lanes[lane.scope].close(lane);
  }

  function claimOf(call: Call): PlaceClaim {
    const { target, context } = call;
    const tool = target?.kind === "tool" ? (named.get(target.name) ?? perTool) : undefined;
    // All that may throw comes before the first lane is opened, which has to be closed again.
    const own = perPrincipal === undefined ? undefined : wholeLimitOf(perPrincipal, "perPrincipal", call);
    const caller = own === undefined ? "" : callerKey(call, addressOf);
    const shared = perTenant === undefined ? undefined : wholeLimitOf(perTenant, "perTenant", call);
    const claim: Lane[] = [];
    if (tool !== undefined && target !== undefined) claim.push(lanes.tool.open(target.name, tool));
    if (own !== undefined) claim.push(lanes.principal.open(caller, own));
    if (shared !== undefined) claim.push(lanes.tenant.open(keyPart(context.tenant), shared));
    return claim;
  }

  return function concurrencyLimit(call, next) {
    if (call.depth > 0) return next();
    let claim: PlaceClaim;
    try {
      claim = hasLanes ? claimOf(call) : noLanes;
    } catch (error) {
      return Promise.reject(error);
    }
    return places.take(claim) ? run(next, claim) : waitAndRun(call, next, claim);
  };
}

const noLanes: PlaceClaim = [];

const subjects: Readonly<Record<LaneScope | "server", string>> = {
  server: "This server",
  tool: "This tool",
  principal: "You",
  tenant: "This tenant",
};
