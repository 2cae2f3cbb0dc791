import type { Place } from "../directories/place.ts";
import { countedBytes, expectedBytes, type Quota } from "../limits/quota.ts";

/** What one write has reserved of the quota: the difference to the old file, growing with the new one. */
export class Reservation {
  readonly #quota: Quota;
  readonly #path: string;
  readonly #oldBytes: number;
  #files: number;
  #bytes = 0;

  /** @throws FileError `quota` */
  constructor(quota: Quota, path: string, old: Place | undefined) {
    this.#quota = quota;
    this.#path = path;
    this.#oldBytes = old === undefined ? 0 : countedBytes(old.stats);
    this.#files = old === undefined ? 1 : 0;
    quota.reserve({ files: this.#files, bytes: 0 }, path);
  }

  /**
   * Makes room for a new file of this length.
   * @throws FileError `quota`
   */
  growTo(length: number): void {
    const more = Math.max(0, expectedBytes(length) - this.#oldBytes - this.#bytes);
    this.#quota.reserve({ files: 0, bytes: more }, this.#path);
    this.#bytes += more;
  }

  /** The new file is in the place of `old`, which may be another than at the beginning. */
  settle(now: { readonly size: bigint; readonly blocks: bigint }, old: Place | undefined): void {
    const bytes = countedBytes(now) - (old === undefined ? 0 : countedBytes(old.stats));
    this.#quota.add({ files: (old === undefined ? 1 : 0) - this.#files, bytes: bytes - this.#bytes });
    this.#files = 0;
    this.#bytes = 0;
  }

  /** Gives back what was not settled. */
  release(): void {
    this.#quota.add({ files: -this.#files, bytes: -this.#bytes });
    this.#files = 0;
    this.#bytes = 0;
  }
}
