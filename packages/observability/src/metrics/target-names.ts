import type { CatalogEntry } from "@plinth/core";

/** What stands for all names that are not told apart. */
export const otherTarget = "other";

/** The most characters of a name; a resource's is a URI of any length. */
const maxLength = 200;

/** Gives each target its label, and never more labels than the limit: each costs memory here and in Prometheus. */
export class TargetNames {
  readonly #limit: number;
  readonly #known = new Map<string, string>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** How many there are. */
  get size(): number {
    return this.#known.size;
  }

  /** The label of something in the catalog; of nothing, the empty text, which Prometheus reads as no label. */
  labelOf(target: CatalogEntry | undefined): string {
    if (target === undefined) return "";
    const known = this.#known.get(target.name);
    if (known !== undefined) return known;
    if (this.#known.size >= this.#limit) return otherTarget;
    const label = target.name.slice(0, maxLength);
    this.#known.set(target.name, label);
    return label;
  }
}
