import type { CopyRules } from "./copy-rules.ts";
import { limitedText } from "./limited-text.ts";
import { redacted } from "./secret-text.ts";

/** Stands where a getter, a proxy or a `toJSON()` threw. */
const illegible = "[illegible]";
/** Stands in the place of what is left out. */
const leftOut = "[left out]";
/** Characters of a text that may be a name. */
const longestName = 200;

/**
 * One record in the making: copies of what it shows in plain objects, lists, texts and numbers that JSON carries, bounded in
 * all, without cycles and secrets. Never throws, and never changes what it reads.
 */
export class PlainCopy {
  readonly #rules: CopyRules;
  #around: object[] | undefined;
  #values: number;
  #characters: number;

  constructor(rules: CopyRules) {
    this.#rules = rules;
    this.#values = rules.maxValues;
    this.#characters = rules.maxCharacters;
  }

  /** A text, cut and without secrets. */
  text(text: string): string {
    const rules = this.#rules;
    const room = this.#characters < rules.maxTextLength ? this.#characters : rules.maxTextLength;
    if (room <= 0) return leftOut;
    const shown = limitedText(text, room, rules.withoutSecrets);
    this.#characters -= shown.length;
    return shown;
  }

  /** A copy of any value. */
  value(value: unknown): unknown {
    this.#values -= 1;
    return this.#values < 0 ? leftOut : this.#plain(value);
  }

  /**
   * Adds a copy of one member of `owner` to `shown`, if it has a value, and tells whether there was room for it. A name that is
   * taken gets an underscore.
   */
  add(
    shown: Record<string, unknown>,
    owner: object,
    name: string,
    isTaken?: (name: string, shown: Record<string, unknown>) => boolean,
  ): boolean {
    let value: unknown;
    let isSecret = false;
    try {
      value = (owner as Record<string, unknown>)[name];
      isSecret = (name === "value" || name === "Value") && this.#isSecretPair(owner);
    } catch {
      value = illegible;
    }
    return this.#set(shown, name, value, isSecret, isTaken);
  }

  #set(
    shown: Record<string, unknown>,
    name: string,
    value: unknown,
    isSecret: boolean,
    isTaken?: (name: string, shown: Record<string, unknown>) => boolean,
  ): boolean {
    if (this.#isFull(shown)) return false;
    if (value === undefined) return true;
    this.#values -= 1;
    const rules = this.#rules;
    const known = rules.isSecretPlainName(name);
    let copy: unknown;
    if (isSecret || (known ?? rules.isSecretName(name))) copy = this.#hidden(value);
    // Most are texts; the shortcut is worth a twentieth of a log line.
    else if (typeof value === "string") copy = this.text(value);
    else copy = this.#plain(value);
    let free = known === undefined ? this.text(name) : name;
    if (isTaken !== undefined) while (isTaken(free, shown)) free = `_${free}`;
    if (free === "__proto__") define(shown, free, copy);
    else shown[free] = copy;
    return true;
  }

  /** That there is none is no secret, and often what one looks for. */
  #hidden(value: unknown): unknown {
    return value === undefined || value === null || typeof value === "boolean" ? value : redacted;
  }

  #plain(value: unknown): unknown {
    switch (typeof value) {
      case "string":
        return this.text(value);
      case "number":
        return Number.isFinite(value) ? value : String(value);
      case "bigint":
        // Digits beyond any number that means something; turning millions of them into text takes long.
        return value > -(2n ** 256n) && value < 2n ** 256n ? value.toString() : "[bigint]";
      case "symbol":
      case "function":
        return `[${typeof value}]`;
      case "object":
        return value === null ? null : this.#object(value);
      default:
        return value;
    }
  }

  #object(value: object, isCause = false): unknown {
    const around = (this.#around ??= []);
    if (around.includes(value)) return "[circular]";
    if (around.length >= this.#rules.maxDepth) return leftOut;
    around.push(value);
    try {
      return isCause ? this.#error(value) : this.#convert(value);
    } catch {
      return illegible;
    } finally {
      around.pop();
    }
  }

  #convert(value: object): unknown {
    if (Array.isArray(value)) return this.#isSecretEntry(value) ? this.#entry(value) : this.#list(value, value.length);
    if (value instanceof Error) return this.#error(value);
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? "[invalid date]" : value.toISOString();
    if (value instanceof URL) return this.text(value.href);
    if (value instanceof RegExp) return this.text(value.source);
    if (value instanceof Map || value instanceof URLSearchParams) return this.#pairs(value);
    // By its tag: Node loads all of `fetch` for the name of the class alone.
    const tag = Object.prototype.toString.call(value);
    if (tag === "[object Headers]") return this.#pairs(value as Headers);
    // Its members are its letters, of which none looks like a secret.
    if (tag === "[object String]") return this.text(String.prototype.toString.call(value));
    if (value instanceof Set) return this.#list(value, value.size);
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
    // What knows how it looks in JSON says so: a secret of @plinth/config hides itself that way.
    if ("toJSON" in value && typeof value.toJSON === "function") return this.#plain(value.toJSON());
    return this.#members(value, Object.keys(value));
  }

  #list(items: Iterable<unknown>, length: number): unknown[] {
    const shown: unknown[] = [];
    for (const item of items) {
      if (this.#values <= 0) {
        shown.push(`[${length - shown.length} left out]`);
        break;
      }
      this.#values -= 1;
      shown.push(this.#plain(item));
    }
    return shown;
  }

  #entry([name, value]: readonly unknown[]): unknown[] {
    return [this.#plain(name), this.#hidden(value)];
  }

  #pairs(pairs: Iterable<readonly [unknown, unknown]>): Record<string, unknown> {
    const shown: Record<string, unknown> = {};
    for (const [key, value] of pairs) {
      const name = typeof key === "string" || typeof key === "number" ? String(key) : `[${typeof key}]`;
      if (!this.#set(shown, name, value, false)) break;
    }
    return shown;
  }

  #members(value: object, names: readonly string[]): Record<string, unknown> {
    const shown: Record<string, unknown> = {};
    for (const name of names) if (!this.add(shown, value, name)) break;
    return shown;
  }

  #error(error: object): Record<string, unknown> {
    const { errorMembers } = this.#rules;
    if (errorMembers === undefined) return this.#members(error, allMembers(error));
    const shown: Record<string, unknown> = {};
    for (const name of errorMembers(error)) {
      const cause: unknown = name === "cause" ? (error as { readonly cause?: unknown }).cause : undefined;
      if (typeof cause !== "object" || cause === null || this.#isSecretName(name)) {
        if (!this.add(shown, error, name)) break;
        continue;
      }
      if (this.#isFull(shown)) break;
      this.#values -= 1;
      // What is thrown need not be an error: it may be a whole response. It tells no more than one.
      shown[name] = this.#object(cause, true);
    }
    return shown;
  }

  /** `["password", "..."]`, as entries of objects and headers are. In a list of names, what follows is a name of a secret too. */
  #isSecretEntry(list: readonly unknown[]): boolean {
    if (list.length !== 2) return false;
    const [name, value] = list;
    return this.#isSecretName(name) && !this.#isSecretName(value);
  }

  /** `{ name: "password", value: "..." }`, as forms, environments and headers are often written down. */
  #isSecretPair(pair: object): boolean {
    const { name, key, Name, Key } = pair as Readonly<Record<string, unknown>>;
    return [name, key, Name, Key].some((text) => this.#isSecretName(text));
  }

  #isSecretName(text: unknown): boolean {
    if (typeof text !== "string" || text.length > longestName) return false;
    return this.#rules.isSecretPlainName(text) ?? this.#rules.isSecretName(text);
  }

  #isFull(shown: Record<string, unknown>): boolean {
    if (this.#values > 0) return false;
    shown[leftOut] = "...";
    return true;
  }
}

/** Assigning `__proto__` would set what an object inherits from. */
function define(shown: object, name: string, value: unknown): void {
  Object.defineProperty(shown, name, { value, configurable: true, enumerable: true, writable: true });
}

/** Those first that are not enumerable in an error, so not among its keys. */
function allMembers(error: object): readonly string[] {
  return [...new Set(["name", "message", "stack", "cause", "errors", ...Object.keys(error)])];
}
