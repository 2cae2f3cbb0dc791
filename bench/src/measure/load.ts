/** One load that has ended. */
export interface LoadResult {
  /** Requests answered, all of them well. */
  readonly requests: number;
  readonly seconds: number;
  /** Milliseconds from request to whole answer, ascending. */
  readonly latencies: Float64Array;
}

/** When a load stops sending new requests; those on the way are waited for. */
export interface LoadLimit {
  readonly milliseconds?: number;
  readonly requests?: number;
}

/** A generator that is connected to one server. */
export interface LoadGenerator extends AsyncDisposable {
  /** Bytes of the answer that was checked whole. */
  readonly answerBytes: number;
  /** Sends a load and checks every answer. @throws Error with the first answer that is not as it should be */
  run(limit: LoadLimit): Promise<LoadResult>;
}

/** Collects the latencies of a load, whose length nobody knows before. */
export class LatencyRecorder {
  #values = new Float64Array(16_384);
  #length = 0;

  add(milliseconds: number): void {
    if (this.#length === this.#values.length) {
      const grown = new Float64Array(this.#length * 2);
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values[this.#length] = milliseconds;
    this.#length += 1;
  }

  sorted(): Float64Array {
    return this.#values.slice(0, this.#length).toSorted();
  }
}
