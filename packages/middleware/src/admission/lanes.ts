import type { Lane, LaneScope } from "./places.ts";

/** The lanes of one kind, by name. A lane lives as long as something runs or waits in it, so there are never more. */
export class Lanes {
  readonly #lanes = new Map<string, Lane>();
  readonly #scope: LaneScope;
  readonly #onRaised: () => void;

  /** @param onRaised told when a lane got a higher limit, so that who waits for a place in it may come first */
  constructor(scope: LaneScope, onRaised: () => void) {
    this.#scope = scope;
    this.#onRaised = onRaised;
  }

  /** The lane of a name, with the limit that it has from now on. */
  open(name: string, limit: number): Lane {
    const known = this.#lanes.get(name);
    if (known === undefined) {
      const lane: Lane = { scope: this.#scope, name, limit, running: 0, waiting: 0 };
      this.#lanes.set(name, lane);
      return lane;
    }
    const isRaised = limit > known.limit;
    known.limit = limit;
    if (isRaised) this.#onRaised();
    return known;
  }

  /** Forgets a lane that is empty; by then there may be a newer one of its name. */
  close(lane: Lane): void {
    const { name, running, waiting } = lane;
    if (running === 0 && waiting === 0 && this.#lanes.get(name) === lane) this.#lanes.delete(name);
  }
}
