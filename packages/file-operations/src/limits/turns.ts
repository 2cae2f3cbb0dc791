import { setImmediate as others } from "node:timers/promises";

/** After this long it is somebody else's turn on the event loop. */
const turnMs = 5;

/** Shares the event loop, for work that may go on for long without waiting for anything. */
export class Turns {
  #since = performance.now();

  get isOver(): boolean {
    return performance.now() - this.#since >= turnMs;
  }

  /** Lets everybody else go first. */
  async next(): Promise<void> {
    await others();
    this.#since = performance.now();
  }
}
