import type { UrlFetchError } from "../errors/url-fetch-error.ts";

/** Bytes that wait for a reader before the server is asked to pause. */
const highWaterMark = 65_536;

/** What lies between the server, who sends when it likes, and the reader, who comes when it likes. */
export class BodyQueue {
  #chunks: Buffer[] = [];
  #size = 0;
  #isEnded = false;
  #isCollecting = false;
  #error: UrlFetchError | undefined;
  #wake: (() => void) | undefined;
  /** Called when the server may go on. */
  onDrain: (() => void) | undefined;

  /** @returns Whether more is welcome now; if not, `onDrain` says when. */
  push(chunk: Buffer): boolean {
    if (this.#error !== undefined) return true;
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    if (!this.#isCollecting) this.#wakeReader();
    return this.#isCollecting || this.#size < highWaterMark;
  }

  end(): void {
    this.#isEnded = true;
    this.#wakeReader();
  }

  /** What has not been read is dropped: nobody shall take the half for the whole. */
  fail(error: UrlFetchError): void {
    if (this.#isEnded || this.#error !== undefined) return;
    this.#error = error;
    this.#chunks = [];
    this.#wakeReader();
  }

  /** The next chunk, or undefined at the end. One reader at a time. */
  async next(): Promise<Buffer | undefined> {
    for (;;) {
      if (this.#error !== undefined) throw this.#error;
      const chunk = this.#chunks.shift();
      if (chunk !== undefined) {
        this.#size -= chunk.length;
        if (this.#size < highWaterMark) this.onDrain?.();
        return chunk;
      }
      if (this.#isEnded) return undefined;
      await this.#more();
    }
  }

  /** Everything from here to the end; the limits on bytes bound it. */
  collect(): Buffer | Promise<Buffer> {
    this.#isCollecting = true;
    return this.#isEnded && this.#error === undefined ? this.#take() : this.#collectLater();
  }

  async #collectLater(): Promise<Buffer> {
    while (!this.#isEnded && this.#error === undefined) {
      this.onDrain?.();
      await this.#more();
    }
    if (this.#error !== undefined) throw this.#error;
    return this.#take();
  }

  #take(): Buffer {
    const chunks = this.#chunks;
    this.#chunks = [];
    return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #wakeReader(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}
