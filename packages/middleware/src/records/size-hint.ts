/** Values that are looked at; a list of a million costs no more than one of these. */
const lookedAt = 64;

/**
 * About how large a value is, in characters: the lengths of its texts and member names, and 4 for each other value. Looks
 * at so many values and no more, so it is a lower bound for large ones, and cheap enough for every call.
 */
export function sizeHint(value: unknown): number {
  return new Looking().look(value);
}

class Looking {
  #looks = lookedAt;

  look(value: unknown): number {
    if (typeof value === "string") return value.length;
    if (typeof value !== "object" || value === null) return 4;
    return Array.isArray(value) ? this.#items(value) : this.#members(value as Record<string, unknown>);
  }

  // Recursion goes no deeper than there are looks.

  #items(items: readonly unknown[]): number {
    let size = 0;
    for (let at = 0; at < items.length && this.#looks > 0; at += 1) {
      this.#looks -= 1;
      size += this.look(items[at]);
    }
    return size;
  }

  // `for in` and not `Object.keys`, which lists all names of an object of which few are looked at.
  #members(object: Record<string, unknown>): number {
    let size = 0;
    for (const key in object) {
      if (this.#looks <= 0) return size;
      this.#looks -= 1;
      size += key.length + this.look(object[key]);
    }
    return size;
  }
}
