import type { Lane } from "./places.ts";

/** The lanes of one kind, by name. A lane lives as long as something runs or waits in it, so there are never more. */
export class Lanes {
  readonly #lanes = new Map<string, Lane>();
  readonly #limitOf: (name: string) => number | undefined;

  constructor(limitOf: (name: string) => number | undefined) {
    this.#limitOf = limitOf;
  }

  /** The lane of a name; `undefined` where there is no limit. */
  open(name: string): Lane | undefined {
    const known = this.#lanes.get(name);
    if (known !== undefined) return known;
    const limit = this.#limitOf(name);
    if (limit === undefined) return undefined;
    const lane: Lane = { limit, running: 0, waiting: 0 };
    this.#lanes.set(name, lane);
    return lane;
  }

  /** Forgets a lane that is empty; by then there may be a newer one of its name. */
  close(name: string, lane: Lane): void {
    if (lane.running === 0 && lane.waiting === 0 && this.#lanes.get(name) === lane) this.#lanes.delete(name);
  }
}
