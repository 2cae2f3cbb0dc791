import { failure, type UrlFetchError } from "../errors/url-fetch-error.ts";
import type { ConcurrencyPolicy } from "../policy/url-fetcher-policy.ts";

interface Waiting {
  readonly host: string;
  readonly enter: () => void;
}

/** Frees a place; calling it again does nothing. */
export type Release = () => void;

/**
 * The places for requests at the same time, in total and per host. Who finds none waits in line; a host whose places are
 * taken does not hold up the others.
 */
export class Places {
  readonly #policy: Required<ConcurrencyPolicy>;
  readonly #perHost = new Map<string, number>();
  readonly #line = new Set<Waiting>();
  #taken = 0;

  constructor(policy: Required<ConcurrencyPolicy>) {
    this.#policy = policy;
  }

  /** Requests that have a place. */
  get taken(): number {
    return this.#taken;
  }

  /** Requests that wait for one. */
  get waiting(): number {
    return this.#line.size;
  }

  /**
   * Takes a place, at once if there is one.
   *
   * @param onAbort Given what ends the waiting; it is called with nothing once there is a place.
   * @throws UrlFetchError `OVERLOADED` when the line is full
   */
  take(
    host: string,
    onAbort: (leave: ((error: UrlFetchError) => void) | undefined) => void,
  ): Release | Promise<Release> {
    if (this.#isFree(host)) return this.#occupy(host);
    if (this.#line.size >= this.#policy.queue) {
      throw failure("OVERLOADED", "Too many requests are waiting; try again later", { reason: "queue" });
    }
    return new Promise<Release>((resolve, reject) => {
      const waiting: Waiting = {
        host,
        enter: () => {
          onAbort(undefined);
          resolve(this.#occupy(host));
        },
      };
      this.#line.add(waiting);
      onAbort((error) => {
        this.#line.delete(waiting);
        reject(error);
      });
    });
  }

  #isFree(host: string): boolean {
    return this.#taken < this.#policy.global && (this.#perHost.get(host) ?? 0) < this.#policy.perHost;
  }

  #occupy(host: string): Release {
    this.#taken += 1;
    this.#perHost.set(host, (this.#perHost.get(host) ?? 0) + 1);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#taken -= 1;
      const left = (this.#perHost.get(host) ?? 0) - 1;
      if (left > 0) this.#perHost.set(host, left);
      else this.#perHost.delete(host);
      this.#admitNext();
    };
  }

  #admitNext(): void {
    for (const waiting of this.#line) {
      if (this.#taken >= this.#policy.global) return;
      if (!this.#isFree(waiting.host)) continue;
      this.#line.delete(waiting);
      waiting.enter();
    }
  }
}
