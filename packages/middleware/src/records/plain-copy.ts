/** What {@link plainCopy} shows, and how much of it. */
export interface PlainCopyOptions {
  readonly isSecretKey: (key: string) => boolean;
  readonly redactText: (text: string) => string;
  /** Stands in the place of a secret. */
  readonly redacted: string;
  readonly maxDepth: number;
  readonly maxValues: number;
  /** Characters of all texts together; each costs time, and a client may send many. */
  readonly maxCharacters: number;
}

/** A copy of any value in plain objects, lists, texts and numbers, without its secrets. Never throws. */
export function plainCopy(value: unknown, options: PlainCopyOptions): unknown {
  return new Copying(options).copy(value, 0);
}

/** Stands where a getter or a proxy threw. */
const unreadable = "[unreadable]";
/** Stands in the place of what is left out. */
const left = "[left out]";

/** One copy in the making: how much has been shown, and what is around the place it is at. */
class Copying {
  readonly #options: PlainCopyOptions;
  readonly #around: object[] = [];
  #shown = 0;
  #characters = 0;

  constructor(options: PlainCopyOptions) {
    this.#options = options;
  }

  copy(value: unknown, depth: number): unknown {
    this.#shown += 1;
    if (this.#shown > this.#options.maxValues) return left;
    switch (typeof value) {
      case "string":
        return this.#text(value);
      case "bigint":
        // Digits beyond any number that means something; turning millions of them into text takes long.
        return value > -(2n ** 256n) && value < 2n ** 256n ? value.toString() : "[bigint]";
      case "symbol":
      case "function":
        return `[${typeof value}]`;
      case "object":
        return value === null ? null : this.#copyObject(value, depth);
      default:
        return value;
    }
  }

  #text(value: string): string {
    if (this.#characters >= this.#options.maxCharacters) return left;
    const text = this.#options.redactText(value);
    this.#characters += text.length;
    return text;
  }

  #copyObject(value: object, depth: number): unknown {
    if (this.#around.includes(value)) return "[circular]";
    if (depth >= this.#options.maxDepth) return left;
    this.#around.push(value);
    try {
      return this.#convert(value, depth + 1);
    } catch {
      return unreadable;
    } finally {
      this.#around.pop();
    }
  }

  #convert(value: object, depth: number): unknown {
    if (Array.isArray(value)) return this.#list(value.length, value, depth);
    if (value instanceof Map) return this.#pairs(value, depth);
    if (value instanceof Set) return this.#list(value.size, value, depth);
    if (value instanceof Error) return this.#error(value, depth);
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? "[invalid date]" : value.toISOString();
    if (value instanceof RegExp) return this.copy(value.source, depth);
    if (value instanceof URL) return this.copy(value.href, depth);
    if (value instanceof Headers || value instanceof URLSearchParams) return this.#pairs(value, depth);
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
    // What knows how it looks in JSON says so: a secret of @plinth/config hides itself that way.
    if ("toJSON" in value && typeof value.toJSON === "function") return this.copy(value.toJSON(), depth);
    return this.#members(value, depth);
  }

  #list(length: number, items: Iterable<unknown>, depth: number): unknown[] {
    const copies: unknown[] = [];
    for (const item of items) {
      if (this.#isFull) {
        copies.push(`[${length - copies.length} left out]`);
        break;
      }
      copies.push(this.copy(item, depth));
    }
    return copies;
  }

  #pairs(pairs: Iterable<[unknown, unknown]>, depth: number): Record<string, unknown> {
    const copies: [string, unknown][] = [];
    for (const [key, value] of pairs) {
      const name = typeof key === "string" ? key : legible(this.copy(key, depth));
      if (!this.#add(copies, name, () => value, { depth })) break;
    }
    return Object.fromEntries(copies);
  }

  #error(error: Error, depth: number): Record<string, unknown> {
    const copies: [string, unknown][] = [];
    // Not enumerable in an error, so not among its keys.
    for (const name of ["name", "message", "stack", "cause", "errors"] as const) {
      if (name in error) this.#add(copies, name, () => (error as Error & { errors?: unknown })[name], { depth });
    }
    return { ...Object.fromEntries(copies), ...this.#members(error, depth) };
  }

  #members(value: object, depth: number): Record<string, unknown> {
    const copies: [string, unknown][] = [];
    for (const key of Object.keys(value)) {
      // `{ name: "password", value: "..." }`, as forms, environments and headers are often written down.
      const name = key === "value" ? nameBeside(value) : key;
      if (!this.#add(copies, key, () => (value as Record<string, unknown>)[key], { depth, name })) break;
    }
    // `fromEntries` defines properties, so a key `__proto__` stays a key.
    return Object.fromEntries(copies);
  }

  /** Adds one member and tells whether there is room for more. */
  #add(
    copies: [string, unknown][],
    key: string,
    read: () => unknown,
    { depth, name = key }: { readonly depth: number; readonly name?: string },
  ): boolean {
    if (this.#isFull) {
      copies.push([left, "..."]);
      return false;
    }
    copies.push([this.#text(key), this.#member(name, read, depth)]);
    return true;
  }

  #member(key: string, read: () => unknown, depth: number): unknown {
    try {
      const value = read();
      // That there is none is no secret, and often what one looks for.
      const isNothing = value === undefined || value === null || typeof value === "boolean";
      if (isNothing || !this.#options.isSecretKey(key)) return this.copy(value, depth);
      this.#shown += 1;
      return this.#options.redacted;
    } catch {
      return unreadable;
    }
  }

  get #isFull(): boolean {
    return this.#shown >= this.#options.maxValues;
  }
}

function legible(key: unknown): string {
  return typeof key === "object" && key !== null ? "[object]" : String(key);
}

function nameBeside(pair: object): string {
  const { name, key } = pair as { readonly name?: unknown; readonly key?: unknown };
  if (typeof name === "string") return name;
  return typeof key === "string" ? key : "value";
}
