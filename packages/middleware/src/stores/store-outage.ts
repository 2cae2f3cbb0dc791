import type { Call } from "@plinth/core";

/** What a {@link StoreOutage} is about. */
export interface StoreOutageOptions {
  /** The middleware whose store it is, for events. */
  readonly part: string;
  /** For the log: what becomes of calls meanwhile. */
  readonly message: string;
}

/** Tells of a store that is away: listeners each time, the log once until it is back. */
export class StoreOutage {
  readonly #options: StoreOutageOptions;
  #isAway = false;

  constructor(options: StoreOutageOptions) {
    this.#options = options;
  }

  failed(call: Call, error: unknown): void {
    const { part, message } = this.#options;
    call.emit({ part, action: "store-failed" });
    if (this.#isAway) return;
    this.#isAway = true;
    try {
      call.context.log.error(message, { error });
    } catch {
      // The event is out, and a logger that fails must not decide about a call.
    }
  }

  answered(): void {
    this.#isAway = false;
  }
}
