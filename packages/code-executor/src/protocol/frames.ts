/** Four bytes of length, big endian, then that many bytes of JSON. */
const headerBytes = 4;

/** What arrived is no frame of ours; nothing after it can be trusted to be one either. */
class FrameError extends Error {
  override readonly name: string = "FrameError";
}

/** One message as it goes over a pipe. */
export function encodeFrame(message: object): Buffer {
  const body = Buffer.from(JSON.stringify(message));
  const frame = Buffer.allocUnsafe(headerBytes + body.length);
  frame.writeUInt32BE(body.length);
  body.copy(frame, headerBytes);
  return frame;
}

/** Cuts a stream of bytes into frames; holds at most one unfinished frame. */
export class FrameReader {
  readonly #maxBytes: number;
  #chunks: Buffer[] = [];
  #held = 0;
  #wanted: number | undefined;

  /** @param maxBytes The longest frame that is accepted. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /**
   * Takes what has arrived and gives the texts of the frames that are complete.
   * @throws FrameError for a frame longer than allowed, as soon as its length is known
   */
  push(chunk: Buffer): string[] {
    this.#chunks.push(chunk);
    this.#held += chunk.length;
    const texts: string[] = [];
    for (;;) {
      if (this.#wanted === undefined) {
        if (this.#held < headerBytes) return texts;
        this.#wanted = this.#take(headerBytes).readUInt32BE();
        if (this.#wanted > this.#maxBytes) {
          throw new FrameError(`a frame of ${this.#wanted} bytes, ${this.#maxBytes} at most`);
        }
      }
      if (this.#held < this.#wanted) return texts;
      texts.push(this.#take(this.#wanted).toString("utf8"));
      this.#wanted = undefined;
    }
  }

  #take(bytes: number): Buffer {
    const [first] = this.#chunks;
    const all = this.#chunks.length === 1 && first !== undefined ? first : Buffer.concat(this.#chunks);
    this.#chunks = all.length === bytes ? [] : [all.subarray(bytes)];
    this.#held -= bytes;
    return all.subarray(0, bytes);
  }
}
