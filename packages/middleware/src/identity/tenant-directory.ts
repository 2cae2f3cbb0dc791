import { KitError, type Awaitable } from "@plinth/core";
import type { TenantSettings } from "./tenant-settings.ts";

/** Options for {@link TenantDirectory}. */
export interface TenantDirectoryOptions {
  readonly lookUp: (id: string) => Awaitable<TenantSettings | undefined>;
  /** Milliseconds for which an answer is kept. */
  readonly ttlMs: number;
  /** Milliseconds that a look-up may take. */
  readonly lookupMs: number;
  /** Tenants that are remembered, and look-ups that may be under way. */
  readonly maxTenants: number;
}

interface Known {
  readonly settings: TenantSettings;
  readonly until: number;
}

/** The settings of tenants, kept for a while. Calls that ask for one tenant at the same time share a look-up. */
export class TenantDirectory {
  readonly #options: TenantDirectoryOptions;
  readonly #known = new Map<string, Known>();
  readonly #flights = new Map<string, Promise<TenantSettings | undefined>>();

  constructor(options: TenantDirectoryOptions) {
    this.#options = options;
  }

  /** What is known without asking. */
  known(id: string): TenantSettings | undefined {
    const known = this.#known.get(id);
    return known !== undefined && performance.now() < known.until ? known.settings : undefined;
  }

  /**
   * Asks. Only tenants that there are get remembered: names that somebody makes up must not push them out.
   * @throws KitError `UNAVAILABLE` when the look-up fails, takes too long, or too many are under way
   */
  lookUp(id: string): Promise<TenantSettings | undefined> {
    const underway = this.#flights.get(id);
    if (underway !== undefined) return underway;
    if (this.#flights.size >= this.#options.maxTenants) return Promise.reject(unavailable());
    const flight = this.#ask(id).finally(() => this.#flights.delete(id));
    this.#flights.set(id, flight);
    return flight;
  }

  async #ask(id: string): Promise<TenantSettings | undefined> {
    const { lookUp, ttlMs, lookupMs, maxTenants } = this.#options;
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => late.reject(unavailable()), lookupMs);
    try {
      // Databases say null for what there is not, whatever the types say.
      const settings = (await Promise.race([Promise.resolve(id).then(lookUp), late.promise])) ?? undefined;
      this.#known.delete(id);
      if (settings === undefined) return undefined;
      this.#known.set(id, { settings, until: performance.now() + ttlMs });
      if (this.#known.size > maxTenants) this.#known.delete(this.#known.keys().next().value as string);
      return settings;
    } catch (cause) {
      // Whatever it says may tell which tenants there are.
      throw unavailable(cause);
    } finally {
      clearTimeout(timer);
    }
  }
}

function unavailable(cause?: unknown): KitError {
  return new KitError("UNAVAILABLE", "The tenant's settings cannot be read now", { cause, retryAfterSeconds: 1 });
}
