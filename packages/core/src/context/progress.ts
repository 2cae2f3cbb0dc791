/** Sends one `notifications/progress`; failures are the transport's to report. */
export type SendProgress = (params: Record<string, unknown>) => Promise<void>;

/**
 * Thins out progress: one report per interval at most, the latest wins, and the last one is always delivered. The
 * specification asks that `progress` grows with each notification and that nothing follows the result (MCP, progress).
 */
export class ProgressReporter {
  readonly #send: SendProgress;
  readonly #token: string | number;
  readonly #intervalMs: number;
  #lastDone = -Infinity;
  #lastSentAt = -Infinity;
  #waiting: Record<string, unknown> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> = Promise.resolve();

  constructor(token: string | number, intervalMs: number, send: SendProgress) {
    this.#token = token;
    this.#intervalMs = intervalMs;
    this.#send = send;
  }

  /** Takes a report. One that does not grow, or is no number that JSON has, is dropped. */
  report(done: number, total?: number, message?: string): void {
    if (!(done > this.#lastDone && Number.isFinite(done))) return;
    this.#lastDone = done;
    this.#waiting = {
      progressToken: this.#token,
      progress: done,
      ...(Number.isFinite(total) && { total }),
      ...(message !== undefined && { message }),
    };
    const wait = this.#lastSentAt + this.#intervalMs - performance.now();
    if (wait <= 0) this.#sendWaiting();
    else this.#timer ??= setTimeout(() => this.#sendWaiting(), wait);
  }

  /** Delivers what still waits; afterwards reports are dropped, because the result follows. */
  async finish(): Promise<void> {
    this.#sendWaiting();
    this.#lastDone = Infinity;
    await this.#sending;
  }

  #sendWaiting(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const params = this.#waiting;
    if (params === undefined) return;
    this.#waiting = undefined;
    this.#lastSentAt = performance.now();
    const sent = this.#send(params);
    this.#sending = this.#sending.then(() => sent).catch(() => undefined);
  }
}
