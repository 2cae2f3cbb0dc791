import type { HealthReport } from "@plinth/core";

/** Options for {@link HealthWatch}. */
export interface HealthWatchOptions {
  readonly health: () => Promise<HealthReport>;
  /** Milliseconds that a report counts as news. */
  readonly refreshMs: number;
  /** Milliseconds that anybody waits for a check. */
  readonly maxWaitMs: number;
}

/**
 * The last report of how the services are. Asks again when somebody wants to know and the report is old, once for all who
 * ask meanwhile; there is no timer while nobody asks.
 */
export class HealthWatch {
  readonly #options: HealthWatchOptions;
  #report: HealthReport | undefined;
  #reportedAt = -Infinity;
  #checking: Promise<void> | undefined;
  #checkingSince = 0;
  #isDoubted = false;

  constructor(options: HealthWatchOptions) {
    this.#options = options;
  }

  /**
   * The report, at once when there is a new one or the check has taken too long already; `undefined` when nothing is
   * known.
   */
  report(): HealthReport | undefined | Promise<HealthReport | undefined> {
    const { refreshMs, maxWaitMs } = this.#options;
    const now = performance.now();
    if (!this.#isDoubted && now - this.#reportedAt <= refreshMs) return this.#report;
    if (this.#checking === undefined) {
      this.#checkingSince = now;
      this.#checking = this.#check();
    }
    const patience = maxWaitMs - (now - this.#checkingSince);
    if (patience > 0) return this.#wait(this.#checking, patience);
    // A check that hangs for ever must not keep a service down for ever that was down once.
    return now - this.#reportedAt > 10 * refreshMs ? undefined : this.#report;
  }

  /** Something speaks against the report: the services are asked again, whatever its age, as soon as somebody wants to know. */
  doubt(): void {
    this.#isDoubted = true;
  }

  /** Milliseconds until the services are asked again. */
  get refreshesInMs(): number {
    return Math.max(0, this.#reportedAt + this.#options.refreshMs - performance.now());
  }

  async #wait(checking: Promise<void>, ms: number): Promise<HealthReport | undefined> {
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    await Promise.race([checking, late]);
    clearTimeout(timer);
    return this.#report;
  }

  async #check(): Promise<void> {
    this.#isDoubted = false;
    try {
      const report: unknown = await this.#options.health();
      this.#report = isReport(report) ? report : undefined;
    } catch {
      // A check that fails says nothing about the services; `server.health()` itself never does.
      this.#report = undefined;
    } finally {
      this.#reportedAt = performance.now();
      this.#checking = undefined;
    }
  }
}

function isReport(value: unknown): value is HealthReport {
  return isObject(value) && "services" in value && isObject(value.services);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
