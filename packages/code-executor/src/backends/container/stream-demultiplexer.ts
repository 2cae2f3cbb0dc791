/** A frame's head: which stream, three zeros, and the payload's length, big endian (Docker Engine API, attach). */
const headBytes = 8;

/** The streams by their number in a frame. What the engine itself has to say counts as diagnostics of the program. */
const stdout = 1;
const lastStream = 3;

/** What the engine sent is no stream of its format. */
export class StreamFormatError extends Error {
  override readonly name: string = "StreamFormatError";
}

/** Where the parts of the stream go. */
export interface DemultiplexerTargets {
  readonly onStdout: (bytes: Buffer) => void;
  readonly onStderr: (bytes: Buffer) => void;
}

/**
 * Takes the stream that an engine makes of stdout and stderr apart again. Payloads are handed on as they come, so that
 * whatever length a frame claims, nothing is held but an unfinished head.
 */
export class StreamDemultiplexer {
  readonly #targets: DemultiplexerTargets;
  #head: Buffer = Buffer.alloc(0);
  #stream = 0;
  #left = 0;

  constructor(targets: DemultiplexerTargets) {
    this.#targets = targets;
  }

  /** Takes what has arrived. @throws StreamFormatError for bytes that are no frame; nothing after them makes sense */
  push(chunk: Buffer): void {
    let rest = chunk;
    while (rest.length > 0) {
      if (this.#left === 0) {
        rest = this.#readHead(rest);
        continue;
      }
      const payload = rest.subarray(0, this.#left);
      rest = rest.subarray(payload.length);
      this.#left -= payload.length;
      if (this.#stream === stdout) this.#targets.onStdout(payload);
      else this.#targets.onStderr(payload);
    }
  }

  #readHead(bytes: Buffer): Buffer {
    const missing = headBytes - this.#head.length;
    const head = Buffer.concat([this.#head, bytes.subarray(0, missing)]);
    if (head.length < headBytes) {
      this.#head = head;
      return bytes.subarray(bytes.length);
    }
    this.#head = Buffer.alloc(0);
    if (head.readUInt8(0) > lastStream || head.readUIntBE(1, 3) !== 0) {
      throw new StreamFormatError(`a frame that begins with ${head.toString("hex")}`);
    }
    this.#stream = head.readUInt8(0);
    this.#left = head.readUInt32BE(4);
    return bytes.subarray(missing);
  }
}
