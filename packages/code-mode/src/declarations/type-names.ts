/** The most named types in one text; more of them would tell a model less. */
const mostNames = 100;

/** Names for the types that references lead to: unique in one text, and identifiers whatever the schema calls them. */
export class TypeNames {
  readonly #taken = new Set<string>();

  /** A name like `wanted`, not given out before; `undefined` when there are enough. */
  take(wanted: string): string | undefined {
    if (this.#taken.size >= mostNames) return undefined;
    const base = toTypeName(wanted);
    let name = base;
    for (let count = 2; this.#taken.has(name); count += 1) name = `${base}${count}`;
    this.#taken.add(name);
    return name;
  }
}

function toTypeName(text: string): string {
  const words = text.slice(0, 60).match(/[A-Za-z0-9]+/g) ?? [];
  const joined = words.map((word) => word[0]?.toUpperCase() + word.slice(1)).join("");
  return /^[A-Z]/.test(joined) ? joined : `Type${joined}`;
}
