import { assertWholeNumber, KitError, type AnyPlinthServer, type CatalogEntry, type Middleware } from "@plinth/core";

/** Options for {@link stallWatch}. */
export interface StallWatchOptions {
  /** Milliseconds that the event loop may be blocked before it counts as a stall; at least 20. @default 100 */
  readonly thresholdMs?: number;
  /** Stalls that are remembered; the oldest go first. @default 50 */
  readonly maxStalls?: number;
}

/** The event loop was blocked: nobody was served meanwhile. */
export interface Stall {
  /** When it was over. */
  readonly at: Date;
  /** How long it took, in milliseconds, at least: what came before the watch was due is not counted. */
  readonly ms: number;
  /** What blocked it, where that is known. */
  readonly target: CatalogEntry | undefined;
  /**
   * How it is known: its handler `ran` for most of that time without giving way, or it was `alone`, the only call in
   * flight; `unknown` leaves it to the candidates, or to something that is no call at all.
   */
  readonly cause: "ran" | "alone" | "unknown";
  /** Names of what was in flight, the most common first; at most ten. */
  readonly candidates: readonly string[];
}

/** Notices when something blocks the event loop, and says what. */
export interface StallWatch extends Disposable {
  /** Sees what runs. Put it outermost, so that the time of all others counts too. */
  readonly middleware: Middleware;
  /**
   * Begins to watch; each stall is logged and published as event `event-loop` `stalled`, its value in milliseconds.
   * @throws KitError `MISUSE` twice
   */
  attach(server: AnyPlinthServer): void;
  /** The last stalls, oldest first. */
  readonly stalls: readonly Stall[];
  close(): void;
}

/** A call that is watched. */
interface Watched {
  readonly target: CatalogEntry | undefined;
  readonly method: string;
  readonly start: number;
}

/** Milliseconds between two log lines. */
const logMs = 1_000;

/** The most calls of one interval that are remembered after they ended. */
const maxEnded = 100;

/**
 * Watches the event loop by a timer that comes late when something blocks it.
 * @throws KitError `MISUSE` for an option that cannot be
 */
export function stallWatch({ thresholdMs = 100, maxStalls = 50 }: StallWatchOptions = {}): StallWatch {
  assertWholeNumber("thresholdMs", thresholdMs, { least: 20, most: 60_000 });
  assertWholeNumber("maxStalls", maxStalls, { least: 1, most: 10_000 });
  const intervalMs = Math.max(10, Math.floor(thresholdMs / 2));
  const running = new Set<Watched>();
  const stalls: Stall[] = [];
  /** Of the interval that is under way: calls that were long, and how long each target ran without giving way. */
  let ended: Watched[] = [];
  let ran = new Map<CatalogEntry, number>();
  /** Time of calls inside the one that runs now, which is theirs and not its own. */
  let innerMs = 0;
  let timer: NodeJS.Timeout | undefined;
  let due = 0;
  let loggedAt = -Infinity;
  /** Whether the server served the last time that it was looked at, or has been called since. */
  let serves = false;

  function end(call: Watched): void {
    running.delete(call);
    if (ended.length < maxEnded && performance.now() - call.start >= thresholdMs) ended.push(call);
  }

  function findCause(ms: number, now: number): Pick<Stall, "target" | "cause" | "candidates"> {
    // What began when the loop was free again is not in question.
    const inFlight = [...running, ...ended].filter(({ start }) => start < now - thresholdMs / 2);
    const candidates = mostCommon(inFlight.map(({ target, method }) => target?.name ?? method));
    const [longest] = [...ran].toSorted(([, a], [, b]) => b - a);
    if (longest !== undefined && longest[1] >= ms / 2) return { target: longest[0], cause: "ran", candidates };
    const [only, another] = inFlight;
    if (only === undefined || another !== undefined) return { target: undefined, cause: "unknown", candidates };
    return { target: only.target, cause: "alone", candidates };
  }

  function look(server: AnyPlinthServer): void {
    const now = performance.now();
    const ms = now - due;
    const served = serves;
    serves = server.state === "serving" || server.state === "draining";
    // A start loads modules, which blocks and keeps nobody waiting.
    if (ms >= thresholdMs && served) {
      const found = findCause(ms, now);
      const stall: Stall = { at: new Date(), ms: Math.round(ms), ...found };
      stalls.push(stall);
      if (stalls.length > maxStalls) stalls.shift();
      server.events.publish({ part: "event-loop", action: "stalled", value: stall.ms, target: stall.target });
      if (now - loggedAt >= logMs) {
        loggedAt = now;
        const { cause, candidates } = found;
        server.log.warn("The event loop was blocked", { ms: stall.ms, target: found.target?.name, cause, candidates });
      }
    }
    if (ended.length > 0) ended = [];
    if (ran.size > 0) ran = new Map();
    due = performance.now() + intervalMs;
  }

  function close(): void {
    clearInterval(timer);
    timer = undefined;
  }

  return {
    stalls,
    middleware: function stallWatch(call, next) {
      const watched: Watched = { target: call.target, method: call.method, start: performance.now() };
      running.add(watched);
      serves = true;
      const outerMs = innerMs;
      innerMs = 0;
      let answer: ReturnType<typeof next>;
      try {
        answer = next();
      } catch (error) {
        running.delete(watched);
        throw error;
      } finally {
        const ms = performance.now() - watched.start;
        const { target } = watched;
        // A millisecond is below what a stall is made of, and above what most calls take.
        if (target !== undefined && ms - innerMs > 1) ran.set(target, (ran.get(target) ?? 0) + ms - innerMs);
        innerMs = outerMs + ms;
      }
      const settle = (): void => end(watched);
      // What is no promise is a mistake inside, which is told elsewhere.
      if (answer instanceof Promise) answer.then(settle, settle);
      else settle();
      return answer;
    },
    attach(server) {
      if (timer !== undefined) {
        throw new KitError("MISUSE", "attach() twice: a watch is for one server; make another for the other");
      }
      due = performance.now() + intervalMs;
      timer = setInterval(look, intervalMs, server).unref();
      server.onClose(close);
    },
    close,
    [Symbol.dispose]: close,
  };
}

/** The ten most common of some names, the most common first. */
function mostCommon(names: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, 10)
    .map(([name]) => name);
}
