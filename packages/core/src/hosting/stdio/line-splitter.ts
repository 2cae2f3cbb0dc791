const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** Bytes of each end of an oversized line that are kept, for finding out which request it was. */
const keptEndBytes = 512;

/** Both ends of a line that was too long to keep. */
export interface OversizedLine {
  readonly head: Buffer;
  readonly tail: Buffer;
}

/** Options for {@link createLineSplitter}. */
export interface LineSplitterOptions {
  /** Bytes a line may have, without its line feed. */
  readonly maxLineBytes: number;
  /**
   * Takes a line without its line feed and carriage return. The buffer is reused: it is good until the function
   * returns.
   */
  readonly onLine: (line: Buffer) => void;
  /** Takes what is left of a line that was longer than the limit, once it has ended. */
  readonly onOversizedLine: (line: OversizedLine) => void;
}

/** Cuts a byte stream into lines. */
export interface LineSplitter {
  push(chunk: Buffer): void;
  /** The stream is over: what has no line feed yet is a line, too. */
  end(): void;
}

/**
 * Works on bytes, so that a character split between two chunks stays whole. Each byte is copied at most a constant
 * number of times, however small the chunks are; a line within one chunk is not copied at all. Past the limit nothing
 * is kept but the line's ends. Empty lines are left out.
 */
export function createLineSplitter({ maxLineBytes, onLine, onOversizedLine }: LineSplitterOptions): LineSplitter {
  /**
   * The line so far, grown by doubling: a list of chunks would pin them all, and one-byte chunks would cost a
   * hundredfold.
   */
  let pending = Buffer.alloc(0);
  let length = 0;
  let oversized: { head: Buffer; tail: Buffer } | undefined;

  function keep(piece: Buffer): void {
    if (oversized === undefined && length + piece.length > maxLineBytes) {
      const kept = pending.subarray(0, length);
      const head = Buffer.concat([kept.subarray(0, keptEndBytes), piece.subarray(0, keptEndBytes)]);
      oversized = { head: head.subarray(0, keptEndBytes), tail: Buffer.from(kept.subarray(-keptEndBytes)) };
      release();
    }
    if (oversized !== undefined) {
      const end = piece.subarray(-keptEndBytes);
      oversized.tail = Buffer.from(Buffer.concat([oversized.tail, end]).subarray(-keptEndBytes));
      return;
    }
    if (length + piece.length > pending.length) {
      const needed = length + piece.length;
      const grown = Buffer.allocUnsafe(Math.max(needed, Math.min(2 * needed, maxLineBytes)));
      pending.copy(grown, 0, 0, length);
      pending = grown;
    }
    piece.copy(pending, length);
    length += piece.length;
  }

  function release(): void {
    pending = Buffer.alloc(0);
    length = 0;
  }

  function finishLine(): void {
    if (oversized !== undefined) {
      const line = oversized;
      oversized = undefined;
      onOversizedLine(line);
    } else if (length > 0) {
      const line = pending.subarray(0, length);
      release();
      emit(line);
    }
  }

  function emit(line: Buffer): void {
    const end = line.at(-1) === carriageReturn ? line.length - 1 : line.length;
    if (end > 0) onLine(line.subarray(0, end));
  }

  return {
    push(chunk) {
      let start = 0;
      for (let end = chunk.indexOf(lineFeed); end !== -1; end = chunk.indexOf(lineFeed, start)) {
        const line = chunk.subarray(start, end);
        if (length === 0 && oversized === undefined && line.length <= maxLineBytes) {
          emit(line);
        } else {
          keep(line);
          finishLine();
        }
        start = end + 1;
      }
      if (start < chunk.length) keep(chunk.subarray(start));
    },
    end: finishLine,
  };
}
