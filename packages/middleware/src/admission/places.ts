import { KitError } from "@plinth/core";

/** What a lane is for. */
export type LaneScope = "tool" | "principal" | "tenant";

/** Calls of one tool, one caller or one tenant, which have a limit of their own. */
export interface Lane {
  readonly scope: LaneScope;
  readonly name: string;
  limit: number;
  running: number;
  waiting: number;
}

/** The lanes that a call runs in, besides the server as a whole. */
export type PlaceClaim = readonly Lane[];

/** Options for {@link Places}. */
export interface PlacesOptions {
  /** Calls that run at the same time. */
  readonly total: number;
  /** Calls that wait in line. */
  readonly maxWaiting: number;
}

interface Waiting {
  readonly claim: PlaceClaim;
  readonly enter: () => void;
}

/**
 * The places for calls that run, and the line before them: first come, first served, except that a call whose own lane is
 * full does not hold up those behind it. Nobody in line could run: whenever a place is left or a limit raised, the first who
 * can takes it at once, so that nobody who comes later can overtake.
 */
export class Places {
  readonly #options: PlacesOptions;
  readonly #line = new Set<Waiting>();
  #running = 0;

  constructor(options: PlacesOptions) {
    this.#options = options;
  }

  /** Takes a place if there is one. */
  take(claim: PlaceClaim): boolean {
    if (this.fullScope(claim) !== undefined) return false;
    this.#occupy(claim);
    return true;
  }

  /** Leaves a place to the next in line. */
  leave(claim: PlaceClaim): void {
    this.#running -= 1;
    for (const lane of claim) lane.running -= 1;
    this.admit();
  }

  /** What keeps a call from running now. */
  fullScope(claim: PlaceClaim): Lane | "server" | undefined {
    if (this.#running >= this.#options.total) return "server";
    for (const lane of claim) if (lane.running >= lane.limit) return lane;
    return undefined;
  }

  /** Whether there is room in line. Who has a limit of his own takes half of it at most, so that others can wait too. */
  hasRoomToWait(claim: PlaceClaim): boolean {
    const { maxWaiting } = this.#options;
    const share = Math.ceil(maxWaiting / 2);
    return this.#line.size < maxWaiting && claim.every(({ waiting }) => waiting < share);
  }

  /**
   * Waits in line for a place, which is then taken.
   *
   * @returns whether there is one; `false` when it took longer than `ms`
   * @throws what the signal says when it aborts; the call has left the line by then
   */
  wait(claim: PlaceClaim, ms: number, signal: AbortSignal): Promise<boolean> {
    const { promise, resolve, reject } = Promise.withResolvers<boolean>();
    const abandon = (): void => {
      if (leaveLine()) reject(endOf(signal));
    };
    const timer = setTimeout(() => {
      if (leaveLine()) resolve(false);
    }, ms);
    /** Whoever gets `true` says how the waiting ends; it ends once. */
    const leaveLine = (): boolean => {
      if (!this.#line.delete(waiting)) return false;
      for (const lane of claim) lane.waiting -= 1;
      clearTimeout(timer);
      signal.removeEventListener("abort", abandon);
      return true;
    };
    const waiting: Waiting = {
      claim,
      enter: () => {
        if (!leaveLine()) return;
        this.#occupy(claim);
        resolve(true);
      },
    };
    this.#line.add(waiting);
    for (const lane of claim) lane.waiting += 1;
    signal.addEventListener("abort", abandon, { once: true });
    if (signal.aborted) abandon();
    return promise;
  }

  /** Lets those in line run who can now. */
  admit(): void {
    for (const waiting of this.#line) {
      if (this.#running >= this.#options.total) return;
      if (this.fullScope(waiting.claim) === undefined) waiting.enter();
    }
  }

  #occupy(claim: PlaceClaim): void {
    this.#running += 1;
    for (const lane of claim) lane.running += 1;
  }
}

/** How a call ends whose signal has aborted. */
export function endOf(signal: AbortSignal): KitError {
  const reason: unknown = signal.reason;
  if (KitError.isInstance(reason)) return reason;
  return new KitError("CANCELLED", "The call was cancelled while it waited", { cause: reason });
}
