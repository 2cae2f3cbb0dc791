import { failure, type UrlFetchError } from "../errors/url-fetch-error.ts";
import { createDecoder, undecodable, type Decoder } from "./content-codings.ts";

/** What may come out of a body; see {@link BodyDecoder}. */
export interface DecodingLimits {
  readonly decoded: number;
  readonly ratio: number;
}

/** Who takes what comes out. */
export interface DecoderOutput {
  /** @returns Whether more is welcome now; if not, `resume` says when. */
  readonly onChunk: (chunk: Buffer) => boolean;
  readonly onEnd: () => void;
  readonly onError: (error: UrlFetchError) => void;
  /** More may be written. */
  readonly onDrain: () => void;
}

/** Bytes that a body may have whatever its ratio: short texts of one letter are not yet bombs. */
const ratioFreeBytes = 1_048_576;

/**
 * Undoes the content codings of one body while it streams. Every stage is counted as it gives out, so that a bomb ends
 * with the first bytes that are too many, and also one that is hidden between two stages.
 */
export class BodyDecoder {
  readonly #stages: readonly Decoder[];
  readonly #limits: DecodingLimits;
  readonly #output: DecoderOutput;
  #wire = 0;
  #isOver = false;

  constructor(codings: readonly string[], limits: DecodingLimits, output: DecoderOutput) {
    this.#limits = limits;
    this.#output = output;
    this.#stages = codings.map(createDecoder);
    let taken = () => this.#wire;
    for (const [index, stage] of this.#stages.entries()) taken = this.#attach(stage, this.#stages[index + 1], taken);
    this.#stages[0]?.on("drain", () => output.onDrain());
  }

  /** @returns Whether more may be written now; if not, `onDrain` says when. */
  write(chunk: Buffer): boolean {
    this.#wire += chunk.length;
    return this.#isOver || this.#stages[0]?.write(chunk) !== false;
  }

  end(): void {
    if (this.#isOver) return;
    // Servers name their usual coding also where there is nothing to encode.
    if (this.#wire === 0) this.#finish();
    else this.#stages[0]?.end();
  }

  /** The reader has room again. */
  resume(): void {
    this.#stages.at(-1)?.resume();
  }

  destroy(): void {
    this.#isOver = true;
    for (const stage of this.#stages) stage.destroy();
  }

  /**
   * @param taken How many bytes have gone into the stage.
   * @returns How many have come out.
   */
  #attach(stage: Decoder, next: Decoder | undefined, taken: () => number): () => number {
    let bytes = 0;
    stage.on("error", (cause) => this.#fail(undecodable("The body of the answer cannot be decoded", cause)));
    stage.on("data", (chunk: Buffer) => {
      if (this.#isOver) return;
      bytes += chunk.length;
      const excess = this.#excess(bytes);
      if (excess !== undefined) return this.#fail(excess);
      if (next === undefined && !this.#output.onChunk(chunk)) stage.pause();
    });
    stage.on("end", () => {
      if (this.#isOver) return;
      // Node's decoders end with their coding, and drop what the server sends behind it: another frame of zstd, or bytes
      // without end, which would hold the connection after the body has been read.
      if (stage.bytesWritten < taken()) this.#fail(undecodable("The body of the answer goes on after its coding ends"));
      else if (next === undefined) this.#finish();
    });
    if (next !== undefined) stage.pipe(next);
    return () => bytes;
  }

  #finish(): void {
    this.destroy();
    this.#output.onEnd();
  }

  #excess(bytes: number): UrlFetchError | undefined {
    const { decoded, ratio } = this.#limits;
    if (bytes > decoded) return tooLarge(decoded);
    if (bytes <= ratioFreeBytes || bytes <= this.#wire * ratio) return undefined;
    return failure("TOO_LARGE", `The body of the answer grows more than ${ratio} times when it is decoded`, {
      reason: "ratio",
    });
  }

  #fail(error: UrlFetchError): void {
    if (this.#isOver) return;
    this.destroy();
    this.#output.onError(error);
  }
}

/** The error for a body with too many bytes. */
export function tooLarge(most: number): UrlFetchError {
  return failure("TOO_LARGE", `The body of the answer has more than ${most} bytes`, { reason: "size" });
}
