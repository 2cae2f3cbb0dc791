import {
  assertWholeNumber,
  KitError,
  longestTimerMs,
  type Call,
  type Middleware,
  type Next,
  type Result,
} from "@plinth/core";
import { callerKey } from "../identity/caller-key.ts";
import { clientAddressOf, type ClientAddressOptions } from "../identity/client-address.ts";
import { Lanes } from "./lanes.ts";
import { endOf, Places, type FullScope, type PlaceClaim } from "./places.ts";

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
  readonly perPrincipal?: number;
  /**
   * Calls that may wait for a place, first come, first served; one tool or principal with a limit of its own takes half of
   * the line at most. 0 refuses at once. @default 100
   */
  readonly maxWaiting?: number;
  /** Milliseconds that a call waits for a place. @default 5_000 */
  readonly maxWaitMs?: number;
  /** What refused clients are told to wait, in seconds. @default 1 */
  readonly retryAfterSeconds?: number;
}

/**
 * Runs so many calls at the same time and no more: of the server, of one tool, of one principal. Others wait in a line of
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
  maxWaiting = 100,
  maxWaitMs = 5_000,
  retryAfterSeconds = 1,
  ...address
}: ConcurrencyLimitOptions = {}): Middleware {
  assertWholeNumber("total", total, { least: 1 });
  if (perTool !== undefined) assertWholeNumber("perTool", perTool, { least: 1 });
  if (perPrincipal !== undefined) assertWholeNumber("perPrincipal", perPrincipal, { least: 1 });
  const named = new Map(Object.entries(tools));
  for (const [name, limit] of named) assertWholeNumber(`tools[${JSON.stringify(name)}]`, limit, { least: 1 });
  assertWholeNumber("maxWaiting", maxWaiting, { most: 100_000 });
  assertWholeNumber("maxWaitMs", maxWaitMs, { least: 1, most: longestTimerMs });
  assertWholeNumber("retryAfterSeconds", retryAfterSeconds, { least: 1 });
  const addressOf = clientAddressOf(address);
  const places = new Places({ total, maxWaiting });
  const toolLanes =
    perTool === undefined && named.size === 0 ? undefined : new Lanes((name) => named.get(name) ?? perTool);
  const callerLanes = perPrincipal === undefined ? undefined : new Lanes(() => perPrincipal);

  async function run(next: Next, claim: NamedClaim): Promise<Result> {
    try {
      return await next();
    } finally {
      places.leave(claim);
      close(claim);
    }
  }

  async function waitAndRun(call: Call, next: Next, claim: NamedClaim): Promise<Result> {
    const { signal } = call;
    const scope = places.fullScope(claim) ?? "server";
    const since = performance.now();
    const tell = (action: "queued" | "shed" | "abandoned"): void =>
      call.emit({ part: "concurrency-limit", action, value: performance.now() - since });
    try {
      const mayWait = places.hasRoomToWait(claim);
      if (!mayWait || !(await places.wait(claim, maxWaitMs, signal))) {
        tell("shed");
        throw refusal(scope, claim, mayWait);
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

  function refusal(scope: FullScope, { tool, caller }: PlaceClaim, hasWaited: boolean): KitError {
    const limit = (scope === "tool" ? tool?.limit : scope === "principal" ? caller?.limit : undefined) ?? total;
    const what = { server: "This server", tool: "This tool", principal: "You" }[scope];
    const verb = scope === "principal" ? "have" : "has";
    const waited = hasWaited ? `no place was free within ${maxWaitMs} ms` : "too many wait already";
    return new KitError(
      "UNAVAILABLE",
      `${what} ${verb} as many calls at the same time as allowed (${limit}), and ${waited}; try again in ${retryAfterSeconds} s`,
      { retryAfterSeconds, data: { limit, scope } },
    );
  }

  function close({ toolName, tool, callerName, caller }: NamedClaim): void {
    if (tool !== undefined) toolLanes?.close(toolName, tool);
    if (caller !== undefined) callerLanes?.close(callerName, caller);
  }

  function claimOf(call: Call): NamedClaim {
    const { target } = call;
    const toolName = toolLanes !== undefined && target?.kind === "tool" ? target.name : "";
    const callerName = callerLanes === undefined ? "" : callerKey(call, addressOf);
    return {
      toolName,
      tool: toolName === "" ? undefined : toolLanes?.open(toolName),
      callerName,
      caller: callerLanes?.open(callerName),
    };
  }

  return function concurrencyLimit(call, next) {
    if (call.depth > 0) return next();
    let claim: NamedClaim;
    try {
      claim = toolLanes === undefined && callerLanes === undefined ? unnamed : claimOf(call);
    } catch (error) {
      return Promise.reject(error);
    }
    return places.take(claim) ? run(next, claim) : waitAndRun(call, next, claim);
  };
}

interface NamedClaim extends PlaceClaim {
  readonly toolName: string;
  readonly callerName: string;
}

const unnamed: NamedClaim = { toolName: "", tool: undefined, callerName: "", caller: undefined };
