import { setImmediate as nextTurn } from "node:timers/promises";
import type { Exchange } from "./exchange.ts";

/** `X-Accel-Buffering` keeps proxies from holding events back. */
const headers = {
  "content-type": "text/event-stream",
  "cache-control": "no-cache, no-transform",
  "x-accel-buffering": "no",
} as const;

/**
 * The answer to one request as an event stream (MCP, Streamable HTTP; WHATWG HTML section 9.2): notifications as they
 * come, then the response. It begins with the first event.
 */
export class EventStream {
  readonly #exchange: Exchange;
  readonly #keepAlive: NodeJS.Timeout | undefined;

  constructor(exchange: Exchange, keepAliveMs: number) {
    this.#exchange = exchange;
    exchange.openStream(200, headers);
    if (keepAliveMs > 0) {
      this.#keepAlive = setInterval(() => void exchange.write(": keepalive\n\n"), keepAliveMs).unref();
      exchange.response.once("close", () => clearInterval(this.#keepAlive));
    }
  }

  /** Sends one message; resolves when the client has room for the next. */
  send(message: string): Promise<void> {
    return this.#exchange.write(`event: message\ndata: ${message}\n\n`);
  }

  /**
   * Sends the last message. Not in the same breath as the one before: the official clients lose a notification that
   * they read together with the response.
   */
  async end(message: string): Promise<void> {
    await nextTurn();
    void this.send(message);
    this.close();
  }

  /** Ends without another message. */
  close(): void {
    clearInterval(this.#keepAlive);
    this.#exchange.response.end();
  }
}
