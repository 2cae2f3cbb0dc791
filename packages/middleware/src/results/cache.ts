import {
  assertOneOf,
  assertWholeNumber,
  KitError,
  longestTimerMs,
  type Call,
  type Middleware,
  type Next,
  type Result,
} from "@plinth/core";
import type { CacheLookup, CacheStore } from "../stores/cache-store.ts";
import { memoryCacheStore } from "../stores/memory-cache-store.ts";
import { storeAnswer } from "../stores/store-answer.ts";
import { StoreOutage } from "../stores/store-outage.ts";
import { createCacheKey, type CacheScope } from "./cache-key.ts";
import { cachePlan, type CachePlan } from "./cache-plan.ts";
import { Flight } from "./flight.ts";

/** Options for {@link cache}. */
export interface CacheOptions {
  /** Where answers are kept. @default `memoryCacheStore()` */
  readonly store?: CacheStore;
  /**
   * Milliseconds for which an answer is fresh; 0 keeps none. A number is for all read-only tools and for resources that
   * declare no `ttlMs`; a function decides for every call that could be kept, lists too.
   * @default 0, so resources that declare a `ttlMs` are kept, and nothing else
   */
  readonly ttlMs?: number | ((call: Call) => number | undefined);
  /** Milliseconds after that for which an old answer is given out while a new one is made. @default 0 */
  readonly staleMs?: number;
  /**
   * Who shares an answer. **Security:** `"tenant"` and `"public"` are for answers that do not depend on who asks; nothing
   * can check that. @default "principal"
   */
  readonly scope?: CacheScope | ((call: Call) => CacheScope);
  /**
   * Anything else that answers depend on, such as a header or the client's name; JSON. **Security:** callers without a
   * principal are told apart by session, `Authorization` and `Cookie` alone; a handler that goes by another header needs it.
   * @default nothing
   */
  readonly vary?: (call: Call) => unknown;
  /**
   * Tags for {@link CacheMiddleware.invalidateTag}, besides `tool:<name>`, `resource:<uri>` (of up to 503 characters where a
   * template answers), `resource-template:<template>` and, for lists, the method. At most 29. @default none
   */
  readonly tags?: (call: Call) => readonly string[];
  /** Bytes of an answer that are kept at most, about. @default 1 MiB */
  readonly maxEntryBytes?: number;
  /** Milliseconds that a call waits for the answer of an equal one before it runs itself. @default 10_000 */
  readonly maxWaitMs?: number;
  /** Milliseconds that the store may take before the call is served without it. @default 1_000 */
  readonly storeTimeoutMs?: number;
  /** Old answers that are made anew at the same time, each for at most 30 s. @default 10 */
  readonly maxRefreshes?: number;
}

/** What {@link cache} makes. */
export interface CacheMiddleware extends Middleware {
  /** Forgets every answer with a tag; one that is being made now is not kept. Rejects as the store does. */
  invalidateTag(tag: string): Promise<void>;
}

/** Milliseconds that a refresh may take: nobody waits for it, so nobody else ends it. */
const refreshMs = 30_000;

/**
 * Keeps answers of read-only tools, of reads and of lists, and lets equal calls that come at the same time share one run.
 * Never keeps errors, answers with `isError`, and answers that depend on what the user was asked. Who an answer is for,
 * what he may see and what his client can do are part of its name. Every caller gets a copy of his own.
 *
 * A store that fails is stepped around. Tells `cache`: `hit`, `miss`, `stale`, `stored` (value: characters), `evicted`
 * (value: how many), `coalesced`, `refresh-failed`, `store-failed`.
 *
 * @throws KitError `MISUSE` when made with what cannot be; otherwise what the call throws
 */
export function cache(options: CacheOptions = {}): CacheMiddleware {
  const { store = memoryCacheStore(), ttlMs = 0, staleMs = 0, scope = "principal", vary, tags } = options;
  const { maxEntryBytes = 1024 * 1024, maxWaitMs = 10_000, storeTimeoutMs = 1_000, maxRefreshes = 10 } = options;
  if (typeof ttlMs === "number") assertWholeNumber("ttlMs", ttlMs);
  if (typeof scope === "string") assertScope(scope);
  assertWholeNumber("staleMs", staleMs);
  assertWholeNumber("maxEntryBytes", maxEntryBytes);
  assertWholeNumber("maxWaitMs", maxWaitMs, { most: longestTimerMs });
  assertWholeNumber("storeTimeoutMs", storeTimeoutMs, { least: 1, most: longestTimerMs });
  assertWholeNumber("maxRefreshes", maxRefreshes);
  const keyOf = createCacheKey();
  const outage = new StoreOutage({
    part: "cache",
    message: "The cache store is away; until it is back, calls run without",
  });
  const flights = new Map<string, Flight>();
  const refreshing = new Set<string>();

  const nameOf = (call: Call): string | undefined => {
    const chosen = typeof scope === "function" ? assertScope(scope(call)) : scope;
    try {
      return keyOf(call, { scope: chosen, vary: assertVary(vary?.(call)) });
    } catch (error) {
      // Parameters that nest too deep to be named; the operation says what it thinks of them.
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  };

  async function lookUp(call: Call, key: string): Promise<CacheLookup | undefined> {
    try {
      const answer = store.get(key);
      const found = toLookup(
        answer instanceof Promise ? await storeAnswer(answer, { ms: storeTimeoutMs, signal: call.signal }) : answer,
      );
      outage.answered();
      return found;
    } catch (error) {
      if (call.signal.aborted) throw error;
      outage.failed(call, error);
      return undefined;
    }
  }

  async function keep(call: Call, entry: { key: string; text: string; plan: CachePlan; mark: string }): Promise<void> {
    const { key, text, plan, mark } = entry;
    try {
      const told = store.set(key, { text, ttlMs: plan.ttlMs + staleMs, tags: plan.tags, mark });
      // Nobody waits for it, so nobody would ever let go of one that does not answer.
      const { kept, evicted } = told instanceof Promise ? await storeAnswer(told, { ms: storeTimeoutMs }) : told;
      if (kept) call.emit({ part: "cache", action: "stored", value: text.length });
      if (evicted > 0) call.emit({ part: "cache", action: "evicted", value: evicted });
    } catch (error) {
      outage.failed(call, error);
    }
  }

  async function serve(call: Call, next: Next, plan: CachePlan): Promise<Result> {
    const key = nameOf(call);
    if (key === undefined) return next();
    for (let waits = 0; ; waits += 1) {
      const found = await lookUp(call, key);
      if (found === undefined) return next();
      const kept = found.text === undefined ? undefined : fromText(found.text);
      if (kept !== undefined && found.ageMs < plan.ttlMs + staleMs) {
        const isFresh = found.ageMs < plan.ttlMs;
        call.emit({ part: "cache", action: isFresh ? "hit" : "stale" });
        if (!isFresh) refresh(call, next, { key, plan, mark: found.mark });
        return aged(kept, found.ageMs);
      }
      const flight = flights.get(key);
      // A call inside another one may be what the other flight waits for, so it never waits itself.
      const isAlone = flight === undefined || call.depth > 0 || waits === 3;
      if (isAlone) return lead(call, next, { key, plan, mark: found.mark });
      call.emit({ part: "cache", action: "coalesced" });
      const landing = await flight.wait(maxWaitMs, call.signal);
      if (typeof landing === "object") return JSON.parse(landing.text) as Result;
      if (call.signal.aborted) throw new KitError("CANCELLED", "The call was cancelled", { cause: call.signal.reason });
      // Where the first one was only given up by its caller, the next takes its place; after a failure each is on its own.
      if (landing !== "cancelled") return next();
    }
  }

  async function lead(call: Call, next: Next, at: { key: string; plan: CachePlan; mark: string }): Promise<Result> {
    const { key, plan } = at;
    call.emit({ part: "cache", action: "miss" });
    const flight = new Flight(plan.tags);
    if (!flights.has(key)) flights.set(key, flight);
    try {
      const result = await next();
      const text = toText(result, call, maxEntryBytes);
      if (text !== undefined) void keep(call, { ...at, text });
      flight.land(text === undefined ? "failed" : { text });
      return result;
    } catch (error) {
      flight.land(call.signal.aborted ? "cancelled" : "failed");
      throw error;
    } finally {
      if (flights.get(key) === flight) flights.delete(key);
    }
  }

  /** Makes an answer anew behind the back of a caller who has the old one. His signal is over with his call. */
  function refresh(call: Call, next: Next, at: { key: string; plan: CachePlan; mark: string }): void {
    const { key } = at;
    if (refreshing.has(key) || refreshing.size >= maxRefreshes) return;
    refreshing.add(key);
    const controller = new AbortController();
    const late = new KitError("TIMEOUT", "The refresh took too long");
    const end = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      controller.abort(late);
      end.reject(late);
    }, refreshMs).unref();
    const run = async (): Promise<void> => {
      try {
        const result = await Promise.race([next(call.with({ signal: controller.signal })), end.promise]);
        const text = toText(result, call, maxEntryBytes);
        if (text !== undefined) await keep(call, { ...at, text });
      } catch {
        call.emit({ part: "cache", action: "refresh-failed" });
      } finally {
        clearTimeout(timer);
        refreshing.delete(key);
      }
    };
    void run();
  }

  function cache(call: Call, next: Next): Promise<Result> {
    const plan = cachePlan(call, { ttlMs, tags });
    return plan === undefined ? next() : serve(call, next, plan);
  }

  return Object.assign(cache, {
    async invalidateTag(tag: string): Promise<void> {
      for (const [key, flight] of flights) if (flight.tags.includes(tag)) flights.delete(key);
      await store.invalidateTag(tag);
    },
  });
}

/** The answer as it is kept, if it may be. */
function toText(result: Result, { traffic }: Call, maxBytes: number): string | undefined {
  const { isError, resultType } = result;
  if (isError === true || (resultType !== undefined && resultType !== "complete") || traffic.asked) return undefined;
  const text: string | undefined = JSON.stringify(result);
  return text === undefined || text.length > maxBytes || Buffer.byteLength(text) > maxBytes ? undefined : text;
}

/** A copy for one caller. A store that gives back something else than it was given has nothing. */
function fromText(text: string): Result | undefined {
  try {
    const kept: unknown = JSON.parse(text);
    return isRecord(kept) ? kept : undefined;
  } catch {
    return undefined;
  }
}

/** Stores speak to other machines, and may pass on what those say. */
function toLookup(answer: CacheLookup): CacheLookup {
  const { text, ageMs, mark }: Partial<Record<keyof CacheLookup, unknown>> = answer;
  const isValue = text === undefined || typeof text === "string";
  if (isValue && typeof mark === "string" && typeof ageMs === "number" && ageMs >= 0) return answer;
  throw new TypeError("The store gave no look-up");
}

function isRecord(value: unknown): value is Result {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A client may keep it for what is left of its time, and not for all of it again (MCP 2026-07-28, caching). */
function aged(result: Result, ageMs: number): Result {
  const { ttlMs } = result;
  return typeof ttlMs === "number" ? { ...result, ttlMs: Math.max(0, Math.floor(ttlMs - ageMs)) } : result;
}

/** JSON has nothing but `{}` to say about most objects, so that answers which differ would have one name. */
function assertVary(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return value;
  throw new KitError("MISUSE", "vary gave an object that is no JSON, such as Headers or a Map; give what is in it");
}

function assertScope(scope: CacheScope): CacheScope {
  assertOneOf("scope", scope, ["principal", "tenant", "public"]);
  return scope;
}
